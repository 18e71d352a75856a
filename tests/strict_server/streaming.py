"""Streams only wake a poll: SSE on Mastodon, WebSocket on all, thump and ping, nothing replayed (1.1).

Akkoma's socket does not read the Authorization header. Home timelines and the `direct` stream are not
modelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import web

from . import entities
from .errors import unauthorized
from .model import Account, Notice, Status
from .world import World

THUMP = 15.0


class Streams:
    def __init__(self, world: World) -> None:
        self._world = world
        self._open: list[tuple[Account, asyncio.Queue[tuple[str, str] | None]]] = []
        world.listener = self.publish

    def publish(self, account: Account, event: str, thing: Any) -> None:
        payload = self._payload(account, thing)
        for owner, queue in self._open:
            if owner is account:
                queue.put_nowait((event, payload))

    def _payload(self, account: Account, thing: Any) -> str:
        if isinstance(thing, Notice):
            return json.dumps(entities.notice(self._world, thing, account), ensure_ascii=False)
        if isinstance(thing, Status):
            return json.dumps(entities.status(self._world, thing, account), ensure_ascii=False)
        return str(thing)

    def close(self) -> None:
        """Cut every open stream, as a restarting server does."""
        for _, queue in self._open:
            queue.put_nowait(None)

    def count(self) -> int:
        return len(self._open)

    @contextlib.contextmanager
    def _line(self, account: Account) -> Any:
        place = (account, asyncio.Queue[tuple[str, str] | None]())
        self._open.append(place)
        try:
            yield place[1]
        finally:
            self._open.remove(place)

    def owner(self, request: web.Request) -> Account:
        header = request.headers.get("Authorization", "").removeprefix("Bearer ")
        readable = self._world.flavour.header_token_on_ws or request.path.endswith("/user")
        protocol = request.headers.get("Sec-WebSocket-Protocol", "")
        token = request.query.get("access_token") or (header if readable else "") or protocol
        account = self._world.by_token(token) if token else None
        if account is None:
            raise unauthorized(self._world.flavour)
        return account

    async def sse(self, request: web.Request) -> web.StreamResponse:
        account = self.owner(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with self._line(account) as queue, contextlib.suppress(ConnectionError):
            await response.write(b":)\n:thump\n")
            while (item := await self._next(queue)) is not None:
                event, payload = item
                text = f"event: {event}\ndata: {payload}\n\n" if event else ":thump\n"
                await response.write(text.encode())
        return response

    async def _next(self, queue: asyncio.Queue[tuple[str, str] | None]) -> tuple[str, str] | None:
        try:
            return await asyncio.wait_for(queue.get(), THUMP)
        except TimeoutError:
            return "", ""

    async def socket(self, request: web.Request) -> web.StreamResponse:
        account = self.owner(request)
        protocol = request.headers.get("Sec-WebSocket-Protocol")
        ws = web.WebSocketResponse(heartbeat=30, protocols=[protocol] if protocol else [])
        await ws.prepare(request)
        with self._line(account) as queue:
            reader = asyncio.create_task(self._drain(ws, queue))
            while (item := await queue.get()) is not None and not ws.closed:
                message = {"stream": ["user"], "event": item[0], "payload": item[1]}
                await ws.send_str(json.dumps(message, ensure_ascii=False))
            reader.cancel()
            await ws.close()
        return ws

    async def _drain(self, ws: web.WebSocketResponse, queue: asyncio.Queue[tuple[str, str] | None]) -> None:
        async for _ in ws:
            pass  # subscriptions are taken as read: there is only the user stream
        queue.put_nowait(None)
