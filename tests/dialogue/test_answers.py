"""What an author can answer, what they read, and what the member hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, ask, begins, letter, publish, released, request, same

pytestmark = pytest.mark.asyncio(loop_scope="package")
AUTHOR = Audience.RECIPIENT


async def test_questions_are_answered_by_the_bot_alone(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave)
    contact = await released(ada, dave)
    for word in ("done", "how", "why", "no", "human", "stop"):
        assert word in contact

    async def says(text: str) -> str:
        (answer,) = await dave.say(text, reply=True)
        return same(answer)

    assert await says("How?") == letter(town, "how", AUTHOR, platform="fediverse", ask="cw", label="food")
    assert await says("WHY") == letter(town, "why", AUTHOR, ask="cw", label="food", strength="may")
    for guess in ("who", "who asked?", f"is that you, {ada.name.title()}?", "It was Mallory, wasn't it?"):
        assert await says(guess) == letter(town, "who", AUTHOR), guess
    assert begins(town, await says("what is this?"), "what", AUTHOR)
    assert begins(town, await says("phishing?"), "genuine_yes", AUTHOR)
    assert begins(town, (await ada.say("genuine?"))[0], "genuine_yes")
    stranger = await people.fedi("stranger")
    assert begins(town, (await stranger.say("is this real?"))[0], "genuine_no")
    assert await ada.heard() == []
    assert await says("no") == letter(town, "answered_no", AUTHOR, strength="may")
    assert [same(a) for a in await ada.heard()] == [letter(town, "declined_may")]
    assert await says("No!") == letter(town, "over", AUTHOR)
    await town.wait(days=6)
    assert await dave.heard() == [] and await ada.heard() == []  # a suggestion is never repeated
    (kindly,) = await ada.say("escalate")
    assert same(kindly) == letter(town, "no_escalation_may")


async def test_my_own_life_ends_it_for_good(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 war")
    assert "mine" in await released(ada, dave)
    (answer,) = await dave.say("Mine.", reply=True)
    assert same(answer) == letter(town, "answered_mine", AUTHOR)
    assert [same(a) for a in await ada.heard()] == [letter(town, "own_life")]
    await town.wait(days=6)
    assert await dave.heard() == [] and await ada.heard() == []
    assert begins(town, (await ada.say("escalate"))[0], "nothing_open")


async def test_no_to_a_rule_asks_the_member_what_next(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link = await ask(ada, dave, "1 flashing")
    (early,) = await ada.say("moderators")
    assert same(early) == letter(town, "escalation_later")
    await released(ada, dave)
    assert same((await ada.say("escalate"))[0]) == letter(town, "escalation_later")
    await dave.say("no", reply=True)
    (unresolved,) = await ada.heard()
    assert "moderators" in unresolved and "rest" in unresolved
    (shown,) = await ada.say("moderators")
    before = len(town.staff_saw())
    (kept,) = await ada.say("cancel")
    assert same(kept) == letter(town, "cancelled", kept="1") and len(town.staff_saw()) == before
    await ada.say("moderators")
    assert same((await ada.say("hm"))[0]) == letter(town, "draft_nudge")
    (given,) = await ada.say("send")
    assert begins(town, given, "escalated")
    await asyncio.sleep(0.1)
    (card,) = town.staff_saw()[before:]
    assert link in card and dave.name in card and ada.name not in card
    assert card.split("\n")[0] in shown
    (line,) = await ada.say("He does that all the time")
    assert begins(town, line, "human_line_preview")
    (anew,) = await ada.say("change")
    assert begins(town, anew, "say_how")
    await ada.say("say He means no harm")
    assert same((await ada.say("send"))[0]) == letter(town, "human_line_sent")
    await asyncio.sleep(0.1)
    assert "He means no harm" in town.staff_saw()[-1]
    assert "asked" in (await ada.say("status"))[0] or "answered" in (await ada.say("status"))[0]


async def test_done_before_it_shows_is_thanked_later(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "lights")
    await request(ada, link, "1 flashing")
    await released(ada, dave)
    (later,) = await dave.say("Fixed it 🙂", reply=True)
    assert same(later) == letter(town, "not_yet_visible", AUTHOR)
    assert await ada.heard() == []
    town.strict.edit(native, spoiler_text="bright lights")
    await town.wait(hours=38)
    (thanks,) = await dave.heard()
    assert begins(town, thanks, "thanks", AUTHOR) or "Thank you!" in thanks
    (fixed,) = await ada.heard()
    assert "“bright lights”" in fixed
    await town.wait(days=3)
    assert await dave.heard() == []  # and no reminder
    (sorry,) = await ada.say("No", reply=True)
    assert same(sorry) == letter(town, "kept_as_is")
    assert same((await ada.say("Thank you!"))[0]) == letter(town, "welcome")
    assert await dave.heard() == []


@pytest.mark.parametrize("way", ["deleted", "redrafted", "hidden"])
async def test_fixed_in_other_ways(town: Community, people: People, way: str) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    media = [{"type": "image", "description": "lights"}] if way == "hidden" else None
    post = town.strict.post(dave.name, "many bright lights in the dark", media=media)
    await request(ada, post["url"], "3" if way == "hidden" else "1 flashing")
    await released(ada, dave)
    if way == "hidden":
        town.strict.edit(post["id"], sensitive=True)
    else:
        town.strict.delete(post["id"])
    if way == "redrafted":
        town.strict.post(dave.name, "many bright lights in the dark!", spoiler_text="flashing lights")
    (thanks,) = await dave.say("done", reply=True)
    assert ("see your post" in thanks) == (way == "deleted")
    (told,) = await ada.heard()
    assert begins(town, told, "fixed")


async def test_a_star_is_seen_and_stops_the_reminder(town: Community, people: People) -> None:
    ada, bea = await people.fedi("ada"), await people.fedi("bea")
    starred, quiet, gus = await people.fedi("starred"), await people.fedi("quiet"), await people.matrix("gus")
    await ask(ada, starred, "1 flashing")
    await ask(bea, quiet, "1 flashing")
    carla = await people.fedi("carla")
    await ask(carla, gus, "1")
    await town.wait(hours=20)
    for author in (starred, quiet, gus):
        assert len(await author.heard()) == 1
    town.strict.favourite(starred.name, starred.last["id"])
    await gus.person.react(gus.room, gus.last, "👍")
    await town.turn()
    await town.wait(days=3)
    assert await starred.heard() == [] and await gus.heard() == []
    (reminder,) = await quiet.heard()
    assert begins(town, reminder, "reminder", AUTHOR)
    await town.wait(days=3)
    assert await quiet.heard() == []  # once
    for member in (ada, bea, carla):
        assert len(await member.heard()) == 2  # its time has come; what next?


async def test_a_human_can_be_reached_before_and_after_the_end(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link = await ask(ada, dave)
    await released(ada, dave)
    await dave.say("no", reply=True)
    await ada.heard()
    before = len(town.staff_saw())
    (called,) = await dave.say("human", reply=True)
    assert same(called) == letter(town, "answered_human", AUTHOR)
    await asyncio.sleep(0.1)
    (card,) = town.staff_saw()[before:]
    assert link in card and ada.name not in card and "!author" in card
    (passed,) = await dave.say("I find this odd", reply=True)
    assert same(passed) == letter(town, "passed_on", AUTHOR)
    await asyncio.sleep(0.1)
    assert "I find this odd" in town.staff_saw()[-1]
    name = card.split(":")[0]
    await staff(town, f"!author {name} Nothing to worry about.")
    preview = [h for h in town.mia.transcript.entries if h.room == town.staff_room and "Nothing to worry" in h.text]
    await town.mia.react(town.staff_room, preview[-1].id, "✅")
    await town.turn()
    (written,) = await dave.heard()
    assert "> Nothing to worry about." in written
    assert await ada.heard() == []


async def staff(town: Community, text: str) -> None:
    await town.mia.say(town.staff_room, text)
    await town.turn()
    await asyncio.sleep(0.1)


async def test_abuse_stop_start(town: Community, people: People) -> None:
    ada, bea, dave = await people.fedi("ada"), await people.fedi("bea"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    await dave.say("Because I can", reply=True)
    await ada.heard()
    before = len(town.staff_saw())
    (sorry,) = await dave.say("abuse", reply=True)
    assert same(sorry) == letter(town, "answered_abuse", AUTHOR)
    await asyncio.sleep(0.1)
    (card,) = town.staff_saw()[before:]
    assert ada.name not in card
    assert same((await ada.say("say I am sorry"))[0]) == letter(town, "say_not_now")
    (stopped,) = await dave.say("Stop", reply=True)
    assert same(stopped) == letter(town, "answered_stop", AUTHOR)
    await ask(bea, dave, "1 flashing", text="other lights")
    await town.wait(hours=20)
    assert await dave.heard() == [] and len(await bea.heard()) == 1
    (started,) = await dave.say("start", reply=True)
    assert same(started) == letter(town, "answered_start", AUTHOR)
    carla = await people.fedi("carla")
    await ask(carla, dave, "1 flashing", text="still other lights")
    await town.wait(hours=20)
    assert len(await dave.heard()) == 1


async def test_the_author_answers_where_all_can_read(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave)
    await released(ada, dave)
    town.strict.post(dave.name, "@outreach no", visibility="public", in_reply_to_id=dave.last["id"])
    await town.turn()
    (fine,) = await dave.heard()
    assert same(fine) == letter(town, "answered_no", AUTHOR, strength="may")
    assert dave.last["visibility"] == "direct"


async def test_a_moderator_as_author(make_town: Callable[..., Any]) -> None:
    """Told before `send`; the card goes to the other room."""
    town: Community = await make_town(alternate=True)
    people = People(town, 0)
    ada = await people.fedi("ada")
    await town.add_fediverse("mia")
    post = town.strict.post("mia", "lights")
    await ada.say(f"{post['url']} cw flashing")
    (preview,) = await ada.say("agree")
    assert "other moderators get it" in preview
    await ada.say("send")
    await town.wait(days=5)
    await ada.heard()
    await ada.say("moderators")
    assert begins(town, (await ada.say("send"))[0], "escalated")
    await asyncio.sleep(0.2)
    assert any("flashing" in one for one in town.staff_saw(town.other_room))
    assert not any("flashing" in one for one in town.staff_saw())


async def test_a_moderator_as_author_where_no_other_is_free(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    if town.strict.world.find("mia") is None:
        await town.add_fediverse("mia")
    post = town.strict.post("mia", "lights")
    await ada.say(f"{post['url']} cw flashing")
    (preview,) = await ada.say("agree")
    assert "no others are free" in preview
    await ada.say("send")
    await town.wait(days=5)
    await ada.heard()
    (nobody,) = await ada.say("moderators")
    assert begins(town, nobody, "no_moderators_free")
