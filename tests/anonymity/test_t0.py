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
from tests.anonymity.stories import Story, escalated, thanked


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
        """Bytes on disk, rows without the link key, and seconds that stand on both sides; then time goes on a little."""
        thief = books.cells(self.stage.town.folder / "outreach.db", self.sealing)
        self.found |= self.tokens.found_in(*sinks.files(self.stage), [cell.value for cell in thief])
        both = books.seconds(self.stage, thief)
        self.joined |= both.members & both.cases
        self.stage.town.clock.advance(timedelta(seconds=1))


async def leftovers(player: Player, to: Platform, story: Story, reporter: Reporter) -> dict[str, set[str]]:
    """What was found in which sink."""
    folder = player.folder / reporter.platform
    folder.mkdir()
    async with staged(folder, player.synapse, to) as stage:
        await stage.join(reporter)
        watcher = Watcher(stage, canary.always(reporter))
        stage.town.between = watcher.look
        stage.offset = timedelta(minutes=7)
        await story(stage, reporter)
        return await _found(player, stage, reporter, watcher)


async def _found(player: Player, stage: Stage, reporter: Reporter, watcher: Watcher) -> dict[str, set[str]]:
    everything, thief = await canary.of_reporter(stage, reporter), watcher.sealing
    rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", thief)]
    return {
        "author": everything.found_in(*await sinks.author(stage)),
        "staff": everything.found_in(*await sinks.staff(stage)),
        "staff before consent": canary.of_recipient(stage).found_in(stage.before_consent, stage.before_card),
        "store meanwhile": watcher.found,
        "store": everything.found_in(*sinks.files(stage)),
        "store without link key": everything.found_in(rows),
        "same second": {str(one) for one in watcher.joined},
        "backup": everything.found_in(*sinks.backup(stage, player.folder / f"{reporter.platform}.backup")),
        "metrics and process": everything.found_in(*sinks.metrics(), *sinks.process()),
    }


@pytest.mark.parametrize("to", ["fediverse", "matrix"])
@pytest.mark.parametrize("story", [pytest.param(thanked, id="thanked"), pytest.param(escalated, id="escalated")])
async def test_no_trace_of_the_reporter(player: Player, to: Platform, story: Story) -> None:
    with sinks.logging_all() as logs:
        both = [leftovers(player, to, story, reporter) for reporter in (canary.FEDIVERSE, canary.MATRIX)]
        for found in await asyncio.gather(*both):
            assert not {sink: words for sink, words in found.items() if words}
    always = [canary.always(one) for one in (canary.FEDIVERSE, canary.MATRIX)]
    assert not [words for tokens in always if (words := tokens.found_in(*logs.read()))]
