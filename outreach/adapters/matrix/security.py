"""What encryption does at each sync: takes keys in, reads words, tells of new identities, keeps the device supplied.

Between `hear` and `renewed` nothing is asked of a server; `prepare` comes before, `tend` after. Sends no words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import structlog

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.arrivals import Arrivals
from outreach.adapters.matrix.crypto import Machine
from outreach.adapters.matrix.encryption import Encryption
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.identity import Identity
from outreach.adapters.matrix.parcels import MARK
from outreach.adapters.matrix.translate import account, incoming, new_identity
from outreach.ports import Clock, Happening, Incoming, Misconfigured, TryLater, Undeliverable

log = structlog.get_logger()

_SEALED = "m.room.encrypted"


class Security:
    """`crowds` are rooms in which nobody's device matters: the bot only listens there."""

    def __init__(
        self,
        encryption: Encryption,
        identity: Identity,
        arrivals: Arrivals,
        clock: Clock,
        user: Callable[[], str],
        crowds: Callable[[], Collection[str]],
    ) -> None:
        self._clock = clock
        self._asked: set[str] = set()
        self.encryption = encryption
        self.arrivals = arrivals
        self._identity = identity
        self._user = user
        self._crowds = crowds
        self._drained = False

    async def prepare(self, answer: Json, rooms: Iterable[tuple[str, Iterable[object]]]) -> None:
        """Know the devices of whoever writes encrypted, as they are now, before their words are judged by them."""
        crowds, changed = self._crowds(), set(_changed(answer))
        talking = [events for room, events in rooms if room not in crowds]
        senders = {
            fields.text(event, "sender")
            for events in talking
            for event in events
            if fields.text(event, "type") == _SEALED
        }
        senders -= {self._user(), ""}
        if senders:
            await self.encryption.know(senders, anew=senders & changed)
        self._asked = senders & changed

    def hear(self, machine: Machine, answer: Json) -> None:
        """Keys, whose devices changed, and how many one-time keys are left."""
        deaf = machine.hear(fields.rows(answer, "to_device", "events"), self._clock.now().date())
        if deaf:
            log.warning("keys could not be read", count=deaf)
        self.encryption.mark_stale(machine, [user for user in _changed(answer) if user not in self._asked])
        machine.count(answer)
        self._watch(machine)

    def _watch(self, machine: Machine) -> None:
        """F38: somebody who takes all one-time keys can slow others down; said once each time."""
        drained = machine.account.shared and (machine.keys_left == 0 or machine.fallback_used)
        if drained and not self._drained:
            log.warning("one-time keys were drained", count=machine.keys_left)
        self._drained = drained

    def read(self, machine: Machine, event: object, room: str, *, sealed: bool) -> Incoming | None:
        """One event of a timeline, read if it can be; else kept as it came."""
        me = self._user()
        if fields.text(event, "type") != _SEALED:
            return incoming(event, room, me, sealed=sealed)
        event = fields.table(event)
        opened = machine.open(event, room)
        of_bot = MARK in fields.table(event, "content")
        if opened is None:
            item = incoming(event, room, me)
            item = item and replace(item, notice=of_bot)
            if item is None or item.happening is not Happening.LINE:
                return item
            return replace(item, cipher=json.dumps(event), withheld=machine.withheld(event, room))
        item = incoming(opened.event, room, me, sealed=True)
        notice = of_bot or (item is not None and item.notice)
        return item and replace(item, decrypted=True, trusted=opened.trusted, twin=opened.twin, notice=notice)

    async def unseal(self, line: Incoming) -> Incoming:
        """The same for one that was kept."""
        async with self.encryption.reading() as machine:
            found = self.read(machine, json.loads(line.cipher), line.room, sealed=True)
        return replace(found, kept_at=line.kept_at) if found is not None else replace(line, cipher="")

    def renewed(self, machine: Machine) -> list[Incoming]:
        """Who changed their identity; told in the transaction in which the new one is pinned."""
        return [new_identity(account(user), machine.pin(user)) for user in machine.renewed()]

    async def tend(self) -> None:
        """Give the server the keys it lacks. What fails now is done after the next sync."""
        try:
            await self._identity.upload_keys()
            await self.encryption.mend()
        except Misconfigured:
            raise
        except (TryLater, Undeliverable):
            log.info("keys not uploaded")


def _changed(answer: Json) -> list[str]:
    return [fields.clean(user) for user in fields.rows(answer, "device_lists", "changed") if isinstance(user, str)]
