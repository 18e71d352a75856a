"""One Synapse for the folder; each run is a town of its own on it, in memory where the machine has such a folder."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.anonymity.runs import Player

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse() -> AsyncIterator[Synapse]:
    """A real homeserver."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        async with Synapse(Path(folder)) as server:
            yield server


@pytest_asyncio.fixture
async def player(synapse: Synapse) -> AsyncIterator[Player]:
    """Plays runs, a few at a time."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        yield Player(synapse, Path(folder))
