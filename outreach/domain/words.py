"""Words for people as a profile writes them: English, and what a community says itself in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Text(str):
    """The English words, which the catalogs know or not; `own` holds the community's own, by language."""

    own: Mapping[str, str]

    def __new__(cls, english: str = "", own: Mapping[str, str] = _NOTHING) -> Text:
        text = super().__new__(cls, english)
        text.own = MappingProxyType(dict(own))
        return text
