"""A moderator records what reached them elsewhere (R029): a case like any other, with nobody to be answered."""

from __future__ import annotations

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, begins, same
from tests.reports.test_intake import cards, facts, news, so_far
from tests.town.actors import publish

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_post_that_somebody_was_told_of(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "you fool, call +49 30 1234567")
    seen = await so_far(town)
    await town.mia.say(town.staff_room, f"!report {link} He insults people at the club, 030 7654321")
    found = await news(town, seen)
    (card,) = cards(found)
    for part in (
        "reached a moderator elsewhere",
        f"{dave.name}@social.example",
        "insults people",
        "can't be asked back",
    ):
        assert part in same(card.text), part
    assert "7654321" not in card.text
    (evidence,) = [h for h in found if "as it was when it was reported" in h.text]
    assert "you fool, call ▒▒▒" in evidence.text
    town.strict.report(ada.name, dave.name, "he insults me", [link.rpartition("/")[2]])
    assert cards(await news(town, seen)) == [card]


async def test_a_person_and_what_names_nobody(town: Community, people: People) -> None:
    dave = await people.fedi("dave")
    seen = await so_far(town)
    await town.mia.say(town.staff_room, f"!report @{dave.name}@social.example is unkind to newcomers")
    (card,) = cards(await news(town, seen))
    assert dave.name in same(card.text) and facts(card)["stage"] == "reported"
    before = await so_far(town)
    await town.mia.say(town.staff_room, "!report somebody was rude at 12:30")
    (answer,) = await news(town, before)
    assert begins(town, answer.text, "wrong_use", Audience.STAFF) and "!report" in answer.text


async def test_what_cannot_be_seen_stops_nothing(town: Community, people: People) -> None:
    dave = await people.fedi("dave")
    seen = await so_far(town)
    await town.mia.say(town.staff_room, f"!report https://social.example/@{dave.name}/999999 it was awful")
    (card,) = cards(await news(town, seen))
    assert "it was awful" in card.text and f"{dave.name}@social.example" in same(card.text)


async def test_suspected_material_of_minors_is_not_even_looked_at(town: Community, people: People) -> None:
    """R011."""
    dave = await people.fedi("dave")
    link, _ = await publish(dave, "secretsoup")
    seen = await so_far(town)
    await town.mia.say(town.staff_room, f"!report {link} looks like CSAM")
    found = await news(town, seen)
    assert "about minors" in cards(found)[0].text and not [h for h in found if "secretsoup" in str(h.content)]
