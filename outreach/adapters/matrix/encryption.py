"""The bot's encryption on the wire: what changes is kept before anything that follows from it leaves. Decides nothing.

One lock holds the device's state from a change to its keeping. Whatever interrupts that, the kept state is read anew:
what was in memory alone is gone, and so can neither be lost later nor be used twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.crypto import Machine, Opened
from outreach.adapters.matrix.fields import Json
from outreach.ports import Clock, Keep, Piece, TryLater

_SEALED_ROOM = "room/"
_UNREACHED = 60.0  # seconds until a server that told nothing is asked again
#: So long after somebody has come they are given the keys they are owed: their client has to ask whose devices there
#: are first. matrix-js-sdk asks at once; three seconds for the answer are a slow line, or two servers that never met.
ARRIVAL = timedelta(seconds=4)


class Encryption:
    """`begin` in `identity` makes it ready; then `user` and `device` are those of the client.

    `arrived` is set whenever somebody who is owed keys was seen to have come.
    """

    def __init__(self, api: MatrixApi, keep: Keep, clock: Clock) -> None:
        self._api = api
        self._keep = keep
        self._clock = clock
        self.arrived = asyncio.Event()
        self._lock = asyncio.Lock()
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._marks: Counter[str] = Counter()
        self._current: Machine | None = None

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Machine]:
        """Change the state inside; at the end it is kept, unless that was done inside (`Machine.store.kept`)."""
        async with self._lock:
            machine = await self._loaded()
            try:
                yield machine
                if pieces := machine.store.changes():
                    await self._keep.save(pieces)
                machine.store.kept()
            except BaseException:
                self._current = None
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Machine]:
        """Look at the state; nothing that has to be kept is changed."""
        async with self._lock:
            yield await self._loaded()

    async def kept(self) -> Sequence[Piece]:
        """What would be there after a restart."""
        return await self._keep.pieces()

    async def _loaded(self) -> Machine:
        client = self._api.client
        if self._current is None or (self._current.user, self._current.device) != (client.user, client.device):
            self._current = Machine(await self._keep.pieces(), client.user, client.device)
        return self._current

    # others' devices

    async def know(self, users: Iterable[str], *, anew: Iterable[str] = ()) -> None:
        """Ask for the devices of these users where that is needed; of `anew` in any case."""
        async with self.reading() as machine:
            wanted = sorted({*machine.outdated(users), *anew})
        if not wanted:
            return
        before = {user: self._marks[user] for user in wanted}
        answer = await self._api.query_keys(wanted)
        async with self.changing() as machine:
            machine.learn(wanted, answer)
            machine.mark_stale(user for user in wanted if self._marks[user] != before[user])

    def mark_stale(self, machine: Machine, users: Sequence[str]) -> None:
        """A sync says so: an answer that is still under way may be older than that."""
        for user in users:
            self._marks[user] += 1
        machine.mark_stale(users)

    async def can_encrypt(self, user: str) -> bool:
        """Whether they have any device that can read an encrypted room."""
        await self.know((), anew=(user,))
        async with self.reading() as machine:
            return bool(machine.devices(user))

    # speaking

    async def seal(self, room: str, kind: str, content: Json, users: Sequence[str], guests: Sequence[str]) -> Json:
        """The content for the devices of `users` and `guests`; the latter are invited, and no sync tells of them."""
        async with self._rooms[room]:
            await self.know(users, anew=guests)
            everybody = sorted({*users, *guests})
            await self._expect_devices(everybody)
            async with self.reading() as machine:
                later = machine.later(room, users, guests)
            await self._begin_sessions([user for user in everybody if user not in later])
            machine = await self._share(room, users, guests)
            if guests:
                await self._greet_those_who_came_meanwhile(room, guests)
            async with self._lock:
                if machine is not self._current:  # the state was read anew meanwhile: its room key is another one
                    raise TryLater(0.0)
                return machine.encrypt(room, kind, content)

    async def _expect_devices(self, users: Sequence[str]) -> None:
        """Words that nobody could ever read are not sent while a server has not said who could."""
        async with self.reading() as machine:
            if machine.outdated(users) and not any(machine.devices(user) for user in users):
                raise TryLater(_UNREACHED)

    async def _begin_sessions(self, users: Sequence[str]) -> None:
        async with self.reading() as machine:
            missing = machine.without_session(users)
        if missing:
            answer = await self._api.claim_keys(missing)
            async with self.changing() as machine:
                machine.claimed(answer)

    async def _share(self, room: str, users: Sequence[str], guests: Sequence[str]) -> Machine:
        async with self.changing() as machine:
            bodies = machine.share(room, users, guests, self._clock.now() + ARRIVAL)
            session = machine.session_of(room)
            if machine.later(room, users, guests) & set(users):
                self.arrived.set()
        for devices, messages in bodies:
            await self._api.send_to_devices(_transaction(session, devices), messages)
            machine.shared(room, devices)
        return machine

    async def _greet_those_who_came_meanwhile(self, room: str, guests: Sequence[str]) -> None:
        """A sync may have told of their coming before they were owed anything; from here on each is noticed."""
        now_there = await self._api.memberships(room)
        came = [guest for guest in guests if now_there.get(guest) == "join"]
        if not came:
            return
        async with self.changing() as machine:
            for guest in came:
                if (owed := machine.owed(room, guest)) is not None:
                    machine.store.save_owed(owed.joined(self._clock.now() + ARRIVAL))
        self.arrived.set()

    async def hand_over(self, room: str, user: str) -> bool:
        """Give somebody who has come the keys they are owed there; False where none of their devices took any."""
        await self.know((), anew=(user,))
        await self._begin_sessions((user,))
        async with self.changing() as machine:
            bodies = machine.hand_over(room, user)
        for session, devices, messages in bodies:
            await self._api.send_to_devices(_transaction(session, devices), messages)
        async with self.changing() as machine:
            for session, devices, _ in bodies:
                machine.handed(room, user, session, devices)
        return bool(bodies)

    async def mend(self) -> None:
        """Begin anew with devices whose messages could not be read."""
        async with self.reading() as machine:
            strangers, broken = sorted(machine.strangers), machine.broken()
            machine.strangers.clear()
        await self.know((), anew=strangers)
        if not broken:
            return
        answer = await self._api.claim_keys(broken)
        async with self.changing() as machine:
            machine.claimed(answer)
            said = machine.mended()
        for name, messages in said:
            await self._api.send_to_devices(hashlib.sha256(name.encode()).hexdigest(), messages)

    # reading

    async def sealed_rooms(self) -> list[str]:
        """Rooms that were encrypted when last seen; none of them becomes plain again."""
        async with self.reading() as machine:
            return [name.partition("/")[2] for name in machine.store.notes if name.startswith(_SEALED_ROOM)]

    def note_sealed(self, machine: Machine, rooms: Iterable[str]) -> None:
        for room in rooms:
            if (name := f"{_SEALED_ROOM}{room}") not in machine.store.notes:
                machine.store.note(name, b"1", room)

    async def open(self, event: Json, room: str) -> Opened | None:
        async with self.reading() as machine:
            return machine.open(event, room)

    async def forget(self, room: str) -> None:
        async with self.reading() as machine:
            machine.store.forget_room(room)


def _transaction(session: str, devices: Iterable[tuple[str, str]]) -> str:
    """The same room key for the same devices is the same message, whoever asked for what it opens (T1)."""
    named = "\n".join([session, *("\t".join(device) for device in sorted(devices))])
    return hashlib.sha256(named.encode()).hexdigest()
