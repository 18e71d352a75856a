"""Edits of a card that wait together become one and none is lost; a card that was removed stands there again."""

from __future__ import annotations

import pytest

from outreach.domain import inputs as i
from outreach.ports import Happening, OutcomeUnknown, Parcel, Receipt, TryLater
from outreach.services.cards import MOST_AGAIN
from outreach.services.mending import Mending
from tests.desk.world import ALTERNATE, MIA, NOA, STAFF, Sent, World


def names(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


class Killed(BaseException):
    """The process ends here."""


async def test_edits_that_wait_together_become_one_with_the_newest_words(world: World) -> None:
    case, card = await world.escalated()
    for who, text in ((MIA, "!take"), (MIA, "!note Seen before."), (MIA, "!release"), (NOA, "!take")):
        world.hear(who, text, thread=card.native)
    posts = await world.deliver()
    assert names(posts) == ["taken", "card", "noted", "handed_back", "taken"]
    edit = posts[1]
    assert edit.parcel.replaces == card.native
    assert edit.values["lead"] == NOA.lstrip("@") and edit.values["notes"] == "1"
    assert edit.parcel.facts["stage"] == "in_hands"
    world.hear(NOA, "!release", thread=card.native)
    assert names(await world.deliver()) == ["handed_back", "card"]
    assert world.load(case).lead == ""


async def test_a_card_not_posted_yet_comes_first_and_once(world: World) -> None:
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.NO))
    case = world.apply(case, i.Escalated(case.requests[0].id))
    world.apply(case, i.Taken(MIA))
    world.apply(case, i.HandedBack(MIA))
    world.apply(case, i.Taken(NOA))
    posts = await world.deliver()
    assert names(posts) == ["card", "taken", "handed_back", "taken"]
    assert posts[0].parcel.replaces == "" and posts[0].values["lead"] == NOA.lstrip("@")
    assert {one.parcel.place.thread for one in posts[1:]} == {posts[0].native}


@pytest.mark.parametrize("error", [Killed(), OutcomeUnknown(), TryLater(1.0), TryLater(1.0, unsure=True)])
async def test_what_was_begun_keeps_its_words_and_what_came_after_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """The server may have the first words under that key: others under the same one would be lost."""
    case, card = await world.escalated()
    world.apply(case, i.LookedInto(MIA))
    tried: list[Parcel] = []
    whole = world.outside.send

    async def fails(parcel: Parcel) -> Receipt:
        tried.append(parcel)
        raise error

    monkeypatch.setattr(world.outside, "send", fails)
    try:
        for message in await world.delivery.due():
            await world.delivery.deliver(message)
    except Killed:
        pass
    monkeypatch.setattr(world.outside, "send", whole)
    monkeypatch.setattr(world.outside, "seek", nothing_there, raising=False)
    world.apply(case, i.Taken(MIA))
    world.apply(case, i.Noted(MIA, "Seen before."))
    world.clock.pass_(minutes=1)
    posts = await world.deliver()
    assert names(posts) == ["card", "taken", "card", "noted"]
    again, newest = posts[0], posts[2]
    assert (again.parcel.key, again.parcel.text) == (tried[0].key, tried[0].text)
    assert "lead" not in again.values and newest.values["lead"] == MIA.lstrip("@")
    assert again.parcel.replaces == newest.parcel.replaces == card.native


async def nothing_there(parcel: Parcel) -> None:
    return None


async def test_a_call_is_never_swallowed(world: World) -> None:
    member = world.member()
    world.do(lambda tx: world.casework.call_help(tx, member, i.Concern.DANGER))
    (card,) = await world.deliver()
    assert card.parcel.pings == (MIA, NOA)


async def test_a_case_that_moved_leaves_no_later_words_behind(world: World) -> None:
    """What was queued for a room says no more than it did then once the case is none of that room's any more."""
    case, _ = await world.escalated()
    world.apply(case, i.Taken(MIA))
    world.apply(case, i.AuthorSeenInRoom())
    world.apply(case, i.HandedBack(MIA))
    posts = await world.deliver()
    here = [one for one in posts if one.parcel.place.room == STAFF]
    assert [(one.letter, one.values.get("lead")) for one in here] == [("taken", None), ("card", MIA.lstrip("@"))]
    there = [one for one in posts if one.parcel.place.room == ALTERNATE]
    assert names(there) == ["handed_back", "card"] and "lead" not in there[1].values


# a card that somebody removed


async def removed(world: World, event: str, room: str = STAFF) -> list[Sent]:
    incoming = world.event(MIA, Happening.REMOVED, room=room, parent=event)
    mending = Mending(world.settings, world.clock, world.chance, world.casework)
    world.do(lambda tx: mending.removed(tx, incoming))
    return await world.deliver()


async def test_a_removed_card_stands_there_again_and_work_goes_on_below_either(world: World) -> None:
    case, card = await world.escalated()
    await world.says(MIA, "!take", thread=card.native)
    (new,) = await removed(world, card.native)
    assert (new.letter, new.parcel.replaces, new.values["lead"]) == ("card", "", MIA.lstrip("@"))
    assert new.parcel.buttons == ()
    for thread in (card.native, new.native):
        (noted,) = await world.says(NOA, "!note Seen.", thread=thread)
        assert noted.parcel.place.thread == new.native
    posts = await world.says(MIA, "!release", thread=card.native)
    assert names(posts) == ["handed_back", "card"] and posts[1].parcel.replaces == new.native
    assert names(await world.reacts(NOA, new.native, "✋")) == ["taken", "card"]
    assert world.load(case).lead == NOA


async def test_an_edit_on_its_way_to_a_removed_card_is_said_once(world: World) -> None:
    case, card = await world.escalated()
    world.apply(case, i.Taken(MIA))
    posts = await removed(world, card.native)
    assert names(posts) == ["taken", "card"] and posts[1].parcel.replaces == ""
    assert posts[1].values["lead"] == MIA.lstrip("@")


async def test_other_removals_change_nothing(world: World) -> None:
    case, card = await world.escalated()
    (noted,) = await world.says(MIA, "!note Seen.", thread=card.native)
    assert await removed(world, noted.native) == []
    assert await removed(world, "$unknown") == await removed(world, "") == []
    assert await removed(world, card.native, room=ALTERNATE) == []
    assert await removed(world, card.native, room="!elsewhere:x.example") == []
    await world.says(MIA, "!close agreed", thread=card.native)
    assert await removed(world, card.native) == []
    assert world.load(case).ending is i.Ending.AGREED


async def test_who_removes_it_again_and_again_means_it(world: World) -> None:
    """Then it comes back with the next thing that happens, and not by itself."""
    case, card = await world.escalated()
    for _ in range(MOST_AGAIN):
        (card,) = await removed(world, card.native)
    assert await removed(world, card.native) == []
    assert names(await world.says(MIA, f"!case {case.alias}")) == ["case_whole"]
    posts = await world.says(MIA, f"!take {case.alias}")
    assert names(posts) == ["taken", "card"] and posts[1].parcel.replaces == ""
    world.clock.pass_(days=1)
    assert names(await removed(world, posts[1].native)) == ["card"]
