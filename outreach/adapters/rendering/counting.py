"""How long a text is on Mastodon, for those who write the words. What is sent is counted by the gateway itself."""

from __future__ import annotations

import re

import regex

#: A post on Mastodon, as servers ship it.
LIMIT = 500
#: The longest local part Mastodon allows, its at-sign and a blank.
HANDLE = 32

_LINK = re.compile(r"https?://\S+")
_GRAPHEME = regex.compile(r"\X")


def length(text: str) -> int:
    """Graphemes, each link 23."""
    return len(_GRAPHEME.findall(_LINK.sub("x" * 23, text)))
