"""One Synapse and one town for this folder; and a bot without servers for what no server lets through."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from outreach import bootstrap
from outreach.adapters.storage import Database
from outreach.domain.identity import Account, Platform
from outreach.entrypoints import staff_room
from outreach.entrypoints.sandbox.synapse import Synapse
from outreach.ports import Batch, Happening, Incoming, Parcel
from outreach.services.pump import Pump
from tests.desk.world import World
from tests.dialogue.talk import Community, People
from tests.hostile.parsers import letters
from tests.strict_server.flavours import FLAVOURS

FLAVOURS.setdefault("roomy", replace(FLAVOURS["mastodon"], max_chars=5000))
_NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def town(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    """The town that a file's tests share."""
    folder = tmp_path_factory.mktemp("town")
    async with Community(folder, synapse, flavour="roomy", suffix=f"-h{next(_NUMBERS)}") as made:
        yield made


@pytest.fixture
def people(town: Community) -> People:
    """Makes people of this test's own."""
    return People(town, next(_NUMBERS))


@pytest_asyncio.fixture(loop_scope="package")
async def make_town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Builds a town apart where a test needs another server."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Community:
            made = Community(tmp_path, synapse, suffix=f"-h{next(_NUMBERS)}", **options)
            return await stack.enter_async_context(made)

        yield make


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged; not drawn on a terminal, which takes seconds for each error."""
    with capture_logs() as found:
        yield found


class Lone:
    """A whole bot with a real store, and with a gateway that takes everything and says nothing."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        gateways: Any = dict.fromkeys(Platform, self.world.outside)
        real = bootstrap.World(self.world.clock, self.world.chance)
        self.pump: Pump = bootstrap.make_pump(
            self.world.settings, self.store, gateways, letters(), real, staff_room.read
        )
        self._said = 0

    @property
    def store(self) -> Database:
        return self.world.store

    async def say(self, who: str, text: str, **more: Any) -> None:
        """A private line on the fediverse is journaled."""
        self._said += 1
        sender = Account(Platform.FEDIVERSE, f"{who}@x.example", who)
        item = Incoming(f"s{self._said}", Happening.LINE, Platform.FEDIVERSE, sender, text=text, **more)
        await self.pump.journal(Batch("fediverse", str(self._said), (item,)))

    async def settle(self, times: int = 1, **between: float) -> None:
        """Let the bot work, some time passing in between."""
        for _ in range(times):
            await self.pump.settle()
            self.world.clock.pass_(**between)

    def sent(self, who: str) -> list[Parcel]:
        """What one person, or a staff room by its id, was sent."""
        return [one.parcel for one in self.world.outside.sent if who in (_name(one.parcel), one.parcel.place.room)]


def _name(parcel: Parcel) -> str:
    return parcel.to.address.partition("@")[0] if parcel.to else ""


@pytest.fixture
def lone(tmp_path: Path) -> Lone:
    """Such a bot."""
    return Lone(tmp_path)
