"""`!reveal`: two who count, a reason, the name to those two alone, and a word to the person (F29)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from outreach.domain.policy import OutreachPolicy
from outreach.services.casework import Casework
from tests.desk.world import MIA, NOA, SOCK, Sent, World

pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, policy=OutreachPolicy(reveal=True))
    yield made
    made.store.close()


def private(world: World) -> list[Sent]:
    return [one for one in world.outside.sent if one.letter == "revealed"]


async def test_two_with_a_reason(world: World) -> None:
    case, card = await world.escalated(member="ann")
    (asked,) = await world.says(MIA, "!reveal She says she will hurt herself", thread=card.native)
    assert asked.letter == "reveal_second" and asked.values["text"] == "She says she will hurt herself"
    assert await world.says(MIA, f"!reveal {case.alias} again, please") != [] and private(world) == []
    (noted,) = await world.says(NOA, f"!reveal {case.alias} I agree")
    assert (noted.letter, noted.values["text"]) == ("reveal_noted", "again, please")
    told = private(world)
    assert {one.parcel.to.address for one in told if one.parcel.to} == {MIA, NOA}
    assert {one.values["people"] for one in told} == {"ann:x.example"}
    assert world.to("member").count("identity_revealed") == 1
    shown = [one for one in world.outside.sent if one.parcel.to is None]
    assert not [one for one in shown if "ann" in one.parcel.text]
    assert "ann" not in str(world.load(case))


async def test_one_alone_and_one_who_does_not_count_yet(world: World) -> None:
    case, _ = await world.escalated()
    await world.says(MIA, f"!enrol {SOCK}")
    await world.says(NOA, f"!enrol {SOCK}")
    await world.says(MIA, f"!reveal {case.alias} danger")
    assert [one.letter for one in await world.says(SOCK, f"!reveal {case.alias} danger")] == ["counts_later"]
    await world.says(MIA, f"!reveal {case.alias} danger")
    assert private(world) == []


async def test_after_a_day_it_begins_anew(world: World) -> None:
    case, _ = await world.escalated()
    await world.says(MIA, f"!reveal {case.alias} danger")
    world.clock.pass_(hours=25)
    assert [one.letter for one in await world.says(NOA, f"!reveal {case.alias} danger")] == ["reveal_second"]
    assert private(world) == []


async def test_only_where_it_is_on_and_with_a_reason_that_names_nobody(world: World, tmp_path: Path) -> None:
    case, _ = await world.escalated()
    assert [one.letter for one in await world.says(MIA, f"!reveal {case.alias}")] == ["wrong_use"]
    assert [one.letter for one in await world.says(MIA, f"!reveal {case.alias} is it @ann")] == ["names_somebody"]
    assert "!reveal" in (await world.says(MIA, f"!help {case.alias}"))[0].values["commands"]
    world.desk = replace(world.desk, settings=world.settings, casework=_off(world))
    assert [one.letter for one in await world.says(MIA, f"!reveal {case.alias} danger")] == ["unknown_command"]


def _off(world: World) -> Casework:
    return replace(world.casework, settings=replace(world.settings, policy=OutreachPolicy()))


async def test_whoever_has_gone_cannot_be_named(world: World) -> None:
    case, _ = await world.escalated()
    world.do(lambda tx: tx.links.forget(case.requests[0].id))
    assert [one.letter for one in await world.says(MIA, f"!reveal {case.alias} danger")] == ["not_now"]
