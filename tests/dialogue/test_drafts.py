"""From the link to `send`: one question at a time, a stray word gets it again, and nothing leaves unconfirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.dialogue.talk import Actor, Community, People, begins, letter, publish, released, request, same, silent

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_every_question_is_put_again_to_whatever_does_not_answer_it(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "all the war, again")
    (notice,) = await ada.say(link)
    assert same(notice) == letter(town, "notice") and notice.count("agree") == 1
    for stray in ("what?", "👍", "hm, I don't know about that", "2"):
        assert await ada.say(stray) == [notice]
    (more,) = await ada.say("More")
    assert same(more) == letter(town, "notice_more", backups=str(30 * 86400))
    (menu,) = await ada.say("Okay!")
    assert begins(town, menu, "menu")
    for stray in ("9", "what", "5 minutes ago he did it again", "I am so upset about this"):
        assert [same(a) for a in await ada.say(stray)] == [same(menu)]
    assert "“blurriness”" in (await ada.say("blurriness"))[0]
    (change,) = await ada.say("four")
    assert begins(town, change, "change_menu")
    assert await ada.say("no idea") == [change]
    (preview,) = await ada.say("1")
    assert "kind" in preview or "hurt" in preview
    (menu,) = await ada.say("change")
    (labels,) = await ada.say("one")
    assert begins(town, labels, "label_menu")
    assert [same(a) for a in await ada.say("I can't decide on any of these")] == [same(labels)]
    (near,) = await ada.say("wra")
    assert "wra" in near and "war" in near and "food" not in near
    (lived,) = await ada.say("war")
    assert begins(town, lived, "lived_question")
    assert await ada.say("maybe") == [lived]
    (preview,) = await ada.say("No.")
    assert begins(town, preview, "preview")
    for stray in ("👍", "yes", "ok", "is that all?", "1", "agree"):
        assert [same(a) for a in await ada.say(stray)] == [letter(town, "draft_nudge")], stray
    assert same((await ada.say("forget it"))[0]) == letter(town, "cancelled")
    assert same((await ada.say("send"))[0]) == letter(town, "nothing_to_send")
    assert await silent(dave)


@pytest.mark.parametrize(
    "line", ["cw food", "CW: Food!", "please add a content warning for food, it makes me ill", "ask cw food", "food"]
)
async def test_in_one_line(town: Community, people: People, line: str) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    await ada.say(f"{link} {line}")
    (preview,) = await ada.say("ok")
    assert begins(town, preview, "preview") and "“food”" in preview


async def test_the_lived_experience_question(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "what it is like")
    await ada.say(f"{link} cw mental health")
    await ada.say("yes")
    assert same((await ada.say("yes"))[0]) == letter(town, "lived_stays")
    assert same((await ada.say("send"))[0]) == letter(town, "nothing_to_send")
    assert await silent(dave)


async def test_nudged_once_then_forgotten(town: Community, people: People) -> None:
    ada, bea, dave = await people.fedi("ada"), await people.fedi("bea"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    for person in (ada, bea):
        await person.say(f"{link} cw food")
        await person.say("agree")
    await town.wait(minutes=59)
    assert await ada.heard() == []
    await town.wait(minutes=2)
    assert [same(a) for a in await ada.heard()] == [letter(town, "draft_nudge")]
    await bea.heard()
    assert same((await bea.say("cancel"))[0]) == letter(town, "cancelled")
    await town.wait(hours=22)
    assert await ada.heard() == []
    await town.wait(hours=2)
    assert [same(a) for a in await ada.heard()] == [letter(town, "draft_expired")]
    assert same((await ada.say("send"))[0]) == letter(town, "nothing_to_send")
    assert await bea.heard() == [] and await silent(dave)


async def test_drafts_survive_a_restart(make_town: Callable[..., Any]) -> None:
    town: Community = await make_town()
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    await ada.say(link)
    await town.restart()
    (menu,) = await ada.say("agree")
    await town.restart()
    (preview,) = await ada.say("1 food")
    await town.restart()
    assert begins(town, menu, "menu") and begins(town, preview, "preview")
    (queued,) = await ada.say("send")
    assert begins(town, queued, "queued")
    await released(ada, dave)


async def test_send_counts_only_for_a_preview_that_was_delivered(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    await ada.say(f"{link} cw food")
    later = {"Retry-After": "30"}
    town.strict.fault("status", method="POST", path="/api/v1/statuses/?", status=503, headers=later)
    assert await ada.say("agree") == []
    assert await ada.say("send") == []  # it is read before the preview has left
    await town.wait(minutes=2)
    preview, nudge = await ada.heard()
    assert begins(town, preview, "preview") and same(nudge) == letter(town, "draft_nudge")
    (queued,) = await ada.say("send")
    assert begins(town, queued, "queued")
    assert begins(town, (await ada.say("cancel"))[0], "withdrawn")
    assert await silent(dave)


async def test_an_edit_runs_no_command_again(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    await ada.say(f"{link} cw food")
    await ada.say("agree")
    town.strict.post(ada.name, "@outreach wait", visibility="direct")
    await town.turn()
    await ada.heard()
    line = town.strict.posts_by(ada.name)[-1]
    town.strict.edit(line["id"], text="@outreach send")
    await town.turn()
    assert await ada.heard() == []
    assert await silent(dave, 20)

    gus = await people.matrix("gus")
    await gus.say(link)
    event = await gus.person.say(gus.room, "hm")
    await town.turn()
    await gus.heard()
    await gus.person.edit(gus.room, event, "agree")
    await town.turn()
    assert await gus.heard() == []


async def test_notices_and_bots_are_never_answered(town: Community, people: People) -> None:
    gus = await people.matrix("gus")
    await gus.say("hello")
    await gus.person.say(gus.room, "status", msgtype="m.notice")
    await town.turn()
    assert await gus.heard() == []
    robot = await people.fedi("robot", bot=True)
    assert await robot.say("help") == []


async def test_three_unprompted_answers_an_hour_then_one_notice_then_silence(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    answers = [await ada.say(f"so I said to her {n}") for n in range(6)]
    assert [len(a) for a in answers] == [1, 1, 1, 1, 0, 0]
    assert begins(town, answers[3][0], "quiet_now")
    assert not any(begins(town, answers[n][0], "quiet_now") for n in range(3))
    (known,) = await ada.say("status")  # a command is answered all the same
    assert same(known) == letter(town, "status_none")
    await town.wait(hours=1, minutes=1)
    assert len(await ada.say("so I said")) == 1


async def test_the_first_letter_is_not_sent_where_it_is_not_needed(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "soup")
    await request(ada, link)
    town.strict.edit(native, spoiler_text="soup")
    await town.wait(hours=20)
    assert begins(town, (await ada.heard())[0], "sent_not_needed")
    assert await dave.heard() == []


async def test_nothing_is_sent_for_somebody_who_has_gone(town: Community, people: People) -> None:
    """Who blocks the bot, or left the chat, or has no account any more, before the letter leaves."""
    dave = await people.fedi("dave")
    links = [(await publish(await people.fedi(f"dave{n}"), "soup"))[0] for n in range(3)]
    ada, bea, gus = await people.fedi("ada"), await people.fedi("bea"), await people.matrix("gus")
    members: list[Actor] = [ada, bea, gus]
    for person, link in zip(members, links, strict=True):
        await request(person, link)
    town.strict.block(ada.name, "outreach")
    town.strict.set_account(bea.name, suspended=True)
    await gus.person.leave(gus.room)
    await town.wait(hours=24)
    for n in range(3):
        got = town.strict.delivered(f"{dave.name[:4]}{n}{dave.name[4:]}")
        assert [p for p in got if p["account"]["username"] == "outreach"] == []
