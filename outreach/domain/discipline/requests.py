"""From when a person may ask again for a lower index (R097). It is never lowered by itself; people decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from outreach.domain.discipline.spans import MonthMode, Span, end_of


@dataclass(frozen=True, slots=True)
class IndexRequests:
    """`[index_request]`: how often, and since what the time counts."""

    rules: tuple[str, ...] = ()
    every: Span = Span("6mo")
    since: Literal["request", "decision", "offence"] = "request"

    def open_from(self, last: datetime | None, month_mode: MonthMode = "calendar") -> datetime | None:
        """The moment from which a request is open, counted from the last request (or `since`); None is at once."""
        return None if last is None else end_of(last, self.every, month_mode)
