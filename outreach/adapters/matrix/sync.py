"""The bot's own loop over /sync: one answer, one batch, one cursor; the cursor is used only once it is journaled.

nio's loop is not used: it moves its token before anything is handled and asks 1,500 times a second on error answers.
Interprets nothing; translation and gaps live elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Limited, Refused
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.history import History
from outreach.adapters.matrix.seals import Seals
from outreach.adapters.matrix.translate import incoming, invitation
from outreach.ports import Batch, Incoming, Journal, Misconfigured, TryLater

SOURCE = "matrix"
_POLL_MS = 30_000
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0
_ROUNDS = 100
_UNKNOWN_CURSOR = (
    "The homeserver refuses the stored position in the bot's Matrix stream;"
    " [matrix] homeserver is perhaps another server than the database belongs to."
)


class Sync:
    def __init__(
        self,
        api: MatrixApi,
        seals: Seals,
        pause: Callable[[float], Awaitable[object]],
        jitter: Callable[[], float],
    ) -> None:
        self._api = api
        self._seals = seals
        self._history = History(api)
        self._pause = pause
        self._jitter = jitter

    async def forever(self, cursor: str, journal: Journal) -> None:
        failures = 0
        while True:
            try:
                batch, _ = await self._fetch(cursor, _POLL_MS if cursor else 0)
            except TryLater as error:
                await self._pause(self._back_off(failures, error))
                failures += 1
                continue
            failures = 0
            cursor = await _stored(cursor, batch, journal)

    async def once(self, cursor: str, journal: Journal) -> str:
        """What is there at this instant; bounded, since others may write faster than we read."""
        for _ in range(_ROUNDS):
            is_first = not cursor
            batch, is_empty = await self._fetch(cursor, 0)
            cursor = await _stored(cursor, batch, journal)
            if is_empty and not is_first:
                break
        return cursor

    def _back_off(self, failures: int, error: TryLater) -> float:
        grown = min(_FIRST_PAUSE * 2.0 ** min(failures, 10), _LONGEST_PAUSE)
        asked = error.delay if isinstance(error, Limited) else 0.0
        return max(asked, grown * (0.5 + self._jitter() / 2))

    async def _fetch(self, cursor: str, wait_ms: int) -> tuple[Batch, bool]:
        try:
            answer = await self._api.sync(cursor, wait_ms)
        except Refused as refusal:
            raise Misconfigured(_UNKNOWN_CURSOR) from refusal
        rooms = fields.table(answer, "rooms")
        items = [*self._invitations(rooms, cursor)]
        if cursor:  # at the first start the past is not answered
            items += await self._timelines(rooms, cursor)
        return Batch(SOURCE, fields.text(answer, "next_batch"), tuple(items)), not rooms

    def _invitations(self, rooms: Json, cursor: str) -> Iterable[Incoming]:
        """Synapse shows each once only."""
        for room, found in fields.table(rooms, "invite").items():
            stripped = fields.rows(found, "invite_state", "events")
            item = invitation(stripped, room, self._api.client.user, cursor)
            if item is not None:
                self._seals.remember(room, item.encrypted)
                yield item

    async def _timelines(self, rooms: Json, cursor: str) -> list[Incoming]:
        items: list[Incoming] = []
        for section in ("join", "leave"):
            for room, found in fields.table(rooms, section).items():
                events = await self._history.complete(room, fields.table(found, "timeline"), cursor)
                self._seals.note(room, [*fields.rows(found, "state", "events"), *events])
                items += await self._translated(room, events)
        return items

    async def _translated(self, room: str, events: Iterable[object]) -> list[Incoming]:
        me = self._api.client.user
        found = [event for event in events if incoming(event, room, me) is not None]
        has_words = any(fields.text(event, "type") == "m.room.message" for event in found)
        sealed = has_words and await self._seals.sealed(room)
        return [item for event in found if (item := incoming(event, room, me, sealed=sealed)) is not None]


async def _stored(cursor: str, batch: Batch, journal: Journal) -> str:
    """The journal's own errors pass: nothing was stored, so nothing moves."""
    if batch.items or batch.cursor != cursor:
        await journal(batch)
    return batch.cursor
