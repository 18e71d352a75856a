"""Whether two handles look like one, and whether a handle mixes alphabets (F34). Looks at spelling alone.

Finds too much rather than too little: what it finds is asked about again, never refused. The table holds letters that
pass for Latin ones in common fonts; Unicode's whole list of confusables would add thousands that no client shows so.
"""

from __future__ import annotations

import re
import unicodedata

# fmt: off
_LIKE = str.maketrans({
    # Cyrillic
    "а": "a", "в": "b", "е": "e", "ё": "e", "ѕ": "s", "і": "i", "ї": "i", "ј": "j", "к": "k", "м": "m", "н": "h",
    "о": "o", "р": "p", "с": "c", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h", "ӏ": "l",
    # Greek
    "α": "a", "β": "b", "γ": "y", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o", "ρ": "p",
    "τ": "t", "υ": "u", "χ": "x", "ω": "w",
    # Armenian, and Latin beyond ASCII that no decomposition reaches
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ա": "w", "ı": "i", "ɑ": "a", "ɡ": "g", "ł": "l", "ø": "o", "đ": "d",
    # digits and signs
    "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "|": "l", "!": "l",
})
# fmt: on
_SEPARATORS = re.compile(r"[._=+~-]")
_PARTS = re.compile("[@:]")
#: Shorter names differ in one letter by nature.
_SHORTEST = 4
#: Alphabets that are one writing.
_TOGETHER = (frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}),)


def alike(one: str, other: str) -> bool:
    """Whether two different handles may be taken for one another: same shape of name, or a letter apart, anywhere."""
    if one == other:
        return False
    name, known = _shape(_name(one)), _shape(_name(other))
    if name == known:
        return name != ""
    return min(len(name), len(known)) >= _SHORTEST and _one_apart(name, known)


def strange_letters(handle: str) -> tuple[str, ...]:
    """The letters that stand out where a name or a server's name mixes alphabets, described for a person."""
    return tuple(dict.fromkeys(odd for part in _PARTS.split(handle) for odd in _strange(part)))


def _strange(part: str) -> tuple[str, ...]:
    scripts = {char: _script(char) for char in part if unicodedata.category(char)[0] in "LM"}
    found = frozenset(scripts.values())
    if len(found) < 2 or any(found <= group for group in _TOGETHER):
        return ()
    odd = {char: script for char, script in scripts.items() if script != "LATIN"}
    return tuple(f"{char} ({script.capitalize()})" for char, script in odd.items())


def _name(handle: str) -> str:
    """The part in front of the server's name."""
    return _PARTS.split(handle.lstrip("@"), maxsplit=1)[0]


def _shape(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(char for char in apart if unicodedata.category(char)[0] not in "MC").translate(_LIKE)
    return _SEPARATORS.sub("", bare).replace("rn", "m").replace("vv", "w").replace("i", "l")


def _script(char: str) -> str:
    return unicodedata.name(char, "UNKNOWN").partition(" ")[0]


def _one_apart(one: str, other: str) -> bool:
    """One letter more, less, or another; or two neighbours in turned order."""
    short, long = sorted((one, other), key=len)
    at = next((n for n, char in enumerate(short) if char != long[n]), len(short))
    if len(long) == len(short):
        turned = long[:at] + long[at : at + 2][::-1] + long[at + 2 :]
        return long[at + 1 :] == short[at + 1 :] or turned == short
    return len(long) == len(short) + 1 and long[at + 1 :] == short[at:]
