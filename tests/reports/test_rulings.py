"""From a report to what was decided, done and told: letters to each side, an appeal, and nothing more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.domain.letters import Audience
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from tests.dialogue.talk import Community, People, begins, same
from tests.reports.test_intake import cards, command, facts, name_in, news, so_far
from tests.town.actors import OnFediverse, OnMatrix

pytestmark = pytest.mark.asyncio(loop_scope="package")

RULED = """decision
measure: freeze
for: 7d
facts: On 2 March you wrote that people like her should not be here.
rule: No insults.
why: A talk did not help, and she cannot write while it stands."""


async def report(town: Community, ada: OnFediverse, dave: OnFediverse) -> tuple[Happening, int]:
    """Ada reports a post of Dave's; its card, and how much stood in the room before."""
    seen = await so_far(town)
    post = town.strict.post(dave.name, "people like her should not be here", language="en")
    town.strict.report(ada.name, dave.name, "he insults me", [post["id"]], category="violation")
    (card,) = cards(await news(town, seen))
    return card, seen


async def says(town: Community, card: Happening, text: str) -> Happening:
    """A command in the card's thread; the bot's last word to it."""
    before = await so_far(town)
    verb, _, rest = text.partition(" ")
    await town.mia.say(town.staff_room, f"!{verb} {facts(card)['case']} {rest}")
    return (await news(town, before))[-1]


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_moderators_write_to_whom_a_report_is_about_and_hear_them(
    town: Community, people: People, platform: str
) -> None:
    ada, dave = await people.on(platform, "ada"), await people.on(platform, "dave")
    seen = await so_far(town)
    if isinstance(ada, OnFediverse) and isinstance(dave, OnFediverse):
        town.strict.report(ada.name, dave.name, "he insults me", [town.strict.post(dave.name, "fool")["id"]])
    elif isinstance(ada, OnMatrix) and isinstance(dave, OnMatrix):
        said = await dave.person.say(town.lounge, "fool")
        await ada.person.report(town.lounge, said, "he insults me")
    (card,) = cards(await news(town, seen))
    assert "!author" in card.text
    preview = await says(town, card, "author Please stop it.")
    assert begins(town, preview.text, "to_author_preview", Audience.STAFF) and dave.name in same(preview.text)
    assert await dave.heard() == []
    await says(town, card, "author Please stop it.")
    (told,) = await dave.heard()
    assert begins(town, told, "moderator_writes", Audience.RECIPIENT) and "Please stop it." in told
    assert await ada.heard() != []
    before = await so_far(town)
    (passed,) = await dave.say("She began it.", reply=True)
    assert begins(town, passed, "passed_on", Audience.RECIPIENT)
    (update,) = [h for h in await news(town, before) if "answered" in h.text]
    assert "She began it." in update.text and update.content["m.relates_to"]["event_id"] == card.id
    assert await ada.heard() == []


