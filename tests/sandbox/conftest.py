"""Servers for this folder, started once: tests use users and rooms of their own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.mastodon_mock import FediverseAccount, MastodonMock
from outreach.entrypoints.sandbox.synapse import Synapse


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Synapse]:
    async with Synapse(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def mock(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MastodonMock]:
    accounts = [FediverseAccount("helper", bot=True), FediverseAccount("ada"), FediverseAccount("eve")]
    async with MastodonMock(tmp_path_factory.mktemp("mock"), accounts) as server:
        yield server
