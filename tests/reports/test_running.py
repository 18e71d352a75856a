"""The bot as it runs: a webhook and the poll at once, and floods, on real stores."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from outreach.adapters.storage.links import SqlLinks
from outreach.domain.identity import Account, Platform
from outreach.domain.reports import Report, Source
from outreach.entrypoints.web import Listener, MastodonHook
from outreach.entrypoints.web.hooks import PATH
from outreach.ports import Batch, Happening, Incoming
from outreach.ports.store import Line, Link, Transaction
from outreach.services.casework import MOST_COMPARED, MOST_REPORTS
from outreach.services.reporting import Reporting
from tests.desk.world import PlainRenderer, World
from tests.dialogue.talk import People
from tests.reports.test_intake import cards, news
from tests.reports.test_webhook import REPORT, SECRET, signed

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_one_report_through_poll_and_webhook_at_once_is_one(make_town: Callable[..., Any]) -> None:
    town = await make_town(more='[reports]\npoll_every = "1h"\n')
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    for source in town.sources:
        source.breath = 0.05
    listener = Listener("127.0.0.1:0", MastodonHook(SECRET, town.pump.news_of_reports, lambda: town.pump.running))
    url = f"http://127.0.0.1:{await listener.open()}{PATH}"
    running = asyncio.create_task(town.pump.run())
    await asyncio.sleep(0.5)
    town.strict.report(ada.name, dave.name, "rude")
    async with aiohttp.ClientSession() as http:
        for body in (REPORT, REPORT, REPORT.replace(b'"7"', b'"8"')):
            async with http.post(url, data=body, headers=signed(body)) as answer:
                assert answer.status == 204
    await town.mia.hear("rude", within=10)
    await asyncio.sleep(0.3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await listener.close()
    assert len(cards(await news(town, 0))) == 1
    assert len(await ada.heard()) == 1


def reported(number: int, person: str) -> Incoming:
    """A report as a list gives it."""
    report = Report(
        Source.FEDIVERSE, Platform.FEDIVERSE, (Account(Platform.FEDIVERSE, person, person),), (), text="rude"
    )
    sender = Account(Platform.FEDIVERSE, f"member{number}@x.example", f"m{number}")
    return Incoming(f"report/{number}", Happening.REPORTED, Platform.FEDIVERSE, sender, report=report)


@pytest.mark.parametrize("people", [1, 100])
async def test_a_flood_is_kept_whole_in_bounded_memory(tmp_path: Any, people: int) -> None:
    """Pages are journaled with their cursor, then worked; each reporter has one name, each person one open case."""
    world, many = World(tmp_path), 200
    reporting = Reporting(world.settings, world.clock, world.chance, world.casework, PlainRenderer())
    world.chance.alias = iter_names().__next__  # type: ignore[method-assign]  # as many names as a flood needs
    tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    for begin in range(0, many, 50):
        page = tuple(reported(n, f"person{n % people}@x.example") for n in range(begin, begin + 50))
        for _ in range(2):  # a page that came again because the cursor was not stored
            world.do(lambda tx, items=page, at=begin: tx.inbox.journal(Batch("list", str(at), items)))  # type: ignore[misc]
    kept = 0
    while lines := world.do(lambda tx: tx.inbox.lines()):
        for line in lines:
            world.do(lambda tx, one=line: _work(tx, reporting, one))  # type: ignore[misc]
            kept += 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    cases = [case for case in map(world.do, map(_load, world.do(lambda tx: tx.cases.all()))) if case is not None]
    assert kept == many == sum(len(case.reports) for case in cases)
    assert len(cases) == (many // MOST_REPORTS if people == 1 else people)
    requests = [request for case in cases for request in case.requests]
    assert len({request.id for request in requests}) == many
    assert peak - before < 25 * 2**20


def _work(tx: Transaction, reporting: Reporting, line: Line) -> None:
    reporting.hear(tx, line.incoming)
    tx.inbox.done(line)


def _load(case: str) -> Any:
    return lambda tx: tx.cases.load(case)


def iter_names() -> Any:
    return (f"name{number}-otter" for number in range(10**6))


async def test_who_reports_without_end_makes_nothing_slower(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one member's many links none is opened to tell the next case's name apart, and it still has one of its own."""
    world, opened = World(tmp_path), [0]
    reporting = Reporting(world.settings, world.clock, world.chance, world.casework, PlainRenderer())
    monkeypatch.setattr(world.chance, "alias", iter_names().__next__)
    reports = [replace(reported(n, f"p{n}@x.example"), sender=reported(0, "").sender) for n in range(MOST_COMPARED + 5)]
    for one in reports[:MOST_COMPARED]:
        world.do(lambda tx, one=one: reporting.hear(tx, one))  # type: ignore[misc]
    read = SqlLinks._open

    def watched(self: SqlLinks, name: str, body: bytes) -> Link:
        opened[0] += 1
        return read(self, name, body)

    with monkeypatch.context() as patch:
        patch.setattr(SqlLinks, "_open", watched)
        for one in [*reports[MOST_COMPARED:], reports[-1]]:
            world.do(lambda tx, one=one: reporting.hear(tx, one))  # type: ignore[misc]
    assert opened == [6 + 1], "each acknowledgement looks its own reporter up, and the last report knows its own again"
    member = world.do(lambda tx: tx.conversations.of_member(reports[0].sender))
    assert member is not None
    links = world.do(lambda tx: tx.links.of_member(member.id))
    assert len(links) == len({link.alias for link in links}) == len(reports)
