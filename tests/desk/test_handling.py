"""Sharing the work: take, look, assign, hand back, note, defer, reopen; who is called by name; what a list shows."""

from datetime import timedelta

import pytest

from outreach.domain import inputs as i
from outreach.domain.case import Stage
from outreach.domain.effects import Timer
from tests.desk.world import MIA, NOA, SOCK, Sent, World


def names(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


async def test_the_first_who_takes_has_it_and_the_second_hears_who_and_when(world: World) -> None:
    case, card = await world.escalated()
    took = await world.says(MIA, "!take", thread=card.native)
    assert names(took) == ["taken", "card"]
    assert took[1].values["lead"] == MIA.lstrip("@") and took[1].parcel.replaces == card.native
    world.clock.pass_(minutes=1)
    (late,) = await world.says(NOA, "!take", thread=card.native)
    assert (late.letter, late.values["who"]) == ("taken_before", MIA.lstrip("@"))
    assert late.values["moment"] == (world.clock.now() - timedelta(minutes=1)).isoformat()
    assert world.load(case).lead == MIA
    assert names(await world.says(MIA, "!take", thread=card.native)) == ["not_now"]


async def test_a_button_is_the_command_and_works_once(world: World) -> None:
    case, card = await world.escalated()
    assert card.parcel.buttons == ("👀", "✋")
    took = await world.reacts(MIA, card.native, "✋")
    assert names(took) == ["taken", "card"] and took[1].parcel.buttons == ()
    assert names(await world.reacts(NOA, card.native, "✋")) == ["taken_before"]
    assert await world.reacts(SOCK, card.native, "✋") == []
    assert await world.reacts(NOA, took[0].native, "✋") == []
    assert await world.reacts(NOA, card.native, "👍") == []
    assert world.load(case).lead == MIA


async def test_looking_shows_who_reads_and_until_when(world: World) -> None:
    _, card = await world.escalated()
    (edited,) = await world.reacts(NOA, card.native, "👀")
    assert edited.letter == "card" and edited.values["reader"] == NOA.lstrip("@")
    assert edited.values["read_until"] == (world.clock.now() + timedelta(minutes=15)).isoformat()


async def test_a_case_given_to_somebody_calls_them(world: World) -> None:
    case, card = await world.escalated()
    given, edited = await world.says(MIA, f"!assign {NOA}", thread=card.native)
    assert (given.letter, given.parcel.pings, edited.letter, edited.parcel.pings) == ("assigned", (NOA,), "card", ())
    assert world.load(case).lead == NOA
    again = await world.says(NOA, f"!assign {case.alias} {MIA}")
    assert again[0].parcel.pings == (MIA,)
    assert world.load(case).lead == MIA


@pytest.mark.parametrize("who", [SOCK, "nobody", ""])
async def test_only_an_enrolled_moderator_can_be_given_a_case(world: World, who: str) -> None:
    case, card = await world.escalated()
    posts = await world.says(MIA, f"!assign {who}", thread=card.native)
    assert names(posts) == (["not_enrolled"] if who == SOCK else ["wrong_use"])
    assert world.load(case).lead == ""


async def test_only_the_lead_hands_back(world: World) -> None:
    case, card = await world.escalated()
    await world.says(MIA, "!take", thread=card.native)
    assert names(await world.says(NOA, "!release", thread=card.native)) == ["not_now"]
    assert names(await world.says(MIA, "!release", thread=card.native)) == ["handed_back", "card"]
    assert (world.load(case).lead, world.load(case).stage) == ("", Stage.REPORTED)
    assert names(await world.says(NOA, "!take", thread=card.native)) == ["taken", "card"]


async def test_notes_stay_among_moderators(world: World) -> None:
    case, card = await world.escalated()
    assert names(await world.says(MIA, "!note Seen this before.", thread=card.native)) == ["noted"]
    assert names(await world.says(MIA, "!note", thread=card.native)) == ["wrong_use"]
    whole = (await world.says(NOA, f"!case {case.alias}"))[0]
    assert whole.letter == "case_whole"
    assert "Seen this before." in whole.values["notes"] and "mia:x.example" in whole.values["notes"]
    assert "Seen this before." not in "".join(one.parcel.text for one in world.outside.sent if one.parcel.to)


async def test_the_first_word_may_wait_and_who_asked_hears_it(world: World) -> None:
    case, card = await world.escalated()
    before = len(world.outside.sent)
    posts = await world.says(MIA, "!defer The post comes first.", thread=card.native)
    assert names(posts) == ["card", "deferred"]
    assert [one.letter for one in world.outside.sent[before:] if one.parcel.to] == ["holding_note"]
    assert posts[0].values["due"] == (world.clock.now() + timedelta(hours=24)).isoformat()
    assert due_at(world, case.id) == world.clock.now() + timedelta(hours=24)
    await world.says(MIA, "!asker Thank you.", thread=card.native)
    await world.says(MIA, "!asker Thank you.", thread=card.native)
    assert names(await world.says(MIA, "!defer Again.", thread=card.native)) == ["not_now"]


def due_at(world: World, case: str) -> object:
    timers = world.do(lambda tx: tx.timers.of(case))
    return next((one.due for one in timers if one.timer == Timer.RESPOND), None)


async def test_the_room_is_reminded_until_somebody_writes(world: World) -> None:
    case, card = await world.escalated()
    start = world.clock.now()
    assert due_at(world, case.id) == start + timedelta(hours=12)
    said = []
    for hours in (12, 8, 4):
        world.clock.pass_(hours=hours)
        world.apply(case, i.ResponseDue())
        said += await world.deliver()
    assert names(said) == ["due_reminder"] * 3
    assert {one.parcel.pings for one in said} == {(MIA, NOA)}
    await world.says(MIA, "!take", thread=card.native)
    assert due_at(world, case.id) == start + timedelta(hours=24)  # the ring has cleared it in production
    for _ in range(2):
        await world.says(MIA, "!asker Thank you.", thread=card.native)
    assert due_at(world, case.id) is None
    world.apply(case, i.ResponseDue())
    assert await world.deliver() == []


async def test_after_a_long_sleep_one_reminder_says_how_late(world: World) -> None:
    case, _ = await world.escalated()
    world.clock.pass_(hours=30)
    world.apply(case, i.ResponseDue())
    (late,) = await world.deliver()
    assert (late.letter, late.values["late"], late.values["wait"]) == ("due_reminder", "1", str(6 * 3600))


async def test_a_closed_case_is_taken_up_again_and_kept(world: World) -> None:
    case, card = await world.escalated()
    await world.says(MIA, "!close dropped", thread=card.native)
    assert {one.timer for one in world.do(lambda tx: tx.timers.of(case.id))} == {Timer.UNLINK, Timer.PURGE}
    assert names(await world.says(NOA, "!reopen It goes on.", thread=card.native)) == ["reopened", "card"]
    again = world.load(case)
    assert (again.stage, again.lead, again.ending) == (Stage.IN_HANDS, NOA, None)
    assert world.do(lambda tx: tx.timers.of(case.id)) == []


async def test_who_asked_can_be_muted_in_this_case_alone(world: World) -> None:
    case, card = await world.escalated()
    request = case.requests[0].id
    assert names(await world.says(MIA, "!mute-asker", thread=card.native)) == ["asker_muted"]
    world.apply(case, i.AskerSaid(request, "And another thing."))
    assert await world.deliver() == []


async def test_lists_show_this_rooms_open_cases(world: World) -> None:
    one, card = await world.escalated()
    two, _ = await world.escalated(author="eve@x.example", member="ben")
    hidden = world.contacted(author="fay@x.example", member="cem")
    await world.says(MIA, "!take", thread=card.native)
    (everything,) = await world.says(NOA, "!cases")
    assert one.alias in everything.values["lines"] and two.alias in everything.values["lines"]
    assert hidden.alias not in everything.values["lines"]
    (mine,) = await world.says(MIA, "!cases mine")
    assert one.alias in mine.values["lines"] and two.alias not in mine.values["lines"]
    assert (await world.says(NOA, "!cases mine"))[0].values == {}
    assert names(await world.says(NOA, "!cases banana")) == ["wrong_use"]


async def test_on_call_and_away(world: World) -> None:
    case, _ = await world.escalated()
    assert (await world.says(MIA, "!oncall"))[0].values == {}
    assert (await world.says(MIA, f"!oncall {NOA}"))[0].values == {"people": NOA.lstrip("@")}
    world.clock.pass_(hours=12)
    world.apply(case, i.ResponseDue())
    assert (await world.deliver())[0].parcel.pings == (NOA,)
    await world.says(MIA, f"!assign {case.alias} {NOA}")
    (gone,) = await world.says(NOA, "!away")
    assert (gone.letter, case.alias in gone.values["lines"]) == ("away", True)
    assert (await world.says(MIA, "!oncall"))[0].values == {}
    assert names(await world.says(MIA, f"!oncall {SOCK}")) == ["wrong_use"]


async def test_danger_calls_whoever_is_on_call(world: World) -> None:
    await world.says(MIA, f"!oncall {NOA}")
    member = world.member()
    world.do(lambda tx: world.casework.call_help(tx, member, i.Concern.DANGER, "https://x.example/1"))
    (card,) = await world.deliver()
    assert (card.letter, card.parcel.pings) == ("card_danger", (NOA,))


async def test_the_author_is_never_called(world: World) -> None:
    case, _ = await world.escalated(author="mia@x.example")
    world.clock.pass_(hours=12)
    world.apply(case, i.ResponseDue())
    pings = {who for one in await world.deliver() for who in one.parcel.pings}
    assert pings == {NOA}


async def test_whoever_was_told_to_wait_hears_again_when_promised(world: World) -> None:
    case, card = await world.escalated()
    await world.says(MIA, "!defer The post comes first.", thread=card.native)
    world.clock.pass_(hours=24)
    before = len(world.outside.sent)
    world.apply(case, i.ResponseDue())
    posts = await world.deliver()
    assert "due_reminder" in names(posts)
    assert [one.letter for one in world.outside.sent[before:] if one.parcel.to] == ["holding_note"]
    assert due_at(world, case.id) == world.clock.now() + timedelta(hours=24)
