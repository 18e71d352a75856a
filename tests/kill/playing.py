"""One run: the stories are played while the bot is left alone or killed; in the end all is quiet, and all is read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from tests.kill.killer import Killer
from tests.kill.stories import Story, act, prepare
from tests.kill.town import KillTown
from tests.kill.transcripts import Transcripts, collect

Pairs = list[tuple[str, str]]
_CALM, _CALM_WITHIN = 1.5, 40.0


@dataclass
class Run:
    """What is left when everybody has gone home."""

    told: Transcripts
    kills: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def messages(self) -> int:
        """How many."""
        return sum(map(len, self.told.values()))


async def undisturbed(town: KillTown, pairs: Pairs, patience: float) -> Run:
    """How it goes when nothing happens."""
    await town.open()
    stories = await prepare(town, pairs, patience, seed=0)
    await act(stories)
    return await _end(town, stories)


async def killed(town: KillTown, pairs: Pairs, patience: float, seed: int) -> Run:
    """The same under fire, until the last story is over."""
    await town.open()
    stories = await prepare(town, pairs, patience, seed)
    killer = Killer(town, seed)
    async with asyncio.TaskGroup() as group:
        killing = group.create_task(killer.go_on())
        await act(stories)
        killing.cancel()
    await town.bot.until_ready()
    run = await _end(town, stories)
    run.ways = dict(killer.ways)
    return run


async def _end(town: KillTown, stories: list[Story]) -> Run:
    await calm(town)
    return Run(await collect(town, stories), town.bot.kills, {}, town.bot.faults)


async def calm(town: KillTown) -> None:
    """Until nothing has waited in the bot's database for a while; what stays there is stuck."""
    quiet = 0.0
    with suppress(TimeoutError):
        async with asyncio.timeout(_CALM_WITHIN):
            while quiet < _CALM:
                await asyncio.sleep(0.1)
                quiet = 0.0 if any(waiting(town).values()) else quiet + 0.1
            return
    raise AssertionError(f"stuck: {waiting(town)}\n{town.bot.log}")


def waiting(town: KillTown) -> dict[str, int]:
    """Rows that are still to be worked, or were put aside."""
    return {table: town.count(table) for table in ("inbox", "outbox")}
