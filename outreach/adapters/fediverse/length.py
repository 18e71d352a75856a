"""How long a text is in the server's eyes, and where to cut it (section 1.2, pitfall 25).

Mastodon counts graphemes, a link as 23, `@user@host` as `@user`; the others count raw code points. Where it is not
sure that Mastodon would shorten a link, it counts the whole of it. Cuts at paragraphs, then lines, sentences, words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import regex

from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.mentions import LINK, neutral

_GRAPHEME = regex.compile(r"\X")
_PUBLIC_HOST = re.compile(r"https?://[^/:]+\.[A-Za-z]{2,}(?:[:/]|$)")
_LINK_COUNTS = 23
_NUMBERING = 8  # " (10/12)", should the caller number the parts
_CUTS = ("\n\n", "\n", r"(?<=[.!?…。！？]) +", " ")


def count(text: str, flavour: Flavour) -> int:
    """The length of words that hold no mention."""
    if flavour is not Flavour.MASTODON:
        return len(text)
    return len(_GRAPHEME.findall(LINK.sub(_shortened, text)))


def handle_count(handle: str, flavour: Flavour) -> int:
    """What `@user@host ` in front takes."""
    short = "@" + handle.lstrip("@").partition("@")[0] if flavour is Flavour.MASTODON else handle
    return count(short, flavour) + 1


def split(text: str, handle: str, room: int, server: Capabilities) -> tuple[str, ...]:
    """`room` is kept free for the subject."""
    limit = server.max_characters - room - (handle_count(handle, server.flavour) if handle else 0)
    limit = max(limit, 40)
    if _length(text, server.flavour) <= limit:
        return (text,)
    return tuple(_cut(text, limit - _NUMBERING, server.flavour, _CUTS))


def _cut(text: str, limit: int, flavour: Flavour, cuts: Sequence[str]) -> list[str]:
    if _length(text, flavour) <= limit:
        return [text]
    if not cuts:
        return _chop(text, limit, flavour)
    parts: list[str] = []
    taken = 0
    glue = "\n\n" if cuts[0] == "\n\n" else "\n" if cuts[0] == "\n" else " "
    for piece in (p for p in re.split(cuts[0], text) if p.strip()):
        more = _length(glue + piece, flavour)  # nothing counts across a blank
        if parts and taken + more <= limit:
            parts[-1] += glue + piece
            taken += more
        else:
            parts += _cut(piece, limit, flavour, cuts[1:])
            taken = _length(parts[-1], flavour)
    return parts


def _chop(text: str, limit: int, flavour: Flavour) -> list[str]:
    """One endless word; signs that will be neutralised take two."""
    parts: list[str] = []
    graphemes = _GRAPHEME.findall(text)
    at = 0
    while at < len(graphemes):
        size = _fitting(graphemes, at, limit, flavour)
        parts.append("".join(graphemes[at : at + size]))
        at += size
    return parts or [""]


def _fitting(graphemes: list[str], at: int, limit: int, flavour: Flavour) -> int:
    """How many of them fit from there on; at least one. Each try leaves out as many as were too many."""
    size = max(1, min(limit, len(graphemes) - at))
    while size > 1 and (surplus := _length("".join(graphemes[at : at + size]), flavour) - limit) > 0:
        size = max(1, size - max(1, surplus // 2))
    return size


def _length(text: str, flavour: Flavour) -> int:
    return count(neutral(text), flavour)


def _shortened(match: re.Match[str]) -> str:
    sure = _PUBLIC_HOST.match(match[0]) is not None
    return "x" * (_LINK_COUNTS if sure else max(_LINK_COUNTS, len(match[0])))
