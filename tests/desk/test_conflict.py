"""A case whose author sits in the moderators' room, by whichever account: shown elsewhere (leak 23, F30)."""

from pathlib import Path

from outreach.domain import inputs as i
from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case
from outreach.domain.draft import Draft, Step
from outreach.domain.identity import Platform
from outreach.domain.posts import Post, Remedy, Visibility
from tests.desk.world import ALTERNATE, MIA, SOCK, STAFF, World, matrix


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
