"""Reads a server's report list by polling: each page is journaled before the next is asked for.

Mastodon and GoToSocial are read forward from a cursor; Akkoma and Pleroma count pages from the newest report, so they
are read backward until one that is known. Changes nothing there; what is older than the first start stays there.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from outreach.adapters.fediverse import capabilities
from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.client import Refused
from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.line import BAD_TOKEN, Line
from outreach.adapters.fediverse.reports.translate import incoming
from outreach.ports import Batch, Clock, Journal, Misconfigured, TryLater

T = TypeVar("T")

SOURCE = "fediverse-reports"
_LIST = "/api/v1/admin/reports"
_PLEROMA_LIST = "/api/v1/pleroma/admin/reports"
_PAGE = 100
_PLEROMA_PAGE = 50
#: So many ids are remembered to know by where the last reading ended; of them all at most this many may vanish.
_REMEMBERED = 100
_SCOPE = "admin:read:reports"
_BAD_TOKEN = (  # a sentence about a token, no token
    "The fediverse server refuses `fediverse_staff_token`;"  # noqa: S105
    " make a new one on a moderator's account, or set reports = false under [fediverse]."
)
_NO_RIGHT = (
    "`fediverse_staff_token` may not read reports; it needs the scope {} and an account {}, or set reports = false"
    " under [fediverse]."
)
_WHO = {
    Flavour.GOTOSOCIAL: "that is admin (moderators may not, on GoToSocial)",
    Flavour.MASTODON: "whose role has the permission to manage reports",
}


class FediverseReports:
    """The `ReportSource` of a fediverse server."""

    name = SOURCE
    breath = 4.0  # Mastodon counts paged calls: 300 in 15 minutes (pitfall 24)

    def __init__(
        self, server: str, token: str, clock: Clock, *, jitter: Callable[[], float] = random.random, page: int = _PAGE
    ) -> None:
        self._url, self._page = server.rstrip("/"), page
        self._line = Line(self._url, token, clock, jitter)
        self._server: Capabilities | None = None

    async def open(self) -> None:
        """Learn what server this is, and see that its list opens."""
        await self._list((await self._known_server()), {"limit": 1})

    async def close(self) -> None:
        """End the thread; safe to call twice."""
        await self._line.close()

    async def read_once(self, cursor: str, journal: Journal) -> str:
        """What is new since the cursor."""
        server = await self._known_server()
        if server.pleroma:
            return await self._backward(server, cursor, journal)
        return await self._forward(server, cursor, journal)

    async def _known_server(self) -> Capabilities:
        if self._server is None:
            self._server = await _of_staff(capabilities.learn(self._line, self._url))
        return self._server

    # Mastodon, GoToSocial

    async def _forward(self, server: Capabilities, cursor: str, journal: Journal) -> str:
        if not cursor:
            last = await self._list(server, {"limit": 1})
            cursor = text(last[0].get("id")) if last else _lowest(server)
            await journal(Batch(SOURCE, cursor))
            return cursor
        while True:
            page = await self._list(server, {"min_id": cursor, "limit": self._page})
            newest = text(page[0].get("id")) if page else ""
            if newest in ("", cursor):
                return cursor
            cursor = newest
            await journal(_batch(cursor, page[::-1], server))
            if len(page) <= self._page // 2:  # and one that caps pages lower is read on at the next poll
                return cursor

    # Akkoma, Pleroma

    async def _backward(self, server: Capabilities, cursor: str, journal: Journal) -> str:
        """Pages shift while reports come in: what is seen twice is stored once, and nothing is jumped over."""
        known: list[str] = json.loads(cursor) if cursor else []
        newest: list[str] = []
        number = 1
        while True:
            page = await self._list(server, {"page": number, "page_size": _PLEROMA_PAGE})
            ids = [text(one.get("id")) for one in page]
            newest = newest or ids[:_REMEMBERED]
            fresh = [one for one in page if text(one.get("id")) not in known]
            if not cursor or len(fresh) < len(page) or len(page) < _PLEROMA_PAGE:
                break
            await journal(_batch(cursor, fresh[::-1], server))
            number += 1
        after = json.dumps([*newest, *(one for one in known if one not in newest)][:_REMEMBERED])
        if after != cursor:
            await journal(_batch(after, fresh[::-1] if cursor else [], server))
        return after

    async def _list(self, server: Capabilities, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        path = _PLEROMA_LIST if server.pleroma else _LIST
        if server.flavour is Flavour.GOTOSOCIAL:  # which lists all of them unless asked
            params = {**params, "resolved": "false"}
        try:
            found = await _of_staff(self._line.read(path, params))
        except Refused as refusal:
            raise _trouble(refusal, server) from None
        return rows(record(found).get("reports")) if server.pleroma else rows(found)


async def _of_staff(asking: Awaitable[T]) -> T:
    """The same fault, naming the token that it is about."""
    try:
        return await asking
    except Misconfigured as fault:
        raise (Misconfigured(_BAD_TOKEN) if str(fault) == BAD_TOKEN else fault) from None


def _batch(cursor: str, oldest_first: list[Mapping[str, Any]], server: Capabilities) -> Batch:
    found = (incoming(one, server) for one in oldest_first)
    return Batch(SOURCE, cursor, tuple(one for one in found if one is not None))


def _lowest(server: Capabilities) -> str:
    return "0" * 26 if server.flavour is Flavour.GOTOSOCIAL else "0"


def _trouble(refusal: Refused, server: Capabilities) -> Exception:
    if refusal.status in (403, 404):
        return Misconfigured(_NO_RIGHT.format(_SCOPE, _WHO.get(server.flavour, "that is a moderator")))
    return TryLater(60.0)
