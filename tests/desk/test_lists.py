"""The moderators' lists at any number of cases: found without opening all, exact, and never a word of another room."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from outreach.adapters.storage.cases import SqlCases
from outreach.domain import inputs as i
from outreach.domain.case import Case
from outreach.domain.reports import Report, Source
from outreach.ports import Happening
from outreach.ports.store import Wanted
from outreach.services.casebook import Casebook
from outreach.services.casework import Casework
from outreach.services.desk.listing import MOST
from outreach.services.filing import Filing
from outreach.services.settings import StaffPerson
from tests.desk.world import ALTERNATE, MIA, NOA, SOCK, Sent, World, matrix

MANY = 3 * MOST


@pytest.fixture
def crowd(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """As many names as are needed; `opened` holds each case that was folded."""
    names = (f"{letter}{number}-otter" for number in itertools.count(10) for letter in "abcde")
    monkeypatch.setattr(world.chance, "alias", lambda: next(names))
    return world


def made(about: str) -> Report:
    who = matrix(about)
    return Report(Source.MATRIX, who.platform, (who,), text="rude")


def report(world: World, about: str) -> Case:
    return world.do(lambda tx: world.casework.file_report(tx, None, made(about)))


def reports(world: World, many: int) -> list[Case]:
    """An hour apart, the first one first."""
    found = []
    for number in range(many):
        found.append(report(world, f"@dave{number}:x.example"))
        world.clock.pass_(hours=1)
    return found


async def listed(world: World, who: str, command: str = "!cases", **more: Any) -> tuple[str, str]:
    """What stands in the list, and how many more there are said to be."""
    (answer,) = [one for one in await world.says(who, command, **more) if one.letter == "cases"]
    return answer.values.get("lines", ""), answer.values.get("more", "")


def names_in(found: tuple[str, str]) -> set[str]:
    lines, more = found
    assert more == ""
    return {json.loads(line)[1]["alias"] for line in lines.split("\n") if line}


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    load = SqlCases.load

    def watched(self: SqlCases, case: str) -> Case | None:
        found.append(case)
        return load(self, case)

    monkeypatch.setattr(SqlCases, "load", watched)
    return found


async def test_first_what_is_due_then_what_waits_longest(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = reports(crowd, MANY)
    for case in cases[:5]:
        crowd.apply(case, i.StaffClosed(i.Ending.DROPPED))
    await crowd.deliver()
    seen = opened(monkeypatch)
    lines, more = await listed(crowd, MIA)
    assert [case.alias in lines for case in cases] == [5 <= n < 5 + MOST for n in range(MANY)]
    assert more == str(MANY - 5 - MOST)
    assert len(seen) <= MOST + 2


async def test_mine_and_due(crowd: World) -> None:
    cases, member = reports(crowd, MOST + 2), crowd.member()
    with_way_back = crowd.do(lambda tx: crowd.casework.file_report(tx, member, made("@eve:x.example")))
    crowd.apply(cases[0], i.Taken(MIA))
    crowd.apply(with_way_back, i.AskerAddressed("Where was that?"))
    await crowd.deliver()
    assert names_in(await listed(crowd, MIA, "!cases mine")) == {cases[0].alias}
    due, more = await listed(crowd, MIA, "!cases due")
    assert (with_way_back.alias in due, more) == (False, "2")
    assert (await listed(crowd, MIA))[1] == "3"


async def test_what_is_about_a_moderator_is_neither_shown_nor_counted(crowd: World) -> None:
    """Nor to that moderator in the room that has it."""
    reports(crowd, 3)
    about_mia = report(crowd, MIA)
    await crowd.deliver()
    lines, more = await listed(crowd, NOA)
    assert (about_mia.alias in lines, more) == (False, "")
    assert about_mia.alias in (await listed(crowd, NOA, room=ALTERNATE))[0]
    assert await listed(crowd, MIA, room=ALTERNATE) == ("", "")
    about_noa = report(crowd, NOA)
    await crowd.deliver()
    assert names_in(await listed(crowd, MIA, room=ALTERNATE)) == {about_noa.alias}


async def test_nor_does_the_number_of_the_others_tell_of_it(crowd: World) -> None:
    configured(crowd, *(f"@staff{number}:x.example" for number in range(MOST + 5)))
    for number in range(MOST + 5):
        report(crowd, f"@staff{number}:x.example")
    crowd.clock.pass_(hours=1)
    report(crowd, MIA)
    await crowd.deliver()
    assert (await listed(crowd, NOA, room=ALTERNATE))[1] == "6"
    assert (await listed(crowd, MIA, room=ALTERNATE))[1] == "5"


def configured(world: World, *staff: str) -> None:
    """From now on these are moderators, too."""
    people = tuple(map(StaffPerson, (MIA, *staff)))
    world.settings = replace(world.settings, staff=people)
    world.casework = Casework(world.settings, world.clock, world.chance, Casebook(world.settings))
    world.desk = replace(world.desk, settings=world.settings, casework=world.casework)


async def test_cases_follow_whoever_becomes_a_moderator_and_comes_back(crowd: World) -> None:
    about_sock, other = report(crowd, SOCK), report(crowd, "@eve:x.example")
    await crowd.deliver()
    assert about_sock.alias in (await listed(crowd, MIA))[0]
    await crowd.says(MIA, f"!enrol {SOCK}")
    await crowd.says(NOA, f"!enrol {SOCK}")
    assert count(crowd, "staff") == count(crowd, "alternate") == 1
    lines, _ = await listed(crowd, MIA)
    assert (about_sock.alias in lines, other.alias in lines) == (False, True)
    await crowd.moves(SOCK, Happening.LEFT)
    assert count(crowd, "staff") == 2 and about_sock.alias in (await listed(crowd, MIA))[0]


def count(world: World, room: str) -> int:
    return world.do(lambda tx: tx.desk.count(Wanted(room)))


async def test_a_changed_configuration_files_anew_and_lags_without_showing(crowd: World) -> None:
    about_eve = report(crowd, "@eve:x.example")
    await crowd.deliver()
    await Filing(crowd.casework.casebook).all_anew(crowd.store, crowd.casework.show_again)
    configured(crowd, "@eve:x.example")
    assert (await listed(crowd, NOA), count(crowd, "staff")) == (("", ""), 1)
    await Filing(crowd.casework.casebook).all_anew(crowd.store, crowd.casework.show_again)
    assert (count(crowd, "staff"), count(crowd, "alternate")) == (0, 1)
    assert about_eve.alias in (await listed(crowd, NOA, room=ALTERNATE))[0]


async def start_again(world: World, **settings: Any) -> list[Sent]:
    """As after a start with another configuration: what that posts."""
    world.settings = replace(world.settings, **settings)
    world.casework = Casework(world.settings, world.clock, world.chance, Casebook(world.settings))
    world.desk = replace(world.desk, settings=world.settings, casework=world.casework)
    world.delivery = replace(world.delivery, settings=world.settings, casework=world.casework)
    await Filing(world.casework.casebook).all_anew(world.store, world.casework.show_again)
    return await world.deliver()


async def test_a_case_that_no_room_could_read_stands_in_the_one_it_is_given(crowd: World) -> None:
    """F30: as its owner was promised; once, however often the bot is started."""
    await start_again(crowd, alternate_room="")
    report(crowd, MIA)
    assert await crowd.deliver() == []
    (card,) = await start_again(crowd, alternate_room=ALTERNATE)
    assert (card.letter, card.parcel.place.room) == ("card_report", ALTERNATE)
    assert await start_again(crowd) == []


async def test_cards_come_along_into_another_room(crowd: World) -> None:
    """The room was closed for another; a card there can be edited no more."""
    await start_again(crowd)
    kept, over = report(crowd, "@eve:x.example"), report(crowd, "@dave:x.example")
    await crowd.deliver()
    crowd.apply(over, i.StaffClosed(i.Ending.DROPPED))
    await crowd.deliver()
    (card,) = await start_again(crowd, staff_room="!new:x.example")
    assert card.values["alias"] == kept.alias and card.parcel.replaces == ""
    taken = await crowd.says(MIA, "!take", room="!new:x.example", thread=card.native)
    assert [one.parcel.replaces for one in taken if one.letter == "card_report"] == [card.native]
    assert await start_again(crowd) == []


async def test_only_what_may_fit_is_opened_for_the_beginning_of_a_name(
    crowd: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = reports(crowd, MANY)
    await crowd.deliver()
    seen = opened(monkeypatch)
    whole = cases[7].alias
    assert await answers(crowd, whole[: whole.index("-") + 3]) == ["case_whole"]
    assert len(set(seen)) == 1
    seen.clear()
    assert await answers(crowd, whole[: whole.index("-")]) == ["case_whole"]
    assert len(set(seen)) <= MANY / 5 + 1
    seen.clear()
    assert await answers(crowd, "a") == ["unknown_alias"]
    assert len(set(seen)) < MANY / 2
    crowd.apply(cases[7], i.StaffClosed(i.Ending.DROPPED))
    await crowd.deliver()
    assert await answers(crowd, whole[:-1]) == ["unknown_alias"]
    assert await answers(crowd, whole) == ["case_whole"]


async def answers(world: World, alias: str) -> list[str]:
    return [one.letter for one in await world.says(MIA, f"!case {alias}")]


async def test_where_all_names_are_in_use_they_grow_longer(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of many thousand cases still takes the next one."""
    words = itertools.cycle(("calm", "amber"))
    monkeypatch.setattr(crowd.chance, "alias", lambda: f"{next(words)}-otter")
    names = {case.alias for case in reports(crowd, 4)}
    assert len(names) == 4 and {"calm-otter", "amber-otter"} < names
    await crowd.deliver()
    for name in names:
        assert await answers(crowd, name) == ["case_whole"]
