"""Mastodon's event stream, used only to wake the poll: what it says is ignored, and nothing is lost while it is dead.

An own reader on the event loop, because Mastodon.py's stream thread dies silently, reconnects without backoff and
cannot be ended in time (section 2, 9 and 10). Speaks to the configured server only.
"""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

PATH = "/api/v1/streaming/user"
_SILENCE = 60.0  # a living stream sends a thump every 15 s
_LONGEST_PAUSE = 300.0


class Waker:
    """`wait` returns when something may have come, or after `seconds`."""

    def __init__(self, server: str, token: str, *, streaming: bool) -> None:
        self._url, self._token, self._streaming = server.rstrip("/") + PATH, token, streaming
        self._event = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._streaming and self._task is None:
            self._task = asyncio.create_task(self._stream(), name="fediverse stream")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def wait(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        self._event.clear()

    async def _stream(self) -> None:
        pause = 1.0
        while True:
            if await self._listen():
                pause = 1.0
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _listen(self) -> bool:
        """Read until the stream dies; whether it ever lived."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=_SILENCE)
        headers = {"Authorization": f"Bearer {self._token}", "User-Agent": "outreach"}
        lived = False
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
                session.get(self._url, allow_redirects=False) as answer,
            ):
                lived = answer.status == 200
                if lived:
                    self._event.set()  # what came while there was no stream
                    await self._read(answer)
        return lived

    async def _read(self, answer: aiohttp.ClientResponse) -> None:
        fresh = True
        async for chunk, ends in answer.content.iter_chunks():
            if b"event:" in chunk and (fresh or b"\nevent:" in chunk):
                self._event.set()
            fresh = ends
