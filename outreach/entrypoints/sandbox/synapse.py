"""A real Synapse on SQLite and loopback, for the sandbox and for tests.

Starts it, registers its users, stops it in every rude way. Does not act for any user: that is what people do.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from outreach.entrypoints.sandbox.processes import ServerProcess, free_port

_REGISTRATION_SECRET = "sandbox"
_READY_SECONDS = 60.0
_PLENTY = {"per_second": 10_000, "burst_count": 10_000}
_NO_RATE_LIMITS: dict[str, object] = {
    "rc_message": _PLENTY,
    "rc_registration": _PLENTY,
    "rc_admin_redaction": _PLENTY,
    "rc_reports": _PLENTY,
    "rc_room_creation": _PLENTY,
    "rc_profile": _PLENTY,
    "rc_login": {"address": _PLENTY, "account": _PLENTY, "failed_attempts": _PLENTY},
    "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
    "rc_joins_per_room": _PLENTY,
    "rc_invites": {"per_room": _PLENTY, "per_user": _PLENTY, "per_issuer": _PLENTY},
}


@dataclass(frozen=True)
class MatrixAccount:
    user_id: str
    device_id: str
    access_token: str
    password: str


class Synapse:
    """`async with Synapse(folder) as hs:`; the folder keeps everything, a second start goes on from there."""

    def __init__(
        self,
        folder: Path,
        *,
        server_name: str = "localhost",
        port: int | None = None,
        rate_limits: bool = False,
        config: Mapping[str, object] | None = None,
    ) -> None:
        self.server_name = server_name
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._limits = {} if rate_limits else _NO_RATE_LIMITS
        self._config = config or {}
        settings = folder / "homeserver.yaml"
        command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(settings)]
        self.process = ServerProcess("Synapse", command, [folder / "out.log", folder / "hs.log"])

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._write_files)
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

    async def stop(self) -> None:
        await self.process.terminate()

    async def kill(self) -> None:
        await self.process.kill()

    async def restart(self, *, rudely: bool = False) -> None:
        await (self.kill() if rudely else self.stop())
        await self.start()

    def pause(self) -> None:
        """SIGSTOP: connections are still accepted, nothing answers."""
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    async def register(self, name: str, *, admin: bool = False, password: str | None = None) -> MatrixAccount:
        """By shared secret; the answer holds a token, so nobody has to log in."""
        password = password or f"{name}-password"
        endpoint = f"{self.url}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession() as http:
            async with http.get(endpoint) as answer:
                nonce: str = (await answer.json())["nonce"]
            body = {"nonce": nonce, "username": name, "password": password, "admin": admin}
            body["mac"] = _registration_mac(nonce, name, password, admin)
            async with http.post(endpoint, json=body) as answer:
                made: dict[str, Any] = await answer.json()
                if answer.status != 200:
                    raise RuntimeError(f"Synapse did not register {name}: {made}")
        return MatrixAccount(made["user_id"], made["device_id"], made["access_token"], password)

    async def log_in(self, account: MatrixAccount) -> MatrixAccount:
        """Another device of somebody who is registered."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": account.user_id},
            "password": account.password,
        }
        async with (
            aiohttp.ClientSession(raise_for_status=True) as http,
            http.post(f"{self.url}/_matrix/client/v3/login", json=body) as answer,
        ):
            made: dict[str, Any] = await answer.json()
        return MatrixAccount(account.user_id, made["device_id"], made["access_token"], account.password)

    async def _answers(self) -> bool:
        timeout = aiohttp.ClientTimeout(total=1)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(f"{self.url}/_matrix/client/versions") as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _write_files(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        key = self._folder / "signing.key"
        if not key.exists():  # written here, it saves a run of Synapse with --generate-keys
            key.write_text(f"ed25519 a_t {base64.b64encode(os.urandom(32)).decode().rstrip('=')}\n")
        (self._folder / "log.yaml").write_text(json.dumps(self._logging()))
        (self._folder / "homeserver.yaml").write_text(json.dumps(self._settings()))

    def _logging(self) -> dict[str, object]:
        return {
            "version": 1,
            "handlers": {"f": {"class": "logging.FileHandler", "filename": str(self._folder / "hs.log")}},
            "root": {"level": "WARNING", "handlers": ["f"]},
            "disable_existing_loggers": False,
        }

    def _settings(self) -> dict[str, object]:
        """Written as JSON, which YAML includes. The fewest bcrypt rounds: 17 ms per user instead of 265."""
        listener = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "tls": False,
            "resources": [{"names": ["client"]}],
        }
        return {
            "server_name": self.server_name,
            "pid_file": str(self._folder / "pid"),
            "report_stats": False,
            "signing_key_path": str(self._folder / "signing.key"),
            "log_config": str(self._folder / "log.yaml"),
            "media_store_path": str(self._folder / "media"),
            "macaroon_secret_key": "sandbox",
            "form_secret": "sandbox",
            "registration_shared_secret": _REGISTRATION_SECRET,
            "suppress_key_server_warning": True,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            "bcrypt_rounds": 4,
            "filter_timeline_limit": 1000,
            # the default answers an identical first sync with the old answer, old token included, for 2 min
            "caches": {"sync_response_cache_duration": "0s"},
            "database": {"name": "sqlite3", "args": {"database": str(self._folder / "hs.db")}},
            "listeners": [listener],
            **self._limits,
            **self._config,
        }


def _registration_mac(nonce: str, name: str, password: str, admin: bool) -> str:
    parts = (nonce, name, password, "admin" if admin else "notadmin")
    return hmac.new(_REGISTRATION_SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
