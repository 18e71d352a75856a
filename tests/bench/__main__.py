"""Starts one Synapse, the bot and its floors on it, and prints each figure beside its floor, and all in one table.

`python -m tests.bench [MEASURE…]`: all measures, about twenty minutes, or those named.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import answers, commands, flood, reports
from tests.bench.figures import Table
from tests.bench.town import Town

MEASURES: dict[str, Callable[[Town, Table], Awaitable[None]]] = {
    "answers": answers.measure,
    "one": reports.measure_one,
    "burst200": lambda town, table: reports.measure_burst(town, table, 200),
    "burst1000": lambda town, table: reports.measure_burst(town, table, 1000),
    "commands": commands.measure,
    "killed": reports.measure_killed,
    "flood": flood.measure,
    "webhook": flood.measure_webhook,
    "limited": lambda town, table: reports.measure_limited(town.folder / "limited", table),
}
#: So many people write where this is measured; the others need nobody.
_AUTHORS = {"one": 25, "burst200": 200, "burst1000": 1000, "killed": 200, "flood": 100}
_REPORTERS = 10


async def main(names: list[str]) -> None:
    """Print all figures."""
    wanted = names or list(MEASURES)
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        await _measure(Path(folder) / "town", wanted, table)
    print(f"\n{table}")


async def _measure(folder: Path, wanted: list[str], table: Table) -> None:
    async with Town(folder) as town:
        if any(name in _AUTHORS for name in wanted):
            await town.settle(max(_AUTHORS.get(name, 0) for name in wanted), _REPORTERS)
        for name in wanted:
            await MEASURES[name](town, table)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
