"""The strict stub itself: one aiohttp application on a free loopback port.

`async with StrictServer("mastodon") as server:` for a test in process; `python -m tests.strict_server`
where the server has to outlive the bot. It never sleeps except where a planned fault says so.
"""

from __future__ import annotations

import inspect
import json
from types import TracebackType
from typing import Any

from aiohttp import web

from . import (
    idempotency,
    routes_accounts,
    routes_admin,
    routes_instance,
    routes_notifications,
    routes_search,
    routes_statuses,
)
from .control import People, Reading, Writing, moment
from .errors import ApiError
from .faults import Fault, Faults
from .flavours import FLAVOURS, Json, Name
from .limits import Limits
from .pipeline import Pipeline
from .recorder import Entry, Recorder, View
from .streaming import Streams
from .wire import Handler
from .world import World


class StrictServer(People, Writing, Reading):
    def __init__(
        self,
        flavour: Name = "mastodon",
        domain: str = "social.example",
        *,
        deterministic: bool = False,
        port: int = 0,
        url_base: str | None = None,
        seed: Json | None = None,
    ) -> None:
        self.flavour = FLAVOURS[flavour]
        self.world = World(self.flavour, domain, url_base or f"https://{domain}", deterministic)
        self.recorder, self.faults = Recorder(), Faults()
        clock = self.world.clock
        self.limits = Limits(self.flavour, clock)
        keep = idempotency.shared if self.flavour.idempotency == "global" else idempotency.per_account
        self._memory = keep(clock)
        self.streams = Streams(self.world)
        self._pipeline = Pipeline(self.world, self.recorder, self.faults, self.limits, self._memory)
        self._port, self._runner = port, web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.2)
        self.base_url = ""
        for account in (seed or {}).get("accounts", []):
            self.add_account(**account)

    async def __aenter__(self) -> StrictServer:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        await self.stop()

    async def start(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.base_url = self.world.served_at = f"http://127.0.0.1:{self._port}"
        return self.base_url

    async def stop(self) -> None:
        self.faults.clear()
        self.streams.close()
        await self._runner.cleanup()

    # What a test may plan and change

    def fault(self, kind: str, **parts: Any) -> None:
        """Plan a faults.Fault: path and method are regular expressions of the whole."""
        self.faults.add(Fault(kind, **parts))  # type: ignore[arg-type]

    def clear_faults(self) -> None:
        self.faults.clear()

    def release(self) -> None:
        """Let every hanging answer go."""
        self.faults.release()

    def planned(self) -> list[Json]:
        return self.faults.list()

    def cut_streams(self) -> None:
        self.streams.close()

    def budget(self, name: str, limit: int, seconds: int = 300) -> None:
        """Enforce one of api, paging, statuses, deletes."""
        self.limits.enforce(name, limit, seconds)

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def set_clock(self, at: str) -> None:
        self.world.clock.set(moment(at))

    def restart(self) -> None:
        """Akkoma forgets its keys, every server drops its streams."""
        self.streams.close()
        if self.flavour.idempotency == "global":
            self._memory.clear()

    def settings(self, **values: Any) -> None:
        """banned (Antispam words), contact, title, disallow_unauthenticated."""
        for name, value in values.items():
            if name not in {"banned", "contact", "title", "disallow_unauthenticated"}:
                raise TypeError(f"no setting {name}")
            setattr(self.world, name, value)

    def view(self, entries: list[Entry] | None = None) -> View:
        """The given entries, or all, as comparable bytes."""
        chosen = self.recorder.entries if entries is None else entries
        return View(chosen, self.world.ids.kind_of)

    def view_toward(self, acct: str) -> str:
        return self.view(self.recorder.toward(acct)).bytes().decode()

    # The application

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/_control/{name}", self._control)
        app.router.add_get("/api/v1/streaming", self._stream(self.streams.socket))
        if self.flavour.sse:
            app.router.add_get("/api/v1/streaming/user", self._stream(self.streams.sse))
        app.router.add_get("/media/{id}", self._file)
        for method, path, handler in self._routes():
            for spelling in (path, path + "/"):  # Mastodon.py asks some paths with a slash; all servers take both
                app.router.add_route(method, spelling, self._endpoint(handler))
        app.router.add_route("*", "/{rest:.*}", self._endpoint(None))
        return app

    def _routes(self) -> list[tuple[str, str, Handler]]:
        akkoma = self.flavour.name == "akkoma"
        return [
            *routes_statuses.routes(self._memory),
            *routes_notifications.routes(self.flavour.policy_api),
            *routes_accounts.routes(),
            *routes_search.routes(),
            *routes_instance.routes(self.flavour.v2_instance, akkoma),
            *routes_admin.routes(akkoma),
        ]

    def _endpoint(self, handler: Handler | None) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._pipeline.answer(request, handler)

        return answer

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """As it was uploaded, to anybody who knows its name."""
        entry, fault = await self._pipeline.enter(request)
        if fault and fault.kind != "delay":
            return await self._pipeline._fail(request, entry, fault, None)
        body = self.world.files.get(request.match_info["id"])
        return web.Response(status=404) if body is None else web.Response(body=body, content_type="image/png")

    def _stream(self, handler: Any) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            entry, fault = await self._pipeline.enter(request)
            if fault and fault.kind != "delay":
                return await self._pipeline._fail(request, entry, fault, None)
            try:
                stream: web.StreamResponse = await handler(request)
            except ApiError as error:
                return web.json_response(error.body, status=error.status)
            return stream

        return answer

    async def _control(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        method = getattr(self, name, None)
        if name.startswith("_") or name not in CONTROLS or not callable(method):
            return web.json_response({"error": f"no control {name}"}, status=404)
        try:
            raw = await request.read()
            result = method(**(json.loads(raw) if raw else {}))
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        except (TypeError, KeyError, ValueError) as error:
            return web.json_response({"error": repr(error)}, status=400)
        return web.json_response({"result": result})


PYTHON_ONLY = {"start", "stop", "view"}
CONTROLS = {
    name
    for name, member in inspect.getmembers(StrictServer, inspect.isfunction)
    if not name.startswith("_") and name not in PYTHON_ONLY
}
