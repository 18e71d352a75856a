"""Screenshots with a report: asked about, fetched after `send` alone, drawn anew, shown to moderators when they ask."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from outreach.domain.letters import Audience
from outreach.domain.pictures import MOST_PICTURES, Unfit
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from outreach.services import picturing
from outreach.services.desk import exhibiting
from tests.dialogue.talk import Actor, Community, OnMatrix, People, begins, letter, same
from tests.pictures.making import CANARY, saved, scene, telling
from tests.reports.screenshots import FILE_NAME, Fetches, opened, pictures, show
from tests.reports.test_intake import cards, facts, news, so_far

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.fixture
def fetches(town: Community, monkeypatch: pytest.MonkeyPatch) -> Fetches:
    return Fetches(town).watch(monkeypatch)


async def told(town: Community, who: Actor, about: str, *shots: bytes) -> str:
    """From the first word to the question about pictures."""
    await who.say("report")
    for raw in shots or (telling("PNG"),):
        (noted,) = await show(who, "", raw)
        assert begins(town, noted, "tell_noted")
    await who.say(f"{about} keeps at it")
    (asked,) = await who.say("end")
    return asked


async def filed(town: Community, who: Actor, about: str, *shots: bytes) -> Happening:
    """From the first word to the card."""
    seen = await so_far(town)
    assert begins(town, await told(town, who, about, *shots), "pictures_question")
    await who.say("yes")
    await who.say("send")
    return cards(await news(town, seen))[0]


async def evidence(town: Community, card: Happening) -> list[Happening]:
    seen = await so_far(town)
    await town.mia.say(town.staff_room, f"!evidence {facts(card)['case']}")
    return await news(town, seen)


def card_now(found: list[Happening]) -> str:
    """However often it was posted and edited meanwhile."""
    return same([h.text for h in found if facts(h)["kind"] == "card"][-1])


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_from_the_question_to_the_thread(
    town: Community, people: People, fetches: Fetches, platform: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ada, dave = await people.on(platform, "ada"), await people.fedi("dave")
    seen = await so_far(town)
    asked = await told(town, ada, f"{dave.name}@social.example", telling("PNG"), telling("JPEG"))
    assert begins(town, asked, "pictures_question") and "2 pictures" in asked
    (preview,) = await ada.say("yes")
    assert begins(town, preview, "tell_preview") and "2 pictures came with it" in same(preview)
    assert fetches.seen == [] and await news(town, seen) == []
    (received,) = await ada.say("send")
    assert begins(town, received, "report_received")
    found = await news(town, seen)
    (card,) = cards(found)
    assert "2 pictures came with it" in same(card.text) and not pictures(found)
    assert len(fetches.seen) == 2
    shown = pictures(await evidence(town, card))
    assert [h.content["filename"] for h in shown] == ["picture-1.jpg", "picture-2.jpg"]
    assert all(h.was_sealed and "file" in h.content and "url" not in h.content for h in shown)
    assert {h.thread for h in shown} == {card.id} and all(facts(h)["case"] == facts(card)["case"] for h in shown)
    for one in shown:
        raw = await opened(town, one.content)
        seen_by_staff = Image.open(io.BytesIO(raw))
        assert (seen_by_staff.format, seen_by_staff.size) == ("JPEG", (60, 40)) and not seen_by_staff.getexif()
        assert one.content["info"] == {"mimetype": "image/jpeg", "size": len(raw), "w": 60, "h": 40}
        assert CANARY.encode() not in raw
    everything = str([h.content for h in await news(town, 0)]) + logged(caplog)
    assert not [token for token in traces(ada, fetches) if token in everything]
    assert await ada.heard() == [] and await dave.heard() == []


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the bot wrote to its log; those who made the pictures, and the servers, run in this process, too."""
    others = ("PIL", "peewee", "aiohttp.access")
    return "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(others))


def traces(who: Actor, fetches: Fetches) -> list[str]:
    """What would tell who sent a picture, or from where."""
    name = who.person.user_id if isinstance(who, OnMatrix) else who.name
    return [CANARY, FILE_NAME, name, *fetches.names()]


async def test_no_is_an_answer_and_nothing_is_opened(town: Community, people: People, fetches: Fetches) -> None:
    ada, dave = await people.matrix("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example")
    (preview,) = await ada.say("no")
    assert begins(town, preview, "tell_preview") and "came with it" not in preview
    await ada.say("send")
    found = await news(town, seen)
    assert cards(found) and "came with it" not in str([h.text for h in found])
    shown = await evidence(town, cards(found)[0])
    assert not pictures(shown) and begins(town, shown[-1].text, "no_evidence", Audience.STAFF)
    assert fetches.seen == []


