"""Reports made in Matrix clients: how soon their card stands, and what becomes of many at once."""

from __future__ import annotations

import asyncio
import random
import re
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import Table, percentile
from tests.bench.programs import Bot
from tests.bench.town import Json, Town, Watch
from tests.kill.waiting import until

POLL = 2.0
_NUMBER = re.compile(r"burst report (\d+) ends")
_IN_VAIN = 900.0


def reason(number: int) -> str:
    """Words that stand on the card, so that it is known whose it is."""
    return f"burst report {number} ends"


def kind(event: Json) -> str:
    """What a message of the bot says that it is; "" for anybody else's."""
    return str(event.get("content", {}).get("community.outreach", {}).get("kind", ""))


def card_of(event: Json) -> int | None:
    """Of which report an event is the card, as it was first posted."""
    content = event.get("content", {})
    if kind(event) != "card" or "m.new_content" in content:
        return None
    found = _NUMBER.search(str(content.get("body", "")))
    return int(found[1]) if found else None


def cards(events: Sequence[Json]) -> Counter[int]:
    """How many cards each report has."""
    return Counter(number for event in events if (number := card_of(event)) is not None)


async def at_home(town: Town, bot: Bot, watch: Watch, cursors: int = 2) -> None:
    """Until the bot is in its staff room and has read where the list of reports begins."""

    def joined(event: Json) -> bool:
        mine = event["type"] == "m.room.member" and event["state_key"] == bot.account.user_id
        return bool(mine and event["content"]["membership"] == "join")

    await watch.first(joined)
    assert await until(lambda: count(bot.folder, "cursors") == cursors, within=60)


def count(folder: Path, what: str) -> int:
    """Rows of the bot's database, which only the bot writes."""
    with closing(sqlite3.connect(f"file:{folder / 'outreach.db'}?mode=ro", uri=True, timeout=30)) as database:
        return int(database.execute(f"select count(*) from {what}").fetchone()[0])


# one at a time


async def measure_one(town: Town, table: Table, rounds: int = 25) -> None:
    """From the moment a report was accepted to its card, and a bare message into the same room in turn."""
    bot = await town.bot("single")
    said = await town.written(rounds)
    ours, floor, dice = [], [], random.Random(1)
    async with Watch(town.mia, bot.staff) as watch, bot.started():
        await at_home(town, bot, watch)
        for number, one in enumerate(said):
            await asyncio.sleep(dice.uniform(0, POLL))  # anywhere between two polls
            accepted = await town.report(one, reason(number), number)
            seen = await watch.first(lambda event, number=number: card_of(event) == number)  # type: ignore[misc]
            ours.append((seen - accepted) * 1000)
            await asyncio.sleep(0.2)
            floor.append(await _bare(town, watch, bot.staff, f"bare {number}") * 1000)
    table.row("report to card, median", ours, floor, "ms", "< 3000, polling every 2 s")
    table.row("report to card, p95", [percentile(ours, 95)], [percentile(floor, 95)], "ms")
    without = [max(0.0, statistics.mean(ours) - 1000 * POLL / 2)]
    table.row("report to card, mean less half a poll", without, floor, "ms")


async def _bare(town: Town, watch: Watch, room: str, text: str) -> float:
    begun = time.perf_counter()
    await town.mia.send(room, text, town.transaction())
    return await watch.first(lambda event: event["content"].get("body") == text) - begun


# many at once


@dataclass
class Burst:
    """What came of it. Seconds until the last report was accepted, its card stood, and nothing was left to say."""

    many: int
    accepted: float
    to_cards: float
    to_all: float
    sent: int
    peak: float
    processor: float
    missing: int
    twice: int
    errors: list[str]

    @property
    def outcome(self) -> str:
        """Whether all arrived, none twice."""
        faults = f", {len(self.errors)} errors: {self.errors[0]}" if self.errors else ""
        return f"{self.many - self.missing} of {self.many} arrived, {self.twice} twice{faults}"


