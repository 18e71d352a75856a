"""One Synapse for all conversations and a town for each file; every test has people of its own in it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.dialogue.talk import Community, People
from tests.strict_server.flavours import FLAVOURS

#: Mastodon with room for every letter in one post, so that one answer is one message to count.
FLAVOURS.setdefault("roomy", replace(FLAVOURS["mastodon"], max_chars=5000))

_NUMBERS = itertools.count()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    """A real homeserver."""
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def town(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    """The town that a file's tests share: nobody in it knows anybody of another test."""
    folder = tmp_path_factory.mktemp("town")
    async with Community(folder, synapse, flavour="roomy", suffix=f"-{next(_NUMBERS)}") as made:
        yield made


@pytest.fixture
def people(town: Community) -> People:
    """Makes people of this test's own."""
    return People(town, next(_NUMBERS))


@pytest_asyncio.fixture(loop_scope="package")
async def make_town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Builds a town apart where a test needs other rules."""
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Community:
            options = {"flavour": "roomy", **options}
            made = Community(tmp_path, synapse, suffix=f"-{next(_NUMBERS)}", **options)
            return await stack.enter_async_context(made)

        yield make
