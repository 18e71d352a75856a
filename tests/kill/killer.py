"""What may befall the bot: death at random moments or in the middle of a send, and answers that never come.

A killed bot lives again at once. Knows nothing of what is being said.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.kill.town import SENDS, KillTown
from tests.kill.waiting import until
from tests.recorder import lost_answer

_TOOT = "/api/v1/statuses"
_AIM, _MEETING = 1.5, 5.0
_FRUITLESS = 2
_PAUSES = (0, 0, 3, 5)
#: The ways of dying that aim at nothing.
AT_RANDOM = ("at_work", "after_a_while", "while_starting")


Way = Callable[[], Awaitable[None]]


class Killer:
    """Strikes `times`; `aimed` is how large a part of all kills waits for a send."""

    def __init__(self, town: KillTown, seed: int, times: int, *, aimed: float = 0.25) -> None:
        self._town, self._bot = town, town.bot
        self._chance, self._chance_of_others = random.Random(seed), random.Random(seed + 1)
        aims = round(times * aimed)
        self._plan = [*self._aimed(aims), *self._unaimed(times - aims)]
        self._chance.shuffle(self._plan)
        self._plan.sort(key=self._is_early)  # taken from the end
        self._said = self._fruitless = 0
        self.over = self._hurries = False
        self.ways: Counter[str] = Counter()

    def _is_early(self, way: Way) -> int:
        """Somebody's first key is taken and renewed when people meet, or never."""
        return (self._key_claim, self._key_upload).index(way) + 1 if way in (self._key_claim, self._key_upload) else 0

    def aim_at_keys(self) -> None:
        """Strike whenever the bot gives room keys away, and at nothing else."""
        self._plan = [self._key_share] * len(self._plan)

    async def go_on(self) -> None:
        """Until done or cancelled; the bot lives in the end."""
        while self._plan:
            await self.strike()
        self.over = True

    async def pause(self) -> None:
        """Until some more kills are done; as often none, so that people also answer before the bot knows it spoke."""
        goal = self.ways.total() + self._chance_of_others.choice(_PAUSES)
        await until(lambda: self.over or self._hurries or self.ways.total() >= goal)

    async def strike(self) -> None:
        """Wait for the moment, kill, and let it live again."""
        way, self._missed = self._plan.pop(), False
        await way()
        said, self._said = self._said, self._town.sent
        self._fruitless = 0 if self._said > said else self._fruitless + 1
        await asyncio.shield(self._again())
        self.ways[way.__name__.strip("_") + (" missed" if self._missed else "")] += 1

    async def _again(self) -> None:
        await self._bot.kill()
        self._town.strict.clear_faults()
        self._town.line.heal()
        await self._bot.live()

    def _aimed(self, count: int) -> list[Way]:
        tooting, sealing = (self._after_commit, self._before_commit), (self._key_share, self._key_claim)
        ways = itertools.cycle((*tooting, self._matrix_send, *sealing, self._key_upload))
        return list(itertools.islice(ways, count))

    def _unaimed(self, count: int) -> list[Way]:
        return self._chance.choices((self._at_work, self._after_a_while, self._while_starting), (5, 3, 1), k=count)

    async def _while_starting(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))

    async def _at_work(self) -> None:
        """Where some lives in a row were too short to say anything, the next one may say something first."""
        await self._bot.until_ready()
        if self._fruitless >= _FRUITLESS:
            await until(lambda: self._town.sent > self._said, within=_AIM)
        await asyncio.sleep(self._chance.uniform(0.02, 0.4))

    async def _after_a_while(self) -> None:
        """Long enough for what takes several requests, such as the making of a room."""
        await self._bot.until_ready()
        await asyncio.sleep(self._chance.uniform(0.4, 1.6))

    async def _before_commit(self) -> None:
        """The fediverse server has the request and has done nothing yet; nor will it."""
        await self._mid_toot(after=False)

    async def _after_commit(self) -> None:
        """The post stands and is seen; its answer never came."""
        await self._mid_toot(after=True)

    async def _mid_toot(self, *, after: bool) -> None:
        self._town.strict.fault("hang", path=_TOOT, method="POST", after=after)
        await self._when(lambda: any(fault["hits"] for fault in self._town.strict.planned()))

    async def _matrix_send(self) -> None:
        """The homeserver has the event; the answer is cut off, and aiohttp may be asking again."""
        rule = self._town.line.inject("PUT", SENDS, lost_answer)
        await self._when(lambda: not rule.left)

    async def _key_share(self) -> None:
        """The homeserver has the keys of a message for everybody's devices; the bot never hears of it."""
        rule = self._town.line.inject("PUT", "/sendToDevice/", lost_answer)
        await self._when(lambda: not rule.left)

    async def _key_claim(self) -> None:
        """A one-time key of somebody is used up, and the bot never got it."""
        rule = self._town.line.inject("POST", "/keys/claim", lost_answer)
        self._hurries = True  # else people may wait for this kill before they say what brings it about
        await self._when(lambda: not rule.left, within=_MEETING)
        self._hurries = False

    async def _key_upload(self) -> None:
        """The homeserver has the bot's new one-time keys; the bot does not know whether it has."""
        rule = self._town.line.inject("POST", "/keys/upload", lost_answer)
        await self._when(lambda: not rule.left)

    async def _when(self, struck: Callable[[], bool], within: float = _AIM) -> None:
        self._missed = not await until(struck, within=within, every=0.005)
        if not self._missed:
            await asyncio.sleep(self._chance.choice((0.0, 0.05, 0.15)))  # somebody may answer what they have seen


async def steal_answers(town: KillTown, chance: random.Random, stolen: Counter[str]) -> None:
    """Until cancelled: now and then a message arrives, and the bot never hears that it did."""
    while True:
        await asyncio.sleep(chance.uniform(0.1, 0.6))
        if chance.random() < 0.5:
            town.strict.fault("lost", path=_TOOT, method="POST")
            await until(lambda: all(fault["hits"] for fault in town.strict.planned()))
            stolen["fediverse"] += 1
        else:
            rule = town.line.inject("PUT", SENDS, lost_answer, count=2)  # aiohttp repeats the first by itself
            await until(lambda rule=rule: not rule.left)  # type: ignore[misc]
            stolen["matrix"] += 1
