"""The words for what may be asked, and how strongly. Which of it a community asks for is its profile's matter."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from outreach.domain.identity import Platform


class Ask(StrEnum):
    """What is requested of the author (design, section 2)."""

    CW = "cw"
    SENSITIVE = "sensitive"
    ALT_TEXT = "alt-text"
    CAPTIONS = "captions"
    READABLE_TAGS = "readable-tags"
    EDIT = "edit"
    REDRAFT = "redraft"
    DELETE = "delete"
    UNLIST = "unlist"
    RETRACT = "retract"
    REDACT = "redact"


class Strength(StrEnum):
    """R054: may is a suggestion, should a recommendation, shall an obligation of the community's rules."""

    MAY = "may"
    SHOULD = "should"
    SHALL = "shall"


#: What a medium can do at all (R018): a Matrix message can be edited or redacted, nothing else. Profiles narrow it.
FEASIBLE: Mapping[Platform, frozenset[Ask]] = MappingProxyType(
    {
        Platform.MATRIX: frozenset({Ask.EDIT, Ask.REDACT}),
        Platform.FEDIVERSE: frozenset(Ask) - {Ask.REDACT},
    }
)
