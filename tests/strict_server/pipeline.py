"""The way of one request: record, plan a fault, budget, token, idempotency, handler, answer.

Handlers run without awaiting, so each request is one atomic step; the order above is the servers' own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from .clock import stamp
from .errors import ApiError, unauthorized
from .faults import Fault, Faults
from .idempotency import Memory
from .limits import Limits, Throttled
from .model import Account
from .recorder import Entry, Recorder
from .wire import Call, Handler, Reply, parsed_body, respond
from .world import World

OPEN_ON_ALL = ("/.well-known/", "/nodeinfo/", "/api/v1/instance", "/api/v2/instance")
OPEN_ON_MOST = ("/api/v1/statuses/", "/api/v1/accounts/", "/api/v2/search")


class Pipeline:
    def __init__(self, world: World, recorder: Recorder, faults: Faults, limits: Limits, memory: Memory) -> None:
        self.world, self.recorder, self.faults = world, recorder, faults
        self.limits, self.memory = limits, memory

    async def enter(self, request: web.Request) -> tuple[Entry, Fault | None]:
        entry = self.recorder.add(
            at=stamp(self.world.clock.now()), method=request.method, path=request.path,
            query=list(request.query.items()), headers=self._headers(request),
            body=await parsed_body(request), account=self._name(request),
        )  # fmt: skip
        fault = self.faults.take(request.method, request.path)
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        return entry, fault

    async def answer(self, request: web.Request, handler: Handler | None) -> web.StreamResponse:
        entry, fault = await self.enter(request)
        if fault and not fault.after and fault.kind != "delay":
            return await self._fail(request, entry, fault, None)
        response = self._run(request, entry, handler)
        if fault and fault.after:
            return await self._fail(request, entry, fault, response)
        entry.answer = response.status
        return response

    async def _fail(
        self, request: web.Request, entry: Entry, fault: Fault, done: web.Response | None
    ) -> web.StreamResponse:
        if fault.kind == "hang":
            await self.faults.hold()
            done = done or web.json_response(fault.body, status=fault.status)
            entry.answer = done.status
            return done
        if fault.kind in {"cut", "lost"}:
            if request.transport:
                request.transport.abort()
            return web.Response()
        response = broken(fault)
        entry.answer = response.status
        return response

    def _run(self, request: web.Request, entry: Entry, handler: Handler | None) -> web.Response:
        call: Call | None = None
        limits: dict[str, str] = {}
        try:
            names = {key for key, _ in entry.query}
            limits = self.limits.spend(self._payer(request), request.method, request.path, names)
            call = self._call(request, entry)
            reply = self._remembered(call, handler)
        except Throttled as error:
            return respond(Reply(error.body, error.status, error.headers), {})
        except ApiError as error:
            reply = Reply(error.body, error.status)
        if call:
            entry.touches = sorted(call.touches)
        return respond(reply, limits)

    def _payer(self, request: web.Request) -> str:
        return self._name(request) or "anonymous"

    def _remembered(self, call: Call, handler: Handler | None) -> Reply:
        """Akkoma: one memory for all users and endpoints, which keeps errors too."""
        key = call.headers.get("idempotency-key", "")
        shared = self.world.flavour.idempotency == "global" and key and call.method in {"POST", "PUT", "PATCH"}
        if shared and (kept := self.memory.get(key)):
            return Reply(kept.body, kept.status, {"Idempotency-Key": key, "X-Cached": "true"})
        reply = self._handled(call, handler)
        if shared:
            self.memory.put(key, reply)
        return reply

    def _handled(self, call: Call, handler: Handler | None) -> Reply:
        try:
            self._admit(call)
            if handler is None:
                raise ApiError(404, "The page you were looking for doesn't exist.")
            return handler(call)
        except ApiError as error:
            return Reply(error.body, error.status)

    def _admit(self, call: Call) -> None:
        if call.viewer or call.path.startswith(OPEN_ON_ALL):
            return
        closed = not call.flavour.anonymous_api or self.world.disallow_unauthenticated
        if closed or call.method != "GET" or not call.path.startswith(OPEN_ON_MOST):
            raise unauthorized(call.flavour)

    def _call(self, request: web.Request, entry: Entry) -> Call:
        url = str(request.url.with_query(None))
        match = dict(request.match_info)
        return Call(self.world, self._viewer(request), request.method, url, request.path, entry.query,
                    entry.body, entry.headers, match)  # fmt: skip

    def _viewer(self, request: web.Request) -> Account | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        account = self.world.by_token(header.removeprefix("Bearer "))
        if account is None:
            raise unauthorized(self.world.flavour)
        if account.suspended and self.world.flavour.name == "mastodon":
            raise ApiError(403, "Your login is currently disabled")
        if account.suspended:
            raise unauthorized(self.world.flavour)
        return account

    def _name(self, request: web.Request) -> str | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        account = self.world.by_token(header.removeprefix("Bearer "))
        return account.acct if account else "unknown token"

    def _headers(self, request: web.Request) -> dict[str, str]:
        """The loopback port, different in every run, is shown as the server's domain."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers["host"] = self.world.domain
        name = self._name(request)
        return headers | ({"authorization": name} if name else {})


def broken(fault: Fault) -> web.Response:
    if fault.kind == "html":
        page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
        return web.Response(text=page, status=502, content_type="text/html")
    if fault.kind == "malformed":
        return web.Response(text='{"id": "1', status=200, content_type="application/json")
    body: Any = fault.body
    return web.json_response(body, status=fault.status, headers=fault.headers)
