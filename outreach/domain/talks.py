"""A talk between both sides of a case, led by a moderator who takes no side (R022, R042). Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outreach.domain.identity import RequestId


class Side(StrEnum):
    """Whose consent a talk needs. Which of them withheld it is never kept."""

    ASKER = "asker"
    RESPONDENT = "respondent"


@dataclass(frozen=True, slots=True)
class Talk:
    """One offer, and the talk that came of it.

    `person` is the respondent's key as letters know it, "" for a post's author. `mediator` and `guests`, the persons of
    trust whom both sides accept with the offer, are full Matrix ids. `room` is "" until there is one.
    """

    request: RequestId
    person: str
    mediator: str
    until: datetime
    guests: tuple[str, ...] = ()
    agreed: frozenset[Side] = frozenset()
    room: str = ""
    begun: bool = False

    @property
    def is_agreed(self) -> bool:
        """Whether everybody whose consent it needs has given it."""
        return self.agreed == frozenset(Side)
