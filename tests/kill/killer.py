"""Kills the bot at random moments, and now and then in the middle of a send, where it hurts most.

Restarts it at once. Knows nothing of what is being said.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from tests.kill.town import KillTown
from tests.recorder import lost_answer

_SEND = "/api/v1/statuses"
_AIM = 1.5
_PATIENCE = 2


class Killer:
    """`aimed` is how large a part of all kills waits for a send."""

    def __init__(self, town: KillTown, seed: int, *, aimed: float = 0.25) -> None:
        self._town, self._bot = town, town.bot
        self._chance = random.Random(seed)
        self._aimed = aimed
        self._said = self._fruitless = 0
        self.ways: Counter[str] = Counter()

    async def go_on(self) -> None:
        """Until cancelled; the bot lives in the end."""
        while True:
            await self.strike()

    async def strike(self) -> None:
        """Wait for the moment, kill, and let it live again."""
        way = self._choose()
        await way()
        said, self._said = self._said, self._town.sent
        self._fruitless = 0 if self._said > said else self._fruitless + 1
        await asyncio.shield(self._again())
        self.ways[way.__name__.strip("_")] += 1

    async def _again(self) -> None:
        await self._bot.kill()
        self._town.strict.clear_faults()
        self._town.line.heal()
        await self._bot.live()

    def _choose(self) -> Callable[..., object]:
        if self._chance.random() < self._aimed:
            return self._chance.choice((self._before_commit, self._after_commit, self._matrix_send))
        return self._while_starting if self._chance.random() < 0.15 else self._at_work

    async def _while_starting(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))

    async def _at_work(self) -> None:
        """Where some lives in a row were too short to say anything, the next one may say something first."""
        await self._bot.until_ready()
        if self._fruitless >= _PATIENCE:
            await self._until(lambda: self._town.sent > self._said)
        await asyncio.sleep(self._chance.uniform(0.02, 0.4))

    async def _before_commit(self) -> None:
        """The fediverse server has the request and has done nothing yet; nor will it."""
        await self._mid_toot(after=False)

    async def _after_commit(self) -> None:
        """The post stands and is seen; its answer never came."""
        await self._mid_toot(after=True)

    async def _mid_toot(self, *, after: bool) -> None:
        self._town.strict.fault("hang", path=_SEND, method="POST", after=after)
        await self._until(lambda: any(fault["hits"] for fault in self._town.strict.planned()))

    async def _matrix_send(self) -> None:
        """The homeserver has the event; the answer is cut off, and aiohttp may be asking again."""
        rule = self._town.line.inject("PUT", "/send/m.room.message/", lost_answer)
        await self._until(lambda: not rule.left)

    async def _until(self, struck: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_AIM):
                while not struck():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            return
        await asyncio.sleep(self._chance.choice((0.0, 0.05, 0.15)))  # somebody may answer what they have seen
