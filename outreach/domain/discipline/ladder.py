"""How long a ban lasts: longer with each ban, whatever the index (R095, 1.2.3). Only computes ends; lifts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from outreach.domain.discipline.spans import MonthMode, Span, end_of

INDEFINITE = "indefinite"
#: The steps of the guideline: the ladder of a plan that names none.
STEPS = ("24h", "1w", "1mo", "3mo", "6mo", INDEFINITE)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps by the number of bans, the last repeating; indefinite bans may be appealed now and then."""

    steps: tuple[str, ...] = STEPS
    rules: tuple[str, ...] = ()
    appeal_every: Span = Span("6mo")
    appeal_first: Literal["after_6m", "at_once"] = "after_6m"

    def step(self, bans: int) -> Span | None:
        """The length of the ban of that number, counted from 1; None is indefinite."""
        step = self.steps[min(bans, len(self.steps)) - 1]
        return None if step == INDEFINITE else Span(step)

    def first_appeal(self, imposed: datetime, month_mode: MonthMode = "calendar") -> datetime:
        """From when an indefinite ban may first be appealed."""
        return imposed if self.appeal_first == "at_once" else self.next_appeal(imposed, month_mode)

    def next_appeal(self, decided: datetime, month_mode: MonthMode = "calendar") -> datetime:
        """From when it may be appealed again, after the last decision on it."""
        return end_of(decided, self.appeal_every, month_mode)


def ban_end(
    now: datetime,
    length: Span,
    running: datetime | None = None,
    *,
    month_mode: MonthMode = "calendar",
    overlap: Literal["max", "append"] = "max",
) -> datetime:
    """When a ban imposed now ends, beside one that may still run until `running` (`overlap`)."""
    if running is None or running <= now:
        return end_of(now, length, month_mode)
    if overlap == "append":
        return end_of(running, length, month_mode)
    return max(running, end_of(now, length, month_mode))
