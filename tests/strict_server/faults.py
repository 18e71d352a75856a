"""Planned failures by (method, path, count), acting before or after the commit.

`status html malformed` answer wrongly, `cut` drops the connection unheard, `lost` executes and then drops
it, `hang` holds the answer until released, `delay` only waits. An open stream is not cut by a fault:
`cut_streams`.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias

from .flavours import Json

Kind: TypeAlias = Literal["status", "html", "malformed", "cut", "lost", "hang", "delay"]


@dataclass
class Fault:
    kind: Kind
    path: str = ".*"
    method: str = ".*"
    count: int = 1
    skip: int = 0  # let so many matching requests pass first
    after: bool = False  # execute the request, then fail
    status: int = 503
    body: Json = field(default_factory=lambda: {"error": "Planned fault"})
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hits: int = 0

    def __post_init__(self) -> None:
        self.after = self.after or self.kind == "lost"

    def matches(self, method: str, path: str) -> bool:
        return bool(re.fullmatch(self.method, method, re.I) and re.fullmatch(self.path, path))


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._gate = asyncio.Event()

    def add(self, fault: Fault) -> None:
        self._planned.append(fault)

    def clear(self) -> None:
        self._planned.clear()
        self.release()

    def list(self) -> list[Json]:
        return [asdict(fault) for fault in self._planned]

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self._planned:
            if not fault.count or not fault.matches(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            fault.hits += 1
            return fault
        return None

    def release(self) -> None:
        gate, self._gate = self._gate, asyncio.Event()
        gate.set()

    async def hold(self) -> None:
        await self._gate.wait()
