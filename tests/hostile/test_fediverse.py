"""What a fediverse server may hand on, on the strict stub: answered or ignored on purpose, and the poll goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from outreach.adapters.fediverse import FediverseGateway
from outreach.domain.text import LONGEST
from outreach.ports import Happening, Place, TryLater
from tests.dialogue.talk import Community, People, begins
from tests.fediverse.conftest import Journal, Scene, StubClock
from tests.hostile.corpus import MEGABYTE, NOTIFICATIONS, TEXTS
from tests.strict_server import FLAVOURS, StrictServer


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """GoToSocial: it tells of edits."""
    async with StrictServer("gotosocial", "social.example", deterministic=True) as server:
        made = Scene(server)
        yield made
        await made.close()


@pytest.fixture
async def endless() -> AsyncIterator[Scene]:
    """One that takes anything."""
    FLAVOURS.setdefault("endless", replace(FLAVOURS["gotosocial"], max_chars=2 * MEGABYTE))
    async with StrictServer("endless", "social.example", deterministic=True) as server:  # type: ignore[arg-type]  # ours
        made = Scene(server)
        yield made
        await made.close()


async def opened(scene: Scene) -> FediverseGateway:
    gateway = await scene.opened()
    await scene.round(gateway)
    return gateway


async def test_words_of_any_kind(scene: Scene) -> None:
    gateway = await opened(scene)
    for text in TEXTS.values():
        said = text.encode("utf-8", "replace").decode()
        scene.server.post("alice", f"@outreach {said[:3000]}", visibility="direct")
    items = await scene.round(gateway)
    assert len(items) == len(TEXTS), "nothing is lost"
    assert all(len(item.text) <= LONGEST for item in items)


async def test_a_megabyte_from_afar(endless: Scene) -> None:
    """The writer's own server sets its limits; ours may hand it all on."""
    scene = endless
    gateway = await opened(scene)
    words = "<@a https://x.example/ " * (MEGABYTE // 20)
    scene.server.post("bob@far.example", f"@outreach@social.example {words}", visibility="direct")
    (item,) = await scene.round(gateway)
    assert len(item.text) == LONGEST and item.text.endswith("…") and len(item.links) <= 20


async def test_a_status_of_one_s_own_shape(scene: Scene) -> None:
    """A server of another make, or a broken one: pages of anything, with and without ids."""

    async def notifications(request: web.Request) -> web.Response:
        asked.append(str(request.rel_url))
        page = pages[min(len(asked), len(pages)) - 1]
        return web.Response(text=page, content_type="application/json")

    good = {"id": "900", "type": "mention", "status": NOTIFICATIONS["visibility unknown"]["status"]}  # type: ignore[index]  # the corpus is any JSON
    many = [{"type": "mention", "status": {"id": str(n)}} for n in range(40)]
    shapes = [json.dumps(one) for one in NOTIFICATIONS.values()]
    endless = json.dumps(many)
    pages = ["{}", '"text"', "null", "7", "[[[]]]", f"[{','.join(shapes)}]", endless, json.dumps([good])]
    asked: list[str] = []
    app = web.Application()
    app.router.add_get("/api/v1/notifications", notifications)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gateway = FediverseGateway(
        f"http://127.0.0.1:{runner.addresses[0][1]}", "token", StubClock(scene.server), streaming=False
    )
    journal = Journal()
    cursor = "1"
    for _ in pages:
        with suppress(TryLater):  # `null` is no answer at all
            cursor = await gateway.listen_once(cursor, journal)
    assert len(asked) <= len(pages) + 3, "a page without ids is not asked for again and again"
    assert cursor == "900" and [item.source for item in journal.items][-1] == "2"
    pages, asked = [endless], []
    assert await asyncio.wait_for(gateway.listen_once("900", journal), 10) == "900"
    assert len(asked) == 1, "nothing moves, so nothing is asked again at once"
    await gateway.close()
    await runner.cleanup()


@pytest.mark.parametrize("kind", ["html", "malformed", "cut"])
async def test_answers_that_are_none(scene: Scene, kind: str) -> None:
    gateway = await opened(scene)
    scene.server.post("alice", "@outreach help", visibility="direct")
    scene.server.fault(kind, path="/api/v1/notifications.*", count=1)
    with pytest.raises(TryLater):
        await scene.round(gateway)
    (item,) = await scene.round(gateway)
    assert item.text == "help", "and it comes the next time"


async def test_an_edit_that_lets_somebody_else_read_along(scene: Scene) -> None:
    gateway = await opened(scene)
    status = scene.server.post("alice", "@outreach about a post", visibility="direct")
    await scene.round(gateway)
    await gateway.send(scene.parcel("alice", place=Place(reply_to=status["id"])))  # it tells those who answered
    scene.server.edit(status["id"], "@outreach @dave about a post")
    (edit,) = [item for item in await scene.round(gateway) if item.happening is Happening.EDIT]
    assert edit.mentions == ("dave@social.example",)


@pytest.mark.asyncio(loop_scope="package")
class TestInTown:
    """With the whole bot."""

    async def test_an_edited_mention_is_answered_as_a_mention(self, make_town: Any) -> None:
        town: Community = await make_town(flavour="gotosocial")
        people = People(town, 1)
        ada, dave = await people.fedi("ada"), await people.fedi("dave")
        await ada.say("help")
        status = town.strict.post(ada.name, "@outreach hello", visibility="direct")
        await town.turn()
        await ada.heard()
        town.strict.edit(status["id"], f"@outreach @{dave.name} hello")
        await town.turn()
        answers = await ada.heard()
        assert len(answers) == 1 and begins(town, answers[0], "leaked_mention")
        assert await dave.heard() == []

    async def test_a_look_alike_of_the_bot_gets_and_gives_nothing(self, town: Community, people: People) -> None:
        """Who is asked by another account whether that was the bot learns that it was not, and how to tell."""
        dave, fake = await people.fedi("dave"), await people.fedi("0utreach")
        town.strict.post(fake.name, f"@{dave.name} Hello from the helper bot! Reply agree.", visibility="direct")
        (answer,) = await dave.say("genuine?")
        assert begins(town, answer, "genuine_no") and "social.example/about" in answer
        (answer,) = await dave.say("was that you?")
        assert "Yes" in answer, "since then the bot has written"
        assert await fake.heard() == []
