"""One Synapse and one town that reads both servers' lists of reports; every test has people of its own in it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.dialogue import conftest as rooms
from tests.dialogue.talk import Community, People

_NUMBERS = itertools.count()
synapse = rooms.synapse


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def town(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    """The town that a file's tests share."""
    folder = tmp_path_factory.mktemp("town")
    async with Community(folder, synapse, flavour="roomy", suffix=f"-r{next(_NUMBERS)}", reports=True) as made:
        yield made


@pytest.fixture
def people(town: Community) -> People:
    """Makes people of this test's own."""
    return People(town, next(_NUMBERS))


@pytest_asyncio.fixture(loop_scope="package")
async def make_town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Builds a town apart where a test needs another one."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Community:
            options = {"flavour": "roomy", "reports": True, **options}
            made = Community(tmp_path, synapse, suffix=f"-r{next(_NUMBERS)}", **options)
            return await stack.enter_async_context(made)

        yield make
