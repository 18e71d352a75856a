"""The real bot and people with current clients in strict mode: nobody sees a warning, nothing stays unread."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.interop.human import Human
from tests.interop.town import Chat, InteropTown

_NUMBERS = itertools.count()
POST = "a fight, in all detail"
#: So many seconds after somebody has come they have what was written before.
ARRIVED = 5.0


@pytest_asyncio.fixture
async def town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[InteropTown]:
    """With the bot alive and at home; in the end nobody sees a warning."""
    async with InteropTown(tmp_path, synapse, suffix=f"-i{next(_NUMBERS)}") as made:
        yield made
        assert made.unclear() == []


async def post(town: InteropTown, author: Human) -> str:
    """Something to ask about: its link."""
    event = await author.say(town.lounge, POST)
    return f"https://matrix.to/#/{town.lounge}/{event}?via=elsewhere.example"


async def asked(town: InteropTown, wish: str) -> tuple[Chat, Chat]:
    """Somebody asks, in a chat they began; the bot writes to the author, who knows it, in a chat that it begins."""
    ada, dave = Chat(town, await town.human("ada")), Chat(town, await town.human("dave"))
    await dave.open()
    await dave.say("help")
    await contacted(town, ada, dave, wish)
    return ada, dave


async def contacted(town: InteropTown, ada: Chat, dave: Chat, wish: str) -> None:
    """From the link to the author's having joined the room with the letter."""
    await invited(town, ada, dave, wish)
    await asyncio.gather(dave.enter(), town.live(ARRIVED))


async def invited(town: InteropTown, ada: Chat, dave: Chat, wish: str) -> None:
    """From the link to the invitation."""
    link = await post(town, dave.human)
    await ada.open()
    assert "agree" in (await ada.say(link)).text
    assert "1 " in (await ada.say("agree")).text
    await ada.human.say(ada.room, wish)
    await town.turn()
    await ada.hear("send, change or cancel")
    await ada.say("send")
    await town.wait(hours=20)
    await dave.human.until(lambda: "invite" in dave.human.rooms.values(), "an invitation")


@pytest.mark.parametrize("distance", [0.0, 0.3, 3.0])
async def test_an_author_who_never_met_the_bot_reads_its_letter(town: InteropTown, distance: float) -> None:
    """So many seconds pass until their client has been told of the bot's device. What it judges before is lost."""
    ada, dave = Chat(town, await town.human("ada")), Chat(town, await town.human("dave", distance=distance))
    await contacted(town, ada, dave, "1")
    await dave.hear("I never say who asks", within=5)
    assert (await dave.say("why")).clear


async def test_an_author_who_comes_while_the_bot_is_away_reads_its_letter(town: InteropTown) -> None:
    ada, dave = Chat(town, await town.human("ada")), Chat(town, await town.human("dave", distance=0.3))
    await invited(town, ada, dave, "1")
    await town.stop()
    await dave.enter()
    await town.start()
    await town.live(ARRIVED)
    await dave.hear("I never say who asks", within=5)
    assert (await dave.say("why")).clear


async def test_first_messages_both_ways_and_the_whole_way_to_the_moderators(town: InteropTown) -> None:
    ada, dave = await asked(town, "2")
    letter = await dave.hear("I never say who asks")
    await ada.hear("time")
    assert "rules" in (await dave.say("why", reply=letter.id)).text
    await dave.say("no")
    await ada.hear("moderators")
    await ada.human.say(ada.room, "moderators")
    await town.turn()
    await ada.hear("waiting for a moderator")
    await ada.say("send")
    await settled(town, dave)
    await ada.hear("have decided")


async def settled(town: InteropTown, dave: Chat) -> None:
    """In the staff room: the card, commands in its thread, a reaction as a button, the card edited."""
    noor = Chat(town, town.noor, town.staff_room)
    card = await noor.hear("waiting for a moderator")
    preview = await noor.say("!author Could you take it away?", thread=card.id)
    assert preview.thread == card.id and "Could you take it away?" in preview.text
    await noor.human.order("react", room=noor.room, event=preview.id, key="✅")
    await town.turn()
    await dave.hear("Could you take it away?")
    await noor.human.say(noor.room, "!close agreed", thread=card.id)
    await town.turn()
    closed = await noor.human.see(
        lambda one: one.relation.get("event_id") == card.id and one.relation.get("rel_type") == "m.replace",
        "the card edited",
    )
    assert closed.clear, closed


