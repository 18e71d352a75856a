"""Danger, words of self-harm, a human: they leave the path at once, and are answered warmly."""

from __future__ import annotations

import asyncio

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, ask, begins, letter, publish, released, same, silent

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_danger_at_the_first_menu(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "I know where you live")
    await ada.say(link)
    await ada.say("agree")
    before = len(town.staff_saw())
    (called,) = await ada.say("Five.")
    assert begins(town, called, "danger_called") and "findahelpline" in called
    await asyncio.sleep(0.1)
    (card,) = town.staff_saw()[before:]
    assert link in card and ada.name not in card
    (line,) = await ada.say("say He has my address")
    assert begins(town, line, "human_line_preview")
    assert same((await ada.say("send"))[0]) == letter(town, "human_line_sent")
    assert await silent(dave)


async def test_a_member_s_words_of_self_harm(town: Community, people: People) -> None:
    ada, dave, eve = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("eve")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    link, _ = await publish(eve, "more lights")
    await ada.say(f"{link} cw flashing")
    (warm,) = await ada.say("I can't go on, I want to die")
    assert same(warm) == letter(town, "self_harm") and "findahelpline" in warm
    assert same((await ada.say("send"))[0]) == letter(town, "nothing_to_send")
    assert ": over" in (await ada.say("status"))[0]
    (shown,) = await ada.say("human")
    assert begins(town, shown, "human_preview")
    assert begins(town, (await ada.say("send"))[0], "human_called")
    await town.wait(days=6)
    assert await dave.heard() == [] and await eve.heard() == [] and await ada.heard() == []


async def test_an_author_s_words_of_self_harm(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    (warm,) = await dave.say("great, now I will kill myself", reply=True)
    assert same(warm) == letter(town, "self_harm", Audience.RECIPIENT)
    (told,) = await ada.heard()
    assert same(told) == letter(town, "stopped_kindly")
    (human,) = await dave.say("human", reply=True)
    assert same(human) == letter(town, "answered_human", Audience.RECIPIENT)
    await town.wait(days=6)
    assert await dave.heard() == [] and await ada.heard() == []


async def test_a_human_for_the_member(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    before = len(town.staff_saw())
    (shown,) = await ada.say("Human please!")
    assert begins(town, shown, "human_preview") and len(town.staff_saw()) == before
    (called,) = await ada.say("send")
    assert begins(town, called, "human_called")
    await asyncio.sleep(0.1)
    (card,) = town.staff_saw()[before:]
    name = card.split(":")[0]
    assert name in shown and ada.name not in card
    assert begins(town, (await ada.say("mod"))[0], "human_called") and len(town.staff_saw()) == before + 1
    await ada.say("Somebody is unkind to me")  # with one matter open, before moderators, it can only be for them
    assert same((await ada.say("send"))[0]) == letter(town, "human_line_sent")
    await asyncio.sleep(0.1)
    assert "unkind to me" in town.staff_saw()[-1]
    await town.mia.say(town.staff_room, f"!close {name} agreed")
    await town.turn()
    assert begins(town, (await ada.heard())[0], "closed_by_moderators")
