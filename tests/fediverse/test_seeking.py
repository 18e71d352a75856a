"""An earlier attempt is found by what it was, and nothing else is taken for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from outreach.ports import Misconfigured, Place, TryLater
from tests.fediverse.conftest import Scene

TEXT = "Hello & <welcome>, @erin!\n\nAbout https://social.example/@dave/109 — is\nthat #fine?  ＠ok"


async def test_what_was_sent_is_found(scene: Scene) -> None:
    bot = await scene.opened()
    parcel = scene.parcel("dave", TEXT, subject="About a post", first_tried=scene.clock.now())
    assert await bot.seek(parcel) is None
    receipt = await bot.send(parcel)
    assert await bot.seek(parcel) == receipt


@pytest.mark.parametrize(
    "change", [{"text": "Hello there!"}, {"to": "erin"}, {"place": Place(reply_to="99")}, {"later": 120}]
)
async def test_another_message_is_not_it(scene: Scene, change: dict[str, Any]) -> None:
    bot, change = await scene.opened(), dict(change)
    line = scene.server.post("dave", "@outreach hi", visibility="direct")["id"]
    parcel = scene.parcel("dave", place=Place(reply_to=line), first_tried=scene.clock.now())
    await bot.send(parcel)
    scene.server.advance(change.pop("later", 0))
    if "to" in change:
        change["to"] = scene.person(change["to"])
    assert await bot.seek(replace(parcel, first_tried=scene.clock.now(), **change)) is None


async def test_a_public_post_of_the_same_words_is_not_it(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.post("outreach", "@dave Hello there")
    assert await bot.seek(scene.parcel("dave", first_tried=scene.clock.now())) is None


async def test_the_same_words_to_somebody_else_are_not_it(akkoma: Scene) -> None:
    bot = await akkoma.opened()
    akkoma.server.post("outreach", "@dave Hello there", visibility="direct", to=["erin"])
    assert await bot.seek(akkoma.parcel("dave", first_tried=akkoma.clock.now())) is None


async def test_it_is_found_behind_many_others_and_the_search_ends(scene: Scene) -> None:
    bot = await scene.opened()
    parcel = scene.parcel("dave", first_tried=scene.clock.now())
    receipt = await bot.send(parcel)
    for n in range(100):
        scene.server.advance(1)
        scene.server.post("outreach", f"@erin {n}", visibility="direct")
    assert await bot.seek(parcel) == receipt
    for n in range(200):
        scene.server.post("outreach", f"@erin {n}", visibility="direct")
    scene.server.clear_log()
    assert await bot.seek(parcel) is None
    assert len(scene.requests("/api/v1/accounts/")) == 5


async def test_trouble_while_seeking_is_no_answer(scene: Scene) -> None:
    bot = await scene.opened()
    parcel = scene.parcel("dave", first_tried=scene.clock.now())
    scene.server.fault("status", path="/api/v1/accounts/.*")
    with pytest.raises(TryLater):
        await bot.seek(parcel)
    scene.server.set_account("outreach", token="another")
    with pytest.raises(Misconfigured):
        await bot.seek(parcel)
