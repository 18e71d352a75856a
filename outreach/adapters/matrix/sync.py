"""The bot's own loop over /sync: one answer, one batch, one cursor; the cursor is used only once it is journaled.

nio's loop is not used: it moves its token before anything is handled and asks 1,500 times a second on error answers.
Everything that has to be asked for is asked first; then keys are taken in, words are read, and all of it is journaled
at once or not at all. Interprets nothing; translation and gaps live elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Limited, Refused
from outreach.adapters.matrix.crypto import Machine
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.history import History
from outreach.adapters.matrix.seals import Seals
from outreach.adapters.matrix.security import Security
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


@dataclass(frozen=True, slots=True)
class _Room:
    """What is new in one room, oldest first."""

    id: str
    events: list[object]
    sealed: bool


class Sync:
    """`security` None: this bot cannot read encrypted rooms."""

    def __init__(
        self,
        api: MatrixApi,
        seals: Seals,
        security: Security | None,
        pause: Callable[[float], Awaitable[object]],
        jitter: Callable[[], float],
    ) -> None:
        self._api = api
        self._seals = seals
        self._security = security
        self._history = History(api)
        self._pause = pause
        self._jitter = jitter

    async def forever(self, cursor: str, journal: Journal) -> None:
        failures = 0
        while True:
            try:
                answer = await self._ask(cursor, _POLL_MS if cursor else 0)
                rooms = await self._rooms(answer, cursor)
            except TryLater as error:
                await self._pause(self._back_off(failures, error))
                failures += 1
                continue
            failures = 0
            cursor = await self._journaled(answer, rooms, cursor, journal)

    async def once(self, cursor: str, journal: Journal) -> str:
        """What is there at this instant; bounded, since others may write faster than we read."""
        for _ in range(_ROUNDS):
            is_first = not cursor
            answer = await self._ask(cursor, 0)
            rooms = await self._rooms(answer, cursor)
            cursor = await self._journaled(answer, rooms, cursor, journal)
            if not is_first and not fields.table(answer, "rooms") and not fields.rows(answer, "to_device", "events"):
                break
        return cursor

    def _back_off(self, failures: int, error: TryLater) -> float:
        grown = min(_FIRST_PAUSE * 2.0 ** min(failures, 10), _LONGEST_PAUSE)
        asked = error.delay if isinstance(error, Limited) else 0.0
        return max(asked, grown * (0.5 + self._jitter() / 2))

    # asking

    async def _ask(self, cursor: str, wait_ms: int) -> Json:
        try:
            return await self._api.sync(cursor, wait_ms)
        except Refused as refusal:
            raise Misconfigured(_UNKNOWN_CURSOR) from refusal

    async def _rooms(self, answer: Json, cursor: str) -> list[_Room]:
        found = await self._timelines(answer, cursor) if cursor else []  # at the first start the past is not answered
        if self._security is not None:
            await self._security.prepare(answer, ((room.id, room.events) for room in found))
        return found

    async def _timelines(self, answer: Json, cursor: str) -> list[_Room]:
        rooms: list[_Room] = []
        for section in ("join", "leave"):
            for room, found in fields.table(answer, "rooms", section).items():
                events = await self._history.complete(room, fields.table(found, "timeline"), cursor)
                self._seals.note(room, [*fields.rows(found, "state", "events"), *events])
                has_words = any(fields.text(event, "type") == "m.room.message" for event in events)
                rooms.append(_Room(room, events, has_words and await self._seals.sealed(room)))
        return rooms

    # reading

    async def _journaled(self, answer: Json, rooms: list[_Room], cursor: str, journal: Journal) -> str:
        """The journal's own errors pass: nothing was stored, so nothing moves, and keys are read anew."""
        async with self._state() as machine:
            items = [*self._invitations(answer, cursor), *self._items(machine, answer, rooms)]
            if self._security is not None and machine is not None:
                self._security.encryption.note_sealed(machine, self._seals.all())
            pieces = machine.store.changes() if machine is not None else ()
            batch = Batch(SOURCE, fields.text(answer, "next_batch"), tuple(items), pieces)
            if items or pieces or batch.cursor != cursor:
                await journal(batch)
            if machine is not None:
                machine.store.kept()
        if self._security is not None:
            await self._security.tend()
        return batch.cursor

    def _state(self) -> AbstractAsyncContextManager[Machine | None]:
        return self._security.encryption.changing() if self._security is not None else nullcontext()

    def _items(self, machine: Machine | None, answer: Json, rooms: list[_Room]) -> Iterable[Incoming]:
        if self._security is None or machine is None:
            return [item for room in rooms for item in self._plain(room)]
        self._security.hear(machine, answer)
        for room in rooms:
            self._security.arrivals.note(machine, room.id, room.events)
        read = [item for room in rooms for event in room.events for item in self._read(machine, room, event)]
        return [*self._security.renewed(machine), *read]

    def _plain(self, room: _Room) -> Iterable[Incoming]:
        found = (incoming(event, room.id, self._api.client.user, sealed=room.sealed) for event in room.events)
        return [item for item in found if item is not None]

    def _read(self, machine: Machine, room: _Room, event: object) -> Iterable[Incoming]:
        assert self._security is not None  # noqa: S101
        item = self._security.read(machine, event, room.id, sealed=room.sealed)
        return [item] if item is not None else []

    def _invitations(self, answer: Json, cursor: str) -> Iterable[Incoming]:
        """Synapse shows each once only."""
        for room, found in fields.table(answer, "rooms", "invite").items():
            stripped = fields.rows(found, "invite_state", "events")
            item = invitation(stripped, room, self._api.client.user, cursor)
            if item is not None:
                self._seals.remember(room, item.encrypted)
                yield item
