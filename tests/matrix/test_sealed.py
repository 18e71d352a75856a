"""Encrypted private chats, both ways, with clients by nio on a real homeserver."""

from __future__ import annotations

from dataclasses import replace

from outreach.ports import Happening
from tests.matrix.story import Story, letter, matrix


async def test_a_member_begins_an_encrypted_chat_and_both_read_each_other(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "before the join")
    (invited,) = await bot.read()
    assert (invited.happening, invited.encrypted) == (Happening.INVITED, True)
    await bot.gateway.accept(room)
    (line,) = [i for i in await bot.read() if i.happening is Happening.LINE]
    assert (line.text, line.encrypted, line.decrypted, line.cipher) == ("before the join", True, True, "")
    await bot.gateway.send(letter(room, ada.user_id, "hello"))
    heard = await ada.hear("hello")
    assert heard.decrypted
    await ada.say(room, "again")
    assert await bot.lines() == ["again"]


async def test_the_letter_sent_before_the_join_can_be_read(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "come in"))
    await ada.sync()
    await ada.join(place.room)
    assert (await ada.hear("come in")).decrypted


async def test_a_restart_goes_on_with_the_same_sessions(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "one")
    await bot.gateway.accept(room)
    assert await bot.lines() == ["one"]
    again = await story.again(bot)
    await ada.say(room, "two")
    assert await again.lines() == ["two"]
    await again.gateway.send(letter(room, ada.user_id, "three"))
    await ada.hear("three")
    assert again.shelf is not None and len(again.shelf.names("megolm/")) == 1


async def test_who_has_no_device_gets_a_room_they_can_read(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.person("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "plain"))
    await ada.hear("plain", room=place.room)


async def test_the_same_key_is_one_message_also_encrypted_anew(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    parcel = letter(place.room, ada.user_id, "once")
    first = await bot.gateway.send(parcel)
    assert await bot.gateway.send(parcel) == first
    again = await story.again(bot)
    assert await again.gateway.send(replace(parcel, first_tried=bot.clock.now())) == first
    await ada.join(place.room)
    await ada.hear("once")
    assert len(ada.heard) == 1 and not ada.unread
