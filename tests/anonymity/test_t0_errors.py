"""T0 for failures: something breaks in each layer with the reporter in its hands, and no trace of them comes out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy
import structlog
from sqlalchemy.exc import SQLAlchemyError

from outreach.domain.identity import Platform
from outreach.entrypoints.cli import failing
from outreach.ports import Misconfigured, OutcomeUnknown, TryLater, Undeliverable
from tests.anonymity import canary, sinks
from tests.anonymity.canary import FEDIVERSE
from tests.anonymity.runs import Player
from tests.anonymity.stage import Stage, staged

WORDS = "canarymumble of canaryfedi, https://canaryhome.example/1?igsh=TRACKED"


class Breaks:
    """Anything, one method of which raises with everything it was told in its message."""

    def __init__(self, inner: Any, method: str, error: Callable[[str], BaseException] = ValueError) -> None:
        self._inner, self._method, self._error = inner, method, error

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            return self._raise
        return getattr(self._inner, name)

    def _raise(self, *args: object, **kwargs: object) -> Any:
        raise self._error(f"{WORDS} {args!r} {kwargs!r}")


def in_reading(stage: Stage) -> None:
    """A line that no code can work: put aside."""
    members = stage.town.pump.intake.members
    broken = replace(members, renderer=cast(Any, Breaks(members.renderer, "alarms")))
    stage.town.pump.intake = replace(stage.town.pump.intake, members=broken)


def in_rendering(stage: Stage) -> None:
    """A letter that cannot be rendered."""
    broken = cast(Any, Breaks(stage.town.letters, "render"))
    stage.town.pump.delivery = replace(stage.town.pump.delivery, renderer=broken)


def in_sending(error: Callable[[str], BaseException]) -> Callable[[Stage], None]:
    """A server, or its client, that repeats what it was given."""

    def plant(stage: Stage) -> None:
        gateways = stage.town.gateways
        gateways[Platform.FEDIVERSE] = cast(Any, Breaks(gateways[Platform.FEDIVERSE], "send", error))

    return plant


def in_the_server(stage: Stage) -> None:
    """An answer that quotes the request."""
    stage.town.strict.fault("status", path="/api/v1/statuses", status=422, body={"error": WORDS}, count=3)


def in_sealing(stage: Stage) -> None:
    """A row that cannot be opened."""
    stage.town.database._sealer = cast(Any, Breaks(stage.town.database._sealer, "unseal_link"))


LAYERS = {
    "reading": in_reading,
    "rendering": in_rendering,
    "refused": in_sending(Undeliverable),
    "unexpected": in_sending(RuntimeError),
    "unknown": in_sending(lambda words: OutcomeUnknown(words)),
    "misconfigured": in_sending(Misconfigured),
    "later": in_sending(lambda words: _later(words)),
    "server": in_the_server,
    "sealing": in_sealing,
}


def _later(words: str) -> TryLater:
    error = TryLater(5.0)
    error.add_note(words)
    return error


async def test_nothing_is_said_in_anger(player: Player, capfd: pytest.CaptureFixture[str]) -> None:
    with sinks.logging_all() as logs:
        async with staged(player.folder, player.synapse, "fediverse") as stage:
            await stage.join(FEDIVERSE)
            for layer, plant in LAYERS.items():
                whole = _parts(stage)
                plant(stage)
                await _write_to_a_broken_bot(stage)
                _mend(stage, *whole)
                tokens = await canary.of_reporter(stage, FEDIVERSE)
                assert not tokens.found_in(*logs.read()), layer
    captured = capfd.readouterr()
    assert not canary.always(FEDIVERSE).found_in(captured.out, captured.err)
    said = logs.stream.getvalue()
    assert all(event in said for event in ("line not worked", "put aside", "message failed", "row does not open"))


Parts = tuple[Any, Any, Any, dict[Platform, Any]]


def _parts(stage: Stage) -> Parts:
    town = stage.town
    return town.pump.intake, town.pump.delivery, town.database._sealer, dict(town.gateways)


def _mend(stage: Stage, intake: Any, delivery: Any, sealer: Any, gateways: dict[Platform, Any]) -> None:
    stage.town.pump.intake, stage.town.pump.delivery, stage.town.database._sealer = intake, delivery, sealer
    stage.town.gateways.update(gateways)


async def _write_to_a_broken_bot(stage: Stage) -> None:
    """As the daemon does it: what a task raises is logged with its exception."""
    stage.town.strict.post(FEDIVERSE.name, f"@outreach@social.example {WORDS}", visibility="direct", language="tlh")
    try:
        await stage.town.wait(minutes=10)
    except Exception as error:
        structlog.get_logger().error("work failed", exc_info=error)


async def test_the_database_repeats_no_values(player: Player) -> None:
    """SQLAlchemy prints parameters unless told otherwise (leak 26)."""
    async with staged(player.folder, player.synapse, "fediverse") as stage:
        with pytest.raises(SQLAlchemyError) as caught, stage.town.database._engine.begin() as sql:
            sql.execute(sqlalchemy.text("INSERT INTO cases (id) VALUES (:words)"), {"words": WORDS})
    assert not canary.always(FEDIVERSE).found_in(str(caught.value), repr(caught.value))


def test_crashes_tell_type_and_place_alone(capfd: pytest.CaptureFixture[str]) -> None:
    def crash() -> int:
        raise ValueError(WORDS)

    with sinks.logging_all() as logs:
        failing.guarded(crash)
        sys.excepthook(ValueError, ValueError(WORDS), None)
        threading.excepthook(threading.ExceptHookArgs((ValueError, ValueError(WORDS), None, None)))
    captured = capfd.readouterr()
    assert "ValueError" in captured.err and "ValueError" in logs.stream.getvalue()
    assert not canary.always(FEDIVERSE).found_in(captured.out, captured.err, *logs.read())
