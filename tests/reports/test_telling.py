"""`report` and `support` in private: told in pieces, shown to the letter, filed on `send` alone (R021, R025, R028)."""

from __future__ import annotations

import re

import pytest

from tests.dialogue.talk import Community, People, begins, same
from tests.reports.test_intake import cards, facts, name_in, news, so_far
from tests.town.actors import OnFediverse, publish

pytestmark = pytest.mark.asyncio(loop_scope="package")


def shown_in(preview: str) -> str:
    """The card as the member was shown it."""
    return same("\n".join(line.removeprefix(">").strip() for line in preview.splitlines() if line.startswith(">")))


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_in_pieces_until_end_and_staff_see_what_was_shown(town: Community, people: People, platform: str) -> None:
    ada, dave = await people.on(platform, "ada"), await people.fedi("dave")
    link, _ = await publish(dave, f"call me on +49 30 1234567, @{people_handle(ada)}")
    seen = await so_far(town)
    (asked,) = await ada.say("report")
    assert begins(town, asked, "tell_on")
    (noted,) = await ada.say("He has been at it for days.")
    assert begins(town, noted, "tell_noted")
    (noted,) = await ada.say(f"tell him nothing please, see {link}")
    assert begins(town, noted, "tell_noted")
    assert await news(town, seen) == []
    (preview,) = await ada.say("end")
    assert begins(town, preview, "tell_preview")
    (told,) = await ada.say("send")
    assert begins(town, told, "report_received") and "can see who you are" not in told
    found = await news(town, seen)
    (card,) = cards(found)
    due = re.sub(r"First word due [^\n]*\n", "", card.text)
    assert shown_in(preview) == same(due)
    for part in ("He has been at it for days.", "tell him nothing please", f"{dave.name}@social.example"):
        assert part in same(card.text)
    (evidence,) = [h for h in found if "as it was when it was reported" in h.text]
    assert "▒▒▒" in evidence.text and "1234567" not in evidence.text
    assert not [h for h in found if people_handle(ada) in str(h.content)]
    assert facts(card)["case"] != name_in(told)
    assert await dave.heard() == []


def people_handle(ada: object) -> str:
    return ada.name if isinstance(ada, OnFediverse) else ada.person.user_id  # type: ignore[attr-defined]


async def test_one_line_is_enough_and_nothing_goes_before_send(town: Community, people: People) -> None:
    """R028: who or what is all that is needed."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    (preview,) = await ada.say(f"report {dave.name}@social.example")
    assert begins(town, preview, "tell_preview")
    assert await news(town, seen) == []
    (preview,) = await ada.say("and one thing more: he does it at night")
    assert "he does it at night" in same(preview)
    (told,) = await ada.say("send")
    assert begins(town, told, "report_received")
    (card,) = cards(await news(town, seen))
    assert f"{dave.name}@social.example" in same(card.text)


async def test_cancel_and_change(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await ada.say(f"report {dave.name}@social.example something said in anger")
    (asked,) = await ada.say("change")
    assert begins(town, asked, "tell_on")
    await ada.say(f"{dave.name}@social.example was rude")
    (preview,) = await ada.say("end")
    assert "in anger" not in preview and "was rude" in same(preview)
    (stopped,) = await ada.say("cancel")
    assert begins(town, stopped, "cancelled")
    assert await news(town, seen) == []
    (nothing,) = await ada.say("send")
    assert begins(town, nothing, "nothing_to_send")


async def test_end_with_nothing_told_asks_again(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    await ada.say("report")
    (asked,) = await ada.say("end")
    assert begins(town, asked, "tell_on")


async def test_support_is_about_nobody_and_leads_to_nobody(town: Community, people: People) -> None:
    """R021: in it the bot has nobody it could write to."""
    ada, dave = await people.matrix("ada"), await people.matrix("dave")
    seen = await so_far(town)
    await ada.say("support")
    await ada.say(f"I am afraid of {dave.person.user_id.lstrip('@')}")
    await ada.say("end")
    (told,) = await ada.say("send")
    (card,) = cards(await news(town, seen))
    assert "asks for support" in card.text
    case = await town.database.transact(lambda tx: tx.cases.load(tx.cases.with_alias(facts(card)["case"])))
    assert case is not None and case.respondents == () and case.subjects == frozenset()
    await town.mia.say(town.staff_room, f"!author {facts(card)['case']} stop it")
    await town.turn()
    assert await dave.heard() == []
    await town.mia.say(town.staff_room, f"!asker {facts(card)['case']} What would help?")
    await town.turn()
    await town.mia.say(town.staff_room, f"!asker {facts(card)['case']} What would help?")
    await town.turn()
    assert "What would help?" in (await ada.heard())[-1]
    assert name_in(told)


async def test_a_link_that_cannot_be_seen_still_reaches_moderators(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    seen = await so_far(town)
    (preview,) = await ada.say("report https://social.example/@ghost/9999 long gone")
    assert "ghost@social.example" in same(preview)
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    assert "ghost@social.example" in same(card.text) and "long gone" in card.text


async def test_a_post_elsewhere_is_looked_at_on_the_grid(town: Community, people: People) -> None:
    """F7: not at the second the link was pasted."""
    ada = await people.fedi("ada")
    town.strict.add_account(f"far{ada.name}@far.example")
    link = town.strict.post(f"far{ada.name}@far.example", "rude", known=False)["url"]
    await town.wait(minutes=1)
    (later,) = await ada.say(f"report {link} rude to me")
    assert begins(town, later, "look_later")
    assert not [one for one in town.strict.fetches() if link.rpartition("/")[2] in str(one)]
    await town.wait(minutes=5)
    (preview,) = await ada.heard()
    assert begins(town, preview, "tell_preview") and f"far{ada.name}@far.example" in same(preview)
    assert "rude to me" in preview


async def test_minors_are_not_looked_at(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "canarypost")
    seen = await so_far(town)
    town.strict.clear_log()
    (preview,) = await ada.say(f"report {link} naked children")
    assert "about minors" in preview
    await ada.say("send")
    found = await news(town, seen)
    assert cards(found) and not [h for h in found if "canarypost" in str(h.content)]
    assert not [e for e in town.strict.recorder.entries if native in e.path]


async def test_who_reports_a_moderator_is_told_where_nobody_is_free(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    (answer,) = await ada.say("report mia@social.example she bans her rivals")
    assert begins(town, answer, "no_moderators_free")


async def test_what_is_left_lying_is_nudged_and_then_said_to_be_gone(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    await ada.say("report")
    await ada.say("it began in spring")
    await town.wait(hours=2)
    (nudge,) = await ada.heard()
    assert begins(town, nudge, "draft_nudge")
    await town.wait(hours=25)
    (gone,) = await ada.heard()
    assert begins(town, gone, "draft_expired")


async def test_words_of_self_harm_go_before_all(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    await ada.say("report")
    (answer,) = await ada.say("I want to kill myself because of him")
    assert begins(town, answer, "self_harm")
