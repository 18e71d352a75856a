"""R068: a human asks the moderators of another server; the case keeps the time and says what could come next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.domain import inputs as i
from outreach.domain.policy import OutreachPolicy
from tests.desk.test_branches import names, ring
from tests.desk.world import MIA, NOA, Sent, World

FAR = "dave@far.example"
POLICY = OutreachPolicy(remote_contact=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, policy=POLICY)
    yield made
    made.store.close()


def by_name(posts: list[Sent]) -> list[Sent]:
    """The card last."""
    return sorted(posts, key=lambda one: one.letter == "card")


async def test_who_has_the_case_hears_of_silence_once_and_what_can_be_done(world: World) -> None:
    case, card = await world.escalated(author=FAR)
    await world.says(MIA, "!take", thread=card.native)
    asked, edited = by_name(await world.says(MIA, "!remote", thread=card.native))
    until = (world.clock.now() + POLICY.remote_adequate).isoformat()
    assert edited.values["colleagues"] == until and edited.parcel.replaces == card.native
    assert {name: asked.values[name] for name in ("host", "who", "due")} == {
        "host": "far.example",
        "who": MIA.lstrip("@"),
        "due": until,
    }
    assert names(await world.says(NOA, f"!remote {case.alias}")) == ["not_now"]
    world.clock.pass_(hours=71, minutes=59)
    assert "colleagues_due" not in names(await ring(world))
    world.clock.pass_(days=3)  # the process was not running when it was due
    posts = await ring(world)
    (due,) = [one for one in posts if one.letter == "colleagues_due"]
    assert due.parcel.pings == (MIA,) and due.values["due"] == until and due.values["host"] == "far.example"
    world.clock.pass_(days=9)
    assert "colleagues_due" not in names(await ring(world))
    assert names(await world.says(MIA, "!remote", thread=card.native)) != ["not_now"]


async def test_an_answer_ends_it(world: World) -> None:
    _, card = await world.escalated(author=FAR)
    assert names(await world.says(MIA, "!answered", thread=card.native)) == ["not_now"]
    await world.says(MIA, "!remote", thread=card.native)
    answered, edited = by_name(await world.says(NOA, "!answered", thread=card.native))
    assert "colleagues" not in edited.values and answered.values["host"] == "far.example"
    world.clock.pass_(days=9)
    assert "colleagues_due" not in names(await ring(world))


async def test_a_closed_case_waits_for_nobody(world: World) -> None:
    case, card = await world.escalated(author=FAR)
    await world.says(MIA, "!remote", thread=card.native)
    world.apply(case, i.StaffClosed(i.Ending.DROPPED))
    world.clock.pass_(days=9)
    assert "colleagues_due" not in names(await ring(world))


async def test_it_is_offered_where_there_is_another_server_and_the_policy_has_it(world: World, tmp_path: Path) -> None:
    async def offered(world: World, author: str) -> bool:
        _, card = await world.escalated(author=author)
        (shown,) = await world.says(MIA, "!help", thread=card.native)
        there = "!remote" in shown.values["commands"]
        assert (names(await world.says(MIA, "!remote", thread=card.native)) == ["not_now"]) is not there
        return there

    assert await offered(world, FAR)
    assert not await offered(world, "erin@x.example")
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    assert not await offered(other, FAR)
    other.store.close()
