"""Plays a story once per reporter and hands back what was observed. Compares; knows no leak."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.anonymity import views
from tests.anonymity.cast import Platform, Reporter
from tests.anonymity.stage import Stage, staged
from tests.anonymity.stories import Story, contacted

Plant = Callable[[Stage], None]
_AT_ONCE = 4
#: Endpoints by which a client shows that somebody is there (leak 14); the bot never calls one, for anybody.
_SIGNS = ("/receipt/", "/typing/", "/presence/", "/read_markers", "/favourite", "/reblog", "/bookmark", "/follow")


@dataclass(frozen=True)
class Run:
    """Who asks whom, when within a slot, how many slots later, and which leak is planted."""

    reporter: Reporter
    to: Platform = "fediverse"
    story: Story = contacted
    minutes: int = 7
    slots: int = 0
    author: str = "dave"
    outreach: str = ""
    plant: Plant | None = None


@dataclass(frozen=True)
class Observed:
    """The View, and the staff room at the end, with the previewed words replaced (T1c); signs of life (leak 14)."""

    view: bytes
    staff: bytes
    signs: tuple[str, ...]


@dataclass
class Player:
    """Runs on one homeserver."""

    synapse: Synapse
    folder: Path
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def all(self, *runs: Run) -> list[Observed]:
        """Play them, a few at a time."""
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(run: Run) -> Observed:
            async with free:
                return await self.play(run)

        return await asyncio.gather(*map(one, runs))

    async def play(self, run: Run) -> Observed:
        """Play one to its end."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        async with staged(folder, self.synapse, run.to, author=run.author, outreach=run.outreach) as stage:
            stage.offset, stage.shift = timedelta(minutes=run.minutes), run.slots * timedelta(hours=3)
            if run.plant is not None:
                run.plant(stage)
            await run.story(stage, run.reporter)
            seen, staff = await views.take(stage), await views.of_staff(stage)
        words = run.reporter.relay.encode()
        return Observed(seen.replace(words, b"WORDS"), staff.replace(words, b"WORDS"), tuple(_signs(stage)))


def _signs(stage: Stage) -> list[str]:
    asked = [(one.method, one.path) for one in stage.proxy.requests]
    asked += [(one.method, one.path) for one in stage.town.strict.recorder.entries if one.account == "outreach"]
    edits = [path for method, path in asked if method == "PUT" and path.startswith("/api/v1/statuses")]
    return edits + [path for method, path in asked if method != "GET" and any(sign in path for sign in _SIGNS)]


def difference(one: bytes, other: bytes) -> str:
    """The first places in which two Views differ, with what stands around; "" if they are the same bytes."""
    if one == other:
        return ""
    lines, others = one.decode().splitlines(), other.decode().splitlines()
    apart = [pair for pair in itertools.zip_longest(lines, others, fillvalue="") if pair[0] != pair[1]]
    return "\n".join(_around(*pair) for pair in apart[:6]) or "the same lines, other bytes"


def _around(one: str, other: str) -> str:
    """Both lines from where they go apart."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = max(0, same - 160)
    return f"  {one[:160]} …\n- {one[start : same + 400]}\n+ {other[start : same + 400]}\n"
