"""Request budgets and their headers (1.5); counted always, enforced only once a test sets a budget.

Mastodon counts per token, paging and posting apart, and shows the bucket nearest its end; GoToSocial counts
per address; Akkoma shows nothing and answers a bare "Throttled".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from .clock import Clock, stamp
from .errors import ApiError
from .flavours import Flavour

PAGING = {"min_id", "max_id", "since_id"}


@dataclass
class Budget:
    limit: int
    seconds: int
    enforced: bool = False


DEFAULTS = {"api": (300, 300), "paging": (300, 900), "statuses": (300, 10_800), "deletes": (30, 1800)}


class Limits:
    def __init__(self, flavour: Flavour, clock: Clock) -> None:
        self._flavour, self._clock = flavour, clock
        self.budgets = {name: Budget(*numbers) for name, numbers in DEFAULTS.items()}
        self._used: dict[tuple[str, str, int], int] = {}

    def enforce(self, name: str, limit: int, seconds: int) -> None:
        self.budgets[name] = Budget(limit, seconds, enforced=True)
        self._used = {key: count for key, count in self._used.items() if key[0] != name}

    def spend(self, who: str, method: str, path: str, names: set[str]) -> dict[str, str]:
        scope = "address" if self._flavour.name == "gotosocial" else who
        tightest: tuple[float, dict[str, str]] = (2.0, {})
        for bucket in self._buckets(method, path, names):
            share, headers = self._one(bucket, scope)
            tightest = min(tightest, (share, headers), key=lambda pair: pair[0])
        return tightest[1] if self._flavour.limit_headers else {}

    def _buckets(self, method: str, path: str, names: set[str]) -> list[str]:
        posting = method == "POST" and path == "/api/v1/statuses"
        deleting = method == "DELETE" and path.startswith("/api/v1/statuses/")
        special = {"paging": names & PAGING, "statuses": posting, "deletes": deleting}
        apart = [] if self._flavour.name == "gotosocial" else [name for name, holds in special.items() if holds]
        return ["api", *apart]

    def _one(self, bucket: str, scope: str) -> tuple[float, dict[str, str]]:
        budget = self.budgets[bucket]
        window = int(self._clock.now().timestamp()) // budget.seconds
        key = (bucket, scope, window)
        self._used[key] = self._used.get(key, 0) + 1
        left = budget.limit - self._used[key]
        headers = self._headers(budget, left, (window + 1) * budget.seconds)
        if budget.enforced and left < 0:
            raise Throttled(self._flavour, headers)
        return left / budget.limit, headers

    def _headers(self, budget: Budget, left: int, reset: int) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(budget.limit),
            "X-RateLimit-Remaining": str(max(0, left)),
            "X-RateLimit-Reset": stamp(datetime.fromtimestamp(reset, UTC)),
        }


class Throttled(ApiError):
    def __init__(self, flavour: Flavour, headers: dict[str, str]) -> None:
        super().__init__(429, "Throttled" if flavour.name == "akkoma" else "Too many requests")
        self.headers = headers if flavour.limit_headers else {}