async def test_a_decision_goes_from_preview_to_done(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, seen = await report(town, ada, dave)
    await ada.heard()
    preview = await says(town, card, f"letter {RULED}")
    assert "To: the author" in preview.text and "Decided: account frozen." in preview.text
    assert "You can appeal until" in preview.text and await dave.heard() == []
    await says(town, card, f"letter {RULED}")
    (step,) = [h for h in await news(town, seen) if begins(town, h.text, "measure_step", Audience.STAFF)]
    assert "On Mastodon:" in step.text
    (told,) = [same("\n".join(await dave.heard()))]
    for part in (
        "Decided: account frozen.",
        "How long: until",
        "people like her",
        "No insults.",
        "You can go to court.",
    ):
        assert part in told, part
    assert ada.name not in told and await ada.heard() == []
    before = await so_far(town)
    await town.mia.react(town.staff_room, step.id, "✅")
    done = await news(town, before)
    assert "has been carried out: account frozen." in done[0].text
    assert begins(town, (await says(town, card, "done")).text, "not_now", Audience.STAFF)


async def test_whoever_reported_hears_the_outcome_and_may_answer(town: Community, people: People) -> None:
    """R038: feedback reaches the room and reopens nothing; an appeal calls somebody."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, _ = await report(town, ada, dave)
    alias = name_in((await ada.heard())[0])
    for _ in range(2):
        await says(town, card, f"letter {RULED}")
    await says(town, card, "close decided He went too far.")
    (told,) = await ada.heard()
    assert begins(town, told, "decision") and "they have acted" in told and alias in told
    assert dave.name not in same(told)
    before = await so_far(town)
    (shown,) = await ada.say("say Thank you, that helps.")
    assert begins(town, shown, "human_line_preview")
    await ada.say("send")
    (wrote,) = await news(town, before)
    assert "Thank you, that helps." in wrote.text and "appeal" not in wrote.text
    await ada.say(f"appeal {alias} It was too little.")
    (received,) = await ada.say("send")
    assert begins(town, received, "appeal_received")
    (appealed,) = (await news(town, before))[1:]
    assert "appeals against the decision" in appealed.text and town.mia.user_id in str(appealed.content["m.mentions"])


async def test_somebody_it_was_decided_about_appeals(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, _ = await report(town, ada, dave)
    for _ in range(2):
        await says(town, card, f"letter {RULED}")
    await says(town, card, "close decided")
    await dave.heard()
    before = await so_far(town)
    (received,) = await dave.say("appeal: it was a joke among friends", reply=True)
    assert begins(town, received, "appeal_received", Audience.RECIPIENT)
    update = (await news(town, before))[0]
    assert "appeals against the decision" in update.text and "among friends" in update.text
    preview = await says(town, card, "letter appeal_decided\nresult: upheld\nwhy: It was read by everybody.")
    assert begins(town, preview.text, "to_author_preview", Audience.STAFF)


async def test_what_keeps_to_the_rules_is_told_to_those_who_were_written_to(town: Community, people: People) -> None:
    """R039: whoever was never contacted learns nothing of it."""
    ada, dave, erin = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("erin")
    card, _ = await report(town, ada, dave)
    other, _ = await report(town, ada, erin)
    await command(town, card, "author", "What did you mean?")
    await dave.heard()
    for one in (card, other):
        await says(town, one, "close no violation")
    (told,) = await dave.heard()
    assert begins(town, told, "no_violation", Audience.RECIPIENT)
    assert await erin.heard() == []
    assert "no rule was broken" in (await ada.heard())[-1]


async def test_several_people_are_written_to_each_for_themselves(town: Community, people: People) -> None:
    """R006: nobody learns who else it is about."""
    ada, dave, erin = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("erin")
    seen = await so_far(town)
    await ada.say(f"report {dave.name}@social.example {erin.name}@social.example both of them insult me")
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    answer = await says(town, card, "author Please stop it.")
    assert begins(town, answer.text, "wrong_use", Audience.STAFF) and dave.name in same(answer.text)
    await command(town, card, "author", f"{dave.name}@social.example Please stop it.")
    await command(town, card, "author", f"@{erin.name}@social.example You too, please.")
    (to_dave,), (to_erin,) = await dave.heard(), await erin.heard()
    assert "Please stop it." in to_dave and "You too, please." in to_erin
    assert erin.name not in to_dave and dave.name not in to_erin
    before = await so_far(town)
    await erin.say("I only answered.", reply=True)
    (update,) = [h for h in await news(town, before) if "answered" in h.text]
    assert f"{erin.name}@social.example" in same(update.text) and "I only answered." in update.text
    named = await says(town, card, f"author {dave.name}@social.example Erin is @{erin.name}")
    assert begins(town, named.text, "names_somebody", Audience.STAFF)


async def test_in_a_case_of_support_nobody_else_is_written_to(town: Community, people: People) -> None:
    """R021."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    seen = await so_far(town)
    await ada.say(f"support {dave.name}@social.example frightens me")
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    for text in ("author Stop it.", "letter demand\ntext: stop it"):
        assert begins(town, (await says(town, card, text)).text, "not_now", Audience.STAFF)
    assert "!author" not in card.text and await dave.heard() == []


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [("none", "stays between them"), ("generic", "they have acted"), ("full", "He went too far.")],
)
async def test_a_community_says_how_much_it_tells(make_town: Callable[..., Any], wanted: str, seen: str) -> None:
    """R038: `reporter_outcome`."""
    town = await make_town(more=f'[policy.procedure]\nreporter_outcome = "{wanted}"')
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    card, _ = await report(town, ada, dave)
    await ada.heard()
    for _ in range(2):
        await says(town, card, f"letter {RULED}")
    await says(town, card, "close decided He went too far.")
    (told,) = await ada.heard()
    assert seen in told
    assert ("account frozen" in told, "He went too far." in told) == ((wanted == "full"),) * 2
    assert ("they have acted" in told) == (wanted != "none")
