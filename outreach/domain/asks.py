"""What may be asked of an author, and with which strength. Data of the shipped profiles; a profile may narrow it."""

from __future__ import annotations

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


LABELS = MappingProxyType(
    {
        "food": Strength.MAY,
        "ec": Strength.MAY,
        "pol": Strength.MAY,
        "mh": Strength.SHOULD,
        "nudity": Strength.SHOULD,
        "suggestive": Strength.SHOULD,
        "blood": Strength.SHOULD,
        "scat": Strength.SHOULD,
        "war": Strength.SHOULD,
        "climate": Strength.SHOULD,
        "violence": Strength.SHALL,
        "lewd": Strength.SHALL,
        "flashing": Strength.SHALL,
    }
)

#: Labels whose posts may speak of what the author lives through (design, promise 5).
LIVED = frozenset({"mh", "pol", "violence", "war", "blood", "nudity"})

_WITHOUT_LABEL = MappingProxyType(
    {
        Ask.ALT_TEXT: Strength.MAY,
        Ask.CAPTIONS: Strength.MAY,
        Ask.READABLE_TAGS: Strength.MAY,
        Ask.UNLIST: Strength.MAY,
    }
)

ON_MATRIX = frozenset({Ask.EDIT, Ask.REDACT})
ON_FEDIVERSE = frozenset(Ask) - {Ask.REDACT}


def asks_on(platform: Platform) -> frozenset[Ask]:
    """The asks a medium can fulfil (R018): a Matrix message can be edited or redacted, nothing else."""
    return ON_MATRIX if platform is Platform.MATRIX else ON_FEDIVERSE


def strength_of(ask: Ask, label: str) -> Strength:
    """How strongly the rules stand behind an ask; only `cw` has a label and takes its strength from it."""
    if ask is Ask.CW:
        return LABELS.get(label, Strength.SHOULD)
    return _WITHOUT_LABEL.get(ask, Strength.SHOULD)
