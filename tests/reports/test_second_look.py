"""R078: who felt treated too harshly asks others to look. Whoever had that case has no part in the new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.domain.case import Case
from outreach.domain.letters import Audience
from outreach.domain.reports import Source
from tests.dialogue.talk import Community, People, begins, letter, same
from tests.reports.test_intake import facts, name_in, news, so_far
from tests.reports.test_rulings import report, says

ANOTHER_OWNER = '[[staff]]\nmatrix = "@noa:elsewhere.example"\nowner = true'
pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_member_asks_others_to_look(make_town: Callable[..., Any]) -> None:
    town = await make_town(more=ANOTHER_OWNER)
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, _ = await report(town, ada, dave)
    alias = name_in((await ada.heard())[0])
    assert same((await ada.say("second look"))[0]) == letter(town, "nothing_open"), "nobody has had it yet"
    await says(town, card, "take")
    await says(town, card, "close no-violation Nothing to see.")
    await ada.heard()
    (ask,) = await ada.say(f"second-look {alias}")
    assert same(ask) == letter(town, "tell_on", kind="second-look")
    await ada.say("I was called a snowflake.")
    (preview,) = await ada.say("end")
    assert begins(town, preview, "tell_preview") and "I was called a snowflake." in preview
    assert "mia" not in preview, "who of the team it was is the team's own"
    staff = await so_far(town)
    (received,) = await ada.say("send")
    assert begins(town, received, "report_received")
    second = await newest(town)
    assert [one.address for one in second.respondents] == [town.mia.user_id] and len(second.requests) == 1
    assert second.reports[0].report.text == f"{facts(card)['case']}: I was called a snowflake."
    assert [h for h in await news(town, staff) if "snowflake" in h.text] == []


async def newest(town: Community) -> Case:
    """The second look, as it is stored."""
    cases = await town.database.transact(lambda tx: [tx.cases.load(one) for one in tx.cases.all()])
    found: list[Case] = [one for one in cases if one and one.reports]
    (second,) = [one for one in found if one.reports[0].report.source is Source.SECOND_LOOK]
    return second


async def test_an_author_asks_others_to_look(make_town: Callable[..., Any]) -> None:
    """Without another room an owner who had no part in it is told; their words reach nobody else."""
    town = await make_town(more=ANOTHER_OWNER)
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, _ = await report(town, ada, dave)
    await says(town, card, "author You are out of line.")
    await says(town, card, "author You are out of line.")
    assert begins(town, (await dave.heard())[0], "moderator_writes", Audience.RECIPIENT)
    (how,) = await dave.say("second look", reply=True)
    assert same(how) == letter(town, "second_look", Audience.RECIPIENT, taken="")
    before = await so_far(town)
    (thanks,) = await dave.say("second look: That was rude of you.", reply=True)
    assert same(thanks) == letter(town, "second_look", Audience.RECIPIENT, taken="1")
    assert [h for h in await news(town, before) if "rude of you" in h.text] == []
    assert [told for told in await ada.heard() if "rude of you" in told] == []
    assert (await newest(town)).reports[0].report.text.endswith(": That was rude of you.")
