"""One Synapse for the folder; each run is a town of its own on it, played once and remembered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a run's bot keeps its books."""
    return tmp_path
