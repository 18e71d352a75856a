"""What a repeated Idempotency-Key gets: three servers, three promises (1.2, pitfall 28).

Mastodon: per account, one hour, only success, kept over a restart. GoToSocial: nothing at all. Akkoma: one
memory for all users and endpoints, six hours, 2500 entries, errors included, lost on restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .clock import Clock


@dataclass(frozen=True)
class Kept:
    at: datetime
    value: Any


class Memory:
    def __init__(self, clock: Clock, hours: int, most: int) -> None:
        self._clock, self._life, self._most = clock, timedelta(hours=hours), most
        self._kept: dict[str, Kept] = {}

    def get(self, key: str) -> Any:
        kept = self._kept.get(key)
        if kept is None or self._clock.now() - kept.at >= self._life:
            return None
        return kept.value

    def put(self, key: str, value: Any) -> None:
        self._kept[key] = Kept(self._clock.now(), value)
        while len(self._kept) > self._most:
            self._kept.pop(next(iter(self._kept)))

    def clear(self) -> None:
        self._kept.clear()


def per_account(clock: Clock) -> Memory:
    return Memory(clock, hours=1, most=1_000_000)


def shared(clock: Clock) -> Memory:
    return Memory(clock, hours=6, most=2500)
