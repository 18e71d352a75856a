"""The bot alone: how soon it is ready, what it holds while nothing happens, how long a private answer takes."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping

from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.entrypoints.sandbox.synapse import MatrixAccount
from tests.bench.figures import Table, percentile
from tests.bench.programs import Bot, floor_command, started
from tests.bench.town import Town

#: What one member may say in an hour is limited; so many people take turns, each a few messages to get used to it.
_TALKERS, _WARM = 4, 5


async def measure(town: Town, table: Table, rounds: int = 160, starts: int = 7) -> None:
    """All three."""
    bot, echo = await town.bot("quiet", reports=False), await town.account("echo")
    async with bot.started():
        pass  # the first start makes tables and keys
    await start_and_memory(town, bot, echo, table, starts)
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    async with bot.started(), started(floor_command("echo", town.url, echo), os.environ):
        for _ in range(_TALKERS):
            talker = await town.account("talker")
            async with MatrixPerson(town.url, talker.user_id, talker.access_token) as person:
                await latency({"ours": bot.account, "floor": echo}, person, times, rounds // _TALKERS)
    table.row("Matrix DM to answer, median", times["ours"], times["floor"], "ms", "ratio <= 1.15")
    ninety_five = {name: percentile(values, 95) for name, values in times.items()}
    table.row("Matrix DM to answer, p95", [ninety_five["ours"]], [ninety_five["floor"]], "ms")


async def answer_time(person: MatrixPerson, room: str, text: str) -> float:
    """Seconds from sending a message to seeing its answer."""
    begun = time.perf_counter()
    await person.say(room, text)
    await person.hear(within=30, room=room)
    return time.perf_counter() - begun


async def latency(
    bots: Mapping[str, MatrixAccount], person: MatrixPerson, times: dict[str, list[float]], rounds: int
) -> None:
    """Ours and the floor's in turn, so that both see the same noise."""
    rooms = {name: await person.dm(account.user_id) for name, account in bots.items()}
    for name, account in bots.items():
        await person.see_member(rooms[name], account.user_id, "join", within=30)
    for number in range(rounds + _WARM):
        for name, room in rooms.items():
            seconds = await answer_time(person, room, "status")
            if number >= _WARM:
                times[name].append(seconds * 1000)


async def start_and_memory(town: Town, bot: Bot, echo: MatrixAccount, table: Table, starts: int) -> None:
    """How soon it is ready, and what it holds while nothing happens."""
    seconds: dict[str, list[float]] = {"ours": [], "floor": []}
    memory: dict[str, list[float]] = {"ours": [], "floor": []}
    commands = {"ours": bot.command, "floor": floor_command("imports", town.url, echo)}
    for _ in range(starts):
        for name, command in commands.items():
            async with started(command, bot.environment) as life:
                await asyncio.sleep(2 if name == "ours" else 0.1)
                seconds[name].append(life.ready_after * 1000)
                memory[name].append(life.memory)
    table.row("ready after start", seconds["ours"], seconds["floor"], "ms", "+ <= 600")
    table.row("idle memory", memory["ours"], memory["floor"], "MiB", "<= 130 MiB")
