"""A bare HTTP client for one account of the stub: no convenience that could hide what came over the wire."""

from __future__ import annotations

from typing import Any, TypeAlias

import aiohttp

Answer: TypeAlias = tuple[int, Any, Any]  # status, body, headers


class Client:
    def __init__(self, base: str, account: dict[str, Any]) -> None:
        self.id, self.acct, self.token = account["id"], account["acct"], account["token"]
        self._base, self._session = base, aiohttp.ClientSession()

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: str, path: str, anonymous: bool = False, **more: Any) -> Answer:
        headers = more.pop("headers", {})
        if not anonymous:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        async with self._session.request(method, self._base + path, headers=headers, **more) as answer:
            kind = answer.content_type
            body = await answer.json() if kind == "application/json" else await answer.text()
            return answer.status, body, answer.headers

    async def get(self, path: str, **more: Any) -> Any:
        return (await self.call("GET", path, **more))[1]

    async def code(self, path: str, anonymous: bool = False) -> int:
        return (await self.call("GET", path, anonymous))[0]

    async def post(self, text: str, visibility: str = "direct", key: str = "", **parts: Any) -> Any:
        status, body, _ = await self.try_post(text, visibility, key, **parts)
        assert status == 200, body
        return body

    async def try_post(
        self, text: str, visibility: str = "direct", key: str = "", **parts: Any
    ) -> tuple[int, Any, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.call(
            "POST", "/api/v1/statuses", headers=headers, json={"status": text, "visibility": visibility, **parts}
        )
