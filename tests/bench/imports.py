"""The floor of start and memory: what `outreach run` imports, one sync, and nothing else."""

from __future__ import annotations

import asyncio
import sys
import time

from nio import AsyncClient

from outreach.entrypoints import daemon


async def main(homeserver: str, user: str, device: str, token: str) -> None:
    """One sync, then idle."""
    client = AsyncClient(homeserver, user)
    client.restore_login(user, device, token)
    await client.sync(timeout=0)
    print("ready", daemon.__name__, flush=True)
    time.sleep(30)  # noqa: ASYNC251  nothing else is to run


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
