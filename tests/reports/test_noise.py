"""What a whole case costs a staff room: counted on a real server, message by message; and whom it calls by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from tests.dialogue.talk import Community, People, ask, released, request
from tests.reports.test_intake import cards, facts, news, so_far
from tests.town.actors import OnFediverse

pytestmark = pytest.mark.asyncio(loop_scope="package")

#: Messages and edits of one case from its card to its end. Who needs more has to say here what for.
ESCALATED = Counter({"card": 1, "card edited": 4, "update": 8})
REPORTED = Counter({"card": 1, "card edited": 4, "update": 8})
#: And what the room costs besides, however many cases it has: one list, edited at most once a look, one digest a day.
LIST_AND_DIGEST = Counter({"notice": 1, "notice edited": 3, "digest": 1})


def kinds(found: list[Happening]) -> Counter[str]:
    return Counter(facts(one)["kind"] + " edited" * is_edit(one) for one in found)


def is_edit(one: Happening) -> bool:
    return "m.new_content" in one.content


def calls(found: list[Happening]) -> list[Happening]:
    """What makes a telephone ring; everything else may not: not by its type, nor by a name in it."""
    loud = [one for one in found if one.content["msgtype"] == "m.text"]
    assert all(one.content.get("m.mentions", {}).get("user_ids") for one in loud)
    silent = [one for one in found if one not in loud]
    assert {one.content["msgtype"] for one in silent} <= {"m.notice"}
    assert not [one for one in silent if "m.mentions" in str(one.content) or "@mia" in one.text]
    return loud


async def says(town: Community, *lines: str) -> None:
    for line in lines:
        await town.mia.say(town.staff_room, line)
        await town.turn()


async def worked(town: Community, alias: str, to: str) -> None:
    """Take, note, write to one side; its answer and the end are each test's own."""
    await says(town, f"!take {alias}", f"!note {alias} Seen before.", *[f"!{to} {alias} Could you?"] * 2)


async def test_a_whole_outreach_that_moderators_have(make_town: Callable[..., Any]) -> None:
    """Asked by two, declined, taken to moderators by both; taken, noted, both sides written to, answered, closed."""
    town = await make_town()
    people = People(town, 0)
    ada, ben, dave = [await people.fedi(name) for name in ("ada", "ben", "dave")]
    await request(ben, await ask(ada, dave, "1 climate"), "1 climate")
    await released(ada, dave)
    await dave.say("no", reply=True)
    assert await news(town, 0) == []
    for one in (ada, ben):
        await one.heard()
        await one.say("moderators")
        await one.say("send")
    (card,) = cards(await news(town, 0))
    alias = facts(card)["case"]
    await worked(town, alias, "author")
    await dave.say("All right, but I would like to know why.", reply=True)
    await says(town, *[f"!asker {alias} He will."] * 2, f"!close {alias} agreed")
    found = await news(town, 0)
    assert not [one for one in found if one.id != card.id and not belongs_to(one, card)]
    assert kinds(found) == ESCALATED
    assert calls(found) == []


def belongs_to(one: Happening, card: Happening) -> bool:
    """An edit of the card, or in its thread."""
    return bool(one.content["m.relates_to"]["event_id"] == card.id)


async def test_a_whole_report(make_town: Callable[..., Any]) -> None:
    """Reported twice; taken, noted, both reporters asked, one answers; closed. The list and the digest come besides."""
    town = await make_town()
    people = People(town, 0)
    ada, ben, dave = [await people.fedi(name) for name in ("ada", "ben", "dave")]
    post = town.strict.post(dave.name, "rude")["id"]
    town.strict.report(ada.name, dave.name, "first", [post])
    (card,) = cards(await news(town, 0))
    town.strict.report(ben.name, dave.name, "second", [post])
    await town.turn()
    await town.wait(minutes=1)
    alias = facts(card)["case"]
    await worked(town, alias, "asker")
    await town.wait(minutes=1)
    await answers(ada)
    await says(town, f"!close {alias} agreed")
    await town.wait(days=1)
    found = await news(town, 0)
    of_case = [one for one in found if facts(one).get("case") == alias]
    assert kinds(of_case) == REPORTED
    besides = kinds([one for one in found if one not in of_case])
    assert besides <= LIST_AND_DIGEST and besides["notice"] == besides["digest"] == 1
    assert calls(found) == []
    assert ada.name not in str([one.content for one in found]) and ben.name not in str([one.content for one in found])


async def answers(reporter: OnFediverse) -> None:
    await reporter.heard()
    await reporter.say("He called me names.")
    await reporter.say("send")


async def test_only_assignment_deadline_and_danger_call_somebody(make_town: Callable[..., Any]) -> None:
    town = await make_town()
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    noor = town.person(await town.synapse.register(f"noor{town.suffix}"))
    town.strict.report(ada.name, dave.name, "rude")
    (card,) = cards(await news(town, 0))
    alias = facts(card)["case"]
    await says(town, f"!take {alias}", f"!release {alias}", f"!note {alias} Seen before.")
    assert calls(await news(town, 0)) == []
    async with noor:
        await town.mia.invite(town.staff_room, noor.user_id)
        await noor.see_member(town.staff_room, noor.user_id)
        await town.database.transact(lambda tx: tx.registers.enrol(noor.user_id, town.clock.now()))
        await says(town, f"!assign {alias} {noor.user_id.lstrip('@')}")
        (assigned,) = calls(await news(town, 0))
        assert assigned.content["m.mentions"] == {"user_ids": [noor.user_id]}
    await town.wait(hours=25)
    late = calls(await news(town, 0))[1:]
    assert late and all("first word" in one.text for one in late)
    seen = await so_far(town)
    erin = await people.fedi("erin")
    town.strict.report(ada.name, erin.name, "this looks like CSAM to me")
    (danger,) = calls(await news(town, seen))
    assert facts(danger)["kind"] == "card" and danger.content["m.mentions"]["user_ids"]
