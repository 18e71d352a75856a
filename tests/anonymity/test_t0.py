"""T0: a reporter made of canaries, over both stories and all four pairs, leaves no token where none may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.anonymity import books, canary, sinks
from tests.anonymity.canary import Tokens
from tests.anonymity.cast import Platform, Reporter
from tests.anonymity.runs import Player
from tests.anonymity.stage import Stage, staged
from tests.anonymity.stories import everything


@dataclass
class Watcher:
    """Looks into the store at every turn of a run, while things are still on their way."""

    stage: Stage
    tokens: Tokens
    sealing: books.Sealing = field(init=False)
    found: set[str] = field(default_factory=set)
    joined: set[float] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sealing = books.watch(self.stage)

    def look(self) -> None:
        """Bytes on disk, rows without the link key, seconds that stand on both sides; then time goes on a little."""
        thief = books.cells(self.stage.town.folder / "outreach.db", self.sealing)
        self.found |= self.tokens.found_in(*sinks.files(self.stage), [cell.value for cell in thief])
        both = books.seconds(self.stage, thief)
        self.joined |= both.members & both.cases
        self.stage.town.clock.advance(timedelta(seconds=1))


@dataclass
class Leftovers:
    """What was found in which sink, and what was searched for."""

    tokens: Tokens
    found: dict[str, set[str]]


async def leftovers(player: Player, to: Platform, reporter: Reporter) -> Leftovers:
    """Play both stories in one and go through the sinks."""
    folder = player.folder / reporter.platform
    folder.mkdir()
    async with staged(folder, player.synapse, to) as stage:
        await stage.join(reporter)
        watcher = Watcher(stage, canary.always(reporter))
        stage.town.between = watcher.look
        stage.offset = timedelta(minutes=7)
        await everything(stage, reporter)
        assert {"digest", "notice"} <= await _kinds(stage), "neither list nor digest was posted"
        tokens = await canary.of_reporter(stage, reporter)
        seen = await _seen(stage, tokens, await canary.names_for_requests(stage))
        return Leftovers(tokens, seen | _kept(player, stage, tokens, watcher))


async def _kinds(stage: Stage) -> set[str]:
    """Of what the bot posted in the staff room."""
    mine = [event["content"] for event in await stage.noor.history(stage.town.staff_room) if event["content"]]
    return {content["community.outreach"]["kind"] for content in mine if "community.outreach" in content}


async def _seen(stage: Stage, tokens: Tokens, names: Tokens) -> dict[str, set[str]]:
    """By people."""
    all_of_them = Tokens(tokens.words | names.words)
    return {
        "author": all_of_them.found_in(*await sinks.author(stage)),
        "staff": all_of_them.found_in(*await sinks.staff(stage)),
        "staff before consent": canary.of_recipient(stage).found_in(stage.before_consent, stage.before_card),
    }


def _kept(player: Player, stage: Stage, tokens: Tokens, watcher: Watcher) -> dict[str, set[str]]:
    """By the bot and the machine."""
    rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", watcher.sealing)]
    return {
        "store meanwhile": watcher.found,
        "store": tokens.found_in(*sinks.files(stage)),
        "store without link key": tokens.found_in(rows),
        "same second": {str(one) for one in watcher.joined},
        "backup": tokens.found_in(*sinks.backup(stage, player.folder / f"{stage.suffix}.backup")),
        "metrics": tokens.found_in(*sinks.metrics()),
        "process": tokens.found_in(*sinks.process()),
    }


@pytest.mark.parametrize("to", ["fediverse", "matrix"])
async def test_no_trace_of_the_reporter(player: Player, to: Platform) -> None:
    with sinks.logging_all() as logs:
        both = [leftovers(player, to, reporter) for reporter in (canary.FEDIVERSE, canary.MATRIX)]
        for left in await asyncio.gather(*both):
            assert not {sink: words for sink, words in left.found.items() if words}
            assert not left.tokens.found_in(*logs.read())
