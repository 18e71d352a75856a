"""Nobody but the addressee is ever named: which `@` some server may read as a person, and how to make it none (F1).

The reader takes the union of all flavours' rules, so it finds too much rather than too little. Mastodon reads an @
after anything but a letter, mark, digit, `_`, `/` or `=`; GoToSocial after white space or any punctuation, `/` and `_`
included, outside links; Akkoma at the start of a word. None reads one that U+2060 follows.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

JOINER = "\u2060"

#: A link plain enough that every server sees exactly the same link in it; only there does an @ stay as it is.
LINK = re.compile(
    r"(?<![^\s(])https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
    r"(?:/@?[A-Za-z0-9._~%+-]*(?:(?<=[A-Za-z0-9])@[A-Za-z0-9.-]+)?)*(?<=[A-Za-z0-9/])"
)
#: What follows an @, as far as it matters who is named: no name is longer, and an endless one would take for ever.
_HANDLE = re.compile(r"@(?=(\w[\w.@:-]{0,99}))")
_SIGN = re.compile(r"[@#]")
_TAMED = re.compile(f"([@#]){JOINER}+")


def named(text: str) -> tuple[str, ...]:
    """Whatever follows an @ that at least one server could take as a mention, in order."""
    links = _Spans(text)
    signs = (match for match in _HANDLE.finditer(text) if match.start() not in links)
    return tuple(match[1].rstrip(".@:-") for match in signs if not _mid_word(text, match.start()))


def only(text: str, handle: str) -> bool:
    """Whether a message begins with this handle and names nobody else, by any server's rules."""
    front = f"@{handle} "
    return text.startswith(front) and not named(text[len(front) - 1 :])


def neutral(text: str) -> str:
    """The same words with a joiner after each `@` and `#` outside plain links: it reads alike and names nobody."""
    links = _Spans(text)

    def tame(match: re.Match[str]) -> str:
        tamed = text.startswith(JOINER, match.end()) or match.start() in links
        return match[0] if tamed else match[0] + JOINER

    return _SIGN.sub(tame, text)


def restore(text: str) -> str:
    """Undo `neutral`, so that a copied `name@server` is that again."""
    return _TAMED.sub(r"\1", text)


class _Spans:
    """Where plain links stand in a text."""

    def __init__(self, text: str) -> None:
        found = [match.span() for match in LINK.finditer(text)]
        self._starts, self._ends = [start for start, _ in found], [end for _, end in found]

    def __contains__(self, at: int) -> bool:
        before = bisect_right(self._starts, at) - 1
        return before >= 0 and at < self._ends[before]


def _mid_word(text: str, at: int) -> bool:
    """After a letter, mark or decimal digit, as in `name@server`: no server sees a mention there."""
    if not at:
        return False
    kind = unicodedata.category(text[at - 1])
    return kind[0] in "LM" or kind == "Nd"
