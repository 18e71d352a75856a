"""One device of one human, driven by a test: orders go to `human.mjs`, what it sees is kept in order.

Judges nothing but what `clear` says: readable, encrypted, and no warning shield.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from outreach.entrypoints.sandbox.synapse import MatrixAccount

_PROGRAM = Path(__file__).with_name("human.mjs")
_PATIENCE = 60.0
_LINE = 2**22


class Unseen(AssertionError):
    """Something did not show in time; the message ends with what did."""


class OrderFailed(RuntimeError):
    """The client could not do what it was told."""


@dataclass(frozen=True)
class Sight:
    """One event as this client shows it. `shield` is None where nothing was encrypted, else 0 for no warning."""

    id: str
    room: str
    sender: str
    type: str
    content: dict[str, Any]
    relation: dict[str, Any]
    thread: str | None
    encrypted: bool
    failure: str | None
    shield: int | None
    reason: int | None

    @property
    def text(self) -> str:
        """What is shown: of an edit, the new text."""
        return str(self.content.get("m.new_content", self.content).get("body", ""))

    @property
    def clear(self) -> bool:
        """Encrypted, read, and without a warning."""
        return self.encrypted and self.failure is None and (self.shield, self.reason) == (0, None)

    def __str__(self) -> str:
        facts = f"encrypted={self.encrypted} failure={self.failure} shield={self.shield}/{self.reason}"
        return f"{self.sender} {self.type} ({facts}): {self.text!r}"


Wanted = str | Callable[[Sight], bool]


@dataclass
class Human:
    """`async with Human(url, account) as ada:`; `recovery` is the key that another device of theirs was given.

    `signed=False` leaves the device unsigned, `strict=False` is a client of before April 2026.
    """

    homeserver: str
    account: MatrixAccount
    recovery: str | None = None
    signed: bool = True
    strict: bool = True
    sights: dict[str, Sight] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._node = await asyncio.create_subprocess_exec(
            "node", str(_PROGRAM), stdin=pipe, stdout=pipe, stderr=pipe, limit=_LINE
        )
        self._numbers, self._grown = itertools.count(), asyncio.Event()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._complaints: list[str] = []
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._overhear())]
        try:
            await self._start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    @property
    def user_id(self) -> str:
        """Of the account."""
        return self.account.user_id

    async def _start(self) -> None:
        facts = {"homeserver": self.homeserver, "user": self.user_id, "token": self.account.access_token}
        facts |= {"device": self.account.device_id, "password": self.account.password}
        more = {"recovery": self.recovery, "signed": self.signed, "strict": self.strict}
        begun = await self.order("start", **facts, **more)
        self.recovery = begun["recovery"]
        if begun["ready"] != self.signed:
            raise OrderFailed(f"{self.user_id} cross-signed: {begun['ready']}")

    # --- doing

    async def order(self, order: str, **details: Any) -> Any:
        """Anything `human.mjs` knows; returns its answer."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        assert self._node.stdin is not None
        self._node.stdin.write(f"{json.dumps({'number': number, 'order': order, **details})}\n".encode())
        async with asyncio.timeout(_PATIENCE):
            return await self._answers[number]

    async def dm(self, user: str) -> str:
        """A new private room, encrypted, as the client makes it by default."""
        return str(await self.order("dm", user=user))

    async def join(self, room: str) -> None:
        """Once the invitation is there."""
        await self.until(lambda: room in self.rooms, f"an invitation to {room}")
        await self.order("join", room=room)

    async def say(self, room: str, text: str, *, thread: str | None = None, reply: str | None = None) -> str:
        """One line; the id of its event."""
        return str(await self.order("say", room=room, text=text, thread=thread, reply=reply))

    # --- seeing

    async def hear(self, wanted: Wanted = "", *, sender: str, room: str = "", within: float = _PATIENCE) -> Sight:
        """The first message of the sender not heard yet that holds the text, or fits; encrypted or not."""

        def fits(sight: Sight) -> bool:
            if sight.sender != sender or room not in ("", sight.room) or sight.type != "m.room.message":
                return False
            return wanted in sight.text if isinstance(wanted, str) else wanted(sight)

        return await self.see(fits, f"{wanted!r} of {sender}", within=within)

    async def see(self, fits: Callable[[Sight], bool], what: str, *, within: float = _PATIENCE) -> Sight:
        """The first event not taken yet that fits."""
        found: list[Sight] = []

        def look() -> bool:
            found[:] = [one for one in self.sights.values() if one.id not in self.taken and fits(one)][:1]
            return bool(found)

        await self.until(look, what, within=within)
        self.taken.add(found[0].id)
        return found[0]

    async def until(self, done: Callable[[], bool], what: str, *, within: float = _PATIENCE) -> None:
        """Until it is so; looked at after each thing the client tells."""
        try:
            async with asyncio.timeout(within):
                while not done():
                    await self._grown.wait()
        except TimeoutError:
            seen = "\n".join(map(str, self.sights.values()))
            said = "\n".join(self._complaints[-10:])
            raise Unseen(f"{self.user_id} waited for {what}\n{seen}\n{said}") from None

    # --- below

    async def _listen(self) -> None:
        assert self._node.stdout is not None
        async for line in self._node.stdout:
            self._take(json.loads(line))
            grown, self._grown = self._grown, asyncio.Event()
            grown.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(
                    OrderFailed(f"{self.user_id}'s client ended\n" + "\n".join(self._complaints[-10:]))
                )

    def _take(self, told: dict[str, Any]) -> None:
        if "seen" in told:
            sight = _sight(told["seen"])
            self.sights[sight.id] = sight
        elif "room" in told:
            self.rooms[told["room"]] = told["membership"]
        elif "error" in told:
            self._answers.pop(told["number"]).set_exception(OrderFailed(f"{self.user_id}: {told['error']}"))
        else:
            self._answers.pop(told["number"]).set_result(told["answer"])

    async def _overhear(self) -> None:
        assert self._node.stderr is not None
        async for line in self._node.stderr:
            self._complaints.append(line.decode(errors="replace").rstrip())

    async def _end(self) -> None:
        if self._node.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._node.kill()
        await self._node.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _sight(told: dict[str, Any]) -> Sight:
    shield = told["shield"] or {}
    return Sight(
        id=told["id"],
        room=told["room"],
        sender=told["sender"],
        type=told["type"],
        content=told["content"],
        relation=told["relation"] or {},
        thread=told["thread"],
        encrypted=told["encrypted"],
        failure=told["failure"],
        shield=shield.get("colour"),
        reason=shield.get("reason"),
    )
