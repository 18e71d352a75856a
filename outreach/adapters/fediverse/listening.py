"""The intake: polls notifications from a cursor, journals each page before the cursor moves. The poll is the truth.

Never answers the past: the first cursor is the newest notification there is. Keeps Mastodon's policy open, since it
filters private messages from strangers unless told otherwise (section 1.1). Compares no ids; the server's order counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.client import Refused, Unanswered
from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.line import BAD_SCOPE, BAD_TOKEN, Line
from outreach.adapters.fediverse.translate import PLEROMA_TYPES, TYPES, incoming
from outreach.adapters.fediverse.waking import Waker
from outreach.domain.identity import Account
from outreach.ports import Batch, Journal, Misconfigured, TryLater

SOURCE = "fediverse"
PATH = "/api/v1/notifications"
POLICY = "/api/v2/notifications/policy"
_OPEN = {"for_private_mentions": "accept", "for_limited_accounts": "accept"}
_PAGE = 40
_SHORT = 20  # a server that caps pages lower than asked must not be taken for one that has no more
_BREATH = 3.0  # 300 paged calls in 15 minutes
_READ_SCOPES = "read:notifications"
_POLICY_SCOPES = "write:notifications"


class Listener:
    """Reads for one account."""

    def __init__(self, line: Line, server: Capabilities, me: Account) -> None:
        self._line, self._server, self._me = line, server, me

    async def listen(self, cursor: str, journal: Journal, waker: Waker, every: float, recheck: int) -> None:
        """For ever; a server in trouble is waited for, only the operator's faults are raised."""
        waker.start()
        polls = 0
        try:
            while True:
                pause = every
                try:
                    polls += 1
                    if polls % recheck == 0:
                        await self.open_policy()
                    cursor = await self.once(cursor, journal)
                except TryLater as trouble:
                    pause = max(trouble.delay, every)
                await _rest(waker, pause, every)
        finally:
            await waker.stop()

    async def once(self, cursor: str, journal: Journal) -> str:
        """Until a short page; the journal has each page before the next is asked for."""
        if not cursor:
            cursor = await self._newest()
            await journal(Batch(SOURCE, cursor))
            return cursor
        while True:
            page = await self._page(cursor)
            if not page:
                return cursor
            before, cursor = cursor, next(filter(None, (text(one.get("id")) for one in page)), cursor)
            await journal(Batch(SOURCE, cursor, self._items(page)))
            if len(page) < _SHORT or cursor == before:  # a server that names no id would be asked for ever
                return cursor

    def _items(self, page: list[Mapping[str, Any]]) -> tuple[Any, ...]:
        found = (incoming(one, self._me, self._server.host) for one in reversed(page))
        return tuple(one for one in found if one is not None)

    async def _page(self, cursor: str) -> list[Mapping[str, Any]]:
        types = PLEROMA_TYPES if self._server.pleroma else TYPES
        return await self._read({self._server.types: list(types), "min_id": cursor, "limit": _PAGE})

    async def _newest(self) -> str:
        """Where nothing ever came, a cursor below every id: the first message is not the past."""
        page = await self._read({"limit": 1})
        lowest = "0" * 26 if self._server.flavour is Flavour.GOTOSOCIAL else "0"
        return text(page[0].get("id")) if page else lowest

    async def _read(self, params: dict[str, Any]) -> list[Mapping[str, Any]]:
        if self._server.flavour is Flavour.MASTODON:
            params["include_filtered"] = "true"
        try:
            return rows(await self._line.read(PATH, params))
        except Refused as refusal:
            raise lacking(refusal, _READ_SCOPES) from None

    async def open_policy(self) -> None:
        """Let private messages of strangers and of limited accounts in, and see that it holds."""
        if self._server.flavour is not Flavour.MASTODON:
            return
        try:
            answer = await self._line.find(POLICY)
            if answer is None or _is_open(answer):  # before 4.3 there is no policy
                return
            await self._line.ask("PATCH", POLICY, _OPEN)
            answer = await self._line.find(POLICY)
        except Refused as refusal:
            raise self._line.common(refusal) or lacking(refusal, _POLICY_SCOPES) from None
        except Unanswered:
            raise TryLater(self._line.guess()) from None
        if not _is_open(answer):
            raise Misconfigured(
                "The fediverse server keeps filtering private messages to the bot; accept them in its settings."
            )


def lacking(refusal: Refused, scopes: str) -> Misconfigured:
    """A refusal of what the account itself must be able to do."""
    return Misconfigured(BAD_TOKEN if refusal.status == 401 else BAD_SCOPE.format(scopes))


def _is_open(answer: object) -> bool:
    return all(record(answer).get(name) == wanted for name, wanted in _OPEN.items())


async def _rest(waker: Waker, pause: float, every: float) -> None:
    """A wake may come at any moment, yet polls keep their distance; a pause for trouble is not cut short."""
    breath = min(_BREATH, every) if pause <= every else pause
    await asyncio.sleep(breath)
    await waker.wait(max(0.0, pause - breath))
