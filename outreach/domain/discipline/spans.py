"""Lengths of time as rules name them, and the calendar they are counted in (1.2.3). Reads no clock; all in UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Literal

MonthMode = Literal["calendar", "30d"]

_WRITTEN = re.compile(r"([1-9]\d{0,5})(mo|[smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400}
_LONGEST = 36525 * 86400


class Span(str):
    """A length longer than zero, as it is written: `24h`, `1w`, `3mo`. Raises ValueError for anything else."""

    amount: int
    unit: str

    def __new__(cls, written: str) -> Span:
        found = _WRITTEN.fullmatch(written)
        if found is None or int(found[1]) * _SECONDS[found[2]] > _LONGEST:
            raise ValueError('must be a length of time in quotes, such as "24h", with one of the units s m h d w mo')
        span = super().__new__(cls, written)
        span.amount, span.unit = int(found[1]), found[2]
        return span

    @property
    def length(self) -> timedelta:
        """The length alone; a month counts thirty days."""
        return timedelta(seconds=self.amount * _SECONDS[self.unit])


def end_of(start: datetime, span: Span, month_mode: MonthMode = "calendar") -> datetime:
    """When a span that begins at `start` ends; calendar months are clipped to the end of the month."""
    if span.unit == "mo" and month_mode == "calendar":
        return months_later(start, span.amount)
    return start + span.length


def months_later(start: datetime, months: int) -> datetime:
    """The same day some months later, or the last day of that month: 31 January and a month is 28 February."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
