"""A handle that may be taken for another is typed once more (F34); whoever floods the room is not announced on."""

from __future__ import annotations

import pytest

from outreach.domain.likeness import alike, strange_letters
from outreach.ports import Happening
from outreach.services.desk import COMMANDS_PER_HOUR, UNKNOWN_PER_HOUR
from outreach.services.desk.roster import ANNOUNCED_PER_HOUR
from tests.desk.world import MIA, NOA, STAFF, World, matrix

CYRILLIC = "@mi\u0430:x.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MIA, CYRILLIC),
        (MIA, "@m1a:x.example"),
        (MIA, "@MIA:x.example"),
        (MIA, "@m.i.a:x.example"),
        (MIA, "@mia:evil.example"),
        ("@outreach:x.example", "@0utreach:x.example"),
        ("@outreach:x.example", "@outraech:x.example"),
        ("@outreach:x.example", "@outreech:x.example"),
        ("@outreach:x.example", "@outreachh:x.example"),
        ("@outreach:x.example", "@\u043e\u03c5treach:x.example"),
        ("outreach@x.example", "@out-reach:y.example"),
        ("@mom:x.example", "@morn:x.example"),
    ],
)
def test_alike(one: str, other: str) -> None:
    assert alike(one, other) and alike(other, one)


@pytest.mark.parametrize("other", [MIA, NOA, "@tia:x.example", "@sock:x.example", "@maria:x.example"])
def test_not_alike(other: str) -> None:
    assert not alike(MIA, other)


def test_letters_that_stand_out() -> None:
    assert strange_letters(CYRILLIC) == ("\u0430 (Cyrillic)",)
    for whole in (MIA, "@\u043c\u0438\u0430:x.example", "@\u3072\u6f22\u30ab:x.example", "@caf\u00e9:x.example"):
        assert strange_letters(whole) == ()


@pytest.mark.parametrize("who", [CYRILLIC, "@m1a:x.example", "@n0a:evil.example", "@0utreach:x.example"])
async def test_a_look_alike_is_typed_again_by_each(world: World, who: str) -> None:
    for moderator in (MIA, NOA):
        (mentioned,) = await world.says(moderator, "!enrol Mia", mentions=(who,))
        assert mentioned.letter == "enrol_alike" and mentioned.values["who"] == who[1:]
        (typed,) = await world.says(moderator, f"!enrol {who}")
        assert typed.letter == "enrol_alike", "a mention is not an id that was typed"
        (again,) = await world.says(moderator, f"!enrol {who}")
        assert again.letter == ("enrol_second" if moderator == MIA else "enrolled")
    assert who in world.roster()


async def test_a_letter_of_another_alphabet_is_named(world: World) -> None:
    (asked,) = await world.says(MIA, "!enrol @t\u0430m:x.example")
    assert asked.values == {"who": "t\u0430m:x.example", "letters": "\u0430 (Cyrillic)"}


async def test_typed_yesterday_is_not_typed(world: World) -> None:
    await world.says(MIA, f"!enrol {CYRILLIC}")
    world.clock.pass_(hours=25)
    assert [one.letter for one in await world.says(MIA, f"!enrol {CYRILLIC}")] == ["enrol_alike"]


async def test_a_look_alike_in_the_room_is_pointed_at(world: World) -> None:
    told = await world.moves("@0utreach:x.example", Happening.JOINED)
    assert [one.letter for one in told] == ["joined", "joined_alike"]
    assert told[1].values == {"who": "0utreach:x.example", "like": "outreach:x.example"}
    assert [one.letter for one in await world.moves("@sock:x.example", Happening.JOINED)] == ["joined"]


async def test_a_crowd_that_comes_and_goes(world: World) -> None:
    told = []
    for n in range(ANNOUNCED_PER_HOUR):
        told += await world.moves("@sock:x.example", Happening.LEFT if n % 2 else Happening.JOINED)
    for happening in (Happening.JOINED, Happening.LEFT, Happening.JOINED):
        told += await world.moves("@tim:x.example", happening)
    assert len(told) == ANNOUNCED_PER_HOUR + 1 and told[-1].letter == "many_come_and_go"
    await world.moves(NOA, Happening.LEFT)
    assert NOA not in world.roster(), "who leaves loses the power all the same"
    world.clock.pass_(hours=1)
    assert len(await world.moves("@tim:x.example", Happening.JOINED)) == 1


@pytest.mark.parametrize(("text", "most"), [("!nonsense", UNKNOWN_PER_HOUR), ("!help", COMMANDS_PER_HOUR)])
async def test_another_bot_in_the_room(world: World, text: str, most: int) -> None:
    """One that was there at the first start is enrolled, and may answer whatever ours says."""
    told = []
    for _ in range(most + 5):
        told += await world.says(NOA, text)
    assert len(told) == most + 1 and told[-1].letter == "too_many_commands"
    assert len(await world.says(MIA, "!help")) == 1, "nobody else is kept from it"


async def test_a_room_that_was_replaced(world: World) -> None:
    world.do(lambda tx: world.desk.room_replaced(tx, STAFF))
    world.do(lambda tx: world.desk.room_replaced(tx, STAFF))
    told = await world.deliver()
    assert [(one.letter, one.values) for one in told] == [("room_replaced", {"which": "staff"})], "once a day"
    private = [one for one in world.outside.sent if one.parcel.to is not None]
    assert {one.parcel.to for one in private} == {matrix(MIA), matrix(NOA)}
    assert {one.letter for one in private} == {"room_replaced"}
