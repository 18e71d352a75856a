"""T1a, T1b and T1c over both stories and all four pairs: the same bytes, times included, whoever asked and when.

In each group ada asks plainly, early in the slot. The others differ in server, platform, language, wording, link,
history and slips, and mia is a moderator (T1a); one asks late in the slot, and one two slots later, by which everything
is shifted (T1b). In the second story their own words differ, and only these are replaced (T1c). Moderators, too, see
the same once they may see anything, but for the random name of the case.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.anonymity.cast import ADA, BEN, EVERYBODY, LEA, MIA, Platform
from tests.anonymity.runs import Observed, Player, Run, difference
from tests.anonymity.stories import Story, contacted, escalated, forgone, thanked

GROUPS = [
    pytest.param(thanked, (Run(LEA, minutes=161), Run(BEN, slots=2)), id="asked-explained-fixed-thanked"),
    pytest.param(escalated, (Run(LEA, slots=2), Run(MIA, minutes=161)), id="declined-escalated"),
]


@pytest.mark.parametrize("to", ["fediverse", "matrix"])
@pytest.mark.parametrize(("story", "others"), GROUPS)
async def test_reporters_cannot_be_told_apart(
    player: Player, to: Platform, story: Story, others: tuple[Run, ...]
) -> None:
    runs = [replace(run, to=to, story=story) for run in (Run(ADA), *others)]
    first, *rest = await player.all(*runs)
    assert b"I never say who asks" in first.view and (b"WORDS" in first.view) == (story is escalated)
    for run, other in zip(others, rest, strict=True):
        assert difference(first.view, other.view) == ""
        if not run.slots:  # a card says when a first word is due
            assert difference(first.staff, other.staff) == ""
    assert not any(one.signs for one in (first, *rest))


def test_only_the_bytes_of_the_words_differ() -> None:
    """T1c replaces words of equal length, so that not even a Content-Length has to be touched."""
    assert len({len(one.relay.encode()) for one in EVERYBODY}) == 1 and len({one.relay for one in EVERYBODY}) == 4


FAR = "dave@far.example"


async def test_a_server_elsewhere_sees_fetches_on_a_grid(player: Player) -> None:
    """F7: at which second the link was pasted the author's own server does not learn; nor what hung on it."""
    ada, lea, ben = await player.all(
        Run(ADA, story=contacted, minutes=6, author=FAR),
        Run(LEA, story=contacted, minutes=9, author=FAR),
        Run(replace(BEN, shape="plain"), story=contacted, minutes=7, slots=1, author=FAR),
    )
    assert b'"fetches"' in ada.view and b"igsh" not in lea.view
    assert difference(ada.view, lea.view) == "" and difference(ada.view, ben.view) == ""


@pytest.mark.parametrize("shape", ["activity", "ours"])
async def test_the_form_of_a_link_is_not_sent_on(player: Player, shape: str) -> None:
    """Whether it was copied in an app, on the web or on the own server's page, that server does not learn."""
    runs = [Run(replace(ADA, shape=one), story=contacted, author=FAR) for one in ("plain", shape)]
    plain, other = await player.all(*runs)
    assert asked_of_others(plain) == asked_of_others(other) != []


def asked_of_others(seen: Observed) -> list[bytes]:
    """By the bot's server. How it reads that server's own copy may depend on the form; only operators see it."""
    return [line for line in seen.view.splitlines() if b'"path": "fetches"' in line]


async def test_giving_up_is_not_felt_at_once(player: Player) -> None:
    """Leaks 13 and 16: an author who keeps writing cannot tell when within a slot the reporter gave up."""
    early, late = await player.all(*(Run(ADA, story=forgone, minutes=minutes) for minutes in (20, 100)))
    assert difference(early.view, late.view) == ""
