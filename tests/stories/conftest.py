"""One Synapse for all stories; a town of its own for each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.town import Town

_NUMBERS = itertools.count()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture
async def make_town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Builds towns and takes them down."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Town:
            return await stack.enter_async_context(Town(tmp_path, synapse, suffix=f"-{next(_NUMBERS)}", **options))

        yield make
