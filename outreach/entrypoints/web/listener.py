"""One listener on the configured address. Knows no route but those it is given, and writes no access log (leak 25)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from outreach.entrypoints.web.hooks import LARGEST_BODY, PATH, MastodonHook
from outreach.ports import Misconfigured

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Listener:
    """`listen` is `HOST:PORT`, IPv6 in brackets; port 0 takes a free one, for tests."""

    def __init__(self, listen: str, hook: MastodonHook | None = None) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        app = web.Application(client_max_size=LARGEST_BODY)
        if hook is not None:
            app.router.add_post(PATH, hook.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def open(self) -> int:
        """Listen; returns the port. Raises `Misconfigured` where the address cannot be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise Misconfigured(
                f"web.listen: nothing can listen on {self._host}, port {self._port}; is it in use already?"
            ) from None
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening; safe to call twice."""
        await self._runner.cleanup()
