"""Messages to one person: into a room made empty, to exactly that person, and with nothing beside the words."""

import asyncio
from datetime import timedelta

import pytest

from outreach.adapters.matrix.parcels import MARK, mark
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.ports import Happening, Undeliverable
from tests.matrix.story import Bot, Story, conversation, letter, matrix, tried
from tests.recorder import delay


def as_person(story: Story, bot: Bot) -> MatrixPerson:
    """The bot's own token in rude hands, for what the gateway would never do."""
    return MatrixPerson(story.synapse.url, bot.account.user_id, bot.account.access_token, joins=False)


async def test_a_room_is_made_empty_and_tells_nothing(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada", joins=False)
    place = await bot.gateway.make_room(matrix(ada.user_id))
    async with as_person(story, bot) as own:
        state = {(e["type"], e["state_key"]): e["content"] for e in await own.full_state(place.room)}
        levels = state["m.room.power_levels", ""]
        assert set(state) == {
            ("m.room.create", ""),
            ("m.room.power_levels", ""),
            ("m.room.join_rules", ""),
            ("m.room.guest_access", ""),
            ("m.room.history_visibility", ""),
            ("m.room.member", bot.account.user_id),
        }
        assert state["m.room.create", ""]["room_version"] == "12"
        assert state["m.room.history_visibility", ""] == {"history_visibility": "invited"}
        assert state["m.room.join_rules", ""] == {"join_rule": "invite"}
        assert (levels["invite"], levels["users"]) == (100, {})
    assert ada.invitations == set()
    assert await bot.gateway.members(place.room) == ()


async def test_the_letter_sent_before_the_join_is_seen_and_holds_words_and_mark(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada", joins=False)
    place = await bot.gateway.make_room(matrix(ada.user_id))
    parcel = letter(
        place.room, ada.user_id, "hello", subject="s", facts={"case": "x"}, buttons=("✅",), pings=("@x:y",)
    )
    receipt = await bot.gateway.send(parcel)
    invitation = await ada.see_member(place.room, ada.user_id, "invite")
    assert invitation.content["is_direct"] is True
    await ada.join(place.room)
    heard = await ada.hear("hello", room=place.room)
    assert heard.content == {"msgtype": "m.text", "body": "hello", MARK: mark(parcel.key)}
    assert (receipt.native, receipt.place) == (heard.id, place)
    assert await bot.gateway.members(place.room) == (matrix(ada.user_id),)
    assert [e["type"] for e in await ada.history(place.room)].count("m.reaction") == 0


async def test_the_party_can_invite_nobody(story: Story) -> None:
    bot, ada, eve = await story.bot(), await story.person("ada"), await story.person("eve")
    room, _ = await conversation(bot, ada)
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await ada.invite(room, eve.user_id)
    with pytest.raises(Exception, match="M_FORBIDDEN"):
        await ada.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})


async def test_the_same_key_is_the_same_message_also_for_the_next_process(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    parcel = letter(room, ada.user_id, "once", key="a key/with ü %2F?#..")
    first = await bot.gateway.send(parcel)
    assert await bot.gateway.send(parcel) == first
    again = await story.again(bot)
    assert await again.gateway.send(tried(parcel, bot.clock.now())) == first
    assert [e["content"].get("body") for e in await ada.history(room)].count("once") == 1


@pytest.mark.parametrize("membership", ["join", "invite"])
async def test_a_third_person_ends_the_room(story: Story, membership: str) -> None:
    bot, ada, eve = await story.bot(), await story.person("ada"), await story.person("eve", joins=membership == "join")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    await bot.gateway.send(letter(room, ada.user_id, "just us"))
    await ada.invite(room, eve.user_id)
    await eve.see_member(room, eve.user_id, membership)
    with pytest.raises(Undeliverable, match="third person") as refusal:
        await bot.gateway.send(letter(room, ada.user_id, "secret"))
    assert refusal.value.permanent
    assert bot.account.user_id not in await ada.members(room)
    assert "secret" not in [e["content"].get("body") for e in await ada.history(room)]


async def test_a_third_person_who_slips_in_during_the_send_ends_the_room_afterwards(story: Story) -> None:
    plain, ada, eve = await story.bot(), await story.person("ada"), await story.person("eve", joins=False)
    room = await ada.dm(plain.account.user_id)
    await plain.gateway.accept(room)
    bot, recorder = await story.recorded(plain)
    recorder.inject("PUT", "/send/", delay(0.2))
    sending = asyncio.create_task(bot.gateway.send(letter(room, ada.user_id, "hello")))
    while not any("/send/" in r.path for r in recorder.requests):  # noqa: ASYNC110 - the recorder signals nothing
        await asyncio.sleep(0.01)
    await ada.invite(room, eve.user_id)
    receipt = await sending
    assert receipt.native == (await ada.hear("hello")).id, "it did go out, once"
    assert bot.account.user_id not in await ada.members(room)


async def test_somebody_elses_room_is_no_place_for_this_party(story: Story) -> None:
    bot, ada, ben = await story.bot(), await story.person("ada"), await story.person("ben")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    with pytest.raises(Undeliverable, match="third person"):
        await bot.gateway.send(letter(room, ben.user_id))


@pytest.mark.parametrize("how", ["leave", "decline", "ban"])
async def test_who_left_is_not_written_to_again(story: Story, how: str) -> None:
    bot, ada = await story.bot(), await story.person("ada", joins=how != "decline")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id))
    await ada.see_member(place.room, ada.user_id, "invite" if how == "decline" else "join")
    if how == "ban":
        async with as_person(story, bot) as own:
            await own.ban(place.room, ada.user_id)
    else:
        await ada.leave(place.room)
    left = [i for i in await bot.read() if i.happening is Happening.LEFT]
    assert [(i.sender, i.room) for i in left] == [(matrix(ada.user_id), place.room)]
    with pytest.raises(Undeliverable, match="party left") as refusal:
        await bot.gateway.send(letter(place.room, ada.user_id))
    assert refusal.value.permanent


