"""What people wrote stays harmless wherever it is printed: no mention, no tag, no link, no hidden character.

Does not decide which values are people's own; `templates.py` applies it to every value but links and rendered letters.
"""

from __future__ import annotations

import re
import unicodedata

from outreach.domain.text import cut, visible

#: U+2060: invisible, no break, and no server reads a handle across it (F1).
WORD_JOINER = "\u2060"

_KEPT_INVISIBLE = frozenset("\u200c\u200d\ufe0e\ufe0f")
_MARKS = re.compile(f"([@\uff20\ufe6b#\uff03\ufe5f]){WORD_JOINER}?")
_LINKED = re.compile(r"(?i)\b(?:https?|ftps?|xmpp|magnet|mailto|matrix|gemini|gopher|ipfs|web\+ap|tel|data):")
_WWW = re.compile(r"(?i)\bwww\.")
_LONGEST_LINE = 300
_LONGEST_LINK = 2_000


def plain(value: str) -> str:
    """Neutralise what one person wrote; line breaks stay. What is too long for any letter is cut."""
    text = "\n".join("".join(filter(_visible, line)).rstrip() for line in visible(cut(value)).splitlines())
    text = visible(text)  # once more: a joiner beside a sign that has just gone joins nothing any more
    text = _LINKED.sub(lambda found: found[0] + WORD_JOINER, text.replace("\t", " "))
    text = _WWW.sub(lambda found: found[0][:-1] + WORD_JOINER + ".", text)
    return _MARKS.sub(lambda found: found[1] + WORD_JOINER, text).strip()


def one_line(value: str) -> str:
    """The same for a value that stands inside a sentence: one line, not endless."""
    text = " ".join(plain(value).split())
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…"


def bare(link: str) -> str:
    """A link without scheme and closing slash: readable, and fetched by nobody (people.md, fact 4)."""
    return link.partition("://")[2].rstrip("/") if "://" in link else link


def canonical(link: str) -> str:
    """A post's link without query or fragment of the web kind (leak 8); `matrix.to` keeps its fragment, less `via`."""
    address, _, fragment = link[:_LONGEST_LINK].strip().partition("#")
    address = address.partition("?")[0]
    kept = "#" + fragment.partition("?")[0] if fragment and "matrix.to/" in address else ""
    return "".join(filter(_visible, "".join((address + kept).split())))


def quote(value: str) -> str:
    """Mark every line as somebody's words, so that no line of it can pass for the bot's own (F36)."""
    return "\n".join(f"> {line}".rstrip() for line in value.splitlines()) or ">"


def _visible(char: str) -> bool:
    return char in _KEPT_INVISIBLE or char == "\t" or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
