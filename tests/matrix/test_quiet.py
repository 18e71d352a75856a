"""What the bot never asks of its server: receipts, typing, presence, others' rooms (anonymity.md, 14)."""

import logging

import pytest

from tests.matrix.story import Story, card, conversation, letter

_HARMLESS = ("/sync", "/send/", "/state/", "/members", "/joined_members", "/messages", "/whoami", "/profile/")
_ALLOWED = (*_HARMLESS, "/createRoom", "/join/", "/leave", "/forget", "/event/")


async def test_no_receipt_no_typing_no_presence(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    bot, recorder = await story.recorded(plain)
    community = await ada.create_room(invite=[bot.account.user_id])
    await bot.gateway.accept(community)
    post = await ada.say(community, "look")
    bot = await story.again(bot, url=recorder.url, community_rooms=[community])
    room, _ = await conversation(bot, ada)
    await ada.say(room, "hi")
    await bot.read()
    await bot.gateway.send(letter(room, ada.user_id))
    await bot.gateway.send(card(community, buttons=("✅",)))
    await bot.gateway.look(f"https://matrix.to/#/{community}/{post}")
    await bot.gateway.leave(room)
    assert [r.path for r in recorder.requests if not any(part in r.path for part in _ALLOWED)] == []
    assert {dict(r.query)["set_presence"] for r in recorder.requests if r.path.endswith("/sync")} == {"offline"}
    text = " ".join(r.path for r in recorder.requests)
    assert not any(word in text for word in ("receipt", "typing", "presence", "read_markers"))


async def test_no_log_line_tells_anything(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    """nio logs events it cannot parse with their content, keys at debug, and every refused request."""
    caplog.set_level(logging.DEBUG)
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "canary", **{"m.relates_to": "canary"})
    await bot.gateway.accept(room)
    assert await bot.lines() == ["canary"]
    logging.getLogger("nio.responses").error("canary")
    logging.getLogger("nio.crypto").warning("canary")
    secrets = ("canary", ada.user_id, room, bot.account.access_token)
    assert [word for word in secrets for record in caplog.records if word in record.getMessage()] == []
