"""Starts one Synapse, the bot and its floors on it, and prints each figure as a ratio. About two minutes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from outreach.adapters.vault import new_master_key
from outreach.entrypoints.sandbox.people import MatrixPerson
from outreach.entrypoints.sandbox.synapse import MatrixAccount, Synapse

ROUNDS, STARTS = 150, 7

_CONFIG = """
[community]
name = "bench"
contact = "https://bench.example/about"
languages = ["en", "de"]
[store]
url = "sqlite:///{folder}/outreach.db"
keyring = "{folder}/outreach.keys"
[matrix]
homeserver = "{homeserver}"
user = "{user}"
staff_room = "{staff}"
[outreach]
hold = ["0s", "0s"]
"""


@contextlib.asynccontextmanager
async def started(command: list[str], environment: dict[str, str]) -> AsyncIterator[tuple[psutil.Process, float]]:
    """A program that says `ready`; yields it with the seconds that took."""
    begun = time.perf_counter()
    out = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdout=out, stderr=asyncio.subprocess.STDOUT, env=environment
    )
    assert process.stdout is not None
    try:
        while b"ready" not in (line := await process.stdout.readline()):
            assert line, "it ended before it was ready"
        yield psutil.Process(process.pid), time.perf_counter() - begun
    finally:
        process.kill()
        await process.wait()


def bot_command(folder: Path) -> list[str]:
    """`outreach run` on a configuration in a folder."""
    return [sys.executable, "-m", "outreach.entrypoints.cli", "--config", str(folder / "outreach.toml"), "run"]


def floor_command(module: str, homeserver: str, account: MatrixAccount) -> list[str]:
    """One of the floors as a program."""
    return [
        sys.executable,
        "-m",
        f"tests.bench.{module}",
        homeserver,
        account.user_id,
        account.device_id,
        account.access_token,
    ]


async def answer_time(person: MatrixPerson, room: str, text: str) -> float:
    """Seconds from sending a message to seeing its answer."""
    begun = time.perf_counter()
    await person.say(room, text)
    await person.hear(within=30, room=room)
    return time.perf_counter() - begun


def row(name: str, ours: list[float], floor: list[float], unit: str, aim: str) -> None:
    """Medians and their ratio, or difference."""
    a, b = statistics.median(ours), statistics.median(floor)
    print(f"{name:<34}{a:>9.1f} {unit:<4}floor {b:>8.1f} {unit:<4}ratio {a / b:>5.2f}  +{a - b:>7.1f}  aim {aim}")


async def latency(homeserver: str, bot: MatrixAccount, echo: MatrixAccount, person: MatrixPerson) -> None:
    """Ours and the floor's in turn, so that both see the same noise."""
    rooms = {name: await person.dm(account.user_id) for name, account in (("ours", bot), ("floor", echo))}
    for name, account in (("ours", bot), ("floor", echo)):
        await person.see_member(rooms[name], account.user_id, "join", within=30)
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for number in range(ROUNDS + 10):
        for name, room in rooms.items():
            seconds = await answer_time(person, room, "status")
            if number >= 10:
                times[name].append(seconds * 1000)
    row("Matrix DM to answer, median", times["ours"], times["floor"], "ms", "ratio <= 1.15")
    ninety_five = {name: statistics.quantiles(values, n=20)[-1] for name, values in times.items()}
    row("Matrix DM to answer, p95", [ninety_five["ours"]], [ninety_five["floor"]], "ms", "")


async def main() -> None:
    """Print all figures."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    (folder / "synapse").mkdir()
    async with Synapse(folder / "synapse") as server:
        bot, echo, ada = [await server.register(name) for name in ("outreach", "echo", "ada")]
        async with MatrixPerson(server.url, ada.user_id, ada.access_token) as person:
            staff = await person.create_room("staff", invite=[bot.user_id], preset="private_chat")
            config = _CONFIG.format(folder=folder, homeserver=server.url, user=bot.user_id, staff=staff)
            (folder / "outreach.toml").write_text(config)
            environment = os.environ | {
                "OUTREACH_MASTER_KEY": new_master_key(os.urandom),
                "OUTREACH_MATRIX_TOKEN": bot.access_token,
            }
            async with started(bot_command(folder), environment):
                pass  # the first start makes tables and keys
            await start_and_memory(server.url, folder, echo, environment)
            async with (
                started(bot_command(folder), environment),
                started(floor_command("echo", server.url, echo), dict(os.environ)),
            ):
                await latency(server.url, bot, echo, person)


async def start_and_memory(homeserver: str, folder: Path, echo: MatrixAccount, environment: dict[str, str]) -> None:
    """How soon it is ready, and what it holds while nothing happens."""
    seconds: dict[str, list[float]] = {"ours": [], "floor": []}
    memory: dict[str, list[float]] = {"ours": [], "floor": []}
    commands = {"ours": bot_command(folder), "floor": floor_command("imports", homeserver, echo)}
    for _ in range(STARTS):
        for name, command in commands.items():
            async with started(command, environment) as (process, took):
                await asyncio.sleep(2 if name == "ours" else 0.1)
                seconds[name].append(took * 1000)
                memory[name].append(process.memory_info().rss / 1024 / 1024)
    row("ready after start", seconds["ours"], seconds["floor"], "ms", "+ <= 600")
    row("idle memory", memory["ours"], memory["floor"], "MiB", "<= 130 MiB")


if __name__ == "__main__":
    asyncio.run(main())
