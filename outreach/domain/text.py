"""What may stand in words from outside: bounded, and without characters that hide or turn around what is written.

The parsers of both platforms pass everything through here at the border, and letters do so again at the exit. Judges no
meaning, and takes no sign away that somebody can see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Of a longer line the rest is cut off. Ten times what may be passed on; the longest posts of usual servers fit.
LONGEST = 10_000
#: A line with more addresses than any question takes is answered all the same: "too many".
MOST_LINKS, LONGEST_LINK = 20, 2_000
MOST_MENTIONS = 20

#: So many marks and joiners one letter may carry; more pile up over the lines above ("zalgo"). Tibetan needs six.
_MOST_MARKS = 8
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Unicode's Default_Ignorable_Code_Point and the controls, less the joiners above; and the two blanks that look empty.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Between plain letters a joiner joins nothing.
_IDLE = re.compile(f"(?<![^\x00-\x7f{_JOINERS}])[{_JOINERS}]+(?![^\x00-\x7f])")


def heard(text: str) -> str:
    """A line as it is taken in. Idempotent; any string gives one."""
    return cut(visible(cut(text))).strip()


def cut(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text, with a sign where something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def visible(text: str) -> str:
    """The same without what nobody can see; every kind of line break is one kind. Idempotent."""
    text = _HIDDEN.sub("", _BREAKS.sub("\n", text))
    return text if text.isascii() else _IDLE.sub("", _few_marks(text))


def few(found: Iterable[str], most: int = MOST_LINKS, longest: int = LONGEST_LINK) -> tuple[str, ...]:
    """The first of some addresses; one too long to be any is none, and so is one with blanks or hidden signs in it."""
    kept = (one for one in dict.fromkeys(found) if one and len(one) <= longest and is_plain(one))
    return tuple(one for _, one in zip(range(most), kept, strict=False))


def is_plain(name: str) -> bool:
    """Whether a name or an address consists of visible signs alone, without a blank."""
    return not any(char.isspace() for char in name) and visible(name) == name


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if char in _JOINERS or unicodedata.category(char)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
