"""A server of files on loopback that behaves as badly as a test wants. Knows nothing of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Files:
    """`asked` is every path and the token that came with it."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """By the last part of the path: an amount of bytes, a status, or one of the words below."""
        self.asked.append((request.path, request.headers.get("Authorization", "")))
        match request.path.rpartition("/")[2].split("-"):
            case ["bytes", amount]:
                return web.Response(body=b"x" * int(amount))
            case ["endless", amount]:
                return await self._dripped(request, int(amount))
            case ["away", _]:
                return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere/bytes-1"})
            case ["packed", amount]:
                answer = web.Response(body=b"x" * int(amount))
                answer.enable_compression(force=web.ContentCoding.gzip)
                return answer
            case [status, _]:
                return web.json_response({"errcode": "M_NOT_FOUND"}, status=int(status))
        return web.json_response({})

    async def _dripped(self, request: web.Request, amount: int) -> web.StreamResponse:
        """Without a word of how much it is."""
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        for _ in range(amount // 1000):
            await answer.write(b"x" * 1000)
        return answer


@asynccontextmanager
async def serving() -> AsyncIterator[Files]:
    """Running until the end of the block."""
    files, app = Files(), web.Application()
    app.router.add_route("*", "/{rest:.*}", files.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        files.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield files
    finally:
        await runner.cleanup()
