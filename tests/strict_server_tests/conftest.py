"""Makes `tests.strict_server` importable however pytest is started; starts one frozen server per test."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.strict_server import StrictServer
from tests.strict_server_tests.client import Client

Person = Callable[..., Client]


async def _running(flavour: Any) -> AsyncIterator[StrictServer]:
    async with StrictServer(flavour, deterministic=True) as server:
        yield server


@pytest.fixture
async def mastodon() -> AsyncIterator[StrictServer]:
    async for server in _running("mastodon"):
        yield server


@pytest.fixture
async def gotosocial() -> AsyncIterator[StrictServer]:
    async for server in _running("gotosocial"):
        yield server


@pytest.fixture
async def akkoma() -> AsyncIterator[StrictServer]:
    async for server in _running("akkoma"):
        yield server


@pytest.fixture(params=["mastodon", "gotosocial", "akkoma"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[StrictServer]:
    async for one in _running(request.param):
        yield one


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    made: list[Client] = []

    def join(server: StrictServer, acct: str, **traits: Any) -> Client:
        made.append(Client(server.base_url, server.add_account(acct, **traits)))
        return made[-1]

    yield join
    for client in made:
        await client.close()
