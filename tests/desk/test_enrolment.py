"""Who commands (F4): whoever was there at first, later whom two who count enrol; nobody by being in the room."""

from pathlib import Path

import pytest

from outreach.ports import Happening
from outreach.services.settings import StaffPerson
from tests.desk.world import ALTERNATE, BOT, MIA, NOA, SOCK, Sent, World, matrix

TAM = "@tam:x.example"


def letters(posts: list[Sent]) -> list[tuple[str, dict[str, str]]]:
    return [(one.letter, one.values) for one in posts]


async def test_the_first_roster_is_who_was_there_and_never_the_bot(world: World) -> None:
    assert world.roster() == {MIA, NOA}
    world.do(lambda tx: world.desk.first_roster(tx, [matrix(SOCK)]))
    assert world.roster() == {MIA, NOA}
    await world.moves(MIA, Happening.LEFT)
    world.do(lambda tx: world.desk.first_roster(tx, [matrix(MIA)]))
    assert world.roster() == {NOA}


async def test_two_different_moderators_enrol(world: World) -> None:
    assert letters(await world.says(MIA, f"!enrol {SOCK}")) == [("enrol_second", {"who": "sock:x.example"})]
    assert letters(await world.says(MIA, f"!enrol {SOCK}")) == [("enrol_second", {"who": "sock:x.example"})]
    assert SOCK not in world.roster()
    assert letters(await world.says(NOA, f"!enrol {SOCK[1:]}")) == [("enrolled", {"who": "sock:x.example"})]
    assert SOCK in world.roster()
    assert letters(await world.says(NOA, f"!enrol {SOCK}")) == [("enrolled_already", {"who": "sock:x.example"})]


async def test_a_mentioned_person_is_enrolled_by_id_not_by_shown_name(world: World) -> None:
    await world.says(MIA, "!enrol Socky", mentions=(SOCK,))
    await world.says(NOA, "!enrol Somebody Else", mentions=(SOCK,))
    assert SOCK in world.roster()


@pytest.mark.parametrize("who", ["", "sock", BOT, "@a:x.example @b:x.example", "@:", "https://x.example/@sock"])
async def test_nobody_in_particular(world: World, who: str) -> None:
    for moderator in (MIA, NOA):
        assert letters(await world.says(moderator, f"!enrol {who}")) == [("wrong_use", {"usage": "!enrol WHO"})]
    assert world.roster() == {MIA, NOA}


async def test_the_second_word_counts_for_a_day(world: World) -> None:
    await world.says(MIA, f"!enrol {SOCK}")
    world.clock.pass_(hours=25)
    assert letters(await world.says(NOA, f"!enrol {SOCK}")) == [("enrol_second", {"who": "sock:x.example"})]
    assert SOCK not in world.roster()
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK in world.roster()


async def test_whoever_is_new_does_not_count_yet(world: World) -> None:
    for moderator in (MIA, NOA):
        await world.says(moderator, f"!enrol {TAM}")
    await world.says(MIA, f"!enrol {SOCK}")
    until = {"moment": "2026-03-06T09:00:00+00:00"}
    assert letters(await world.says(TAM, f"!enrol {SOCK}")) == [("counts_later", until)]
    assert SOCK not in world.roster()
    world.clock.pass_(hours=72)
    await world.says(TAM, f"!enrol {SOCK}")
    assert SOCK not in world.roster()
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK in world.roster()


async def test_a_proposal_of_somebody_who_left_since_is_none(world: World) -> None:
    for moderator in (MIA, NOA):
        await world.says(moderator, f"!enrol {TAM}")
    world.clock.pass_(hours=72)
    await world.says(TAM, f"!enrol {SOCK}")
    await world.moves(TAM, Happening.LEFT)
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK not in world.roster()


async def test_joins_and_leaves_are_announced(world: World) -> None:
    assert letters(await world.moves(SOCK, Happening.JOINED)) == [("joined", {"who": "sock:x.example"})]
    assert letters(await world.moves(SOCK, Happening.LEFT)) == [("left", {"who": "sock:x.example"})]
    assert letters(await world.moves(NOA, Happening.LEFT)) == [("left", {"who": "noa:x.example"})]
    assert world.roster() == {MIA}
    assert letters(await world.moves(NOA, Happening.JOINED)) == [("joined", {"who": "noa:x.example"})]
    assert world.roster() == {MIA}
    assert await world.moves(BOT, Happening.LEFT) == []


