"""Two cases that are one matter (R128): reports, evidence and people go on in one, and nobody outside notices."""

from __future__ import annotations

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, begins, same
from tests.reports.test_intake import cards, command, facts, name_in, news, so_far

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_both_who_reported_are_answered_from_the_one_that_stays(town: Community, people: People) -> None:
    ada, ben, dave, erin = [await people.fedi(name) for name in ("ada", "ben", "dave", "erin")]
    seen = await so_far(town)
    town.strict.report(ada.name, dave.name, "first words", [town.strict.post(dave.name, "fool")["id"]])
    (one,) = cards(await news(town, seen))
    town.strict.report(ben.name, erin.name, "second words", [town.strict.post(erin.name, "another fool")["id"]])
    (_, two) = cards(await news(town, seen))
    names = [name_in((await who.heard())[0]) for who in (ada, ben)]
    before = await so_far(town)
    await town.mia.say(town.staff_room, f"!merge {facts(one)['case']} {facts(two)['case']}")
    found = await news(town, before)
    assert [h.text for h in found if begins(town, h.text, "merged", Audience.STAFF)]
    edits = [h for h in found if "m.new_content" in h.content]
    whole = next(same(h.content["m.new_content"]["body"]) for h in edits if facts(h)["case"] == facts(one)["case"])
    assert dave.name in whole and erin.name in whole and "2 reports so far" in whole
    assert "joined with another case" in str([h.content["m.new_content"]["body"] for h in edits])
    assert await ada.heard() == [] and await ben.heard() == []
    await command(town, one, "asker", "Are they friends?")
    for who in (ada, ben):
        assert "Are they friends?" in (await who.heard())[-1]
    await town.mia.say(town.staff_room, f"!evidence {facts(one)['case']}")
    shown = [h.text for h in await news(town, before) if "as it was when it was reported" in h.text]
    assert "another fool" in str(shown)
    await town.mia.say(town.staff_room, f"!close {facts(one)['case']} agreed")
    await town.turn()
    for who, name in zip((ada, ben), names, strict=True):
        told = (await who.heard())[-1]
        assert begins(town, told, "decision") and name in told
    await town.wait(days=12)
    assert begins(town, (await ben.say("status"))[0], "status")


async def test_what_cannot_be_merged(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    town.strict.report(ada.name, dave.name, "words")
    (card,) = cards(await news(town, seen))
    name = facts(card)["case"]
    await ada.say(f"support {dave.name} frightens me")
    await ada.say("send")
    support = cards(await news(town, seen))[1]
    for text, answer in (
        (f"!merge {name}", "wrong_use"),
        (f"!merge {name} {name}", "unknown_alias"),
        (f"!merge {name} nobody-knows", "unknown_alias"),
        (f"!merge {name} {facts(support)['case']}", "not_now"),
    ):
        before = await so_far(town)
        await town.mia.say(town.staff_room, text)
        assert begins(town, (await news(town, before))[-1].text, answer, Audience.STAFF), text
