"""T1a, T1b and T1c over both stories and all four pairs: the same bytes, times included, whoever asked and when.

In each group ada asks plainly, early in the slot. lea differs in server, language, wording, link, history, slips, and
asks late in the slot (T1b); ben in platform, and two slots later, all of which is shifted by two slots (T1b); mia is a
moderator herself. In the second story their own words differ, and only these are replaced (T1c).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.anonymity.cast import ADA, BEN, EVERYBODY, LEA, MIA, Platform
from tests.anonymity.runs import Player, Run, difference
from tests.anonymity.stories import Story, contacted, escalated, forgone, thanked

STORIES = [pytest.param(thanked, id="asked-explained-fixed-thanked"), pytest.param(escalated, id="declined-escalated")]


@pytest.mark.parametrize("to", ["fediverse", "matrix"])
@pytest.mark.parametrize("story", STORIES)
async def test_reporters_cannot_be_told_apart(player: Player, to: Platform, story: Story) -> None:
    ada, *others = await player.all(
        Run(ADA, to, story, minutes=7),
        Run(LEA, to, story, minutes=161),
        Run(BEN, to, story, minutes=7, slots=2),
        Run(MIA, to, story, minutes=95),
    )
    assert b"I never say who asks" in ada.view and (b"WORDS" in ada.view) == (story is escalated)
    for other in others:
        assert difference(ada.view, other.view) == ""
    assert not any(one.signs for one in (ada, *others))


def test_only_the_bytes_of_the_words_differ() -> None:
    """T1c replaces words of equal length, so that not even a Content-Length has to be touched."""
    assert len({len(one.relay.encode()) for one in EVERYBODY}) == 1 and len({one.relay for one in EVERYBODY}) == 4


FAR = "dave@far.example"


async def test_a_server_elsewhere_sees_fetches_on_a_grid(player: Player) -> None:
    """F7: at which second the link was pasted the author's own server does not learn; nor what hung on it."""
    ada, lea, ben = await player.all(
        Run(ADA, "fediverse", contacted, minutes=6, author=FAR),
        Run(LEA, "fediverse", contacted, minutes=9, author=FAR),
        Run(replace(BEN, shape="plain"), "fediverse", contacted, minutes=7, slots=1, author=FAR),
    )
    assert b'"fetches"' in ada.view and b"igsh" not in lea.view
    assert difference(ada.view, lea.view) == "" and difference(ada.view, ben.view) == ""


@pytest.mark.parametrize("shape", ["activity", "ours"])
@pytest.mark.xfail(strict=True, reason="looking.py asks in the form of the pasted link")
async def test_the_form_of_a_link_is_not_sent_on(player: Player, shape: str) -> None:
    """Whether it was copied in an app, on the web or on the own server's page, that server does not learn."""
    runs = [Run(replace(ADA, shape=one), "fediverse", contacted, author=FAR) for one in ("plain", shape)]
    plain, other = await player.all(*runs)
    assert difference(plain.view, other.view) == ""


@pytest.mark.xfail(strict=True, reason="answering._text tells at once that nobody is there to read it")
async def test_giving_up_is_not_felt_at_once(player: Player) -> None:
    """Leaks 13 and 16: an author who keeps writing cannot tell when within a slot the reporter gave up."""
    early, late = await player.all(*(Run(ADA, "fediverse", forgone, minutes=minutes) for minutes in (20, 100)))
    assert difference(early.view, late.view) == ""
