"""Waiting for what nothing rings a bell for: another process, a file, a server's memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EYES = 0.01


async def until(happened: Callable[[], bool], *, within: float | None = None, every: float = _EYES) -> bool:
    """Whether it happened in time."""
    try:
        async with asyncio.timeout(within):
            while not happened():  # noqa: ASYNC110  # there is no event to wait for
                await asyncio.sleep(every)
    except TimeoutError:
        return False
    return True
