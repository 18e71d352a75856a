"""A report as it may be kept: whitelisted fields, never who reported, of pictures only how many. Judges nothing.

E-mail addresses, IP addresses, roles and whatever else a server tells its staff have no field here, and so no way in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post

#: So much of what somebody wrote with a report is kept; Synapse takes 5,000 characters, Mastodon 1,000.
LONGEST_REPORT = 5000
#: So many posts of one report are kept; Mastodon's own form takes a whole page of them.
MOST_POSTS = 20


class Source(StrEnum):
    """Which way a report came (R029)."""

    FEDIVERSE = "fediverse"  #: the report list of the fediverse server
    MATRIX = "matrix"  #: a report button of a Matrix client
    MEMBER = "member"  #: written to the bot in private
    STAFF = "staff"  #: logged by a moderator whom it reached elsewhere
    SECOND_LOOK = "second_look"  #: somebody asks others to look at how moderators treated them (R078)


class Category(StrEnum):
    """What the reporter says it is, in Mastodon's four words; `minors` is suspected by the words used (R011)."""

    OTHER = "other"
    SPAM = "spam"
    LEGAL = "legal"
    VIOLATION = "violation"
    MINORS = "minors"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `posts` are its subject if there are any, else `respondents` are (R006: there may be several).

    `pictures`: so many screenshots moderators may see, with the reporter's consent; they are kept apart as evidence.
    `unreadable`: the message reported is encrypted, so that what is said about it cannot be checked.
    """

    source: Source
    platform: Platform
    respondents: tuple[Account, ...] = ()
    posts: tuple[Post, ...] = ()
    category: Category = Category.OTHER
    text: str = ""
    unreadable: bool = False
    pictures: int = 0

    @property
    def people(self) -> tuple[Account, ...]:
        """Everybody it is about, each once."""
        named = (*self.respondents, *(post.author for post in self.posts))
        return tuple({one.key: one for one in named if one.address}.values())

    @property
    def subjects(self) -> tuple[str, ...]:
        """By what a further report is known to be about the same: posts first, then people (R128)."""
        return (*(f"post:{post.uri}" for post in self.posts), *(f"person:{one.key}" for one in self.people))


def storable(report: Report) -> Report:
    """As a case keeps it: of posts only where and whose they are; what they said is evidence, which is kept apart."""
    posts = tuple(bare(post) for post in report.posts[:MOST_POSTS])
    respondents = tuple(replace(one, name="") for one in report.respondents)
    return replace(report, posts=posts, respondents=respondents, text=report.text[:LONGEST_REPORT])


#: Of these nothing is copied, neither words nor pictures: only where it is (R011).
NEVER_COPIED = frozenset({Category.MINORS, Category.LEGAL})


def bare(post: Post) -> Post:
    """A post without its words and pictures; the language it is in tells which branch leads (R079)."""
    author = replace(post.author, name="")
    return replace(post, author=author, text="", warning="", media=(), parent="", edited="")


def distinct(posts: Iterable[Post]) -> tuple[Post, ...]:
    """Each post once, in order of appearance."""
    return tuple({post.uri: post for post in reversed([*posts])}.values())[::-1]
