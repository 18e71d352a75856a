"""One run: the stories are played while the bot is left alone or harmed; in the end all is quiet, and all is read."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.kill.killer import AT_RANDOM, Killer, steal_answers
from tests.kill.people import Manner, Unheard
from tests.kill.stories import Pairs, Story, act, prepare
from tests.kill.town import KillTown
from tests.kill.transcripts import Transcripts, collect, mistakes

_CALM, _CALM_WITHIN, _LOOK = 1.5, 40.0, 0.1
_VAIN = 10.0


@dataclass
class Run:
    """What is left when everybody has gone home: what each got, and what somebody got and could not read.

    `harm` counts what was done to the bot.
    """

    told: Transcripts
    unread: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    harm: Counter[str] = field(default_factory=Counter)

    @property
    def messages(self) -> int:
        """How many."""
        return sum(map(len, self.told.values()))

    @property
    def kills_at_random(self) -> int:
        """How many kills aimed at nothing."""
        return sum(self.harm[way] for way in AT_RANDOM)


async def undisturbed(town: KillTown, pairs: Pairs) -> Run:
    """How it goes when nothing happens."""
    await town.open()
    stories = await prepare(town, pairs, Manner())
    await act(stories)
    return await _end(town, stories, Counter())


async def killed(town: KillTown, pairs: Pairs, seed: int, times: int) -> Run:
    """The same under fire."""
    await town.open()
    killer = Killer(town, seed, times)
    stories = await prepare(town, pairs, Manner(think=killer.pause))
    async with asyncio.TaskGroup() as group:
        group.create_task(killer.go_on())  # to its end, also where people are done before
        await act(stories)
    await town.bot.until_ready()
    return await _end(town, stories, killer.ways)


async def robbed(town: KillTown, pairs: Pairs, seed: int) -> Run:
    """The same in one life, many answers to which never come."""
    await town.open()
    stories = await prepare(town, pairs, Manner())
    stolen: Counter[str] = Counter()
    await _act_while(stories, steal_answers(town, random.Random(seed), stolen))
    town.strict.clear_faults()
    town.line.heal()
    return await _end(town, stories, stolen)


async def _act_while(stories: list[Story], harm: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        harming = group.create_task(harm)
        await act(stories)
        harming.cancel()


async def _end(town: KillTown, stories: list[Story], harm: Counter[str]) -> Run:
    await calm(town)
    return Run(await collect(town, stories), town.unread, town.bot.faults, harm)


async def caught(
    town: KillTown, pairs: Pairs, times: int, wanted: Transcripts, mistake: str, *, at_keys: bool = False
) -> list[str]:
    """What a bot gets wrong that is not expected to stand it; ends with the first such mistake, or a vain wait."""
    await town.open()
    stories = await prepare(town, pairs, Manner(patience=_VAIN))
    killer = Killer(town, 4, times, aimed=0.7)
    if at_keys:
        killer.aim_at_keys()
    acting = asyncio.ensure_future(act(stories))
    for _ in range(times):
        await killer.strike()
        seen = mistakes(await collect(town, stories), wanted)
        if acting.done() or any(mistake in one for one in seen):
            break
    else:
        await asyncio.wait({acting})
    acting.cancel()
    await asyncio.gather(acting, return_exceptions=True)
    vain = [] if acting.cancelled() else _in_vain(town, acting.exception())
    unread = [f"unread: {one}" for one in town.unread]
    return [*mistakes(await collect(town, stories), wanted), *vain, *unread]


def _in_vain(town: KillTown, error: BaseException | None) -> list[str]:
    """Somebody waits, and the bot has nothing left to say: that is lost."""
    unheard, _ = error.split(Unheard) if isinstance(error, BaseExceptionGroup) else (None, None)
    if unheard is None or town.count("outbox where not errand"):
        return []
    return [f"missing: {one}" for one in unheard.exceptions]


async def calm(town: KillTown) -> None:
    """Until nothing has waited in the bot's database for a while; what stays there is stuck."""
    quiet = waited = 0.0
    while quiet < _CALM:
        await asyncio.sleep(_LOOK)
        quiet, waited = (0.0 if any(waiting(town).values()) else quiet + _LOOK), waited + _LOOK
        assert waited < _CALM_WITHIN, f"stuck: {waiting(town)}\n{town.bot.log}"


def waiting(town: KillTown) -> dict[str, int]:
    """Rows that are still to be worked, or were put aside."""
    return {table: town.count(table) for table in ("inbox", "outbox")}
