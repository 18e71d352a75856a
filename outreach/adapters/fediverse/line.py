"""The line to the server: one worker thread, and failures in the words of `outreach.ports`.

`read` is for GETs, which may simply be repeated; `ask` hands every failure up, since only the caller knows what a
lost answer means. Error texts hold no ids, handles, tokens or bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from outreach.adapters.fediverse.client import Client, Refused, Unanswered
from outreach.adapters.fediverse.fields import moment
from outreach.adapters.fediverse.worker import Closed, Worker
from outreach.ports import Clock, Misconfigured, TryLater

BAD_TOKEN = (  # a sentence about a token, no token
    "The fediverse server refuses the token; make a new one on the bot's account and set `fediverse_token`."  # noqa: S105
)
BAD_SCOPE = "The fediverse token may not do this; make one with the scopes {} and set `fediverse_token`."
MOVED = "The fediverse server redirects to another address; set `server` under [fediverse] to that address."
_LONGEST_WAIT = 3 * 3600.0  # Mastodon's longest window: 300 posts in 3 h
_LONGEST_GUESS = 300.0
_NOTHING: Mapping[str, Any] = {}


class Line:
    """`jitter` gives numbers in [0, 1): two bots that were throttled together do not come back together."""

    def __init__(self, server: str, token: str, clock: Clock, jitter: Callable[[], float]) -> None:
        self._client, self._stranger = Client(server, token), Client(server, None)
        self._clock, self._jitter = clock, jitter
        self._worker = Worker()
        self._strikes: dict[str, int] = {}

    async def ask(
        self, method: str, path: str, params: Mapping[str, Any] = _NOTHING, *, key: str = "", anonymous: bool = False
    ) -> Any:
        """One request. Raises `Refused` or `Unanswered`."""
        client = self._stranger if anonymous else self._client
        try:
            body = await self._worker.run(lambda: client.ask(method, path, params, key))
        except Closed:
            raise Unanswered(sent=False) from None
        self._strikes[method] = 0
        return body

    async def read(self, path: str, params: Mapping[str, Any] = _NOTHING, *, anonymous: bool = False) -> Any:
        """One GET. Raises `TryLater`, `Misconfigured`, or `Refused` for what depends on the question."""
        try:
            return await self.ask("GET", path, params, anonymous=anonymous)
        except Unanswered:
            failure: Exception = TryLater(self.guess())
        except Refused as refusal:
            failure = self.common(refusal, anonymous=anonymous) or refusal
        raise failure from None

    async def find(self, path: str, params: Mapping[str, Any] = _NOTHING) -> Any | None:
        """As `read`, and None for what is not there, or not for us."""
        try:
            return await self.read(path, params)
        except Refused as refusal:
            if refusal.status in (404, 410):
                return None
            raise

    def common(self, refusal: Refused, *, method: str = "GET", anonymous: bool = False) -> Exception | None:
        """What a refusal means whatever was asked; None where it depends on that."""
        if refusal.status == 429 or refusal.status >= 500:
            return TryLater(self.delay(refusal, method))
        if refusal.status == 401 and not anonymous:
            return Misconfigured(BAD_TOKEN)
        return Misconfigured(MOVED) if 300 <= refusal.status < 400 else None

    def delay(self, refusal: Refused, method: str) -> float:
        """Until the time the server names, else a guess."""
        for name in ("Retry-After", "X-RateLimit-Reset"):
            wait = self._until(refusal.headers.get(name, ""))
            if wait is not None and wait > 0:
                return min(wait, _LONGEST_WAIT)
        return self.guess(method)

    def guess(self, method: str = "GET") -> float:
        """At most 2, 4, 8 … 300 seconds and half of it at least; a GET that works says nothing of a POST."""
        self._strikes[method] = self._strikes.get(method, 0) + 1
        longest = min(2.0 ** min(self._strikes[method], 16), _LONGEST_GUESS)
        return longest * (0.5 + self._jitter() / 2)

    def _until(self, stated: str) -> float | None:
        """Seconds, an epoch, an ISO time or an HTTP date: each is in use somewhere."""
        if stated.isdecimal() and len(stated) < 12:
            seconds = float(stated)
            return seconds if seconds < 1e9 else seconds - self._clock.now().timestamp()
        when = moment(stated) or _http_date(stated)
        return (when - self._clock.now()).total_seconds() if when else None

    async def close(self) -> None:
        await self._worker.close(self._hang_up)

    def _hang_up(self) -> None:
        self._client.session.close()
        self._stranger.session.close()


def _http_date(stated: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(stated)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
