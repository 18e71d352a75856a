"""How often something happened within this hour, so that neither a flood nor another program can make the bot talk on.

Counts by the hour of the clock, under a keyed hash that expires; knows no names and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.ports import Clock
from outreach.ports.store import Transaction

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HourlyCount:
    """Counts."""

    clock: Clock

    def add(self, tx: Transaction, purpose: str, value: str, most: int) -> int:
        """Count once more; returns how often by now, two over `most` at the highest."""
        now = self.clock.now()
        hour = f"{value}|{now:%Y-%m-%dT%H}"
        before = tx.registers.count(purpose, hour, now.date() - timedelta(days=1))
        if before <= most:
            tx.registers.add_count(purpose, hour, now.date(), (now + 2 * _HOUR).date())
        return before + 1


def next_hour(now: datetime) -> datetime:
    """When counts begin anew."""
    return now.replace(minute=0, second=0, microsecond=0) + _HOUR
