"""What a post looked like, and whether what was asked for has been done. Three outcomes; never a guess."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from outreach.domain.asks import Ask
from outreach.domain.identity import Account, Platform


class Visibility(StrEnum):
    """Who could see a post; `room` is a Matrix room."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment: its kind and whether and how it is described; never its bytes (R011)."""

    native: str
    kind: str
    described: bool
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the bot's own server showed it. `uri` is canonical, `link` its address at the author's server."""

    platform: Platform
    uri: str
    link: str
    native: str
    author: Account
    day: str
    visibility: Visibility
    text: str = ""
    warning: str = ""
    sensitive: bool = False
    media: tuple[Media, ...] = ()
    language: str = ""
    parent: str = ""
    edited: str = ""
    room: str = ""


class Sight(StrEnum):
    """What one look brought: the post, its absence (also hidden from us), or no certain answer."""

    SEEN = "seen"
    GONE = "gone"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a post and at its author's willingness to be written to.

    `audience` is an upper bound of people who could see the post, None where it is unknown or unbounded.
    `at` is when our server looked.
    """

    sight: Sight
    post: Post | None = None
    at: datetime | None = None
    audience: int | None = None
    author_local: bool = True
    author_reachable: bool = True
    author_reads_along: bool = False
    author_declines_bots: bool = False
    reporter_addressed: bool = False
    redrafts: tuple[Post, ...] = ()


#: So much of a text is enough to know it again; comparing takes time by the square of it.
_TELLING = 1_000


class Remedy(StrEnum):
    """Whether the ask was fulfilled, as our server sees it (promise 6 of red-team.md)."""

    FIXED = "fixed"
    GONE = "gone"
    NOT_FIXED = "not_fixed"
    CANNOT_TELL = "cannot_tell"


def remedy(ask: Ask, before: Post, seen: Observation) -> Remedy:
    """Judge one look against the snapshot taken when the request was made (design, section 7)."""
    if seen.sight is Sight.UNSURE:
        return Remedy.CANNOT_TELL
    if seen.sight is Sight.GONE or seen.post is None:
        redraft = adopted(before, seen.redrafts)
        if redraft is None or ask in (Ask.DELETE, Ask.RETRACT, Ask.REDACT):
            return Remedy.GONE
        return Remedy.FIXED if _fulfils(ask, before, redraft) else Remedy.NOT_FIXED
    return Remedy.FIXED if _fulfils(ask, before, seen.post) else Remedy.NOT_FIXED


def adopted(before: Post, candidates: tuple[Post, ...]) -> Post | None:
    """The post that a redraft put in the old one's place: same author, parent, and media or near-equal text."""
    for post in candidates:
        if post.author.same_as(before.author) and post.parent == before.parent and _alike(before, post):
            return post
    return None


def _alike(before: Post, after: Post) -> bool:
    same_media = bool(before.media) and {m.native for m in before.media} == {m.native for m in after.media}
    return same_media or _near(before.text, after.text)


def _near(one: str, other: str) -> bool:
    if not one:
        return False
    matcher = SequenceMatcher(None, _plain(one[:_TELLING]), _plain(other[:_TELLING]))
    return matcher.quick_ratio() >= 0.8 and matcher.ratio() >= 0.8


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _fulfils(ask: Ask, before: Post, now: Post) -> bool:
    match ask:
        case Ask.CW:
            return _warned(before, now)
        case Ask.SENSITIVE:
            return (now.sensitive and not before.sensitive) or _warned(before, now) or not now.media
        case Ask.ALT_TEXT:
            return all(m.described for m in now.media) and (bool(now.media) or bool(before.media))
        case Ask.UNLIST:
            return now.visibility not in (Visibility.PUBLIC, before.visibility)
        case Ask.CAPTIONS:
            return _edited(before, now) and _others(before, now)
        case Ask.EDIT | Ask.READABLE_TAGS | Ask.REDRAFT | Ask.RETRACT:
            return _edited(before, now) and (_others(before, now) or now.warning != before.warning)
        case Ask.DELETE | Ask.REDACT:
            return False


def _warned(before: Post, now: Post) -> bool:
    """Any warning newly there; the typo edit of an old warning is not one."""
    return bool(now.warning.strip()) and (not before.warning.strip() or not _near(before.warning, now.warning))


def _edited(before: Post, now: Post) -> bool:
    return now.edited != before.edited or now.native != before.native


def _others(before: Post, now: Post) -> bool:
    """Whether words or descriptions changed: tag spelling counts (`#readabletags`), white space does not."""
    words = " ".join(before.text.split()) != " ".join(now.text.split())
    return words or before.media != now.media


def has_it_already(ask: Ask, post: Post) -> bool:
    """Whether the post shows what is about to be asked for, so that nothing needs sending."""
    match ask:
        case Ask.CW:
            return bool(post.warning.strip())
        case Ask.SENSITIVE:
            return post.sensitive or bool(post.warning.strip())
        case Ask.ALT_TEXT:
            return bool(post.media) and all(m.described for m in post.media)
        case Ask.UNLIST:
            return post.visibility is not Visibility.PUBLIC
        case _:
            return False
