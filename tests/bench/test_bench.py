"""The measures themselves still run, and five reports are all there: a bench nobody runs for a month is not broken."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bench import commands, flood, reports
from tests.bench.figures import Table
from tests.bench.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIVE = 5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town(tmp_path_factory.mktemp("bench") / "town") as made:
        await made.settle(FIVE, 2)
        yield made


async def test_reports_of_a_killed_bot(town: Town) -> None:
    found = await reports.burst(town, await town.bot("killed"), FIVE, kills=(0.4,), patience=30)
    assert (found.missing, found.twice, found.errors) == (0, 0, [])
    assert found.to_cards <= found.to_all and found.sent > 2 * FIVE and found.peak > 50


async def test_a_flood_and_what_moderators_ask_meanwhile(town: Town) -> None:
    table = Table()
    await flood.measure(town, table, FIVE)
    assert f"{FIVE} stored once, in {FIVE} cases; 0 errors, alive: True" in str(table)


async def test_commands_on_a_filled_store(town: Town) -> None:
    table = Table()
    await commands.measure(town, table, rounds=1, many=FIVE * commands.FEW, still_open=(commands.FEW,))
    assert str(table).count("ratio <= 1.2") == 4
