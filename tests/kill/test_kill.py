"""Killed at random moments, robbed of answers: everybody ends with exactly the messages of the undisturbed run."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.kill.naive import KINDS, VARIABLE
from tests.kill.playing import Run, caught, killed, robbed
from tests.kill.stories import PAIRS
from tests.kill.town import KillTown
from tests.kill.transcripts import differences

#: Over both flavours that is more than the forty of the issue; aimed kills come on top.
_TIMES, _AT_LEAST_AT_RANDOM = 28, 20
#: How often the killed run is played; `make chaos` plays many, each with dice of its own.
_ROUNDS = int(os.environ.get("TESTS_KILL_ROUNDS", "2"))
_FLAVOURS = ("mastodon", "gotosocial")
_SEEDS = [(_FLAVOURS[seed % 2 - 1], seed) for seed in range(1, _ROUNDS + 1)]
_LONG = pytest.mark.timeout(300)


def test_the_undisturbed_run_is_whole(calm_run: Run) -> None:
    """Member, author and staff of each of the eight stories; a friendly end leaves staff without a word."""
    assert len(calm_run.told) == 3 * 2 * len(PAIRS)
    assert [name for name, texts in calm_run.told.items() if not texts] == [
        f"staff-fixed-{a[0]}{b[0]}" for a, b in PAIRS
    ]
    assert calm_run.unread == calm_run.faults == []


@_LONG
@pytest.mark.parametrize(("flavour", "seed"), _SEEDS)
async def test_nobody_notices_that_it_was_killed(
    flavour: str, seed: int, calm_run: Run, synapse: Synapse, tmp_path: Path, tally: Counter[str]
) -> None:
    async with KillTown(tmp_path, synapse, flavour) as town:
        run = await killed(town, PAIRS, seed, _TIMES)
    tally.update(run.harm)
    tally["kills"] += run.harm.total()
    tally["messages"] += run.messages
    print(f"{flavour}: {dict(run.harm)}, {run.messages} messages compared; in all {dict(tally)}")
    assert run.kills_at_random >= _AT_LEAST_AT_RANDOM
    assert differences(run.told, calm_run.told) == []
    assert run.unread == run.faults == []


@_LONG
async def test_nobody_notices_that_answers_were_lost(calm_run: Run, synapse: Synapse, tmp_path: Path) -> None:
    async with KillTown(tmp_path, synapse, "gotosocial") as town:
        run = await robbed(town, PAIRS, seed=3)
    print(f"robbed: {dict(run.harm)}, {run.messages} messages compared")
    assert min(run.harm["fediverse"], run.harm["matrix"]) >= 2
    assert differences(run.told, calm_run.told) == []
    assert run.unread == run.faults == []


@_LONG
@pytest.mark.parametrize(
    ("kind", "mistake"), [("marks first", "missing"), ("fresh keys", "too often"), ("late keeping", "unread")]
)
async def test_a_naive_bot_is_caught(kind: str, mistake: str, calm_run: Run, synapse: Synapse, tmp_path: Path) -> None:
    assert kind in KINDS
    pairs = [("fediverse", "fediverse"), ("matrix", "matrix")]
    async with KillTown(tmp_path, synapse, "gotosocial", program="tests.kill.naive", more={VARIABLE: kind}) as town:
        found = await caught(town, pairs, 8, calm_run.told, mistake, at_keys=kind == "late keeping")
    print(f"{kind}: {found}")
    assert any(mistake in one for one in found)
