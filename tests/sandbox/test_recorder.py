"""The recording proxy in front of a real Synapse, with a bare client in the bot's place."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.people import MatrixPerson, Refused
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.recorder import Recorder, bad_gateway, cut, delay, lost_answer, lost_request, rate_limited


@dataclass
class Scene:
    recorder: Recorder
    bot: MatrixPerson
    room: str

    @property
    def said(self) -> list[Any]:
        return [record for record in self.recorder.requests if "/send/" in record.path]

    async def texts(self) -> list[str]:
        return [e["content"]["body"] for e in await self.bot.history(self.room) if e["type"] == "m.room.message"]


count = iter(range(100))


@pytest_asyncio.fixture(loop_scope="function")
async def scene(synapse: Synapse) -> AsyncIterator[Scene]:
    account = await synapse.register(f"bot{next(count)}")
    async with (
        Recorder(synapse.url, {account.access_token: "the bot"}) as recorder,
        MatrixPerson(recorder.url, account.user_id, account.access_token) as bot,
    ):
        yield Scene(recorder, bot, await bot.create_room())


async def test_ids_are_numbered_and_the_token_is_nowhere(scene: Scene, synapse: Synapse) -> None:
    first = await scene.bot.say(scene.room, f"see {scene.room}")
    await scene.bot.react(scene.room, first, "👍")
    await scene.bot.hear_nothing(during=0.1)
    lines = [json.loads(line) for line in scene.recorder.view(lambda r: "/send/" in r.path).splitlines()]
    assert [line["account"] for line in lines] == ["the bot", "the bot"]
    assert lines[0]["path"].startswith("/_matrix/client/v3/rooms/room-1/send/m.room.message/")
    assert lines[0]["body"]["body"] == "see room-1"
    assert lines[1]["body"]["m.relates_to"]["event_id"] == "event-1"
    whole = scene.recorder.view().decode()
    assert '["since", "sync-1"]' in whole
    assert "syt_" not in whole
    assert scene.room.encode() not in scene.recorder.view()


async def test_a_foreign_id_does_not_hide_behind_a_number(scene: Scene) -> None:
    other = await scene.bot.create_room()
    await scene.bot.say(scene.room, "private")
    await scene.bot.say(other, f"leaked: {scene.room}")
    private = [record for record in scene.said if record.body["body"] == "private"]
    seen = scene.recorder.view(lambda r: r in scene.said and r not in private, foreign=lambda r: r in private)
    assert scene.room.encode() in seen
    assert b"rooms/room-1/send" in seen


async def test_the_answer_is_lost_but_the_message_stands(scene: Scene) -> None:
    """Once lost, aiohttp repeats the request by itself; lost twice, the client learns of it."""
    scene.recorder.inject("PUT", "/send/", lost_answer, count=3)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await scene.bot.say(scene.room, "first")
    await scene.bot.say(scene.room, "second")
    outcomes = [(record.body["body"], record.fault, record.status) for record in scene.said]
    lost = "lost answer"
    assert outcomes[:2] == [("first", lost, 200), ("first", lost, 200)]
    assert outcomes[2:] == [("second", lost, 200), ("second", None, 200)]
    assert await scene.texts() == ["first", "second"]


async def test_requests_that_never_arrive(scene: Scene) -> None:
    scene.recorder.inject("PUT", "/send/", lost_request, count=2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await scene.bot.say(scene.room, "never")
    scene.recorder.inject("PUT", "/send/", bad_gateway)
    with pytest.raises(Refused, match="502 <html>"):
        await scene.bot.say(scene.room, "never")
    scene.recorder.inject("*", "/send/", rate_limited(1.5))
    with pytest.raises(Refused, match="'retry_after_ms': 1500"):
        await scene.bot.say(scene.room, "never")
    assert await scene.texts() == []


async def test_half_an_answer_and_a_late_one(scene: Scene) -> None:
    scene.recorder.inject("GET", "/joined_members", cut)
    with pytest.raises(aiohttp.ClientPayloadError):
        await scene.bot.members(scene.room)
    scene.recorder.inject("GET", "/joined_members", delay(0.2))
    began = time.monotonic()
    assert await scene.bot.members(scene.room) == {scene.bot.user_id}
    assert time.monotonic() - began >= 0.2


async def test_a_long_poll_passes_and_ends_with_its_client(scene: Scene, synapse: Synapse) -> None:
    account = await synapse.register(f"guest{next(count)}")
    async with MatrixPerson(synapse.url, account.user_id, account.access_token) as guest:
        room = await guest.dm(scene.bot.user_id)
        await guest.see_member(room, scene.bot.user_id)
        await guest.say(room, "ping")
        await scene.bot.hear("ping", within=2)
