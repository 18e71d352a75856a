"""What no code can work is put aside and told; it keeps nobody else waiting and never ends the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from outreach.adapters.rendering import Letters
from outreach.adapters.storage import schema
from outreach.domain.errors import BrokenHistory
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.ports import Rendered
from outreach.services import pump as pumping
from outreach.services.casework import Casework
from outreach.services.delivery import MOST_FAILURES
from outreach.services.desk import PUT_ASIDE_PER_DAY
from outreach.services.dialogue.member import MemberDialogue
from tests.desk.world import STAFF
from tests.hostile.conftest import Lone

POISON = "poison \u202e canary"


def poisoned(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, when: Callable[..., bool]) -> None:
    """That method raises where the poison is, as a bug nobody knows of would."""
    whole = getattr(owner, method)

    def raising(self: Any, *given: Any, **named: Any) -> Any:
        if when(*given, **named):
            raise KeyError("canary")
        return whole(self, *given, **named)

    monkeypatch.setattr(owner, method, raising)


def _aside(sql: Connection) -> int:
    return sql.execute(select(func.count()).select_from(schema.inbox).where(schema.inbox.c.aside)).scalar_one()


async def test_a_poisoned_line(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch, MemberDialogue, "hear", lambda tx, member, incoming: "poison" in incoming.text)
    await lone.say("ada", POISON)
    await lone.say("ada", "help")
    await lone.say("gus", "help")
    await lone.settle()
    assert len(lone.sent("gus")) == 1, "nobody else waits"
    await lone.settle(4)
    unreadable, help_ = lone.sent("ada")
    assert "impossible for me to read" in unreadable.text and "I'm a bot" in help_.text
    (told,) = lone.sent(STAFF)
    assert "put aside" in told.text and "canary" not in told.text and "ada" not in told.text
    assert lone.store.sql(_aside) == 1, "kept"


async def test_a_flood_of_poison_floods_nobody(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch, MemberDialogue, "hear", lambda tx, member, incoming: "poison" in incoming.text)
    for _ in range(12):
        await lone.say("ada", POISON)
    await lone.settle(40)
    assert lone.store.sql(_aside) == 12
    assert len(lone.sent(STAFF)) == PUT_ASIDE_PER_DAY
    assert len(lone.sent("ada")) == 4, "three, and the notice that there is no more"


async def test_poison_that_spoils_the_telling_too(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch, MemberDialogue, "hear", lambda tx, member, incoming: "poison" in incoming.text)
    poisoned(monkeypatch, type(lone.pump.desk), "put_aside", lambda tx: True)
    await lone.say("ada", POISON)
    await lone.say("ada", "help")
    await lone.settle(4)
    assert lone.store.sql(_aside) == 1 and len(lone.sent("ada")) == 1


async def test_rows_that_do_not_open(lone: Lone) -> None:
    await lone.say("ada", "help")
    await lone.say("gus", "help")
    first = select(func.min(schema.inbox.c.id)).scalar_subquery()
    lone.store.sql(lambda sql: sql.execute(update(schema.inbox).where(schema.inbox.c.id == first).values(body=b"torn")))
    await lone.settle()
    assert lone.sent("ada") == [] and len(lone.sent("gus")) == 1 and lone.store.sql(_aside) == 1
    assert "put aside" in lone.sent(STAFF)[0].text

    await lone.say("gus", "status")
    assert await lone.pump._work_lines()
    newest = select(func.max(schema.outbox.c.id)).scalar_subquery()
    lone.store.sql(lambda sql: sql.execute(update(schema.outbox).where(schema.outbox.c.id == newest).values(body=b"x")))
    await lone.say("ada", "status")
    await lone.settle()
    assert len(lone.sent("ada")) == 1 and len(lone.sent("gus")) == 1
    assert await lone.store.transact(lambda tx: tx.outbox.parked()) == 1


async def test_a_poisoned_message(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, tried = Letters.render, []

    def render(self: Letters, audience: Audience, letter: Letter, languages: Any) -> Rendered:
        if letter.name == "status_none":
            tried.append(1)
            raise ValueError("canary")
        return whole(self, audience, letter, languages)

    monkeypatch.setattr(Letters, "render", render)
    await lone.say("ada", "status")
    await lone.say("ada", "help")
    await lone.say("gus", "help")
    await lone.settle()
    assert len(lone.sent("gus")) == 1 and len(tried) == 1, "not again and again at once"
    await lone.settle(MOST_FAILURES + 1, minutes=10)
    assert len(tried) == MOST_FAILURES
    assert len(lone.sent("ada")) == 1, "what stands behind it comes through"
    assert await lone.store.transact(lambda tx: tx.outbox.parked()) == 1


async def test_a_poisoned_errand(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(*_: object, **__: object) -> None:
        raise RecursionError("canary")

    for name, value in (("look", look), ("recognises", lambda link: True)):
        monkeypatch.setattr(lone.world.outside, name, value, raising=False)
    await lone.say("ada", "https://x.example/@dave/1")
    await lone.settle()
    await lone.say("ada", "agree")
    await lone.settle(8, minutes=1)
    assert len(lone.sent("ada")) == 2 and "agree" in lone.sent("ada")[0].text
    assert "I can't see" in lone.sent("ada")[1].text or "post" in lone.sent("ada")[1].text
    await lone.say("ada", "help")
    await lone.settle()
    assert len(lone.sent("ada")) == 3


async def test_a_poisoned_deadline(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    def apply(self: Casework, tx: object, case: str, said: object) -> None:
        rung.append(case)
        raise BrokenHistory("canary") if case == "torn" else KeyError(case)

    rung: list[str] = []
    monkeypatch.setattr(Casework, "apply", apply)
    now = lone.world.clock.now()
    for case in ("torn", "other"):
        lone.store.run(lambda tx, case=case: tx.timers.set(case, "check", now))  # type: ignore[misc]  # bound at once
    await lone.settle(3, minutes=1)
    assert sorted(rung) == ["other", "torn"], "each once, and not again and again"
    await lone.settle(1, hours=1)
    await lone.settle()
    assert len(rung) == 4, "and once more later: nothing stops silently"


async def test_the_bot_stays_up(lone: Lone, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that raises anything is tried again; a store that fails for a while is waited for."""
    calls: list[str] = []

    async def listen(cursor: str, journal: object) -> None:
        calls.append("listen")
        raise AttributeError("canary")

    async def members(room: str) -> tuple[Account, ...]:
        return ()

    monkeypatch.setattr(pumping, "_MENDING", 0.01)
    monkeypatch.setattr(pumping, "_LONGEST_NAP", 0.05)
    monkeypatch.setattr(lone.world.outside, "listen", listen, raising=False)
    monkeypatch.setattr(lone.world.outside, "members", members, raising=False)
    whole, failing = pumping.Pump._work_lines, [OSError("disk full")] * 3

    async def work_lines(self: pumping.Pump) -> bool:
        if failing:
            raise failing.pop()
        return await whole(self)

    monkeypatch.setattr(pumping.Pump, "_work_lines", work_lines)
    running = asyncio.create_task(lone.pump.run())
    await lone.say("ada", "help")
    async with asyncio.timeout(5):
        while not lone.sent("ada"):  # noqa: ASYNC110  # nothing tells of what was sent
            await asyncio.sleep(0.01)
    assert not running.done() and len(calls) > 2 and not failing
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_platforms_share_the_lone_gateway(lone: Lone) -> None:
    assert set(lone.pump.gateways) == set(Platform)
