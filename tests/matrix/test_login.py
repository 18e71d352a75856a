"""One account, one device: what is verified at the start, and the sentence an operator reads."""

import re
from dataclasses import replace
from typing import Any

import pytest

from outreach.entrypoints.sandbox.processes import free_port
from outreach.ports import Misconfigured, TryLater
from tests.matrix.story import Story, card, matrix
from tests.recorder import bad_gateway


async def misconfigured(story: Story, **options: Any) -> str:
    account = await story.account("bot")
    gateway = story.gateway(account, **options)
    try:
        with pytest.raises(Misconfigured) as refusal:
            await gateway.open()
    finally:
        await gateway.close()
    said = str(refusal.value)
    assert re.fullmatch(r"[^\n]{20,200}\.", said)
    assert account.access_token not in said and account.user_id not in said
    return said


async def test_a_password_logs_in_with_the_same_device_for_life(story: Story) -> None:
    account = await story.account("bot")
    first = story.gateway(account, token="", password=account.password)
    await first.open()
    device = first.device
    assert device and device != account.device_id
    mia = await story.person("mia")
    room = await mia.create_room(invite=[account.user_id])
    await first.accept(room)
    parcel = card(room)
    sent = await first.send(parcel)
    await first.close()
    await first.close()
    second = story.gateway(account, token="", password=account.password, device=device)
    await second.open()
    assert second.device == device
    assert await second.send(parcel) == sent, "the key still means the same event"
    await second.close()


async def test_a_token_brings_its_device(story: Story) -> None:
    bot = await story.bot()
    assert bot.gateway.device == bot.account.device_id
    assert bot.gateway.me == replace(matrix(bot.account.user_id), bot=True)


async def test_plain_sentences_for_the_operator(story: Story) -> None:
    assert "matrix_token" in await misconfigured(story, token="syt_wrong")
    assert "matrix_password" in await misconfigured(story, token="", password="wrong")
    assert "matrix_token nor matrix_password" in await misconfigured(story, token="")
    assert "another account" in await misconfigured(story, user="@somebody:localhost")
    assert "[matrix] user" in await misconfigured(story, user="outreach")
    for address in ("matrix.example.org", "http://[x", "http://x:port", "https://"):
        assert "[matrix] homeserver" in await misconfigured(story, homeserver=address)
    assert "[matrix] homeserver" in await misconfigured(story, homeserver=f"{story.synapse.url}/nowhere")
    assert "community_rooms" in await misconfigured(story, community_rooms=["#nowhere:localhost"])


async def test_a_server_that_is_away_is_no_mistake_of_the_operator(story: Story) -> None:
    bot = await story.bot()
    bot, recorder = await story.recorded(bot)
    recorder.inject("GET", "/whoami", bad_gateway)
    with pytest.raises(TryLater):
        await bot.gateway.open()
    dead = story.gateway(bot.account, homeserver=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TryLater):
        await dead.open()
    await dead.close()


async def test_a_suspended_account_is_named(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    await story.suspend(bot.account)
    with pytest.raises(Misconfigured, match="suspended"):
        await bot.gateway.send(card(room))


async def test_a_token_that_dies_ends_the_listening(story: Story) -> None:
    bot = await story.bot()
    account = await story.account("other")
    gateway = story.gateway(account)
    await gateway.open()
    await story.log_out(account)
    for call in (
        gateway.listen("", bot.journal),
        gateway.listen_once("", bot.journal),
        gateway.members("!x:localhost"),
    ):
        with pytest.raises(Misconfigured, match="matrix_token"):
            await call
    await gateway.close()


async def test_a_cursor_of_another_server_is_named(story: Story) -> None:
    bot = await story.bot()
    with pytest.raises(Misconfigured, match="stored position"):
        await bot.gateway.listen("nonsense", bot.journal)
