"""From a report on either platform to its card, and what everybody hears of it (R029, R030, R128)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from outreach.domain.letters import Audience
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from tests.dialogue.talk import Community, People, ask, begins, released, same
from tests.town.actors import OnFediverse, OnMatrix

pytestmark = pytest.mark.asyncio(loop_scope="package")


def staff_side(town: Community, room: str = "") -> list[Happening]:
    """Every message of the bot in a staff room, as it is."""
    there = [h for h in town.mia.transcript.entries if h.room == (room or town.staff_room)]
    return [h for h in there if h.sender == town.bot.user_id and h.type == "m.room.message"]


async def so_far(town: Community) -> int:
    """How much has come to the room."""
    return len(await news(town, 0))


async def news(town: Community, seen: int, room: str = "") -> list[Happening]:
    """What came to the room since then."""
    await town.turn()
    mark = await town.mia.say(room or town.staff_room, "so far")
    await town.mia.see(lambda happening: happening.id == mark)
    return staff_side(town, room)[seen:]


def facts(happening: Happening) -> dict[str, str]:
    found: dict[str, str] = happening.content["community.outreach"]
    return found


def cards(found: list[Happening]) -> list[Happening]:
    """Cards as they were first posted."""
    return [h for h in found if facts(h)["kind"] == "card" and "m.new_content" not in h.content]


async def test_a_report_on_the_fediverse(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    root = town.strict.post(ada.name, "look at my garden")["id"]
    post = town.strict.post(dave.name, f"@{ada.name} you fool, call +49 30 1234567", in_reply_to_id=root)
    town.strict.report(ada.name, dave.name, "he insults me", [post["id"]], category="violation")
    found = await news(town, seen)
    (card,) = cards(found)
    assert facts(card)["stage"] == "reported"
    for part in ("fediverse server", f"{dave.name}@", "against the rules", "he insults me", "Can be asked back"):
        assert part in card.text.replace("\u2060", ""), part
    (evidence,) = [h for h in found if "as it was when it was reported" in h.text]
    assert evidence.content["m.relates_to"]["event_id"] == card.id
    words = evidence.text.replace("\u2060", "")
    assert "[person 1] you fool, call ▒▒▒" in words and "person 1: look at my garden" in words
    assert not [h for h in found if ada.name in h.text or "1234567" in h.text]
    (told,) = await ada.heard()
    assert begins(town, told, "report_received")
    assert await dave.heard() == []
    assert await news(town, await so_far(town)) == [] and await ada.heard() == []


async def test_a_report_from_a_matrix_client(town: Community, people: People) -> None:
    ada, dave = await people.matrix("ada"), await people.matrix("dave")
    seen = await so_far(town)
    await ada.person.say(town.lounge, "good morning")
    said = await dave.person.say(town.lounge, "good morning, fool")
    await ada.person.report(town.lounge, said, "rude to me")
    found = await news(town, seen)
    (card,) = cards(found)
    assert "Matrix client" in card.text and "rude to me" in card.text
    assert dave.person.user_id.lstrip("@") in card.text.replace("\u2060", "")
    (evidence,) = [h for h in found if "as it was when it was reported" in h.text]
    assert "good morning, fool" in evidence.text and "person 1: good morning" in evidence.text
    assert not [h for h in found if ada.person.user_id in str(h.content)]
    (told,) = await ada.heard()
    assert begins(town, told, "report_received")


async def test_a_second_report_joins_and_each_has_an_own_name_and_answers(town: Community, people: People) -> None:
    ada, ben, dave = await people.fedi("ada"), await people.fedi("ben"), await people.fedi("dave")
    seen = await so_far(town)
    post = town.strict.post(dave.name, "rude")["id"]
    town.strict.report(ada.name, dave.name, "first words", [post])
    await town.turn()
    town.strict.report(ben.name, dave.name, "second words")
    found = await news(town, seen)
    (card,) = cards(found)
    (again,) = [h for h in found if "one more report" in h.text]
    assert "second words" in again.text and again.content["m.relates_to"]["event_id"] == card.id
    edits = [h for h in found if facts(h)["kind"] == "card" and "m.new_content" in h.content]
    assert "2 reports so far" in edits[-1].content["m.new_content"]["body"]
    names = {name_in((await one.heard())[0]) for one in (ada, ben)}
    assert len(names) == 2 and facts(card)["case"] not in names
    await command(town, card, "asker", "What did he say before?")
    for one in (ada, ben):
        (asked,) = await one.heard()
        assert begins(town, asked, "moderator_writes") and "What did he say before?" in asked
    await ben.say("he called me names")
    await ben.say("send")
    await ada.say("status")
    await town.mia.say(town.staff_room, f"!close {facts(card)['case']} agreed")
    await town.turn()
    for one in (ada, ben):
        assert begins(town, (await one.heard())[-1], "decision")


def name_in(told: str) -> str:
    found = re.search(r"I call it ([a-z]+-[a-z]+)", told)
    assert found, told
    return found[1]


async def command(town: Community, card: Happening, verb: str, text: str) -> None:
    """Say it and confirm it."""
    for _ in range(2):
        await town.mia.say(town.staff_room, f"!{verb} {facts(card)['case']} {text}")
        await town.turn()


async def test_who_reports_twice_keeps_one_name(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    town.strict.report(ada.name, dave.name, "once")
    await town.turn()
    town.strict.report(ada.name, dave.name, "twice")
    await town.turn()
    first, second = await ada.heard()
    assert name_in(first) == name_in(second)
    (one,) = await town.database.transact(
        lambda tx: [
            c for c in map(tx.cases.load, tx.cases.all()) if c and c.reports and c.reports[0].report.text == "once"
        ]
    )
    assert len(one.requests) == 1 and len(one.reports) == 2


async def test_a_report_after_the_end_is_a_new_case(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    town.strict.report(ada.name, dave.name, "once")
    (card,) = cards(await news(town, seen))
    await town.mia.say(town.staff_room, f"!close {facts(card)['case']} agreed")
    await town.turn()
    town.strict.report(ada.name, dave.name, "again")
    assert len(cards(await news(town, seen))) == 2


async def test_suspected_material_of_minors_is_never_copied(town: Community, people: People) -> None:
    """R011: where and whose, and nothing else: not in the room, not in the store."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    media = [{"type": "image", "description": "canarypicture"}]
    post = town.strict.post(dave.name, "canarywords", spoiler_text="canarywarning", media=media)
    town.strict.report(ada.name, dave.name, "this looks like CSAM to me", [post["id"]])
    found = await news(town, seen)
    (card,) = cards(found)
    assert "about minors" in card.text and post["url"].partition("://")[2] in card.text
    assert not [h for h in found if "canary" in str(h.content)]
    kept = await town.database.transact(lambda tx: [one for case in tx.cases.all() for one in tx.exhibits.of(case)])
    assert post["uri"] in [one.post.uri for one in kept] and "canary" not in str(kept)


