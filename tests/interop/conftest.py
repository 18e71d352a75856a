"""One Synapse for this folder; everything here is marked, so that `make test` needs no npm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The mark on everything in this folder."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server
