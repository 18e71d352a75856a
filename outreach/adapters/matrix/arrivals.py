"""Gives room keys to those who were invited when the keys were first used: some seconds after they have come.

Why not at once stands in `crypto.owed`. Who is owed what, and when, is kept; whatever ends the process, it goes on from
there. Before anybody is given anything it is asked whether they are still there. Reads nothing, says nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Refused
from outreach.adapters.matrix.crypto import Machine
from outreach.adapters.matrix.crypto.owed import Owed
from outreach.adapters.matrix.encryption import ARRIVAL, Encryption
from outreach.ports import Clock, TryLater, Undeliverable

log = structlog.get_logger()

_LONGEST_NAP = 30.0  # seconds; a clock that was set is noticed then
_MENDING = 5.0
_AWAY = ("leave", "ban")


class Arrivals:
    """`note` belongs into a change of the machine; `give` and `forever` ask the homeserver."""

    def __init__(self, api: MatrixApi, encryption: Encryption, clock: Clock) -> None:
        self._api = api
        self._encryption = encryption
        self._clock = clock

    # what a sync tells

    def note(self, machine: Machine, room: str, events: Iterable[object]) -> None:
        """Who came, went, or was asked in again; kept with the sync that told it."""
        for event in events:
            if fields.text(event, "type") != "m.room.member":
                continue
            who, membership = fields.text(event, "state_key"), fields.text(event, "content", "membership")
            if who == machine.user and membership in _AWAY:
                self._close(machine, room)
            elif (owed := machine.owed(room, who)) is not None:
                machine.store.save_owed(self._after(owed, membership))

    def _close(self, machine: Machine, room: str) -> None:
        """The bot is out: it will not know any more who comes."""
        for owed in [owed for owed in machine.store.owed.values() if owed.room == room]:
            machine.store.save_owed(_dropped(owed))

    def _after(self, owed: Owed, membership: str) -> Owed:
        match membership:
            case "join":
                self._encryption.arrived.set()
                return owed.joined(self._clock.now() + ARRIVAL)
            case "invite":
                return owed.invited()
            case _ if membership in _AWAY:
                return self._left(owed)
        return owed

    def _left(self, owed: Owed) -> Owed:
        return owed.left(self._clock.now().date())

    # giving

    async def next_due(self) -> datetime | None:
        """When somebody is to be given keys; None while nobody has come."""
        async with self._encryption.reading() as machine:
            return min((owed.due for owed in machine.store.owed.values() if owed.due is not None), default=None)

    async def give(self) -> None:
        """All that is due now. Who cannot be reached is tried again later, and keeps nobody else waiting."""
        now = self._clock.now()
        async with self._encryption.reading() as machine:
            due = [owed for owed in machine.store.owed.values() if owed.due is not None and owed.due <= now]
        for owed in due:
            await self._give(owed)

    async def _give(self, owed: Owed) -> None:
        try:
            membership = (await self._api.memberships(owed.room)).get(owed.user, "leave")
            is_given = membership == "join" and await self._encryption.hand_over(owed.room, owed.user)
        except Refused as refusal:
            await self._change(owed, _dropped if refusal.status in (403, 404) else self._unreached)
        except (TryLater, Undeliverable):
            await self._change(owed, self._unreached)
        else:
            if membership != "join":  # a sync will tell whether they were asked in again
                await self._change(owed, self._left)
            elif not is_given:
                await self._change(owed, self._unreached)

    async def _change(self, before: Owed, how: Callable[[Owed], Owed]) -> None:
        async with self._encryption.changing() as machine:
            owed = machine.owed(before.room, before.user)
            if owed is not None:
                machine.store.save_owed(how(owed))

    def _unreached(self, owed: Owed) -> Owed:
        log.info("room keys not taken", tries=owed.tries + 1)
        return owed.unreached(self._clock.now())

    async def forever(self) -> None:
        """Until cancelled; whatever fails is said, naming nobody, and tried again."""
        while True:
            self._encryption.arrived.clear()
            try:
                await self.give()
                await self._nap(await self.next_due())
            except Exception as error:
                log.error("room keys not handed over", error_class=type(error).__name__)
                await asyncio.sleep(_MENDING)

    async def _nap(self, due: datetime | None) -> None:
        """Until somebody comes, or is to be given something."""
        ahead = (due - self._clock.now()).total_seconds() if due is not None else _LONGEST_NAP
        try:
            async with asyncio.timeout(min(max(0.01, ahead), _LONGEST_NAP)):
                await self._encryption.arrived.wait()
        except TimeoutError:
            return


def _dropped(owed: Owed) -> Owed:
    return owed.without(owed.keys)