async def test_a_remote_or_unknown_reporter_is_no_hindrance(town: Community, people: People) -> None:
    dave = await people.fedi("dave")
    town.strict.add_account(f"far{dave.name}@far.example")
    seen = await so_far(town)
    town.strict.report(f"far{dave.name}@far.example", dave.name, "forwarded")
    (card,) = cards(await news(town, seen))
    assert "can't be asked back" in card.text
    assert town.strict.delivered(f"far{dave.name}@far.example") == []
    await town.mia.say(town.staff_room, f"!asker {facts(card)['case']} who are you?")
    answer = (await news(town, seen))[-1]
    assert begins(town, answer.text, "not_now", Audience.STAFF)


async def test_a_context_that_cannot_be_had_stops_nothing(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    post = town.strict.post(dave.name, "soon gone")
    town.strict.report(ada.name, dave.name, "rude", [post["id"]])
    town.strict.fault("status", path=r"/api/v1/statuses/\w+/context", status=404)
    found = await news(town, seen)
    town.strict.clear_faults()
    assert len(cards(found)) == 1
    (evidence,) = [h for h in found if "as it was when it was reported" in h.text]
    assert "soon gone" in evidence.text


async def test_a_report_about_a_moderator_goes_to_the_other_room(make_town: Callable[..., Any]) -> None:
    town = await make_town(alternate=True)
    ada = await People(town, 0).fedi("ada")
    town.strict.report(ada.name, "mia", "abuse of power")
    assert cards(await news(town, 0)) == []
    (card,) = cards(await news(town, 0, town.other_room))
    assert "abuse of power" in card.text


async def test_without_another_room_it_is_kept_and_posted_nowhere(make_town: Callable[..., Any]) -> None:
    """F30: nor is the owner told, who is the moderator it is about."""
    town = await make_town()
    ada = await People(town, 0).fedi("ada")
    town.strict.report(ada.name, "mia", "abuse of power")
    assert await news(town, 0) == []
    assert not [h for h in town.mia.transcript.entries if "abuse of power" in h.text]
    assert begins(town, (await ada.heard())[0], "report_received")
    assert len(await town.database.transact(lambda tx: tx.cases.all())) == 1


async def test_without_another_room_an_owner_who_is_somebody_else_is_told(make_town: Callable[..., Any]) -> None:
    """F30: once, in private; with a room for it, the card stands there after the next start."""
    town = await make_town(more='[[staff]]\nmatrix = "@noa:elsewhere.example"\nfediverse = "noa"')
    people = People(town, 0)
    ada, noa = await people.fedi("ada"), await town.add_fediverse("noa")
    for words in ("abuse of power", "and again"):
        town.strict.report(ada.name, "noa", words)
        assert await news(town, 0) == []
    await town.arrive()
    await news(town, 0)
    told = [h.text for h in town.mia.transcript.entries if h.room != town.staff_room and "abuse of power" in h.text]
    assert len(told) == 1 and begins(town, told[0], "no_free_room", Audience.STAFF) and "noa@" in same(told[0]), noa


async def test_an_author_who_reports_our_letter_calls_moderators(town: Community, people: People) -> None:
    """F19: their side of that case stands before staff, and nothing of who asked."""
    ada, dave = await people.on("fediverse", "ada"), await people.on("fediverse", "dave")
    assert isinstance(dave, OnFediverse)
    await ask(ada, dave)
    await released(ada, dave)
    seen = await so_far(town)
    town.strict.report(dave.name, "outreach", "what is this?", [dave.last["id"]])
    (card,) = cards(await news(town, seen))
    assert "reports words that came to them" in card.text and dave.name in card.text
    assert begins(town, (await dave.heard())[-1], "answered_abuse", Audience.RECIPIENT)
    assert not [h for h in await news(town, seen) if ada.name in str(h.content)]


async def test_whoever_else_reports_the_bot_reports_the_bot(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    await ada.say("hello")
    seen = await so_far(town)
    town.strict.report(ada.name, "outreach", "it is rude", [ada.last["id"]])
    (card,) = cards(await news(town, seen))
    assert "outreach@social.example" in card.text.replace("\u2060", "") and "it is rude" in card.text


async def test_after_a_restart_it_goes_on_where_it_was(make_town: Callable[..., Any]) -> None:
    town = await make_town()
    people = People(town, 0)
    ada, dave, erin = await people.fedi("ada"), await people.fedi("dave"), await people.matrix("erin")
    town.strict.report(ada.name, dave.name, "one")
    await town.turn()
    await town.stop()
    town.strict.report(ada.name, dave.name, "two")
    said = await erin.person.say(town.lounge, "hm")
    await erin.person.report(town.lounge, said, "myself")
    town.seed += 1
    await town.start()
    found = cards(await news(town, 0))
    assert len(found) == 2 and {"one" in h.text or "myself" in h.text for h in found} == {True}
    assert isinstance(erin, OnMatrix)
    assert len(await ada.heard()) == 2


async def test_the_link_to_who_reported_goes_in_its_time(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    town.strict.report(ada.name, dave.name, "once")
    (card,) = cards(await news(town, seen))
    await town.mia.say(town.staff_room, f"!close {facts(card)['case']} agreed")
    await town.turn()
    await ada.heard()
    assert "Nothing" not in (await ada.say("status"))[0].splitlines()[0]
    await town.wait(days=timedelta(days=16).days)
    await ada.heard()
    assert begins(town, (await ada.say("status"))[0], "status_none")


async def test_private_data_is_shown_when_a_moderator_asks(town: Community, people: People) -> None:
    """R010: masked until then; people beside it stay numbers even so (F26)."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    words = f"@{ada.name} lives at Hauptstraße 12, 10115 Berlin, ada@mail.example, 192.0.2.1, +49 30 1234567"
    post = town.strict.post(dave.name, words)["id"]
    town.strict.report(ada.name, dave.name, "he publishes my address, call 030 7654321", [post])
    found = await news(town, seen)
    private = ("Hauptstra", "10115", "mail.example", "192.0.2.1", "1234567", "7654321")
    assert not [word for word in private for h in found if word in h.text]
    (card,) = cards(found)
    await town.mia.say(town.staff_room, f"!evidence {facts(card)['case']}")
    whole = (await news(town, seen))[-1]
    assert not [word for word in ("Hauptstra", "10115", "192.0.2.1", "1234567") if word not in whole.text]
    assert ada.name not in whole.text and whole.content["m.relates_to"]["event_id"] == card.id


async def test_a_moderator_can_ask_whether_a_message_is_genuine(town: Community, people: People) -> None:
    """F19, F34: that it is the bot's, and from which day; of a case that is not theirs not even that there is one."""
    ada, dave = await people.on("fediverse", "ada"), await people.on("fediverse", "dave")
    assert isinstance(ada, OnFediverse) and isinstance(dave, OnFediverse)
    await ask(ada, dave)
    await released(ada, dave)
    seen = await so_far(town)

    async def asked(link: str) -> str:
        await town.mia.say(town.staff_room, f"!case {link}")
        return (await news(town, seen))[-1].text

    ours = await asked(f"https://social.example/@outreach/{dave.last['id']}")
    assert begins(town, ours, "message_ours", Audience.STAFF)
    assert dave.name not in ours and ada.name not in ours and "belongs to" not in ours
    theirs = town.strict.posts_by(ada.name)[-1]["id"]
    for link in (f"https://social.example/@{ada.name}/{theirs}", "https://social.example/@outreach/424242"):
        assert begins(town, await asked(link), "message_not_ours", Audience.STAFF)
    await dave.say("human", reply=True)
    assert "belongs to" in await asked(f"https://social.example/@outreach/{dave.last['id']}")
