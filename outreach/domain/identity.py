"""Names of things and people. Ids are opaque: nothing may be read from their form, order or time (leaks 20, 21)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

CaseId = NewType("CaseId", str)
RequestId = NewType("RequestId", str)
RelayId = NewType("RelayId", str)
ConversationId = NewType("ConversationId", str)
Alias = NewType("Alias", str)


class Platform(StrEnum):
    """Where a person or a post lives."""

    FEDIVERSE = "fediverse"
    MATRIX = "matrix"


class Role(StrEnum):
    """The one part a conversation is bound to (F8): a member's own, or a recipient's for exactly one case.

    A talk's is one of several people, in which the bot reads nothing.
    """

    MEMBER = "member"
    RECIPIENT = "recipient"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one platform.

    `address` is the canonical handle: `user@host` in lower case on the fediverse, the full user id on Matrix.
    `native` is what the bot's own server calls it (account id), `uri` its ActivityPub actor (F12).
    """

    platform: Platform
    address: str
    native: str = ""
    uri: str = ""
    name: str = ""
    bot: bool = False

    @property
    def key(self) -> str:
        """The one canonical form that indexes are computed over."""
        return f"{self.platform}:{self.address}"

    def same_as(self, other: Account) -> bool:
        """Whether both are one account; a differing actor URI means the name was given to somebody else."""
        if self.key != other.key:
            return False
        return not (self.uri and other.uri) or self.uri == other.uri
