"""How long a moderator waits for an answer where few and where very many cases are stored, in turn on one server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from tests.bench.figures import Table, percentile
from tests.bench.programs import Bot
from tests.bench.reports import at_home, count
from tests.bench.stock import fill
from tests.bench.town import Json, Town, Watch
from tests.kill.waiting import until

FEW, MANY = 100, 100_000
_SHOWN = 20


@dataclass
class Desk:
    """One bot with its store, and mia in its staff room."""

    bot: Bot
    watch: Watch
    names: list[str]
    asked: int = 0

    async def answered(self, town: Town, command: str) -> float:
        """Milliseconds from mia's command to the bot's answer."""
        self.asked += 1
        name = self.names[self.asked * 37 % len(self.names)] if self.names else "nobody"
        begun, before = time.perf_counter(), len(self.watch.seen)
        await town.mia.send(self.bot.staff, command.format(name=name, prefix=name[:-1]), town.transaction())

        def mine(event: Json) -> bool:
            return bool(event["sender"] == self.bot.account.user_id and event["type"] == "m.room.message")

        def has_come(seen: object) -> bool:
            return any(map(mine, (event for _, event in self.watch.seen[before:])))

        assert await self.watch.until(has_come, 60), command
        return (time.perf_counter() - begun) * 1000


#: What is typed, by what the line of the table calls it. A name cut short has to be looked for.
_COMMANDS: Mapping[str, str] = {
    "!case A": "!case {name}",
    "!case A, cut short": "!case {prefix}",
    "!cases": "!cases",
    "!help": "!help",
}


async def measure(
    town: Town, table: Table, rounds: int = 24, many: int = MANY, still_open: Sequence[int] = (MANY, FEW)
) -> None:
    """With all of them open, and with as many open as in the small store, as after years."""
    for waiting in still_open:
        words = f"{waiting} of them open"
        async with AsyncExitStack() as stack:
            small = await _desk(town, stack, FEW, FEW, table)
            large = await _desk(town, stack, many, waiting, table)
            for label, command in _COMMANDS.items():
                ours, floor = [], []
                for number in range(rounds + 3):
                    times = await small.answered(town, command), await large.answered(town, command)
                    if number >= 3 or rounds < 3:
                        floor.append(times[0])
                        ours.append(times[1])
                table.row(f"{label}, {many} cases, {words}", ours, floor, "ms", f"ratio <= 1.2 to {FEW}")
                table.row(f"{label}, p95", [percentile(ours, 95)], [percentile(floor, 95)], "ms")


async def _desk(town: Town, stack: AsyncExitStack, cases: int, still_open: int, table: Table) -> Desk:
    bot = await town.bot("desk", reports=False)
    watch = await stack.enter_async_context(Watch(town.mia, bot.staff))
    async with bot.started():
        await at_home(town, bot, watch, cursors=1)
        assert await until(lambda: count(bot.folder, "roster") == 1, within=30), "mia is no moderator"
    begun = time.perf_counter()
    cards = [await town.mia.send(bot.staff, f"card {number}", town.transaction()) for number in range(_SHOWN)]
    names = await asyncio.to_thread(fill, bot, cases, still_open, cards)
    if cases != FEW:
        table.fact(f"filling {cases} cases", f"{time.perf_counter() - begun:.0f} s")
    life = await stack.enter_async_context(bot.started())
    if cases != FEW:
        table.fact(f"ready with {cases} cases", f"{life.ready_after * 1000:.0f} ms, {life.memory:.0f} MiB")
    return Desk(bot, watch, names)
