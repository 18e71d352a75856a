"""Branches: whose room a case stands in, what happens when nobody there answers, handing on, asking for help."""

from pathlib import Path

import pytest

from outreach.domain import inputs as i
from outreach.domain.case import Case, Stage
from outreach.domain.effects import Timer
from outreach.services.dialogue.answering import Answers
from outreach.services.retention import Retention
from outreach.services.settings import Branch
from outreach.services.timekeeping import Timekeeping
from tests.desk.world import ALTERNATE, MIA, NOA, STAFF, Sent, World

FRENCH = "!fr:x.example"
BRANCHES = (
    Branch("fr", ("fr",), FRENCH),
    Branch("de", ("de",)),
    Branch("pl", ("pl",), "!pl:x.example", opted_out=True),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, branches=BRANCHES)


def names(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


def rooms(posts: list[Sent]) -> list[str]:
    return [one.parcel.place.room for one in posts]


async def ring(world: World) -> list[Sent]:
    answers = Answers(world.settings, world.clock, world.chance)
    clock = Timekeeping(world.store, world.clock, world.casework, answers, Retention(world.clock))
    await clock.ring()
    return await world.deliver()


@pytest.mark.parametrize(
    ("language", "room"), [("fr", FRENCH), ("fr_CA", FRENCH), ("de", STAFF), ("pl", STAFF), ("it", STAFF), ("", STAFF)]
)
async def test_the_branch_of_the_posts_language_leads(world: World, language: str, room: str) -> None:
    """R079; R085: who opted out leaves its cases to all."""
    _, card = await world.escalated(language=language)
    assert card.parcel.place.room == room


async def test_a_case_about_a_moderator_is_no_branchs(world: World) -> None:
    _, card = await world.escalated(author="mia@x.example", language="fr")
    assert card.parcel.place.room == ALTERNATE


async def test_after_its_time_everybody_may_take_it(world: World) -> None:
    case, _ = await world.escalated(language="fr")
    world.clock.pass_(hours=11, minutes=59)
    assert await ring(world) == []
    world.clock.pass_(minutes=1)
    posts = await ring(world)
    by_name = {one.letter: one for one in posts}
    assert set(by_name) == {"card", "volunteers", "due_reminder"}
    assert by_name["card"].parcel.place.room == by_name["volunteers"].parcel.place.room == STAFF
    assert by_name["card"].parcel.replaces == ""
    assert by_name["volunteers"].parcel.pings == (MIA, NOA)
    assert names(await world.says(MIA, "!take", thread=by_name["card"].native)) == ["taken", "card"]
    assert world.load(case).lead == MIA


@pytest.mark.parametrize("answer", ["!take", "!asker Hello"])
async def test_an_answer_in_time_keeps_it_with_the_branch(world: World, answer: str) -> None:
    case, card = await world.escalated(language="fr")
    world.clock.pass_(hours=11, minutes=58)
    for _ in range(2):
        await world.says(NOA, answer, room=FRENCH, thread=card.native)
    world.clock.pass_(hours=1)
    assert "volunteers" not in names(await ring(world))
    assert not world.load(case).open_to_all


async def test_a_case_everybody_has_anyway_calls_no_volunteers(world: World) -> None:
    await world.escalated(language="pl")
    world.clock.pass_(hours=12)
    assert names(await ring(world)) == ["due_reminder"]


async def test_handed_to_a_branch_and_back(world: World) -> None:
    case, card = await world.escalated()
    await world.says(MIA, "!take", thread=card.native)
    posts = await world.says(MIA, "!transfer FR", thread=card.native)
    assert sorted(zip(names(posts), rooms(posts), strict=True)) == [("card", FRENCH), ("transferred", STAFF)]
    moved = world.load(case)
    assert (moved.branch, moved.lead, moved.stage) == ("fr", "", Stage.REPORTED)
    assert names(await world.says(MIA, f"!take {case.alias}")) == ["unknown_alias"]
    posts = await world.says(NOA, f"!transfer {case.alias} all", room=FRENCH)
    assert sorted(zip(names(posts), rooms(posts), strict=True)) == [("card", STAFF), ("transferred", FRENCH)]
    edited = next(one for one in posts if one.letter == "card")
    assert edited.parcel.replaces == card.native
    assert names(await world.says(MIA, f"!transfer {case.alias} xx")) == ["wrong_use"]


async def test_in_the_other_room_the_case_does_not_exist(world: World) -> None:
    case, card = await world.escalated(language="fr")
    assert names(await world.says(MIA, f"!take {case.alias}")) == ["unknown_alias"]
    assert names(await world.says(MIA, "!take", room=FRENCH, thread=card.native)) == ["taken", "card"]


async def helped(world: World, words: str, author: str = "dave@x.example") -> tuple[Case, Sent]:
    case, card = await world.escalated(author=author)
    (call,) = await world.says(MIA, f"!assist {words}", thread=card.native)
    assert call.letter == "help_wanted"
    return world.load(case), call


async def test_help_is_counted_until_there_is_enough(world: World) -> None:
    world.do(lambda tx: tx.registers.enrol("@ola:x.example", world.clock.now()))
    case, call = await helped(world, "1")
    assert call.parcel.pings == (MIA, NOA, "@ola:x.example")
    (given,) = await world.reacts(NOA, call.native, "✋")
    assert (given.letter, given.values["complete"]) == ("help_given", "1")
    assert names(await world.reacts("@ola:x.example", call.native, "✋")) == ["not_now"]
    assert names(await world.reacts(NOA, call.native, "✋")) == ["not_now"]
    assert world.load(case).helpers == (NOA,)


async def test_help_by_name_and_from_all(world: World) -> None:
    _, call = await helped(world, NOA)
    assert call.parcel.pings == (NOA,)
    case, call = await helped(world, "all", "eve@x.example")
    assert "count" not in {k: v for k, v in call.values.items() if v != "0"}
    await world.reacts(NOA, call.native, "✋")
    assert world.load(case).helpers == (NOA,)
    assert names(await world.says(MIA, f"!assist {case.alias} 0")) == ["wrong_use"]
    assert names(await world.says(MIA, f"!assist {case.alias} @sock:x.example")) == ["wrong_use"]


async def test_the_branchs_clock_starts_anew_where_it_was_handed(world: World) -> None:
    case, card = await world.escalated()
    world.clock.pass_(hours=6)
    await world.says(MIA, "!transfer fr", thread=card.native)
    due = {one.timer: one.due for one in world.do(lambda tx: tx.timers.of(case.id))}
    assert (due[Timer.BRANCH] - world.clock.now()).total_seconds() == 12 * 3600
    world.apply(case, i.StaffClosed(i.Ending.DROPPED))
    assert Timer.BRANCH not in {one.timer for one in world.do(lambda tx: tx.timers.of(case.id))}
