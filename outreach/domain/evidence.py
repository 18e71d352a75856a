"""What a post looked like when it was reported (R047), and what of it may be shown: without people and private data.

Never a picture: kind, description and a digest alone. Of suspected material of minors not even words (R011).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post
from outreach.domain.reports import Report, bare


@dataclass(frozen=True, slots=True)
class Evidence:
    """One post with its neighbours, oldest first. `taken` is when it was seen.

    `unverified`: our server could not read it, so that only the reporter's words tell what it says.
    """

    post: Post
    taken: datetime
    before: tuple[Post, ...] = ()
    after: tuple[Post, ...] = ()
    unverified: bool = False
    gone: bool = False


#: Neighbours either way (R047, O: two).
NEIGHBOURS = 2
_LONGEST = 4000


def snapshot(post: Post, taken: datetime, *, words: bool = True, unverified: bool = False) -> Evidence:
    """What is kept of a post. Without `words` only where it is and whose (R011). What it answers is another's."""
    kept = replace(post, text=post.text[:_LONGEST], parent="") if words else bare(post)
    return Evidence(replace(kept, author=replace(post.author, name="")), taken, unverified=unverified)


def with_neighbours(evidence: Evidence, before: Iterable[Post], after: Iterable[Post], persons: Persons) -> Evidence:
    """The same with what stood around it, the two nearest either way: words alone, and of whom only the number."""
    cut = [_neighbour(one, persons) for one in [*before][-NEIGHBOURS:]]
    follow = [_neighbour(one, persons) for one in [*after][:NEIGHBOURS]]
    return replace(evidence, before=tuple(cut), after=tuple(follow))


def _neighbour(post: Post, persons: Persons) -> Post:
    """No id, link or handle of theirs is kept: it is usually who reported (F26)."""
    kept, number = persons.out_of(replace(post, text=post.text[:_LONGEST])), str(persons.of(post.author))
    author = Account(post.platform, number)
    return replace(kept, uri="", link="", native="", author=author, parent="", edited="", room="", media=())


def without_people(report: Report) -> tuple[Report, Persons]:
    """A report in which everybody it is not about is a number, and who was given which."""
    persons = Persons(report.people)
    text = persons.without_names(report.text)
    return replace(report, text=text, posts=tuple(persons.out_of(post) for post in report.posts)), persons


# what may be shown

_MAIL = re.compile(r"(?<![\w@/])[\w.+-]+\u2060?@\u2060?(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_IP4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_IP6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f:]*", re.I
)
#: Seven digits and more, as people write telephone numbers; a date or a plain number of a post is none.
_PHONE = re.compile(r"(?<![\w/.:#-])(?:\+|00|\(?0)[\d\s()/.-]{5,20}\d(?!\w)")
_NUMBERS = re.compile(r"(?<![\w/.:#-])\d{3,5}[\s-]\d{3,4}[\s-]?\d{2,4}(?!\w)")
_STREET = re.compile(
    r"\b[^\W\d_][\w.'-]*?(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ufer|damm|ring)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b\d{1,5},?\s+(?:[^\W\d_][\w.'-]*\s+){0,3}(?:street|st\.|road|rd\.|avenue|ave\.?|lane|drive|close|square|court)\b"
    r"|\b(?:\d{1,4},?\s+)?(?:rue|avenue|boulevard|impasse|chemin|calle|via|rua|piazza|ulica|ul\.)\s+"
    r"(?:d[eu]s?\s+|l[ae]s?\s+|del?l?a?\s+)?[^\W\d_][\w.'-]*(?:,?\s+\d{1,4})?",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<![\w/.#-])\d{5}\s+[A-ZÄÖÜ][\w-]{2,}")
_PATTERNS = (_MAIL, _IP6, _IP4, _STREET, _POSTCODE, _PHONE, _NUMBERS)
MASK = "▒▒▒"


def masked(text: str) -> str:
    """Mail and internet addresses, telephone numbers, streets and towns with their codes hidden (R010).

    Patterns of Western writing; hides too much rather than too little. What is hidden is shown when a moderator asks.
    """
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def hides(text: str) -> bool:
    """Whether anything would be masked."""
    return masked(text) != text


@dataclass(slots=True)
class Persons:
    """Who is meant by which number (F26): in each case anew, in order of appearance; those it is about keep names."""

    known: Sequence[Account]
    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, who: Account) -> int:
        """0 for somebody the case is about, else a number."""
        if any(one.key == who.key for one in self.known):
            return 0
        return self._number(who.address.lstrip("@").casefold())

    def _number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def without_names(self, text: str) -> str:
        """A text in which every handle but those of the people it is about has become a number in `⟦ ⟧`."""
        own = {spelling for one in self.known for spelling in _spellings(one)}

        def numbered(found: re.Match[str]) -> str:
            said = found[0].strip("@").rstrip(".:,").casefold()
            tail = found[0][len(found[0].rstrip(".:,")) :]
            return found[0] if said in own else f"⟦{self._number(self._full(said))}⟧{tail}"

        return _HANDLE.sub(numbered, text)

    def out_of(self, post: Post) -> Post:
        """A post without anybody else's name in words, warning and descriptions."""
        media = tuple(replace(item, alt=self.without_names(item.alt)) for item in post.media)
        text, warning = self.without_names(post.text), self.without_names(post.warning)
        return replace(post, text=text, warning=warning, media=media)

    def _full(self, said: str) -> str:
        """A short handle is the one long one that begins so, if that was seen before."""
        return next((name for name in self.numbers if name == said or re.split("[@:]", name)[0] == said), said)


_HANDLE = re.compile(
    r"(?:https?://)?(?:[\w.-]+/)+@[\w.-]+(?:@[\w.-]+)?"  # a page
    r"|(?<![\w.])@\u2060?[\w.=+-]+(?::[\w.-]+(?::\d+)?|\u2060?@\u2060?[\w.-]+)?"  # @a, @a@b, @a:b
    r"|(?<![\w@/.])[\w.+-]+\u2060?@\u2060?(?:[\w-]+\.)+[a-z]{2,}",  # a@b.c
    re.IGNORECASE,
)


def _spellings(who: Account) -> frozenset[str]:
    full = who.address.lstrip("@").casefold()
    short = full.partition(":" if who.platform is Platform.MATRIX else "@")[0]
    return frozenset({full, short})