async def burst(town: Town, bot: Bot, many: int, *, kills: Sequence[float] = (), patience: float = _IN_VAIN) -> Burst:
    """So many reports of distinct people's messages as fast as Synapse takes them; killed when these parts came."""
    said = await town.written(many)
    async with AsyncExitStack() as stack, Watch(town.mia, bot.staff) as watch:
        lives = [await stack.enter_async_context(bot.started())]
        await at_home(town, bot, watch)
        begun = time.perf_counter()
        reporting = asyncio.create_task(_timed(town.report_all(said, reason)))
        for part in kills:
            await watch.until(lambda seen, part=part: _arrived(seen) >= part * many, patience)  # type: ignore[misc]
            lives[-1].process.kill()
            lives.append(await stack.enter_async_context(bot.started()))
        await watch.until(lambda seen: _arrived(seen) >= many, patience)
        to_cards = time.perf_counter() - begun
        await quiet(bot, max(5.0, patience - to_cards))
        to_all = time.perf_counter() - begun
        accepted, peak, processor = await reporting, lives[-1].peak, lives[-1].processor
    found = cards(await town.mia.history(bot.staff))
    missing, twice = many - len(found), sum(1 for times in found.values() if times > 1)
    errors = [error for one in lives for error in one.errors]
    return Burst(many, accepted, to_cards, to_all, town.sent_by(bot.account), peak, processor, missing, twice, errors)


async def quiet(bot: Bot, within: float) -> bool:
    """Until nothing is left to work or to send; False if that takes longer."""
    tables = ("inbox where not aside", "outbox where not parked")
    return await until(lambda: not any(count(bot.folder, table) for table in tables), within=within, every=0.1)


async def _timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def _arrived(seen: Sequence[tuple[float, Json]]) -> int:
    return sum(1 for _, event in seen if card_of(event) is not None)


async def bare(town: Town, many: int) -> float:
    """So many messages of one client into one room, one after the other, as anybody has to who keeps their order."""
    room = await town.mia.create_room("private_chat")
    begun = time.perf_counter()
    for _ in range(many):
        await town.mia.send(room, reason(0), town.transaction())
    return time.perf_counter() - begun


async def measure_burst(town: Town, table: Table, many: int) -> None:
    """All arrive, none twice; the time against bare sending of as many messages, and of as many as the bot sent."""
    bot = await town.bot("burst")
    floor = await bare(town, many)
    found = await burst(town, bot, many)
    floor = (floor + await bare(town, many)) / 2
    table.fact(f"burst of {many}", found.outcome, "all, none twice")
    table.row(f"burst of {many}: to the last card", [found.to_cards], [floor], "s")
    table.row(f"burst of {many}: until nothing is left to say", [found.to_all], [floor * found.sent / many], "s")
    events = f"{found.sent} events sent, the floor is bare sending of as many"
    table.fact(f"burst of {many}: reports were accepted within", f"{found.accepted:.1f} s ({events})")
    table.row(f"burst of {many}: peak memory", [found.peak], (), "MiB")
    table.row(f"burst of {many}: the bot's processor time", [found.processor], (), "s")


async def measure_killed(town: Town, table: Table, many: int = 200) -> None:
    """SIGKILL in the middle, thrice, and started again at once."""
    found = await burst(town, await town.bot("killed"), many, kills=(0.2, 0.4, 0.7))
    table.fact(f"burst of {many}, killed three times", found.outcome, "all, none twice")


async def measure_limited(folder: Path, table: Table, many: int = 20, within: float = 240) -> None:
    """Synapse as it is installed: ten messages, then one every five seconds."""
    async with Town(folder, limits=True) as town:
        await town.settle(many, 4)
        bot = await town.bot("limited")
        found = await burst(town, bot, many, patience=within)
    table.fact(
        f"{many} reports under Synapse's default limits", f"{found.outcome}, after {found.to_cards:.0f} s", "all"
    )
