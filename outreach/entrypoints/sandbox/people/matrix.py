"""A person on Matrix: acts with their token, follows their rooms, and waits for what they expect.

Accepts invitations unless told otherwise. With a device they speak encrypted where the room is, and make their private
rooms so; without one they read no encrypted message, and make rooms as old clients did.
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from outreach.entrypoints.sandbox.people.http import Refused
from outreach.entrypoints.sandbox.people.matrix_acts import MatrixActs
from outreach.entrypoints.sandbox.people.matrix_device import MatrixDevice
from outreach.entrypoints.sandbox.people.matrix_sync import Happening, MatrixSync
from outreach.entrypoints.sandbox.people.transcript import Transcript

Wanted = str | Callable[[Happening], bool]
#: Reactions are in the clear by specification; a redaction has an endpoint of its own.
_NEVER_SEALED = ("m.reaction",)


class MatrixPerson(MatrixActs):
    """`joins=False` leaves invitations alone until `join` is called; `device` stays with the token for life."""

    def __init__(
        self,
        base_url: str,
        user_id: str,
        access_token: str,
        *,
        joins: bool = True,
        device: MatrixDevice | None = None,
    ) -> None:
        super().__init__(base_url, user_id, access_token)
        self.transcript: Transcript[Happening] = Transcript(user_id, str)
        self.device = device
        self._sync = MatrixSync(self._caller, user_id, self.transcript, device)
        self._joins = joins
        self._secret: dict[str, bool] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Once the first sync is in: what was said before stands in the transcript, too."""
        await self._caller.open()
        started = asyncio.Event()
        try:
            if self.device is not None:
                await self.device.publish(self._caller)
            self._tasks = [asyncio.create_task(self._sync.follow(started))]
            if self._joins:
                self._tasks.append(asyncio.create_task(self._accept()))
            await started.wait()
            self.transcript.check()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    @property
    def rooms(self) -> set[str]:
        return set(self._sync.joined)

    @property
    def invitations(self) -> set[str]:
        return set(self._sync.invited)

    async def hear(
        self, wanted: Wanted = "", *, within: float = 10, room: str | None = None, sender: str | None = None
    ) -> Happening:
        """The first message of somebody else (of `sender`) not heard yet that holds the text or fits."""
        return await self.transcript.expect(
            self._message(wanted, room, sender), within, _named(wanted, room), self.transcript.growth
        )

    async def hear_nothing(
        self, wanted: Wanted = "", *, during: float = 0.5, room: str | None = None, sender: str | None = None
    ) -> None:
        await self.transcript.expect_none(
            self._message(wanted, room, sender), during, _named(wanted, room), self.transcript.growth
        )

    async def see(
        self, wanted: Callable[[Happening], bool], *, within: float = 10, what: str = "an event"
    ) -> Happening:
        """Like `hear`, for any event of anybody: reactions, redactions, state, one's own."""
        return await self.transcript.expect(wanted, within, what, self.transcript.growth)

    async def see_member(self, room: str, user: str, membership: str = "join", *, within: float = 10) -> Happening:
        def fits(event: Happening) -> bool:
            is_theirs = event.type == "m.room.member" and event.room == room and event.state_key == user
            return is_theirs and event.content.get("membership") == membership

        return await self.see(fits, within=within, what=f"{user} to {membership} {room}")

    # --- encryption

    @property
    def unread(self) -> list[str]:
        """What this person was sent and could not open: ids of events, and keys that came garbled."""
        return [*self._sync.sealed, *(self.device.unread if self.device else ())]

    async def send(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Sealed where the room is, for all who are in it or invited."""
        if self.device is None or kind in _NEVER_SEALED or not await self._is_secret(room):
            return await super().send(room, kind, content)
        sealed = await self.device.seal(self._caller, room, await self.present(room), kind, content)
        return await super().send(room, "m.room.encrypted", sealed)

    async def dm(self, user: str, *, encrypted: bool | None = None) -> str:
        """Encrypted by default if this person has a device, as current clients do it."""
        return await super().dm(user, encrypted=bool(self.device) if encrypted is None else encrypted)

    async def history(self, room: str) -> list[dict[str, Any]]:
        """As the person reads it: what they cannot open stays m.room.encrypted."""
        found = await super().history(room)
        return [await self._sync.opened(room, event) or event for event in found]

    async def _is_secret(self, room: str) -> bool:
        """Looked up until it is: a room cannot go back."""
        if not self._secret.get(room):
            try:
                self._secret[room] = bool(await self.state(room, "m.room.encryption"))
            except Refused as refusal:
                if refusal.status not in (403, 404):
                    raise
        return self._secret.get(room, False)

    def _message(self, wanted: Wanted, room: str | None, sender: str | None) -> Callable[[Happening], bool]:
        def fits(event: Happening) -> bool:
            if event.type != "m.room.message" or event.sender == self.user_id:
                return False
            if room not in (None, event.room) or sender not in (None, event.sender):
                return False
            return wanted in event.text if isinstance(wanted, str) else wanted(event)

        return fits

    async def _accept(self) -> None:
        """An invitation that cannot be accepted now is tried again with the next thing that happens."""
        while True:
            seen = len(self.transcript.entries)
            for room in self.invitations:
                with contextlib.suppress(Exception):
                    await self.join(room)
            await self.transcript.growth(seen)

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._caller.close()


def _named(wanted: Wanted, room: str | None) -> str:
    text = f"with {wanted!r}" if isinstance(wanted, str) else "that fits"
    return f"a message {text}" + (f" in {room}" if room else "")
