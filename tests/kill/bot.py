"""One bot that dies and lives again on the same folder. Knows no story and no server."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.kill.waiting import until

_READY = re.compile(r"\bready\b")
_WITHIN = 60.0
#: The program as users start it.
OUTREACH = "outreach.entrypoints.cli"


class BotEnded(AssertionError):
    """The bot ended without being killed."""


class Bot:
    """`async with Bot(…) as bot:`; afterwards no life of it is left."""

    def __init__(self, folder: Path, config: Path, environment: Mapping[str, str], program: str = OUTREACH) -> None:
        self.kills = 0
        self._lives = 0
        self._logs = folder / "lives"
        self._logs.mkdir()
        arguments = [str(self._logs), "--config", str(config), "run"]
        self._command = [sys.executable, "-m", "tests.kill.nursery", program, *arguments]
        self._environment = {**os.environ, **environment}

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._nursery = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, env=self._environment
        )
        assert await self._answer() == "warm"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        await self._nursery.wait()

    async def live(self) -> None:
        """Begin a life."""
        self._lives += 1
        await self._order("live")

    async def kill(self) -> None:
        """SIGKILL. Raises `BotEnded` where there was nobody to kill."""
        told = await self._order("kill")
        if told != "killed":
            raise BotEnded(f"life {self._lives} {told}\n{self.log}")
        self.kills += 1

    async def until_ready(self) -> None:
        """Until this life has said `ready`."""
        assert await until(lambda: bool(_READY.search(self.log)), within=_WITHIN, every=0.005), self.log

    @property
    def log(self) -> str:
        """What this life has logged."""
        return self._read(self._lives)

    @property
    def faults(self) -> list[str]:
        """Lines of all lives that a healthy bot does not write."""
        lines = [line for life in range(1, self._lives + 1) for line in self._read(life).splitlines()]
        return [line for line in lines if "level=error" in line or "level=critical" in line]

    def _read(self, life: int) -> str:
        log = self._logs / f"life-{life}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    async def _order(self, word: str) -> str:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(f"{word}\n".encode())
        return await self._answer()

    async def _answer(self) -> str:
        assert self._nursery.stdout is not None
        return (await self._nursery.stdout.readline()).decode().strip()
