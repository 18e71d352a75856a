"""Typed refusals: every one says whose fault it is and what to do next. Nothing here is shown to a person as is."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class Refusal(Exception):
    """This cannot be done now; nothing happened."""

    whose: ClassVar[str] = "sender"
    remedy: ClassVar[str] = "Show the words that may follow."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.__doc__ or type(self).__name__)


class NotNow(Refusal):
    """The case is in a stage in which this input means nothing."""


class NotYours(Refusal):
    """The party who said this has no such part in the case (F8, F12)."""


class AlreadyOver(Refusal):
    """The matter has ended; what is said about it now changes nothing."""


class NotAllowed(Refusal):
    """The community's rules forbid this step, such as escalating a suggestion (design, promise 4)."""


class TakenBefore(Refusal):
    """Another moderator leads the case already; who was first, and when, is for the room to say (R082)."""

    def __init__(self, who: str, at: datetime) -> None:
        super().__init__()
        self.who, self.at = who, at


class BrokenHistory(Exception):
    """Stored events do not fold; the store was damaged or is newer than this program. Run `outreach db check`."""


class IncompleteLetter(Exception):
    """A letter lacks a part that it must have: whoever writes it fills in the part that is named, and tries again.

    R017, R073; Regulation (EU) 2022/2065, Article 17(3). No `Refusal`: where nobody catches it, it is a fault here.
    """

    def __init__(self, letter: str, part: str, detail: str) -> None:
        super().__init__(f"{letter}: {part} {detail}")
        self.letter = letter
        self.part = part
