"""What the first message may be, and what each wrong one is answered with: kindly, once, never toward the author."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, begins, letter, publish, request, same, silent

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_message_that_others_can_read_stops_everything(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "soup")
    await ada.say(f"{link} cw food")
    (preview,) = await ada.say("agree")
    assert "send, change or cancel" in preview

    async def post(text: str, **parts: Any) -> list[str]:
        town.strict.post(ada.name, f"@outreach {text}", **parts)
        await town.turn()
        return [same(one) for one in await ada.heard()]

    mention = await post(f"please ask @{dave.name} about {link}", visibility="direct")
    assert mention == [letter(town, "leaked_mention")] and "delete it now" in mention[0]
    assert await ada.say("send") == await ada.say("send") != []  # the draft is gone
    assert await post(f"look at {link}", visibility="public") == [letter(town, "leaked_public")]
    assert await post(f"look at {link}", visibility="unlisted") == [letter(town, "leaked_public")]
    assert await post("look", visibility="direct", quote_id=native) == [letter(town, "leaked_quote")]
    assert await post("hello bot", visibility="public") == [letter(town, "private_please")]
    assert await post("I want to kill myself", visibility="public") == [letter_of_distress(town)]
    assert all(one["visibility"] == "direct" for one in town.strict.delivered(ada.name))
    await town.wait(hours=20)
    got = [p for p in town.strict.delivered(dave.name) if p["account"]["username"] == "outreach"]
    assert got == []


def letter_of_distress(town: Community) -> str:
    return letter(town, "self_harm")


async def test_in_a_community_room_everything_is_answered_in_private(town: Community, people: People) -> None:
    gus, dora = await people.matrix("gus"), await people.matrix("dora")
    _, event = await publish(dora, "you are all fools")
    lounge, bot = town.lounge, town.bot.user_id

    async def mention(text: str, reply_to: str | None = None) -> list[str]:
        await gus.person.say(lounge, f"{bot} {text}", mentions=[bot], reply_to=reply_to)
        await town.turn()
        return [same(one) for one in await gus.heard()]

    before = len([h for h in dora.person.transcript.entries if h.room == lounge and h.sender == bot])
    assert await mention("hello") == [letter(town, "private_please")]
    assert await mention(f"https://matrix.to/#/{lounge}/{event}") == [letter(town, "leaked_public")]
    assert await mention("please ask for a warning", reply_to=event) == [letter(town, "leaked_public")]
    await gus.person.say(lounge, "I'd never ask a bot")  # talk that is not for it
    await town.turn()
    assert await gus.heard() == []
    assert len([h for h in dora.person.transcript.entries if h.room == lounge and h.sender == bot]) == before
    assert await dora.heard() == []


async def test_several_links(town: Community, people: People) -> None:
    ada, dave, eve = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("eve")
    links = [(await publish(dave, f"soup {n}"))[0] for n in range(6)]
    other, _ = await publish(eve, "tea")
    await ada.say(links[0])
    await ada.say("agree")
    assert [same(a) for a in await ada.say(" ".join(links))] == [letter(town, "too_many_links", most="5")]
    assert [same(a) for a in await ada.say(f"{links[0]} {other}")] == [letter(town, "several_authors")]
    assert [same(a) for a in await ada.say(" ".join(links[:5]))] == [letter(town, "behaviour")]

    (shown,) = await ada.say("human")
    assert all(link in shown for link in links[:5]) and ada.name not in shown
    before = len(town.staff_saw())
    (called,) = await ada.say("send")
    assert begins(town, called, "human_called")
    await town.mia.see(lambda h: h.room == town.staff_room and links[4] in h.text)
    (card,) = town.staff_saw()[before:]
    assert "".join(card.split()) in "".join(shown.replace(">", "").split())  # what was shown is what they see
    (ended,) = await ada.say("end")
    assert begins(town, ended, "withdrawn_late")
    assert await silent(dave) and await silent(eve, 1)


async def test_the_same_post_under_two_addresses_is_one_post(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "soup")
    await ada.say(f"{link} {town.strict.base_url}/@{dave.name}/{native}?utm_source=x#y")
    (menu,) = await ada.say("ok")
    assert begins(town, menu, "menu")


async def test_what_the_post_is(town: Community, people: People) -> None:
    """A boost, one's own, the bot's own, hidden, addressed, warned already, of somebody who wants no bots, of staff."""
    ada, dave, eve = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("eve")
    strict = town.strict
    link, native = await publish(dave, "soup")
    await ada.say(link)
    (menu,) = await ada.say("I agree!")
    assert "soup" not in menu and dave.name in menu

    async def told(url: str) -> str:
        (answer,) = await ada.say(url)
        return same(answer)

    boosted = strict.boost(eve.name, native)
    assert dave.name in await told(str(boosted["url"] or boosted["uri"]))

    own, _ = await publish(ada, "my own soup")
    practice = await told(f"{own} cw food")
    assert begins(town, practice, "practice") and begins(town, practice, "first_contact", Audience.RECIPIENT)
    assert same((await ada.say("send"))[0]) == letter(town, "nothing_to_send")

    assert await told(strict.post("outreach", "I am a bot")["url"]) == letter(town, "post_mine")
    hidden = strict.post(dave.name, f"@{ada.name} you fool", visibility="direct")
    assert await told(hidden["url"]) == letter(town, "post_unseen")
    assert await told(f"https://social.example/@{dave.name}/123456") == letter(town, "post_unseen")
    for text in (f"@{ada.name} you fool", "you fool"):
        parent = None if "@" in text else str(strict.post(ada.name, "hm")["id"])
        named = strict.post(dave.name, text, in_reply_to_id=parent)
        assert await told(named["url"]) == letter(town, "answers_you")
    warned = strict.post(dave.name, "soup", spoiler_text="food")
    assert begins(town, await told(f"{warned['url']} cw food"), "post_has_it")
    assert begins(town, await told(f"{link} alt text"), "ask_not_here")  # there is no picture
    strict.set_account(eve.name, note="no, thanks #NoBot")
    assert await told((await publish(eve, "tea"))[0]) == letter(town, "declines_bots")
    ray = await people.fedi("ray", role="admin", highlighted=True)
    assert await told((await publish(ray, "news"))[0]) == letter(town, "reads_along")
    old = strict.post(dave.name, "long ago")
    status = strict.world.statuses[old["id"]]
    status.created_at = status.created_at.replace(year=status.created_at.year - 3)
    question = await told(f"{old['url']} cw food")
    assert begins(town, question, "old_question")
    (preview,) = await ada.say("yes")
    assert begins(town, preview, "preview")
    assert same((await ada.say("never mind"))[0]) == letter(town, "cancelled")
    for person in (dave, eve, ray):
        assert await silent(person, 7)


async def test_who_may_ask(town: Community, people: People) -> None:
    dave = await people.fedi("dave")
    link, _ = await publish(dave, "soup")
    newcomer = await people.fedi("newt", age_days=1)
    (answer,) = await newcomer.say(link)
    assert begins(town, answer, "too_new") and "human" in answer

    far = f"far{dave.name}@remote.example"
    town.strict.add_account(far)
    town.strict.post(far, f"@outreach@social.example {link}", visibility="direct")
    await town.turn()
    (refused,) = town.strict.delivered(far)
    assert letter(town, "may_not_ask") in same(str(refused["text"]))

    outsider = await town.add_matrix(f"outsider-{dave.name}", lounge=False)
    room = await outsider.dm(town.bot.user_id)
    await town.turn()
    await outsider.say(room, link)
    await town.turn()
    heard = await outsider.hear(sender=town.bot.user_id)
    assert "agree" in heard.text  # an account of the bot's own homeserver is local


async def test_who_may_be_asked(town: Community, people: People) -> None:
    """Where looking would ask another server the menu comes first, and danger is not looked at at all."""
    ada = await people.fedi("ada")
    rob = f"rob{ada.name}@remote.example"
    town.strict.add_account(rob)
    post = town.strict.post(rob, "hello", known=False)
    await ada.say(post["url"])
    before = len(town.strict.fetches())
    (menu,) = await ada.say("agree")
    assert begins(town, menu, "menu") and rob not in menu
    (called,) = await ada.say("5")
    assert begins(town, called, "danger_called")
    assert len(town.strict.fetches()) == before
    assert any(post["url"] in card for card in town.staff_saw())

    await town.wait(seconds=7)  # off the grid on which posts are looked at
    await ada.say(post["url"])
    (later,) = await ada.say("1 food")
    assert begins(town, later, "look_later") and len(town.strict.fetches()) == before
    (status,) = await ada.say("status")  # it does not wait for the look
    assert "asked" in status
    (again,) = await ada.say("hm?")
    assert same(again) == same(later)
    await town.wait(minutes=6)
    assert [same(a) for a in await ada.heard()] == [letter(town, "post_elsewhere")]

    await town.wait(seconds=7)
    seen = len(town.strict.fetches())
    await ada.say(f"{post['url']} cw food")
    assert same((await ada.say("cancel"))[0]) == letter(town, "cancelled", kept="1")
    await town.wait(minutes=6)
    assert await ada.heard() == [] and len(town.strict.fetches()) == seen


async def test_a_view_of_a_remote_post_on_our_own_server(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    rob = f"rob{ada.name}@remote.example"
    town.strict.add_account(rob)
    post = town.strict.post(rob, "hello")
    await ada.say(f"https://social.example/@{rob}/{post['id']} cw food")
    answers = await ada.say("agree")
    await town.wait(minutes=6)
    assert letter(town, "post_elsewhere") in [same(a) for a in [*answers, *await ada.heard()]]
    assert [p for p in town.strict.delivered(rob) if p["account"]["username"] == "outreach"] == []


async def test_as_many_as_one_person_may_have_open(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    links = [(await publish(await people.fedi(f"dave{n}"), "soup"))[0] for n in range(4)]
    for link in links[:3]:
        await request(ada, link)
    (asked_already,) = await ada.say(f"{links[1]} cw food")
    assert "waiting" in asked_already  # their own request, and not a second one
    (refused,) = await ada.say(links[3])
    assert same(refused) == letter(town, "too_many_open", most="3")
    (which,) = await ada.say("withdraw")
    assert "Which one do you mean" in which and "1 " in which and "3 " in which
    (gone,) = await ada.say("two")
    assert same(gone) == letter(town, "withdrawn")
    (menu,) = await ada.say(links[3])
    assert begins(town, menu, "menu")
