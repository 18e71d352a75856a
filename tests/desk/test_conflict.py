"""A case whose author sits in the moderators' room, by whichever account: shown elsewhere (leak 23, F30)."""

from pathlib import Path

from outreach.domain import inputs as i
from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case
from outreach.domain.draft import Draft, Step
from outreach.domain.identity import Platform
from outreach.domain.posts import Post, Remedy, Visibility
from outreach.services.reporting import second_look
from outreach.services.settings import StaffPerson
from tests.desk.world import ALTERNATE, MIA, NOA, SOCK, STAFF, World, matrix


def about(world: World, author: str) -> Case:
    """A case before staff about a Matrix message of that person."""
    link = "https://matrix.to/#/!lounge:x.example/$1"
    post = Post(Platform.MATRIX, link, link, "$1", matrix(author), "2026-03-01", Visibility.PUBLIC)
    draft = Draft(Step.PREVIEW, (link,), Ask.EDIT, "", Strength.SHOULD, post)
    member = world.member()
    case = world.do(lambda tx: world.casework.open_outreach(tx, member, draft))
    request = case.requests[0].id
    world.apply(case, i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, request=request))
    world.apply(case, i.AuthorSaid(i.Answer.NO))
    return world.apply(case, i.Escalated(request))


async def test_not_a_word_where_the_author_reads(world: World) -> None:
    world.outside.present[STAFF] = (MIA, SOCK)
    case = about(world, SOCK)
    posts = await world.deliver()
    assert [(one.letter, one.parcel.place.room) for one in posts] == [("card", ALTERNATE)]
    later = await world.says(MIA, f"!take {case.alias}", room=ALTERNATE)
    assert {one.parcel.place.room for one in later} == {ALTERNATE}
    assert [one.letter for one in await world.says(MIA, f"!take {case.alias}")] == ["unknown_alias"]


async def test_somebody_elses_case_stays(world: World) -> None:
    world.outside.present[STAFF] = (MIA, SOCK)
    about(world, "@eve:x.example")
    assert [one.parcel.place.room for one in await world.deliver()] == [STAFF]


async def test_without_another_room_it_is_shown_to_nobody(tmp_path: Path) -> None:
    world = World(tmp_path, alternate_room="")
    world.outside.present[STAFF] = (SOCK,)
    case = about(world, SOCK)
    assert await world.deliver() == []
    assert world.load(case).author_in_room


async def test_who_had_a_case_takes_no_part_in_the_second_look(world: World) -> None:
    """R078: by taking it, or by writing to either side; neither reads it nor rules in it."""
    case, card = await world.escalated()
    await world.says(MIA, "!take", thread=card.native)
    for _ in range(2):
        await world.says(NOA, "!author Please.", thread=card.native)
    case = world.load(case)
    assert case.hands == (MIA, NOA)
    world.outside.present[STAFF], world.outside.present[ALTERNATE] = (MIA, NOA, SOCK), (SOCK,)
    member = world.member()
    second = world.do(lambda tx: world.casework.file_report(tx, member, second_look(case, "You were rude.")))
    (shown,) = [one for one in await world.deliver() if one.letter == "card_report"]
    assert (shown.parcel.place.room, shown.values["text"]) == (ALTERNATE, f"{case.alias}: You were rude.")
    for who in (MIA, NOA):
        for room in (STAFF, ALTERNATE):
            assert [one.letter for one in await world.says(who, f"!take {second.alias}", room=room)] != ["taken"]
    assert world.load(second).lead == ""


async def test_where_they_sit_in_every_room_an_owner_apart_is_told(tmp_path: Path) -> None:
    owner = StaffPerson("@olga:x.example", owner=True)
    world = World(tmp_path, staff=(StaffPerson(MIA), owner))
    case, card = await world.escalated()
    await world.says(MIA, "!take", thread=card.native)
    world.outside.present[STAFF] = world.outside.present[ALTERNATE] = (MIA, NOA)
    about_them = second_look(world.load(case), "You were rude.")
    world.do(lambda tx: world.casework.file_report(tx, None, about_them))
    assert await world.deliver() == []
    (told,) = [one for one in world.outside.sent if one.letter == "no_free_room"]
    assert told.parcel.to == matrix("@olga:x.example") and "You were rude." in told.parcel.text