async def test_nobody_is_invited_who_does_not_exist(story: Story) -> None:
    bot = await story.bot()
    nobody = "@nobody:localhost"
    place = await bot.gateway.make_room(matrix(nobody))
    with pytest.raises(Undeliverable, match="no such account"):
        await bot.gateway.send(letter(place.room, nobody))
    async with as_person(story, bot) as own:
        members = [e["state_key"] for e in await own.full_state(place.room) if e["type"] == "m.room.member"]
        assert members == [bot.account.user_id]


async def test_deactivated_accounts_are_not_invited(story: Story) -> None:
    bot, ada = await story.bot(), await story.account("ada")
    identity = {"type": "m.id.user", "user": ada.user_id}
    proof = {"type": "m.login.password", "identifier": identity, "password": ada.password}
    await story.call(ada, "POST", "/_matrix/client/v3/account/deactivate", {"auth": proof, "erase": True})
    place = await bot.gateway.make_room(matrix(ada.user_id))
    with pytest.raises(Undeliverable):
        await bot.gateway.send(letter(place.room, ada.user_id))


async def test_nothing_plain_goes_into_an_encrypted_room(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    await bot.gateway.send(letter(room, ada.user_id, "plain"))
    await ada.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    with pytest.raises(Undeliverable, match="encrypted"):
        await bot.gateway.send(letter(room, ada.user_id, "secret"))
    assert "secret" not in [e["content"].get("body") for e in await ada.history(room)]


async def test_a_room_the_bot_is_out_of_is_undeliverable(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    await bot.gateway.leave(room)
    await bot.gateway.leave(room)
    for place in (room, "!unknown:localhost", ""):
        with pytest.raises(Undeliverable):
            await bot.gateway.send(letter(place, ada.user_id))


async def test_too_long_a_text_is_undeliverable_and_a_split_one_is_not(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    long = "ä" * 40_000
    with pytest.raises(Undeliverable, match="M_TOO_LARGE") as refusal:
        await bot.gateway.send(letter(room, ada.user_id, long))
    assert refusal.value.permanent
    for part in bot.gateway.split(long, matrix(ada.user_id)):
        await bot.gateway.send(letter(room, ada.user_id, part))
    heard = [e["content"].get("body", "") for e in await ada.history(room)]
    assert "".join(heard[-7:]) == long


async def test_seek_finds_what_was_sent_and_only_that(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    sent, other = letter(room, ada.user_id, "sent"), letter(room, ada.user_id, "never")
    receipt = await bot.gateway.send(sent)
    for number in range(20):
        await ada.say(room, f"noise {number}")
    again = await story.again(bot)
    assert await again.gateway.seek(tried(sent, bot.clock.now())) == receipt
    assert await again.gateway.seek(tried(other, bot.clock.now() - timedelta(days=2))) is None


async def test_after_the_keys_expired_the_room_is_searched_before_anything_is_sent(story: Story) -> None:
    """A new device has no memory of the key, as the homeserver has none after a day."""
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    parcel = letter(room, ada.user_id, "once")
    receipt = await bot.gateway.send(parcel)
    plain, recorder = await story.recorded(bot)
    first = plain.clock.now()
    plain.clock.forward(timedelta(hours=23))
    assert await plain.gateway.send(tried(parcel, first)) == receipt
    assert [r.method for r in recorder.requests if "/send/" in r.path] == []
