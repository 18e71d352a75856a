"""A town that wastes no time, lets a test look in between, and knows when others were asked something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.recorder import Recorder
from tests.town import Town


class QuickTown(Town):
    """Listens again only where the bot did something on Matrix, which may bring something new."""

    proxy: Recorder
    between: Callable[[], None] = staticmethod(lambda: None)

    async def turn(self) -> None:
        """Once, and again while it helps. `between` looks at what is journaled but not worked, and at what is done."""
        while True:
            before = self._acts()
            await self.pump.listen_once()
            self.between()
            await self.pump.settle()
            self.between()
            if self._acts() == before:
                return

    def _acts(self) -> int:
        return sum("/join/" in one.path or one.path.endswith("/leave") for one in self.proxy.requests)


class Stamped(list[dict[str, Any]]):
    """What our server asked of others, with the moment at which the other side saw it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    def append(self, fetch: dict[str, Any]) -> None:
        """One more."""
        super().append({"at": self._now().isoformat()} | fetch)
