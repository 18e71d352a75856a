"""One Synapse, the people on it who write and report, and as many bots as are measured. Measures nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

from outreach.entrypoints.sandbox.people.http import Caller, Refused
from outreach.entrypoints.sandbox.synapse import MatrixAccount, Synapse
from tests.bench.programs import Bot

T = TypeVar("T")
Json = dict[str, Any]

#: So many requests of people are under way at once.
AT_ONCE = 8
_V3 = "/_matrix/client/v3"
_IN_A_ROOM = 20
_PLENTY = {"per_second": 10_000, "burst_count": 10_000}
_LIMITED = 429


@dataclass(frozen=True)
class Person:
    """Somebody with a token, and the room in which they write."""

    account: MatrixAccount
    caller: Caller
    room: str = ""

    async def call(
        self, method: str, where: str, body: Json | None = None, query: Mapping[str, str] | None = None
    ) -> Any:
        """A request; one that the server limits is made again when it says."""
        while True:
            try:
                return await self.caller.call(method, _V3 + where, body, query)
            except Refused as refusal:
                if refusal.status != _LIMITED:
                    raise
                await asyncio.sleep(1)

    async def create_room(self, preset: str, invite: Sequence[str] = ()) -> str:
        """A plain room, as the floors need it."""
        return str((await self.call("POST", "/createRoom", {"preset": preset, "invite": list(invite)}))["room_id"])

    async def join(self, room: str) -> None:
        """Come into a room."""
        await self.call("POST", f"/join/{quote(room, safe='')}", {})

    async def send(self, room: str, text: str, transaction: str) -> str:
        """One bare message; its id."""
        where = f"/rooms/{quote(room, safe='')}/send/m.room.message/{transaction}"
        return str((await self.call("PUT", where, {"msgtype": "m.text", "body": text}))["event_id"])

    async def history(self, room: str) -> list[Json]:
        """Every event of a room, oldest first."""
        found: list[Json] = []
        query = {"dir": "f", "limit": "500"}
        while True:
            page = await self.call("GET", f"/rooms/{quote(room, safe='')}/messages", None, query)
            found += page["chunk"]
            if not page.get("end"):
                return found
            query["from"] = page["end"]


@dataclass(frozen=True)
class Said:
    """One message that can be reported."""

    room: str
    event: str


class Town:
    """`async with Town(folder) as town:`; with `limits` Synapse keeps the rate limits it has by default."""

    def __init__(self, folder: Path, *, limits: bool = False) -> None:
        self.folder = folder
        config = {"rc_registration": _PLENTY} if limits else {}
        self._synapse = Synapse(folder / "synapse", rate_limits=limits, config=config)
        self.url = self._synapse.url
        self.authors: list[Person] = []
        self.reporters: list[Person] = []
        self.rooms: list[str] = []
        self._numbers = itertools.count()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        (self.folder / "synapse").mkdir(parents=True)
        try:
            await self._stack.enter_async_context(self._synapse)
            self.admin = await self.account("reports", admin=True)
            self.mia, self._host = await self.somebody("mia"), await self.somebody("host")
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    # accounts

    async def account(self, name: str, *, admin: bool = False) -> MatrixAccount:
        """An account with a name of its own."""
        return await self._synapse.register(f"{name}{next(self._numbers)}", admin=admin)

    async def somebody(self, name: str, room: str = "") -> Person:
        """Somebody new."""
        account = await self.account(name)
        caller = Caller(self.url, account.access_token)
        await caller.open()
        self._stack.push_async_callback(caller.close)
        return Person(account, caller, room)

    async def bot(
        self, name: str, *, reports: bool = True, more: str = "", secrets: Mapping[str, str] | None = None
    ) -> Bot:
        """A bot with an account, a staff room and a folder of its own; it has yet to be started."""
        account = await self.account(name)
        staff = await self.mia.create_room("private_chat", [account.user_id])
        admin, rooms = (self.admin.access_token, tuple(self.rooms)) if reports else ("", ())
        return Bot.made(
            self.folder / f"{name}{next(self._numbers)}",
            self.url,
            account,
            staff,
            admin=admin,
            community=rooms,
            more=more,
            secrets=secrets,
        )

    def sent_by(self, account: MatrixAccount) -> int:
        """How many events of an account the server keeps, of whatever kind."""
        with closing(sqlite3.connect(f"file:{self.folder / 'synapse' / 'hs.db'}?mode=ro", uri=True)) as database:
            query = "select count(*) from events where sender = ?"
            return int(database.execute(query, (account.user_id,)).fetchone()[0])

    # who writes and who reports

    async def settle(self, authors: int, reporters: int) -> None:
        """People who write, twenty to a room, and people who report, who are in every room."""
        for _ in range(0, authors, _IN_A_ROOM):
            self.rooms.append(await self._host.create_room("public_chat"))
        self.reporters = [await self.somebody("reporter") for _ in range(reporters)]
        await at_once(one.join(room) for one in self.reporters for room in self.rooms)
        self.authors = await at_once(self._author(self.rooms[n % len(self.rooms)]) for n in range(authors))

    async def _author(self, room: str) -> Person:
        author = await self.somebody("author", room)
        await author.join(room)
        return author

    async def written(self, messages: int) -> list[Said]:
        """So many messages, each by another author as long as there are some."""
        authors = list(itertools.islice(itertools.cycle(self.authors), messages))
        events = await at_once(one.send(one.room, "words", self.transaction()) for one in authors)
        return [Said(author.room, event) for author, event in zip(authors, events, strict=True)]

    def transaction(self) -> str:
        """A name no send had before."""
        return f"t{next(self._numbers)}"

    async def report(self, said: Said, text: str, number: int) -> float:
        """One report of a message; the moment it was accepted."""
        who = self.reporters[number % len(self.reporters)]
        where = f"/rooms/{quote(said.room, safe='')}/report/{quote(said.event, safe='')}"
        await who.call("POST", where, {"reason": text})
        return time.perf_counter()

    async def report_all(self, said: Sequence[Said], text: Callable[[int], str]) -> None:
        """All of them, as fast as the server takes them."""
        await at_once(self.report(one, text(number), number) for number, one in enumerate(said))


async def at_once(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All results in order, a few under way at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(job: Coroutine[Any, Any, T]) -> T:
        async with places:
            return await job

    return list(await asyncio.gather(*map(one, work)))


class Watch:
    """`async with Watch(person, room) as watch:`; each event of the room with the moment somebody saw it."""

    def __init__(self, person: Person, room: str) -> None:
        self._person, self._room = person, room
        self.seen: list[tuple[float, Json]] = []
        self._since = ""
        self._grown = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._poll(0)
        self.seen.clear()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, enough: Callable[[Sequence[tuple[float, Json]]], bool], within: float) -> bool:
        """Whether what was seen became enough in time."""
        try:
            async with asyncio.timeout(within):
                while not enough(self.seen):
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            return False
        return True

    async def first(self, wanted: Callable[[Json], bool], within: float = 60) -> float:
        """When the first wanted event was seen; what was seen before this call counts too."""
        assert await self.until(lambda seen: any(wanted(event) for _, event in seen), within), "waited in vain"
        return next(at for at, event in self.seen if wanted(event))

    async def _follow(self) -> None:
        while True:
            await self._poll(30_000)

    async def _poll(self, wait: int) -> None:
        timeline = {"limit": 1000, "types": ["m.room.message", "m.room.member"]}
        where: Mapping[str, Any] = {"rooms": [self._room], "timeline": timeline, "ephemeral": {"types": []}}
        query = {"filter": json.dumps({"presence": {"types": []}, "room": where}), "timeout": str(wait)}
        query |= {"since": self._since} if self._since else {}
        answer = await self._person.call("GET", "/sync", None, query)
        self._since, now = str(answer["next_batch"]), time.perf_counter()
        room = answer.get("rooms", {}).get("join", {}).get(self._room, {})
        self.seen += [(now, event) for event in room.get("timeline", {}).get("events", [])]
        self._grown.set()
