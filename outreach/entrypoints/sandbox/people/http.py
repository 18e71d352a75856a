"""JSON requests with one user's token.

Knows no server's API. Repeats nothing itself; aiohttp repeats GET, PUT and DELETE once when the connection is
lost, which here all bear repetition (Matrix sends carry a transaction id).
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

_SECONDS = aiohttp.ClientTimeout(total=60)


class Refused(RuntimeError):
    """The server said no: `status`, and `code` where it names one."""

    def __init__(self, method: str, path: str, status: int, answer: object) -> None:
        super().__init__(f"{method} {path}: {status} {answer}")
        self.status = status
        self.code = str(answer.get("errcode", "")) if isinstance(answer, dict) else ""


class Caller:
    def __init__(self, base_url: str, token: str) -> None:
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        # no kept connections: they die with a restarted server and would fail the first request after it
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        self._http = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=_SECONDS)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Any:
        """The path comes already quoted."""
        if self._http is None:
            raise RuntimeError("enter the person first: async with person")
        url = URL(self._base + path, encoded=True)
        async with self._http.request(method, url, json=body, params=query) as got:
            is_json = got.content_type == "application/json"
            answer = await got.json() if is_json else await got.text()
            if got.status >= 400:
                raise Refused(method, path, got.status, answer)
            return answer
