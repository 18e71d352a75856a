"""Encrypted private chats, both ways, with clients by nio on a real homeserver."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from outreach.adapters.matrix.encryption import ARRIVAL
from outreach.ports import Happening
from tests.matrix.sealed import Post, SealedPerson
from tests.matrix.story import Bot, Story, letter, matrix
from tests.recorder import Recorder


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


async def crowd(story: Story) -> tuple[Bot, SealedPerson, str, Recorder]:
    """An encrypted community room with the bot in it, behind a recorder."""
    plain, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(plain.account.user_id)
    await plain.gateway.accept(room)
    await plain.read()
    await ada.sync()
    recorder = Recorder(story.synapse.url, {plain.account.access_token: "bot"})
    await story.enter(recorder)
    return await story.again(plain, url=recorder.url, community_rooms=[room]), ada, room, recorder


async def test_a_post_of_an_encrypted_community_room_is_looked_at_with_its_words_and_edits(story: Story) -> None:
    bot, ada, room, _ = await crowd(story)
    post = await ada.say(room, "flashing things")
    await bot.read()
    link = f"https://matrix.to/#/{room}/{post}"
    seen = await bot.gateway.look(link)
    assert seen.post is not None and (seen.post.text, seen.post.edited) == ("flashing things", "")
    related = {"rel_type": "m.replace", "event_id": post}
    changes: dict[str, Any] = {"m.new_content": {"msgtype": "m.text", "body": "kinder things"}, "m.relates_to": related}
    edit = await ada.say(room, "* kinder things", **changes)
    await bot.read()
    seen = await bot.gateway.look(link)
    assert seen.post is not None and (seen.post.text, seen.post.edited) == ("kinder things", edit)


async def test_nobodys_keys_are_asked_for_before_they_are_written_to(story: Story) -> None:
    """Who speaks in a community room may be an author one day; their server is asked at the letter's time (T1)."""
    bot, ada, room, recorder = await crowd(story)
    await bot.read()
    recorder.clear()
    await ada.say(room, "talk")
    assert await bot.lines() == ["talk"]
    await bot.read()
    assert [one.path for one in recorder.requests if not one.path.endswith(("/sync", "/keys/upload"))] == []
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id))
    asked = [_KIND.sub("", one.path.partition("/v3/")[2]) for one in recorder.requests if "/sync" not in one.path]
    asked = [path for path in asked if path != "keys/upload"]
    assert asked == [
        "keys/query",
        "createRoom",
        "rooms/members",
        "profile",
        "rooms/state",
        "keys/query",
        "sendToDevice",
        "rooms/members",  # who has come meanwhile
        "rooms/send",
        "rooms/members",
    ]


#: What follows the kind of a request: ids of rooms, users and messages.
_KIND = re.compile(r"(?<=rooms)/[^/]+|(?<=profile)/.+|(?<=state)/.+|(?<=send)/.+|(?<=sendToDevice)/.+")


async def test_another_bot_of_this_kind_is_known_by_its_mark(story: Story) -> None:
    """Neither answers the other, not even to ask for words it could not read."""
    bot, other = await story.bot(sealed=True), await story.bot(sealed=True)
    place = await bot.gateway.make_room(matrix(other.account.user_id))
    await bot.gateway.send(letter(place.room, other.account.user_id, "hello"))
    await other.read()
    await other.gateway.accept(place.room)
    (line,) = [item for item in await other.read() if item.happening is Happening.LINE]
    assert (line.text, bool(line.cipher), line.notice) == ("", True, True), "who has just come is given keys later"
    await bot.read()
    bot.clock.forward(ARRIVAL)
    await bot.read()
    await other.read()
    line = await other.gateway.unseal(line)
    assert (line.text, line.decrypted, line.notice) == ("hello", True, True)
    post = Post(other.gateway)
    again = await story.again(bot)
    await again.gateway.send(letter(place.room, other.account.user_id, "with another key"))
    (line,) = [item for item in await other.read() if item.happening is Happening.LINE]
    assert (line.text, bool(line.cipher), line.notice) == ("", True, True) and post.holds