@pytest.mark.parametrize("words", ["send", "end", "what do you mean", "thanks", "1 more thing", "yes but"])
async def test_no_other_word_is_a_yes(town: Community, people: People, fetches: Fetches, words: str) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example")
    (again,) = await ada.say(words)
    assert begins(town, again, "pictures_question")
    await ada.say("send")
    assert await news(town, seen) == [] and fetches.seen == []


async def test_a_yes_is_for_the_pictures_that_were_asked_about(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await told(town, ada, f"{dave.name}@social.example")
    (again,) = await show(ada, "yes", saved(scene(30, 30), "PNG"))
    assert begins(town, again, "pictures_question") and "2 pictures" in again
    (preview,) = await ada.say("yes")
    assert "2 pictures came with it" in same(preview)
    (again,) = await show(ada, "send", saved(scene(20, 20), "PNG"))
    assert begins(town, again, "pictures_question") and "3 pictures" in again
    (preview,) = await ada.say("1")
    assert "3 pictures came with it" in same(preview)
    (asked,) = await ada.say("change")
    assert begins(town, asked, "tell_on")
    (preview,) = await ada.say(f"{dave.name}@social.example") and await ada.say("end")
    assert begins(town, preview, "tell_preview") and "came with it" not in preview


async def test_an_early_yes_is_none(town: Community, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said before the question was there answered something else."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ada.say("report")
    await show(ada)
    await ada.say(f"{dave.name}@social.example was rude")
    for words in ("end", "yes"):
        town.strict.post(ada.name, f"@outreach {words}", visibility="direct")
    await town.pump.listen_once()
    for _ in range(2):
        await town.pump._work_lines()
    await town.turn()
    answers = await ada.heard()
    assert [begins(town, one, "pictures_question") for one in answers] == [True, True]
    (preview,) = await ada.say("no")
    assert "was rude" in preview and "yes" not in preview.partition("Reply send")[0]


@pytest.mark.parametrize("word", ["report", "support"])
@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_of_minors_no_picture_is_opened(
    town: Community, people: People, fetches: Fetches, platform: str, word: str
) -> None:
    ada, dave = await people.on(platform, "ada"), await people.fedi("dave")
    seen = await so_far(town)
    await ada.say(word)
    await show(ada)
    await ada.say(f"{dave.name}@social.example posts naked children")
    (preview,) = await ada.say("end")
    assert begins(town, preview, "tell_preview") and "unopened" in preview
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    assert "came with it" not in card.text
    assert not pictures(await evidence(town, card)) and fetches.seen == []


async def test_one_that_comes_after_the_words_is_not_opened_either(
    town: Community, people: People, fetches: Fetches
) -> None:
    ada, dave = await people.matrix("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example")
    await ada.say("yes")
    (preview,) = await ada.say("they are naked children")
    assert begins(town, preview, "tell_preview") and "unopened" in preview and "came with it" not in preview
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    assert "about minors" in card.text and fetches.seen == []


async def test_a_case_that_turns_out_to_be_about_minors_shows_no_picture_any_more(
    town: Community, people: People, fetches: Fetches
) -> None:
    ada, ben, dave = await people.fedi("ada"), await people.fedi("ben"), await people.fedi("dave")
    card = await filed(town, ada, f"{dave.name}@social.example")
    assert pictures(await evidence(town, card))
    await ben.say(f"report {dave.name}@social.example posts naked children")
    await ben.say("send")
    shown = await evidence(town, card)
    assert not pictures(shown) and "nobody may copy" in same(shown[-1].text)
    fetched = len(fetches.seen)
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example")
    await ada.say("yes")
    answers = await ada.say("send")
    assert begins(town, answers[-1], "picture_refused") and "illegal to copy" in answers[-1]
    assert len(fetches.seen) == fetched and not pictures(await news(town, seen))


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_what_is_no_picture_is_refused_and_the_card_counts_it_no_more(
    town: Community, people: People, platform: str
) -> None:
    ada, dave = await people.on(platform, "ada"), await people.fedi("dave")
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example", b"<svg xmlns='http://www.w3.org/2000/svg'/>", telling("WEBP"))
    await ada.say("yes")
    received, refused = await ada.say("send")
    assert begins(town, received, "report_received")
    assert begins(town, refused, "picture_refused") and "Picture 1 does not" in refused and "JPEG, PNG" in refused
    found = await news(town, seen)
    assert "1 picture came with it" in card_now(found)
    (one,) = pictures(await evidence(town, cards(found)[0]))
    assert one.content["filename"] == "picture-1.jpg"


async def test_more_than_a_report_takes(town: Community, people: People, fetches: Fetches) -> None:
    ada, dave = await people.matrix("ada"), await people.fedi("dave")
    shots = [saved(scene(10 + n, 10), "PNG") for n in range(MOST_PICTURES + 2)]
    asked = await told(town, ada, f"{dave.name}@social.example", *shots)
    assert f"{MOST_PICTURES} pictures" in asked and "leave the others out" in asked
    await ada.say("yes")
    await ada.say("send")
    assert len(fetches.seen) == MOST_PICTURES


async def test_more_than_a_room_takes_at_once(town: Community, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhibiting, "PICTURES_AT_ONCE", 2)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card = await filed(town, ada, f"{dave.name}@social.example", *map(telling, ("PNG", "GIF", "WEBP")))
    first = pictures(await evidence(town, card))
    assert [h.content["filename"] for h in first] == ["picture-1.jpg", "picture-2.jpg"]
    further = f"!evidence {facts(card)['case']} 3"
    assert further in first[-1].text and further not in first[0].text
    seen = await so_far(town)
    await town.mia.say(town.staff_room, further)
    (last,) = pictures(await news(town, seen))
    assert last.content["filename"] == "picture-3.jpg" and "There are more" not in last.text


async def test_more_than_a_day_takes(town: Community, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "PICTURES_PER_DAY", 1)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await told(town, ada, f"{dave.name}@social.example", telling("PNG"), telling("GIF"))
    await ada.say("yes")
    answers = await ada.say("send")
    assert begins(town, answers[-1], "picture_refused") and "in a day" in answers[-1]


async def test_support_may_come_with_a_picture(town: Community, people: People) -> None:
    ada = await people.matrix("ada")
    seen = await so_far(town)
    await ada.say("support")
    await show(ada, "he writes me this every night")
    (asked,) = await ada.say("end")
    assert begins(town, asked, "pictures_question")
    (preview,) = await ada.say("yes")
    assert "he writes me this every night" in same(preview)  # a caption is words; the name of a file is none
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    assert len(pictures(await evidence(town, card))) == 1


async def test_a_picture_alone_says_nothing(town: Community, people: People, fetches: Fetches) -> None:
    """Words say what it is about, and whether it may be opened at all."""
    ada = await people.fedi("ada")
    await ada.say("report")
    await show(ada)
    (asked,) = await ada.say("end")
    assert begins(town, asked, "tell_on") and fetches.seen == []


async def test_it_is_sealed_goes_with_its_case_and_moves_with_it(town: Community, people: People) -> None:
    ada, ben, dave, erin = [await people.fedi(name) for name in ("ada", "ben", "dave", "erin")]
    one = await filed(town, ada, f"{dave.name}@social.example")
    two = await filed(town, ben, f"{erin.name}@social.example")
    stored = [row[0] for row in rows(town, "SELECT body FROM pictures")]
    assert stored and not [body for body in stored if b"JFIF" in body or b"\xff\xd8\xff" in body]
    await town.mia.say(town.staff_room, f"!merge {facts(one)['case']} {facts(two)['case']}")
    await town.turn()
    shown = pictures(await evidence(town, one))
    assert [h.content["filename"] for h in shown] == ["picture-1.jpg", "picture-2.jpg"]
    case = await town.database.transact(lambda tx: tx.cases.with_alias(facts(one)["case"]))
    await town.database.transact(lambda tx: tx.cases.forget(case, town.clock.now().date()))
    assert await town.database.transact(lambda tx: tx.exhibits.pictures(case)) == 0
    left = sqlite3.connect(town.folder / "outreach.db").execute(
        'SELECT count(*) FROM pictures WHERE "case" = ?', [case]
    )
    assert left.fetchone() == (0,)


def rows(town: Community, query: str, *values: str) -> list[Any]:
    """As a thief of the database reads it."""
    with closing(sqlite3.connect(town.folder / "outreach.db")) as stolen:
        return stolen.execute(query, values).fetchall()


async def test_one_that_was_merged_away_meanwhile_finds_its_case(
    town: Community, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, dave, erin = [await people.fedi(name) for name in ("ada", "ben", "dave", "erin")]
    one = await filed(town, ada, f"{dave.name}@social.example")
    town.strict.fault("status", path="/media/.*", count=1)
    two = await filed(town, ben, f"{erin.name}@social.example")
    assert "not all pictures" in (await evidence(town, two))[-1].text
    await town.mia.say(town.staff_room, f"!merge {facts(one)['case']} {facts(two)['case']}")
    await town.turn()
    await town.wait(minutes=2)
    assert len(pictures(await evidence(town, one))) == 2


async def test_killed_anywhere_it_comes_once(
    town: Community, people: People, fetches: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step something that no code catches ends the work; what the store holds goes on."""
    ada, dave = await people.matrix("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await told(town, ada, f"{dave.name}@social.example")
    await ada.say("yes")
    picturing_ = town.pump.errands.picturing
    for holder, name in ((picturing_.redraw, "redraw"), (picturing_, "_keep")):
        with monkeypatch.context() as broken:
            broken.setattr(type(holder), name, killed)
            with pytest.raises(KilledError):
                await ada.say("send")
                await town.turn()
    await town.turn()
    (card,) = cards(await news(town, seen))
    sender = town.gateways["matrix"]._sender  # type: ignore[index,attr-defined]
    with monkeypatch.context() as broken:
        broken.setattr(type(sender), "_put", killed)
        await town.mia.say(town.staff_room, f"!evidence {facts(card)['case']}")
        with pytest.raises(KilledError):
            await town.turn()
    await town.turn()
    assert len(pictures(await news(town, seen))) == 1
    case = await town.database.transact(lambda tx: tx.cases.with_alias(facts(card)["case"]))
    assert await town.database.transact(lambda tx: tx.exhibits.pictures(case)) == 1


class KilledError(BaseException):
    """As kill -9 ends it: nobody catches this."""


def killed(*_: Any, **__: Any) -> Any:
    raise KilledError


async def test_of_many_at_once_one_is_under_way_and_none_has_tried_in_vain(town: Community, people: People) -> None:
    """A flood of pictures keeps one place busy, and the others for words."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    town.strict.fault("status", path="/media/.*", count=3)
    card = await filed(town, ada, f"{dave.name}@social.example", *map(telling, ("PNG", "GIF", "WEBP")))
    town.clock.advance(timedelta(minutes=2))
    due = [one for one in await town.pump.errands.due() if one.kind == picturing.ERRAND]
    assert [one.attempts for one in due] == [1, 1, 1]
    await asyncio.gather(*map(town.pump.errands.run, due))
    town.clock.advance(timedelta(minutes=2))
    left = [one for one in await town.pump.errands.due() if one.kind == picturing.ERRAND]
    assert [one.attempts for one in left] == [1, 1]
    for _ in range(3):
        await town.turn()
        town.clock.advance(timedelta(seconds=2))
    assert len(pictures(await evidence(town, card))) == 3


@pytest.mark.parametrize("words", ["forget me", "withdraw"])
async def test_whoever_went_back_on_it_is_not_looked_at(
    town: Community, people: People, fetches: Fetches, words: str
) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    town.strict.fault("status", path="/media/.*", count=1)
    card = await filed(town, ada, f"{dave.name}@social.example")
    tried = len(fetches.seen)
    await ada.say(words)
    await ada.say("send")
    await town.wait(minutes=5)
    assert tried == len(fetches.seen) == 1 and not pictures(await evidence(town, card))


async def test_a_server_that_does_not_answer_is_asked_again_and_given_up_in_the_end(
    town: Community, people: People
) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    town.strict.fault("status", path="/media/.*", count=1000)
    await filed(town, ada, f"{dave.name}@social.example")
    assert await ada.heard() == []
    for _ in range(picturing.MOST_TRIES):
        town.clock.advance(timedelta(hours=1))
        await town.turn()
    town.strict.clear_faults()
    (refused,) = await ada.heard()
    assert begins(town, refused, "picture_refused") and "could not open" in refused


async def test_every_reason_has_words(town: Community) -> None:
    said = {letter(town, "picture_refused", number="1", fault=str(why)) for why in Unfit}
    assert len(said) == len(Unfit) - 1  # what is broken and what is gone are one to its sender
