"""The recording proxy itself: passes every byte on, both ways, as it comes.

Streams and long polls pass; WebSockets do not. Keeps requests only, never answers, and never a token.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from tests.recorder.faults import Fault, Faults, Rule
from tests.recorder.view import Keep, Recorded, view

# of the connection, not of the message (RFC 9110, 7.6.1); Host names this proxy, whose port is new each time
_HOP = {
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "proxy-connection",
    "host",
}
_UNTOUCHED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_LARGEST_BODY = 64 * 2**20


class Recorder:
    """`async with Recorder(synapse.url, {token: "bot"}) as recorder:`; the bot talks to `recorder.url`."""

    def __init__(
        self,
        upstream: str,
        names: Mapping[str, str],
        *,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.names = dict(names)
        self.requests: list[Recorded] = []
        self.url = ""
        self._upstream = upstream.rstrip("/")
        self._port = port
        self._clock = clock
        self._faults = Faults()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None)
        self._http = aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        # aiohttp repeats a PUT on a lost connection and has no public switch; its own test client does this
        self._http._retry_connection = False
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        # cancelled with its client: a long poll that nobody waits for must not hold the server or the end
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._http.close()

    def inject(self, method: str, path: str, fault: Fault, count: int = 1) -> Rule:
        """The next `count` requests with this method (`*`: any) whose quoted path holds the pattern."""
        return self._faults.add(method, path, fault, count)

    def heal(self) -> None:
        self._faults.rules.clear()

    def clear(self) -> None:
        self.requests.clear()

    def view(self, keep: Keep = lambda _: True, *, foreign: Keep = lambda _: False, times: bool = False) -> bytes:
        kept = [request for request in self.requests if keep(request)]
        strangers = [request for request in self.requests if foreign(request)]
        return view(kept, foreign=strangers, times=times)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        payload = await request.read()
        record = self._record(request, payload)
        fault = self._faults.strike(request.method, request.rel_url.raw_path)
        if fault is None:
            return await self._pass(request, payload, record)
        record.fault = fault.kind
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return await self._pass(request, payload, record)
        if not fault.reaches_server:
            return _refuse(request, fault)
        return await self._break(request, payload, record, fault)

    async def _pass(self, request: web.Request, payload: bytes, record: Recorded) -> web.StreamResponse:
        try:
            async with self._ask(request, payload) as answer:
                record.status = answer.status
                response = web.StreamResponse(status=answer.status, reason=answer.reason)
                response.headers.extend(_end_to_end(answer.headers))
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
                return response
        except aiohttp.ClientError:  # a dead server looks dead from here, too
            return _hang_up(request)

    async def _break(self, request: web.Request, payload: bytes, record: Recorded, fault: Fault) -> web.StreamResponse:
        """The server did its part; the answer is lost, or its second half."""
        async with self._ask(request, payload) as answer:
            record.status = answer.status
            whole = await answer.read()
            if fault.kind == "lost answer":
                return _hang_up(request)
            response = web.StreamResponse(status=answer.status, reason=answer.reason)
            response.headers.extend(_end_to_end(answer.headers))
            response.content_length = len(whole)
            await response.prepare(request)
            await response.write(whole[: len(whole) // 2])
            return _hang_up(request)

    def _ask(self, request: web.Request, payload: bytes) -> Any:
        return self._http.request(
            request.method,
            URL(self._upstream + request.raw_path, encoded=True),
            headers=_end_to_end(request.headers),
            data=payload or None,
            skip_auto_headers=_UNTOUCHED,
            allow_redirects=False,
        )

    def _record(self, request: web.Request, payload: bytes) -> Recorded:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = request.query.get("access_token", token)
        record = Recorded(
            at=self._clock(),
            account=self._name(token) if token else "",
            method=request.method,
            path=request.rel_url.raw_path,
            query=[(k, self._name(v) if k == "access_token" else v) for k, v in request.query.items()],
            headers=[(k, v) for k, v in _end_to_end(request.headers).items() if k.lower() != "authorization"],
            body=_body(payload),
        )
        self.requests.append(record)
        return record

    def _name(self, token: str) -> str:
        return self.names.get(token, "unknown")


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict((key, value) for key, value in headers.items() if key.lower() not in _HOP)


def _body(payload: bytes) -> Any:
    if not payload:
        return None
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", "backslashreplace")


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refuse(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "lost request":
        return _hang_up(request)
    if fault.kind == "bad gateway":
        page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many", "retry_after_ms": int(fault.seconds * 1000)}
    return web.json_response(body, status=429, headers={"Retry-After": str(max(1, round(fault.seconds)))})
