"""Which handles a server reads out of a text: what makes somebody a full participant (F1, pitfall 2).

Mastodon: its MENTION_RE, an `@` after neither a word character nor `/` nor `=`, also inside a URL.
GoToSocial: an `@` after white space or any punctuation, outside links and mail addresses.
Akkoma: a whole blank-separated token, minus trailing punctuation and round brackets (Linkify).
Whether a handle exists is not asked here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .flavours import Flavour

URL = re.compile(r"https?://[^\s<>\"'“”]+[^\s<>\"'“”.,;:!?)\]]")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MASTODON = re.compile(r"@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(?:@(\w+(?:[.-]+\w+)*))?", re.I | re.A)
GOTOSOCIAL = re.compile(r"@([^\W_](?:[\w.-]*\w)?|_\w*)(?:@([\w-]+(?:[.:-]+[\w-]+)*))?")
AKKOMA = re.compile(r"@([a-zA-Z\d_-]+)(?:@([\w.-]+))?")


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    handle: str


def find(flavour: Flavour, text: str) -> list[Found]:
    readers = {"mastodon": _mastodon, "gotosocial": _gotosocial, "akkoma": _akkoma}
    return list(readers[flavour.name](text))


def _handle(match: re.Match[str]) -> str:
    return match[1] + ("@" + match[2] if match[2] else "")


def _word(char: str) -> bool:
    """Ruby's [[:word:]]: letters, marks, decimal digits, connectors. U+2060 is none of these."""
    return unicodedata.category(char) in {"Nd", "Pc"} or unicodedata.category(char)[0] in "LM"


def _mastodon(text: str) -> Iterator[Found]:
    for match in MASTODON.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not before or not (before in "=/" or _word(before)):
            yield Found(match.start(), match.end(), _handle(match))


def links(text: str) -> list[tuple[int, int]]:
    spans = [match.span() for match in URL.finditer(text)]
    spans += [m.span() for m in MAIL.finditer(text) if not any(a <= m.start() < b for a, b in spans)]
    return sorted(spans)


def _gotosocial(text: str) -> Iterator[Found]:
    taken = links(text)
    for match in GOTOSOCIAL.finditer(text):
        before = text[match.start() - 1 : match.start()]
        boundary = not before or before.isspace() or unicodedata.category(before).startswith("P")
        if boundary and not any(a <= match.start() < b for a, b in taken):
            yield Found(match.start(), match.end(), _handle(match))


def _akkoma(text: str) -> Iterator[Found]:
    for token in re.finditer(r"[^ \r\n]+", text):
        core = re.sub(r"[,.;:>?!]*$", "", token[0])
        bare = core.lstrip("(").rstrip(")")
        match = AKKOMA.fullmatch(bare)
        if match:
            start = token.start() + len(core) - len(core.lstrip("("))
            yield Found(start, start + len(bare), _handle(match))