async def test_enrolled_ahead_of_joining(world: World) -> None:
    for moderator in (MIA, NOA):
        await world.says(moderator, f"!enrol {SOCK}")
    assert letters(await world.moves(SOCK, Happening.JOINED)) == [("joined_enrolled", {"who": "sock:x.example"})]


async def test_leaving_the_other_room_dismisses_nobody(world: World) -> None:
    posts = await world.moves(MIA, Happening.LEFT, room=ALTERNATE)
    assert [(one.letter, one.parcel.place.room) for one in posts] == [("left", ALTERNATE)]
    assert MIA in world.roster()


async def test_a_sock_in_the_room_has_no_power(world: World) -> None:
    case, card = await world.escalated()
    _, words = await world.with_words(author="eve@x.example")
    preview = (await world.says(MIA, f"!author {case.alias} Hello"))[0]
    await world.moves(SOCK, Happening.JOINED)
    before = world.load(case)
    for text, more in [
        (f"!author {case.alias} Hello", {}),
        ("!close agreed", {"thread": card.native}),
        ("!approve", {"parent": words.native}),
        (f"!enrol {SOCK}", {}),
        ("!help", {}),
        ("!xyzzy", {}),
    ]:
        answers = await world.says(SOCK, text, **more)
        assert letters(answers) in ([], [("not_enrolled", {"who": "sock:x.example"})])
    assert await world.reacts(SOCK, preview.native) == []
    assert world.load(case) == before
    told = [one.letter for one in world.outside.sent].count("not_enrolled")
    assert told == 1
    world.clock.pass_(days=1)
    assert letters(await world.says(SOCK, "!help")) == [("not_enrolled", {"who": "sock:x.example"})]


async def test_talk_and_unknown_words_of_outsiders_are_nothing(world: World) -> None:
    assert await world.says(SOCK, "hello, what is this?") == []
    assert await world.says(SOCK, "!xyzzy") == []


async def test_the_only_moderator_needs_a_day_or_the_owner(world: World) -> None:
    world.clock.pass_(days=9)
    await world.moves(NOA, Happening.LEFT)
    world.clock.pass_(days=9)
    posts = await world.says(MIA, f"!enrol {SOCK}")
    assert letters(posts) == [("enrol_alone", {"who": "sock:x.example", "moment": "2026-03-22T09:00:00+00:00"})]
    world.clock.pass_(hours=23)
    assert letters(await world.says(MIA, f"!enrol {SOCK}")) == letters(posts)
    world.clock.pass_(hours=1)
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK in world.roster()


async def test_putting_the_others_out_does_not_make_one_alone_at_once(world: World) -> None:
    await world.moves(NOA, Happening.LEFT)
    await world.says(MIA, f"!enrol {SOCK}")
    world.clock.pass_(hours=71)
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK not in world.roster()
    world.clock.pass_(hours=1)
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK in world.roster()


async def test_an_owner_who_is_alone_enrols(tmp_path: Path) -> None:
    world = World(tmp_path, staff=(StaffPerson(MIA, owner=True),))
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK not in world.roster()
    await world.moves(NOA, Happening.LEFT)
    await world.says(MIA, f"!enrol {SOCK}")
    assert SOCK in world.roster()
    world.store.close()


async def test_an_emptied_room_is_not_a_first_start(world: World) -> None:
    for moderator in (MIA, NOA):
        await world.moves(moderator, Happening.LEFT)
    assert world.roster() == set()
    world.do(lambda tx: world.desk.first_roster(tx, [matrix(SOCK), matrix(NOA)]))
    assert world.roster() == set()
    world.do(lambda tx: world.desk.first_roster(tx, [matrix(SOCK), matrix(MIA)]))
    assert world.roster() == {MIA}


async def test_a_founder_who_comes_back_is_new(world: World) -> None:
    world.clock.pass_(days=9)
    await world.says(MIA, f"!enrol {TAM}")
    await world.says(NOA, f"!enrol {TAM}")
    world.clock.pass_(days=9)
    await world.moves(NOA, Happening.LEFT)
    for moderator in (MIA, TAM):
        await world.says(moderator, f"!enrol {NOA}")
    assert world.roster() == {MIA, NOA, TAM}
    assert [one.letter for one in await world.says(NOA, f"!enrol {SOCK}")] == ["counts_later"]
