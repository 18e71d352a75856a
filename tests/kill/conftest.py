"""One Synapse for this folder, and how both stories go when nothing happens."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.kill.playing import Run, undisturbed
from tests.kill.stories import PAIRS
from tests.kill.town import KillTown


@pytest.fixture(scope="package", autouse=True)
def hushed() -> None:
    """Servers here lose their client in the middle of a request all the time."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL + 1)


@pytest.fixture(scope="package")
def tally() -> Counter[str]:
    """Figures over all rounds."""
    return Counter()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def calm_run(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Servers differ in where they cut long letters, which is no difference here: one run stands for all."""
    async with KillTown(tmp_path_factory.mktemp("calm"), synapse, "gotosocial") as town:
        return await undisturbed(town, PAIRS)
