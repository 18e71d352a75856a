"""Programs as users start them: `outreach run` on a folder of its own, and the floors. Knows no measure."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from outreach.adapters.vault import new_master_key
from outreach.entrypoints.sandbox.synapse import MatrixAccount

_CONFIG = """
[community]
name = "bench"
contact = "https://bench.example/about"
languages = ["en", "de"]
[store]
url = "sqlite:///{folder}/outreach.db"
keyring = "{folder}/outreach.keys"
[matrix]
homeserver = "{homeserver}"
user = "{user}"
staff_room = "{staff}"
synapse_admin = {admin}
community_rooms = [{community}]
[outreach]
hold = ["0s", "0s"]
[reports]
poll_every = "2s"
{more}
"""


@dataclass
class Program:
    """One life of a program. What it logs as an error is kept."""

    process: psutil.Process
    ready_after: float
    errors: list[str] = field(default_factory=list)

    @property
    def memory(self) -> float:
        """What it holds now, in MiB."""
        return float(self.process.memory_info().rss) / 2**20

    @property
    def processor(self) -> float:
        """Seconds of a processor it has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @property
    def peak(self) -> float:
        """The most it ever held, in MiB, as the kernel has seen it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@contextlib.asynccontextmanager
async def started(command: list[str], environment: Mapping[str, str]) -> AsyncIterator[Program]:
    """A program that says `ready`; killed in the end, and before that whenever the caller likes."""
    begun = time.perf_counter()
    out = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdout=out, stderr=asyncio.subprocess.STDOUT, env=environment
    )
    assert process.stdout is not None
    said: list[bytes] = []
    try:
        while b"ready" not in (line := await process.stdout.readline()):
            said.append(line)
            assert line, f"it ended before it was ready: {b''.join(said).decode()}"
        life = Program(psutil.Process(process.pid), time.perf_counter() - begun)
        reading = asyncio.create_task(_read(process.stdout, life.errors))
        yield life
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _read(out: asyncio.StreamReader, errors: list[str]) -> None:
    """A pipe nobody reads would stop the program."""
    async for line in out:
        if b"level=error" in line or b"level=critical" in line or b"Traceback" in line:
            errors.append(line.decode().strip())


def floor_command(module: str, homeserver: str, account: MatrixAccount) -> list[str]:
    """One of the floors as a program."""
    which = f"tests.bench.{module}"
    return [sys.executable, "-m", which, homeserver, account.user_id, account.device_id, account.access_token]


@dataclass(frozen=True)
class Bot:
    """The folder of one bot, with all that `outreach run` needs."""

    folder: Path
    account: MatrixAccount
    staff: str
    environment: Mapping[str, str]

    @classmethod
    def made(
        cls,
        folder: Path,
        homeserver: str,
        account: MatrixAccount,
        staff: str,
        *,
        admin: str = "",
        community: tuple[str, ...] = (),
        more: str = "",
        secrets: Mapping[str, str] | None = None,
    ) -> Bot:
        """Write its configuration; `admin` is the token that reads reports."""
        folder.mkdir()
        values = {"folder": folder, "homeserver": homeserver, "user": account.user_id, "staff": staff, "more": more}
        rooms = ", ".join(f'"{room}"' for room in community)
        (folder / "outreach.toml").write_text(
            _CONFIG.format(admin="true" if admin else "false", community=rooms, **values)
        )
        known = {"MASTER_KEY": new_master_key(os.urandom), "MATRIX_TOKEN": account.access_token}
        known |= {"MATRIX_ADMIN_TOKEN": admin} if admin else {}
        named = {f"OUTREACH_{name}": value for name, value in {**known, **(secrets or {})}.items()}
        return cls(folder, account, staff, os.environ | named)

    @property
    def command(self) -> list[str]:
        """How it is started."""
        config = str(self.folder / "outreach.toml")
        return [sys.executable, "-m", "outreach.entrypoints.cli", "--config", config, "run"]

    def started(self) -> contextlib.AbstractAsyncContextManager[Program]:
        """One life of it."""
        return started(self.command, self.environment)
