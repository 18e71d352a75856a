"""T0 finds what it looks for: one canary planted in each sink of a living town is found there, and only there."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import prometheus_client
import pytest
import structlog

from outreach.adapters.matrix.client import path
from outreach.domain.identity import Platform
from outreach.ports import Parcel, Place
from outreach.ports.store import Transaction
from tests.anonymity import books, canary, sinks
from tests.anonymity.runs import Player
from tests.anonymity.stage import Stage, staged

HANDLE = "canaryfedi"
TOKENS = canary.always(canary.FEDIVERSE)
Plant = Callable[[Stage], Awaitable[None]]


async def in_room_state(stage: Stage) -> None:
    """Not in a message: in the topic of a room that the author is in (F40)."""
    where = path("rooms", stage.town.lounge, "state", "m.room.topic", "")
    await stage.town.mia._caller.call("PUT", where, {"topic": f"asked by {HANDLE}"})


async def in_a_notice(stage: Stage) -> None:
    """To the author, on the fediverse, where it is filtered."""
    stage.town.strict.post("outreach", f"@dave {HANDLE} asks", visibility="direct")


async def in_the_staff_room(stage: Stage) -> None:
    """The author's name, before anybody agreed to it."""
    parcel = Parcel("key", None, Place(room=stage.town.staff_room), "it is about dave", "en")
    await stage.town.gateways[Platform.MATRIX].send(parcel)


async def in_the_log(stage: Stage) -> None:
    """As a plain word in an allowed field."""
    structlog.get_logger().debug("heard", case=HANDLE)


async def in_a_library(stage: Stage) -> None:
    """As a library's chatter that is never shown."""
    logging.getLogger("sqlalchemy.pool").debug("checked out for %s", HANDLE)


async def in_a_clear_column(stage: Stage) -> None:
    """A deadline under a name."""
    await _write(stage, lambda tx: tx.timers.set(HANDLE, "nudge", stage.start))


async def under_the_store_key(stage: Stage) -> None:
    """Sealed, but not under the link key."""
    await _write(stage, lambda tx: tx.registers.note("last", HANDLE))


async def in_the_metrics(stage: Stage) -> None:
    """As a label."""
    _COUNTER.labels(HANDLE).inc()


async def in_a_name(stage: Stage) -> None:
    """Of a task that is under way."""
    asyncio.current_task().set_name(f"deliver-{HANDLE}")  # type: ignore[union-attr]  # a test runs in a task


_COUNTER = prometheus_client.Counter("planted", "a counter with a name in it", ["who"], registry=None)


async def _write(stage: Stage, work: Callable[[Transaction], Any]) -> None:
    await stage.town.database.transact(work)


async def _sinks(stage: Stage, sealing: books.Sealing, logs: sinks.Logs) -> dict[str, bool]:
    rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", sealing)]
    file = stage.town.folder / "copy"
    copied = TOKENS.found_in(*sinks.backup(stage, file))
    file.unlink()
    found = {
        "author": TOKENS.found_in(*await sinks.author(stage)),
        "staff": canary.Tokens(frozenset({"about dave"})).found_in(*await sinks.staff(stage)),
        "log": TOKENS.found_in(logs.stream.getvalue()),
        "libraries": TOKENS.found_in(logs.raw.lines),
        "store": TOKENS.found_in(*sinks.files(stage)),
        "without link key": TOKENS.found_in(rows),
        "backup": copied,
        "metrics": TOKENS.found_in(*sinks.metrics()),
        "process": TOKENS.found_in(*sinks.process()),
    }
    return {sink: bool(words) for sink, words in found.items() if words}


PLANTS: list[tuple[Plant, set[str]]] = [
    (in_room_state, {"author"}),
    (in_the_staff_room, {"staff"}),
    (in_the_log, {"log"}),
    (in_a_library, {"libraries"}),
    (in_the_metrics, {"metrics"}),
    (in_a_name, {"process"}),
    (under_the_store_key, {"without link key"}),
    (in_a_clear_column, {"store", "without link key", "backup"}),
]


async def test_each_sink_shows_what_is_planted_in_it(player: Player) -> None:
    """One town for all: after each plant exactly its sinks are new."""
    prometheus_client.REGISTRY.register(_COUNTER)
    try:
        with sinks.logging_all() as logs:
            async with staged(player.folder, player.synapse, "matrix") as stage:
                sealing = books.watch(stage)
                before = await _sinks(stage, sealing, logs)
                assert before == {}
                for plant, expected in PLANTS:
                    await plant(stage)
                    after = await _sinks(stage, sealing, logs)
                    assert set(after) - set(before) == expected - set(before) != set(), plant.__name__
                    before = after
    finally:
        prometheus_client.REGISTRY.unregister(_COUNTER)


async def test_a_private_post_to_the_author_is_read(player: Player) -> None:
    async with staged(player.folder, player.synapse, "fediverse") as stage:
        assert not TOKENS.found_in(*await sinks.author(stage))
        await in_a_notice(stage)
        assert TOKENS.found_in(*await sinks.author(stage))


@pytest.mark.parametrize("hook", ["except", "thread"])
def test_a_crash_that_prints_its_message_is_seen(hook: str, capfd: pytest.CaptureFixture[str]) -> None:
    """With Python's own hooks the canary is on stderr; with the bot's it is not (`test_t0_errors`)."""
    error = ValueError(HANDLE)
    if hook == "except":
        sys.__excepthook__(ValueError, error, None)
    else:
        threading.__excepthook__(threading.ExceptHookArgs((ValueError, error, None, None)))
    assert TOKENS.found_in(capfd.readouterr().err)