async def test_a_fixed_message_is_noticed_and_both_are_thanked(town: InteropTown) -> None:
    ada, dave = await asked(town, "1")
    await dave.hear("I never say who asks")
    said = next(one for one in dave.human.sights.values() if one.text == POST)
    await dave.human.order("edit", room=town.lounge, event=said.id, text="kinder words altogether, and no more of it")
    await town.wait(hours=3)
    await dave.hear("Thank")
    await ada.hear("right")


async def test_edits_and_reactions_in_a_sealed_chat_are_understood(town: InteropTown) -> None:
    """An edit is no second command; a reaction nobody asked for is none either."""
    ada = Chat(town, await town.human("ada"))
    await ada.open()
    heard = await ada.say("help")
    event = next(one for one in ada.human.sights.values() if one.text == "help")
    await ada.human.order("edit", room=ada.room, event=event.id, text="status")
    await ada.human.order("react", room=ada.room, event=heard.id, key="👍")
    await ada.human.order("redact", room=ada.room, event=event.id)
    await town.turn()
    answered = [one for one in ada.human.sights.values() if one.sender == town.bot.user_id and one.room == ada.room]
    again = await ada.say("status")
    assert again.clear and {one.failure for one in answered} == {None}


async def test_a_new_device_of_a_human_reads_and_is_read(town: InteropTown) -> None:
    ada = Chat(town, await town.human("ada"))
    await ada.open()
    await ada.say("help")
    phone = Chat(town, await town.device(ada.human), ada.room)
    answer = await phone.say("status")
    assert (await ada.human.see(lambda one: one.id == answer.id, "the same answer")).clear
    answer = await ada.say("help")
    assert (await phone.human.see(lambda one: one.id == answer.id, "the same answer")).clear


async def test_a_restarted_bot_reads_what_was_said_meanwhile(town: InteropTown) -> None:
    ada = Chat(town, await town.human("ada"))
    await ada.open()
    await ada.say("help")
    await town.stop()
    await ada.human.say(ada.room, "status")
    await town.start()
    await ada.hear()
    assert (await ada.say("help")).clear
    assert await trusted(ada.human, town) == 1


async def trusted(human: Human, town: InteropTown) -> int:
    """How many devices the bot has; none of them may look suspicious to anybody."""
    judged = await human.order("judge", user=town.bot.user_id)
    assert judged["needsApproval"] is False and set(judged["devices"].values()) == {True}
    return len(judged["devices"])


@pytest.mark.parametrize("as_new_device", [False, True], ids=["same-device", "new-device"])
async def test_a_bot_moved_to_another_machine_is_the_same_bot(
    town: InteropTown, tmp_path_factory: pytest.TempPathFactory, as_new_device: bool
) -> None:
    ada, dave = await asked(town, "1")
    await dave.hear("I never say who asks")
    await ada.hear("time")
    await town.stop()
    await town.start_elsewhere(tmp_path_factory.mktemp("elsewhere") / "bot", as_new_device=as_new_device)
    assert "rules" in (await dave.say("why")).text
    assert (await ada.say("status")).clear
    assert await trusted(ada.human, town) == await trusted(dave.human, town) == 1 + as_new_device


async def test_a_new_device_of_the_bot_has_the_keys_of_the_old_one_and_asks_for_others(
    town: InteropTown, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """ada's key the old device had been given before; ben's was on its way to it when it was lost."""
    ada, ben = Chat(town, await town.human("ada")), Chat(town, await town.human("ben"))
    for one in (ada, ben):
        await one.open()
    await ada.say("help")
    await town.stop()
    for one in (ada, ben):
        await one.human.say(one.room, "status")
    await town.start_elsewhere(tmp_path_factory.mktemp("elsewhere") / "bot", as_new_device=True)
    await ada.hear("no open request")
    await town.wait(minutes=2)
    await ben.hear("write it again")
    assert "no open request" in (await ben.say("status")).text
