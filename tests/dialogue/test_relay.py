"""Words between the two: folded one way; the other way closed phrases, or own words that a moderator has read."""

from __future__ import annotations

import asyncio

import pytest

from outreach.domain.letters import PHRASES, Audience
from tests.dialogue.talk import Community, OnFediverse, People, ask, begins, letter, released, same

pytestmark = pytest.mark.asyncio(loop_scope="package")
AUTHOR = Audience.RECIPIENT


async def in_talk(people: People, words: str = "It is my style") -> tuple[OnFediverse, OnFediverse]:
    """A member and an author who has answered in own words."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    (passed,) = await dave.say(words, reply=True)
    assert same(passed) == letter(people.town, "passed_on", AUTHOR)
    assert [same(a) for a in await ada.heard()] == [letter(people.town, "author_wrote")]
    return ada, dave


async def rule(town: Community, command: str) -> str:
    """A moderator rules on the words shown last; returns what showed them."""
    shown = [h for h in town.mia.transcript.entries if h.room == town.staff_room and "!approve" in h.text][-1]
    await town.mia.say(town.staff_room, command, reply_to=shown.id)
    await town.turn()
    return shown.text


async def test_folded_words_and_a_phrase_back(town: Community, people: People) -> None:
    ada, dave = await in_talk(people, "I hate @nora@social.example, ask https://evil.example/x")
    (shown,) = await ada.say("more")
    assert "> I hate" in shown and "@nora" not in shown
    assert all(letter(town, "author_words", text="x", phrases=p, turns="1") for p in PHRASES)
    (queued,) = await ada.say("two")
    assert same(queued) == letter(town, "say_queued", approval="")
    assert await dave.heard() == []
    await town.wait(hours=20)
    (phrase,) = await dave.heard()
    assert begins(town, phrase, "phrase", AUTHOR)
    assert same((await ada.say("say once more"))[0]) == letter(town, "say_not_now")  # one for each answer


async def test_own_words_pass_a_moderator(town: Community, people: People) -> None:
    ada, dave = await in_talk(people)
    await dave.say("and I like it", reply=True)
    await ada.heard()
    (shown,) = await ada.say("more")
    assert "> It is my style\n> and I like it" in shown  # nothing of it is lost
    (preview,) = await ada.say("tell them  Thank you for listening ")
    assert "\n> Thank you for listening\n" in preview and "moderator" in preview
    (how,) = await ada.say("change")
    assert begins(town, how, "say_how")
    await ada.say("say Thank you for reading")
    assert same((await ada.say("send"))[0]) == letter(town, "say_queued", approval="1")
    await asyncio.sleep(0.1)
    shown = await rule(town, "!approve Thank you.")
    assert "Thank you for reading" in shown and dave.name not in shown and ada.name not in shown
    assert await dave.heard() == []
    await town.wait(hours=20)
    (relayed,) = await dave.heard()
    assert "> Thank you." in relayed and "reading" not in relayed

    await dave.say("And why now?", reply=True)
    await ada.heard()
    await ada.say("say You fool")
    await ada.say("send")
    await asyncio.sleep(0.1)
    await rule(town, "!refuse That would hurt.")
    (refused,) = await ada.heard()
    assert same(refused) == letter(town, "say_refused", text="That would hurt.")
    await town.wait(hours=30)
    assert await dave.heard() == []


async def test_three_in_all_and_at_most_one_a_day(town: Community, people: People) -> None:
    ada, dave = await in_talk(people)
    sent = 0
    for turn in range(4):
        (answer,) = await ada.say("more")
        (queued,) = await ada.say("1")
        if begins(town, answer, "author_words") and same(queued) == letter(town, "say_queued"):
            sent += 1
        await dave.say(f"and {turn}", reply=True)
        await ada.heard()
    assert sent == 3
    days = []
    for _ in range(5):
        await town.wait(hours=24)
        days.append(len([one for one in await dave.heard() if begins(town, one, "phrase", AUTHOR)]))
    assert sum(days) == 3 and max(days) == 1
