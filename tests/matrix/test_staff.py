"""Cards in a staff room: what they hold, that they appear once, and that an open room gets none (F18)."""

import pytest

from outreach.adapters.matrix.parcels import MARK, mark
from outreach.ports import TryLater, Undeliverable
from tests.matrix.story import Story, card
from tests.recorder import bad_gateway, rate_limited

_FACTS = {"kind": "card", "case": "amber-otter", "stage": "reported"}


async def test_a_card_its_thread_and_its_edit(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    first = await bot.gateway.send(card(room, "one", "k1", facts=_FACTS))
    assert (first.place.room, first.place.thread) == (room, first.native)
    inside = await bot.gateway.send(card(room, "inside", "k2", facts=_FACTS, thread=first.native))
    assert inside.place == first.place
    edit = card(room, "two", "k3", facts=_FACTS, thread=first.native, replaces=first.native)
    edited = await bot.gateway.send(edit)
    assert edited.place == first.place
    said = {"msgtype": "m.notice", "body": "one", "community.outreach": _FACTS}
    assert (await mia.hear("one")).content == said | {MARK: mark("k1")}
    assert (await mia.hear("inside")).content == said | {
        MARK: mark("k2"),
        "body": "inside",
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": first.native,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": first.native},
        },
    }
    assert (await mia.hear("two")).content == said | {
        MARK: mark("k3"),
        "body": "* two",
        "m.new_content": said | {"body": "two"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": first.native},
    }


async def test_only_pings_are_text_and_mention(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    await bot.gateway.send(card(room, "wake up", "k1", pings=(mia.user_id,)))
    assert (await mia.hear("wake up")).content == {
        "msgtype": "m.text",
        "body": "wake up",
        "community.outreach": {},
        "m.mentions": {"user_ids": [mia.user_id]},
        MARK: mark("k1"),
    }


async def test_buttons_are_the_bots_reactions_once_however_often_it_is_sent(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    parcel = card(room, "vote", buttons=("✅", "❌"))
    first = await bot.gateway.send(parcel)
    assert await bot.gateway.send(parcel) == first
    await bot.gateway.send(card(room, "vote again", replaces=first.native, buttons=("✅", "❌")))
    reactions = [e["content"]["m.relates_to"] for e in await mia.history(room) if e["type"] == "m.reaction"]
    assert [(r["event_id"], r["key"]) for r in reactions] == [(first.native, "✅"), (first.native, "❌")]


async def test_a_button_lost_on_the_way_is_set_by_the_next_attempt(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    bot, recorder = await story.recorded(bot)
    parcel = card(room, "vote", buttons=("✅", "❌"))
    recorder.inject("PUT", "m.reaction/.*b1", bad_gateway)
    with pytest.raises(TryLater):
        await bot.gateway.send(parcel)
    await bot.gateway.send(parcel)
    kinds = [e["type"] for e in await mia.history(room) if e["sender"] == bot.account.user_id]
    assert kinds[-3:] == ["m.room.message", "m.reaction", "m.reaction"]


async def test_a_limit_on_buttons_holds_no_words_up(story: Story) -> None:
    """A default server takes one event in five seconds: the next card is worth more than a sign on this one."""
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    bot, recorder = await story.recorded(bot)
    recorder.inject("PUT", "m.reaction/", rate_limited(5), 2)
    first = await bot.gateway.send(card(room, "one", "k1", buttons=("✅", "❌")))
    second = await bot.gateway.send(card(room, "two", "k2", buttons=("✅", "❌")))
    await bot.gateway.send(card(room, "one again", "k3", replaces=first.native, buttons=("✅", "❌")))
    reactions = [e["content"]["m.relates_to"]["event_id"] for e in await mia.history(room) if e["type"] == "m.reaction"]
    assert reactions == [first.native] * 2 and second.native not in reactions


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.join_rules", {"join_rule": "knock"}),
        ("m.room.join_rules", {"join_rule": "restricted", "allow": []}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
    ],
)
async def test_a_room_made_open_afterwards_gets_nothing_more(
    story: Story, kind: str, content: dict[str, object]
) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    await bot.gateway.send(card(room, "before"))
    was = await mia.state(room, kind)
    await mia.set_state(room, kind, content)
    with pytest.raises(Undeliverable, match="room open") as refusal:
        await bot.gateway.send(card(room, "secret"))
    assert not refusal.value.permanent
    await mia.set_state(room, kind, was)
    await bot.gateway.send(card(room, "after"))
    bodies = [e["content"].get("body") for e in await mia.history(room)]
    assert ("before" in bodies, "secret" in bodies, "after" in bodies) == (True, False, True)


async def test_an_encrypted_staff_room_and_one_the_bot_was_put_out_of_can_be_mended(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    other = await story.staff_room(bot, mia)
    await mia.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await mia.kick(other, bot.account.user_id)
    for place, reason in ((room, "encrypted"), (other, "refused"), ("!unknown:localhost", "refused")):
        with pytest.raises(Undeliverable, match=reason) as refusal:
            await bot.gateway.send(card(place, "secret"))
        assert not refusal.value.permanent
    assert "secret" not in [e["content"].get("body") for e in await mia.history(room)]


async def test_a_muted_bot_can_be_mended(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    await mia.set_power(room, bot.account.user_id, -1)
    with pytest.raises(Undeliverable) as refusal:
        await bot.gateway.send(card(room))
    assert not refusal.value.permanent
