"""A mastodon-mock server on loopback, for the sandbox and for tests.

Starts it with a seed of accounts and tokens, and ends it only by SIGKILL: it hangs on SIGTERM while a stream
is open. Does not act for any account, and mends none of the mock's gaps.
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from outreach.entrypoints.sandbox.processes import ServerProcess, free_port

_READY_SECONDS = 60.0


@dataclass(frozen=True)
class FediverseAccount:
    """`domain` makes it a remote account, there to be looked up; `role` is user, moderator or admin."""

    username: str
    role: str = "user"
    bot: bool = False
    locked: bool = False
    domain: str | None = None
    note: str = ""

    @property
    def access_token(self) -> str:
        return f"{self.username}-token"


class MastodonMock:
    """`async with MastodonMock(folder, accounts) as server:`; posts outlive a kill, they are in a file."""

    def __init__(
        self,
        folder: Path,
        accounts: Sequence[FediverseAccount],
        *,
        port: int | None = None,
        domain: str | None = None,
        rules: Sequence[str] = (),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # the mock's own default says localhost, and its links would not begin with the address it serves
        self.domain = domain or f"127.0.0.1:{self.port}"
        self.accounts = {account.username: account for account in accounts}
        self._rules = list(rules)
        self._folder = folder
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(folder / "mock.toml")]
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"]
        self.process = ServerProcess("mastodon-mock", command + where, [folder / "mock.log"])

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._write_config)
        try:
            await self.start()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    async def start(self) -> None:
        self.process.spawn()
        await self.process.until_ready(self._answers, _READY_SECONDS)

    async def kill(self) -> None:
        await self.process.kill()

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def token(self, username: str) -> str:
        return self.accounts[username].access_token

    async def reset(self) -> None:
        """Back to the seed; tokens stay valid."""
        await self._control("POST", "reset", None)

    async def fault(self, match: Mapping[str, Any], effect: Mapping[str, Any], count: int = 1) -> None:
        """`fault({"methods": ["POST"], "path": "/api/v1/statuses"}, {"type": "status", "status": 503})`.

        Every fault of the mock acts before the post is made; an answer lost afterwards needs a proxy.
        """
        await self._control("POST", "faults", {"match": dict(match), "effect": dict(effect), "count": count})

    async def clear_faults(self) -> None:
        await self._control("DELETE", "faults", None)

    async def _control(self, method: str, name: str, body: dict[str, Any] | None) -> None:
        url = f"{self.url}/api/v1/_mock/{name}"
        async with aiohttp.ClientSession(raise_for_status=True) as http, http.request(method, url, json=body):
            pass

    async def _answers(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=1)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(f"{self.url}/api/v1/instance") as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _write_config(self) -> None:
        """By hand: the standard library reads TOML only, and a JSON string is a TOML string."""
        self._folder.mkdir(parents=True, exist_ok=True)
        top = [f"domain = {json.dumps(self.domain)}", 'url_scheme = "http"']
        rules = [f"rules = {json.dumps(self._rules)}"]
        database = ["[database]", f"path = {json.dumps(str(self._folder / 'mock.db'))}"]
        seed = [line for account in self.accounts.values() for line in _seed(account)]
        (self._folder / "mock.toml").write_text("\n".join([*top, *rules, *database, *seed]) + "\n")


def _seed(account: FediverseAccount) -> list[str]:
    fields: dict[str, str | bool | None] = {
        "username": account.username,
        "domain": account.domain,
        "role": account.role,
        "bot": account.bot,
        "locked": account.locked,
        "note": account.note,
        "access_token": account.access_token,
    }
    return ["[[seed.accounts]]", *(f"{k} = {json.dumps(v)}" for k, v in fields.items() if v is not None)]
