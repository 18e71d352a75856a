"""Room keys that come late or never, one-time keys that run out, devices that come and go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from outreach.adapters.matrix.crypto import signing
from outreach.ports import Happening, Incoming
from tests.matrix.sealed import Post, SealedPerson
from tests.matrix.story import Bot, Story, letter, matrix

_OLM = "m.olm.v1.curve25519-aes-sha2"
_V3 = "/_matrix/client/v3"


async def encrypted_chat(story: Story) -> tuple[Bot, SealedPerson, str]:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    await bot.read()
    await ada.sync()
    return bot, ada, room


def lines(items: list[Incoming]) -> list[Incoming]:
    return [item for item in items if item.happening is Happening.LINE]


async def test_a_line_is_kept_until_its_key_comes(story: Story) -> None:
    bot, ada, room = await encrypted_chat(story)
    post = Post(bot.gateway)
    sent = await ada.say(room, "late")
    (line,) = lines(await bot.read())
    assert (line.source, line.text, line.encrypted, line.decrypted) == (sent, "", True, False)
    assert await bot.gateway.unseal(line) == line
    post.holds = False
    assert lines(await bot.read()) == []
    read = await bot.gateway.unseal(line)
    assert (read.text, read.decrypted, read.cipher, read.source) == ("late", True, "", sent)
    again = await story.again(bot)
    assert (await again.gateway.unseal(line)).text == "late", "also by the next process"


@pytest.mark.parametrize(("said", "kept"), [("m.unverified", "m.unverified"), ("m.canary-code", "m.other")])
async def test_a_key_that_is_held_back_says_why(story: Story, said: str, kept: str) -> None:
    """Only known reasons are kept as they came: the rest are somebody's words."""
    bot, ada, room = await encrypted_chat(story)
    post = Post(bot.gateway)
    await ada.say(room, "not for you")
    (line,) = lines(await bot.read())
    assert line.withheld == ""
    session = json.loads(line.cipher)["content"]["session_id"]
    post.lose()
    content = {"room_id": room, "session_id": session, "algorithm": "m.megolm.v1.aes-sha2", "code": said}
    body = {"messages": {bot.account.user_id: {"*": content}}}
    await story.call(ada.account, "PUT", f"{_V3}/sendToDevice/m.room_key.withheld/1", body)
    await bot.read()
    assert (await bot.gateway.unseal(line)).withheld == kept
    again = await story.again(bot)
    assert (await again.gateway.unseal(line)).withheld == kept


async def test_a_stranger_cannot_say_why_a_key_is_held_back(story: Story) -> None:
    bot, ada, room = await encrypted_chat(story)
    eve = await story.account("eve")
    post = Post(bot.gateway)
    await ada.say(room, "late")
    (line,) = lines(await bot.read())
    post.lose()
    session = json.loads(line.cipher)["content"]["session_id"]
    content = {"room_id": room, "session_id": session, "code": "m.unverified"}
    body = {"messages": {bot.account.user_id: {"*": content}}}
    await story.call(eve, "PUT", f"{_V3}/sendToDevice/m.room_key.withheld/1", body)
    await bot.read()
    assert (await bot.gateway.unseal(line)).withheld == ""


async def claim(story: Story, bot: Bot) -> tuple[str, dict[str, Any]]:
    wanted = {"one_time_keys": {bot.account.user_id: {bot.gateway.device: "signed_curve25519"}}}
    asker = await story.account("claimer")
    found = await story.call(asker, "POST", f"{_V3}/keys/claim", wanted)
    ((name, key),) = found["one_time_keys"][bot.account.user_id][bot.gateway.device].items()
    return name, key


