"""One Synapse for this folder; each test has people, rooms and bots of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.matrix.story import Story


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture
async def story(synapse: Synapse) -> AsyncIterator[Story]:
    async with AsyncExitStack() as stack:
        yield Story(synapse, stack)
