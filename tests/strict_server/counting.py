"""How long a text is in the eyes of each server (1.2, pitfall 25).

Mastodon: graphemes of warning plus text, a URL is 23, `@user@domain` counts `@user`.
The others: raw code points of both, without any concession.
"""

from __future__ import annotations

import regex

from . import mentions
from .flavours import Flavour

GRAPHEME = regex.compile(r"\X")


def length(flavour: Flavour, text: str, spoiler: str = "") -> int:
    if flavour.name != "mastodon":
        return len(text) + len(spoiler)
    return _graphemes(spoiler) + _graphemes(_short(flavour, text))


def _graphemes(text: str) -> int:
    return len(GRAPHEME.findall(text))


def _short(flavour: Flavour, text: str) -> str:
    for found in reversed(mentions.find(flavour, text)):
        text = text[: found.start] + "@" + found.handle.partition("@")[0] + text[found.end :]
    return mentions.URL.sub("x" * 23, text)
