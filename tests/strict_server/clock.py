"""The server's own settable clock: idempotency, rate limits and time stamps read no other.

A frozen clock moves only when told to; a running one is real time plus an offset.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self, frozen: bool) -> None:
        self.frozen = frozen
        self._offset = timedelta(0)

    def now(self) -> datetime:
        base = START if self.frozen else datetime.fromtimestamp(time.time(), UTC)
        return base + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        self._offset += moment - self.now()


def stamp(moment: datetime, milliseconds: bool = True) -> str:
    """Mastodon and Akkoma write milliseconds, GoToSocial seconds in `created_at` (pitfall 27)."""
    digits = f".{moment.microsecond // 1000:03d}" if milliseconds else ""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + digits + "Z"