async def test_drained_one_time_keys_leave_a_signed_fallback_and_an_alarm(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    names = [await claim(story, bot) for _ in range(51)]
    assert [bool(key.get("fallback")) for _, key in names] == [False] * 50 + [True]
    name, fallback = names[-1]
    keys = (await story.keys_of(bot.account.user_id))["device_keys"][bot.account.user_id][bot.gateway.device]
    device = bot.gateway.device
    assert signing.is_signed(fallback, bot.account.user_id, device, keys["keys"][f"ed25519:{device}"])
    room = await ada.dm(bot.account.user_id)  # with the fallback key as well
    await ada.say(room, "with the fallback key")
    with capture_logs() as said:
        await bot.read()
    assert [entry["event"] for entry in said if entry["log_level"] == "warning"] == ["one-time keys were drained"]
    await bot.gateway.accept(room)
    assert await bot.lines() == ["with the fallback key"]
    fresh = await claim(story, bot)
    assert not fresh[1].get("fallback"), "supplied again"
    with capture_logs() as said:
        await bot.read()
    assert said == []
    assert [(await claim(story, bot))[0] for _ in range(50)][-1] != name, "and the fallback key is a new one"


async def test_a_new_device_reads_what_is_said_from_then_on_and_a_lost_one_nothing_more(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "one"))
    await ada.join(place.room)
    await ada.hear("one")
    await bot.read()
    phone = await story.sealed("ada", await story.log_in(ada.account))
    await bot.read()
    await bot.gateway.send(letter(place.room, ada.user_id, "two"))
    await phone.hear("two")
    await ada.hear("two")
    sessions = {event.session_id for event in ada.heard}
    assert len(sessions) == 1, "the old key goes on"
    await story.log_out(phone.account)
    await bot.read()
    await bot.gateway.send(letter(place.room, ada.user_id, "three"))
    assert (await ada.hear("three")).session_id not in sessions


async def test_one_may_come_to_a_party_that_has_not_joined_yet_with_a_new_device(story: Story) -> None:
    """No sync tells of the devices of somebody who is only invited."""
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "one"))
    phone = await story.sealed("ada", await story.log_in(ada.account))
    await bot.gateway.send(letter(place.room, ada.user_id, "two"))
    await phone.join(place.room)
    await phone.hear("two")


async def test_words_count_as_their_senders_alone(story: Story) -> None:
    """A server that puts another name on an event, or shows it twice, is not believed."""
    bot, ada, room = await encrypted_chat(story)
    await ada.say(room, "mine")
    (line,) = lines(await bot.read())
    page, _ = await bot.gateway._api.older(room, "")
    event: dict[str, Any] = next(dict(e) for e in page if isinstance(e, dict) and e["event_id"] == line.source)
    encryption = bot.gateway._encryption
    assert encryption is not None
    opened = await encryption.open(event, room)
    assert opened is not None and opened.event["content"]["body"] == "mine"  # type: ignore[index]
    assert await encryption.open(event | {"sender": "@eve:localhost"}, room) is None
    assert await encryption.open(event, "!other:localhost") is None
    again = await encryption.open(event | {"event_id": "$other"}, room)
    assert again is not None and again.twin == opened.twin == line.twin


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"algorithm": _OLM},
        {"algorithm": _OLM, "sender_key": "x", "ciphertext": {"KEY": {"type": 0, "body": "x"}}},
        {"algorithm": _OLM, "sender_key": 7, "ciphertext": {"KEY": {"type": "0", "body": 7}}},
        {"algorithm": _OLM, "sender_key": "A" * 43, "ciphertext": {"KEY": {"type": 1, "body": "AwoA"}}},
        {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AAAA"},
    ],
)
async def test_to_device_rubbish_is_passed_over(story: Story, content: dict[str, Any]) -> None:
    bot, ada, room = await encrypted_chat(story)
    keys = (await story.keys_of(bot.account.user_id))["device_keys"][bot.account.user_id][bot.gateway.device]["keys"]
    raw = json.dumps(content).replace("KEY", keys[f"curve25519:{bot.gateway.device}"])
    body = {"messages": {bot.account.user_id: {bot.gateway.device: json.loads(raw)}}}
    await story.call(ada.account, "PUT", f"{_V3}/sendToDevice/m.room.encrypted/1", body)
    await ada.say(room, "and words")
    assert await bot.lines() == ["and words"]
