"""The adapter on the strict stub, one frozen server per test, in all three flavours unless a test names its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from outreach.adapters.fediverse import FediverseGateway
from outreach.domain.identity import Account, Platform
from outreach.ports import Batch, Incoming, Parcel, Place
from tests.strict_server import StrictServer

DOMAIN = "social.example"
FLAVOURS = ("mastodon", "gotosocial", "akkoma")


@dataclass
class StubClock:
    """Tells the stub's own time, so that both sides agree."""

    server: StrictServer

    def now(self) -> datetime:
        return self.server.world.clock.now()


@dataclass
class Journal:
    """Keeps what was journaled, and can fail like a full disk."""

    batches: list[Batch] = field(default_factory=list)
    broken: bool = False

    async def __call__(self, batch: Batch) -> None:
        if self.broken:
            raise OSError("disk full")
        self.batches.append(batch)

    @property
    def items(self) -> list[Incoming]:
        return [item for batch in self.batches for item in batch.items]

    @property
    def cursor(self) -> str:
        return self.batches[-1].cursor if self.batches else ""


class Scene:
    """A server with the bot and four people, one of them remote."""

    def __init__(self, server: StrictServer) -> None:
        self.server, self.clock, self.journal = server, StubClock(server), Journal()
        self.token: str = server.add_account("outreach")["token"]
        self.ids = {name: server.add_account(name)["id"] for name in ("alice", "dave", "erin", "bob@far.example")}
        self.made: list[FediverseGateway] = []

    @property
    def flavour(self) -> str:
        return self.server.flavour.name

    def gateway(self, token: str | None = None, **parts: Any) -> FediverseGateway:
        chosen: dict[str, Any] = {"streaming": False, "poll_every": 0.05, "jitter": lambda: 0.0} | parts
        gateway = FediverseGateway(self.server.base_url, token or self.token, self.clock, **chosen)
        self.made.append(gateway)
        return gateway

    async def opened(self, **parts: Any) -> FediverseGateway:
        gateway = self.gateway(**parts)
        await gateway.open()
        return gateway

    def person(self, acct: str) -> Account:
        name, _, host = acct.partition("@")
        return Account(Platform.FEDIVERSE, f"{name}@{host or DOMAIN}", self.ids[acct])

    def parcel(self, acct: str = "dave", text: str = "Hello there", **parts: Any) -> Parcel:
        chosen: dict[str, Any] = {
            "key": "0b7c1f6e-key",
            "to": self.person(acct),
            "place": Place(),
            "language": "en",
        } | parts
        return Parcel(text=text, **chosen)

    async def round(self, gateway: FediverseGateway) -> list[Incoming]:
        """One more poll; what it brought."""
        before = len(self.journal.items)
        await gateway.listen_once(self.journal.cursor, self.journal)
        return self.journal.items[before:]

    def sent(self) -> list[dict[str, Any]]:
        return [post for post in self.server.posts_by("outreach") if not post["deleted"]]

    def requests(self, path: str, method: str = "GET") -> list[Any]:
        return [e for e in self.server.recorder.entries if e.path.startswith(path) and e.method == method]

    async def close(self) -> None:
        self.server.release()
        for gateway in self.made:
            await gateway.close()


async def _scene(flavour: Any) -> AsyncIterator[Scene]:
    async with StrictServer(flavour, DOMAIN, deterministic=True) as server:
        scene = Scene(server)
        yield scene
        await scene.close()


@pytest.fixture(params=FLAVOURS)
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async for one in _scene(request.param):
        yield one


@pytest.fixture
async def mastodon() -> AsyncIterator[Scene]:
    async for one in _scene("mastodon"):
        yield one


@pytest.fixture
async def gotosocial() -> AsyncIterator[Scene]:
    async for one in _scene("gotosocial"):
        yield one


@pytest.fixture
async def akkoma() -> AsyncIterator[Scene]:
    async for one in _scene("akkoma"):
        yield one
