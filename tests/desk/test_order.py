"""In what order a full room is written into: answers before cards, cards before details, and what was begun first."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from outreach.domain import inputs as i
from outreach.domain.evidence import snapshot
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.domain.posts import Post, Visibility
from outreach.domain.reports import Report, Source
from outreach.ports import Parcel, Receipt, TryLater
from outreach.ports.store import Address, Outbound
from outreach.services.delivery import MOST_LOOKUPS
from outreach.services.pump import Pump
from tests.desk.world import MIA, World


def report(world: World, number: int) -> str:
    """A report with evidence; the case."""
    author = Account(Platform.FEDIVERSE, f"dave{number}@x.example")
    post = Post(Platform.FEDIVERSE, f"u{number}", f"l{number}", str(number), author, "2026-03-01", Visibility.PUBLIC)
    made = Report(Source.FEDIVERSE, Platform.FEDIVERSE, (author,), (post,), text="rude")
    case = world.do(lambda tx: world.casework.file_report(tx, None, made))
    world.do(lambda tx: world.casework.show_evidence(tx, case, snapshot(post, world.clock.now())))
    return case.id


async def test_cards_before_details_and_answers_before_all(world: World) -> None:
    for number in range(3):
        report(world, number)
    world.hear(MIA, "!oncall")
    letters = [one.letter for one in await world.deliver()]
    assert letters == ["oncall", *["card_report"] * 3, *["evidence"] * 3]


async def test_further_reports_wait_for_first_ones(world: World) -> None:
    case = report(world, 1)
    await world.deliver()
    report(world, 1)
    report(world, 2)
    sent = await world.deliver()
    assert [one.letter for one in sent] == ["card_report", "report_again", "card_report", "evidence", "evidence"]
    first = world.do(lambda tx: tx.cases.load(case))
    assert first is not None
    assert [one.values["alias"] == first.alias for one in sent if one.letter == "card_report"] == [False, True]


async def test_what_a_moderator_did_is_confirmed_before_details(world: World) -> None:
    case = report(world, 1)
    while "card_report" not in [one.letter for one in world.outside.sent]:
        (message,) = await world.delivery.due()
        await world.delivery.deliver(message)
    world.do(lambda tx: world.casework.apply(tx, case, i.Taken(MIA)))
    assert [one.letter for one in await world.deliver()] == ["taken", "card_report", "evidence"]


async def test_nothing_overtakes_what_was_begun(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    report(world, 1)
    begun = (await world.delivery.due())[0]
    with_limits(world, monkeypatch, times=1)
    await world.delivery.deliver(begun)
    world.hear(MIA, "!oncall")
    assert await world.delivery.due() == []
    world.clock.pass_(seconds=5)
    assert [one.letter for one in await world.deliver()] == ["card_report", "oncall", "evidence"]


async def test_a_limit_that_is_named_is_waited_for_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it comes, the next wait is no longer, and it is no failure that counts against the message."""
    report(world, 1)
    with_limits(world, monkeypatch, times=MOST_LOOKUPS + 2)
    for _ in range(MOST_LOOKUPS + 2):
        (message,) = await world.delivery.due()
        await world.delivery.deliver(message)
        now = world.clock.now()
        due = world.do(lambda tx, now=now: tx.outbox.next_due(now))  # type: ignore[misc]
        assert due == now + timedelta(seconds=5)
        world.clock.pass_(seconds=5)
    (message,) = await world.delivery.due()
    assert message.attempts == 0
    assert [one.letter for one in await world.deliver()] == ["card_report", "evidence"]


def with_limits(world: World, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The server takes nothing so often."""
    send, left = world.outside.send, [times]

    async def limited(parcel: Parcel) -> Receipt:
        if left[0]:
            left[0] -= 1
            raise TryLater(5.0, named=True)
        return await send(parcel)

    monkeypatch.setattr(world.outside, "send", limited)
    world.outside.seek = _nowhere  # type: ignore[attr-defined]


async def _nowhere(parcel: Any) -> None:
    return None


async def test_while_the_room_waits_little_else_is_under_way(world: World) -> None:
    """Ten people wait for acknowledgements; as long as moderators wait too, a few of them are written to at a time."""
    for number in range(10):
        member = world.member(f"ann{number}")
        letter = Outbound(Address(conversation=member.id), Audience.MEMBER, Letter("help", {}), "k", lane=member.id)
        world.do(lambda tx, one=letter: tx.outbox.add(one))  # type: ignore[misc]
    assert await begun_at_once(world) == (0, 10)
    world.hear(MIA, "!oncall")
    staff, others = await begun_at_once(world)
    assert staff == 1 and 0 < others < 5


async def begun_at_once(world: World) -> tuple[int, int]:
    """How many messages are under way to the staff room and to others."""
    begun: list[Outbound] = []

    class Waiting:
        async def due(self) -> list[Outbound]:
            return await world.delivery.due()

        async def deliver(self, message: Outbound) -> None:
            begun.append(message)
            await asyncio.Event().wait()

    nothing: Any = SimpleNamespace(due=_nothing)
    silent: Any = SimpleNamespace(tend=_nothing)
    parts: Any = dict.fromkeys(("intake", "timekeeping"))
    waiting: Any = Waiting()
    pump = Pump(
        store=world.store,
        gateways={},
        delivery=waiting,
        errands=nothing,
        desk=world.desk,
        noticeboard=silent,
        settings=world.settings,
        clock=world.clock,
        **parts,
    )
    await pump._start_due()
    await asyncio.sleep(0)
    for task in pump._under_way.values():
        task.cancel()
    await asyncio.gather(*pump._under_way.values(), return_exceptions=True)
    urgent = sum(message.urgent for message in begun)
    return urgent, len(begun) - urgent


async def _nothing() -> list[Any]:
    return []
