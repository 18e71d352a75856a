"""The main job over all four pairs, seen from outside: what each person reads, in order, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.town import Town
from tests.town.actors import Actor, OnMatrix, member, mend, publish

MakeTown = Callable[..., Awaitable[Town]]
PAIRS = [(m, a) for m in ("fediverse", "matrix") for a in ("fediverse", "matrix")]


async def ask(ada: Actor, dave: Actor, link: str) -> list[str]:
    """From the link to `send`; returns what `send` was answered with."""
    assert "agree" in (await ada.say(link))[0]
    assert "1 " in (await ada.say("agree"))[0]
    wish = "1" if isinstance(dave, OnMatrix) else "1 flashing"
    preview = "\n".join(await ada.say(wish))
    assert "send, change or cancel" in preview
    return await ada.say("send")


async def test_asked_explained_fixed_thanked(make_town: MakeTown, pair: tuple[str, str]) -> None:
    town = await make_town()
    ada, dave = await member(town, pair[0], "ada"), await member(town, pair[1], "dave")
    link, native = await publish(dave, "a fight, in all detail")
    assert len(await ask(ada, dave, link)) == 1

    assert await dave.heard() == []
    await town.wait(hours=20)
    (letter,) = await dave.heard()
    assert "I never say who asks" in letter and "social.example/about" in letter
    (told,) = await ada.heard()
    assert "its time" in told or "The time" in told

    (why,) = await dave.say("why", reply=True)
    assert "rules" in why
    (who,) = await dave.say("is that you, Ada?", reply=True)
    assert "nobody" in who
    assert await ada.heard() == []

    await mend(dave, native)
    await town.wait(hours=3)
    (thanks,) = await dave.heard()
    assert "Thank" in thanks
    (fixed,) = await ada.heard()
    assert "right" in fixed
    await town.wait(days=30)
    assert await dave.heard() == [] and await ada.heard() == []


async def test_declined_and_taken_to_moderators(make_town: MakeTown, pair: tuple[str, str]) -> None:
    town = await make_town()
    ada, dave = await member(town, pair[0], "ada"), await member(town, pair[1], "dave")
    link, _ = await publish(dave, "a fight, in all detail")
    await ask(ada, dave, link)
    await town.wait(hours=20)
    await dave.heard()
    await ada.heard()

    assert len(await dave.say("no", reply=True)) == 1
    (asked,) = await ada.heard()
    assert "moderators" in asked and "rest" in asked
    card = "\n".join(await ada.say("moderators"))
    assert "waiting for a moderator" in card
    assert len(await ada.say("send")) == 1

    shown = await staff_hears(town)
    assert len(shown) == 1 and "waiting for a moderator" in shown[0]
    assert "ada" not in shown[0]


async def test_people_whose_clients_cannot_encrypt_are_served_in_the_clear(make_town: MakeTown) -> None:
    """A room that the bot makes for somebody without any device has to be one they can read."""
    town = await make_town()
    ada, dave = [OnMatrix(town, name, await town.add_matrix(name, old=True)) for name in ("ada", "dave")]
    link, _ = await publish(dave, "a fight, in all detail")
    await ask(ada, dave, link)
    await town.wait(hours=20)
    (letter,) = await dave.heard()
    assert "I never say who asks" in letter
    assert len(await dave.say("why")) == len(await ada.heard()) == 1


async def test_a_bot_that_may_not_encrypt_declines_what_it_could_not_read(make_town: MakeTown) -> None:
    """`encryption = false`: everybody is served in the clear, and nobody waits in an encrypted chat for an answer."""
    town = await make_town(encrypted=False)
    ada, dave = await member(town, "matrix", "ada"), await member(town, "matrix", "dave")
    link, _ = await publish(dave, "a fight, in all detail")
    assert isinstance(ada, OnMatrix)
    closed = await ada.person.dm(town.bot.user_id, encrypted=True)
    await town.turn()
    await ada.person.see_member(closed, town.bot.user_id, "leave")
    await ask(ada, dave, link)
    await town.wait(hours=20)
    assert len(await dave.heard()) == 1


async def staff_hears(town: Town) -> list[str]:
    """What stands in the staff room, as a moderator's client shows it."""
    await asyncio.sleep(0.2)
    happenings = [h for h in town.mia.transcript.entries if h.room == town.staff_room and h.type == "m.room.message"]
    return [h.text for h in happenings if h.sender == town.bot.user_id]


@pytest.fixture(params=PAIRS, ids=["-".join(pair) for pair in PAIRS])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Member's platform and author's platform."""
    found: tuple[str, str] = request.param
    return found
