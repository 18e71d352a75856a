"""One Synapse for this folder, and how both stories go on each kind of server when nothing happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.kill.playing import Run, undisturbed
from tests.kill.stories import PAIRS
from tests.kill.town import KillTown

FLAVOURS = ("mastodon", "gotosocial")


@pytest.fixture(scope="package", autouse=True)
def hushed() -> None:
    """Servers here lose their client in the middle of a request all the time."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def undisturbed_runs(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """By flavour, both at once: most of it is waiting."""
    folders = {flavour: tmp_path_factory.mktemp(flavour) for flavour in FLAVOURS}
    runs = await asyncio.gather(*(_undisturbed(folders[flavour], synapse, flavour) for flavour in FLAVOURS))
    return dict(zip(FLAVOURS, runs, strict=True))


async def _undisturbed(folder: Path, synapse: Synapse, flavour: str) -> Run:
    async with KillTown(folder, synapse, flavour) as town:
        return await undisturbed(town, PAIRS)
