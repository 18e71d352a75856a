"""One person in two roles, a third in the thread, words that are no command: each line reaches its one meaning."""

from __future__ import annotations

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, ask, begins, letter, publish, released, request, same

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_member_of_one_case_and_author_in_another(town: Community, people: People) -> None:
    """On the fediverse, in a thread and outside of any."""
    bob, eve, carla = await people.fedi("bob"), await people.fedi("eve"), await people.fedi("carla")
    await ask(bob, eve, "1 flashing")
    await ask(carla, bob, "1 flashing", text="more lights")
    await town.wait(hours=20)
    time_has_come, contact = await bob.heard()
    if begins(town, time_has_come, "first_contact", Audience.RECIPIENT):
        contact, time_has_come = time_has_come, contact
    thread = [p for p in town.strict.delivered(bob.name) if same(contact)[:60] in same_post(p["content"])][-1]
    await carla.heard()

    for word in ("stop", "no", "human", "done"):  # which of the two is meant?
        assert [same(a) for a in await bob.say(word)] == [letter(town, "which_role")], word
    assert await carla.heard() == [] and not begins(town, (await bob.say("status"))[0], "nothing_open")
    (why,) = await in_thread(town, bob, thread["id"], "why")
    assert same(why) == letter(town, "why", Audience.RECIPIENT, ask="cw", label="flashing", strength="shall")
    (told,) = await in_thread(town, bob, thread["id"], "I am bob and this is what I think")
    assert begins(town, told, "passed_on", Audience.RECIPIENT)
    assert [begins(town, a, "author_wrote") for a in await carla.heard()] == [True]
    await eve.heard()
    (withdrawn,) = await bob.say("withdraw")  # only a member can say that
    assert same(withdrawn) == letter(town, "withdrawn_late")
    (stopped,) = await bob.say("stop")  # now it can mean one thing alone
    assert same(stopped) == letter(town, "answered_stop", Audience.RECIPIENT)
    assert await eve.heard() == []


async def in_thread(town: Community, bob: object, parent: str, text: str) -> list[str]:
    from tests.dialogue.talk import OnFediverse

    assert isinstance(bob, OnFediverse)
    town.strict.post(bob.name, f"@outreach {text}", visibility="direct", in_reply_to_id=parent)
    await town.turn()
    return await bob.heard()


def same_post(content: str) -> str:
    from tests.town.actors import plain

    return same(plain(content))


async def test_both_roles_on_matrix_have_rooms_of_their_own(town: Community, people: People) -> None:
    gus, eve, carla = await people.matrix("gus"), await people.fedi("eve"), await people.fedi("carla")
    await ask(gus, eve, "1 flashing")
    own = gus.room
    await ask(carla, gus, "1")
    await town.wait(hours=20)
    await gus.heard()
    case_room = gus.room if gus.room != own else next(h.room for h in gus.person.transcript.entries[::-1]
                                                      if h.sender == town.bot.user_id and h.room != own)  # fmt: skip
    assert case_room != own
    await carla.heard()
    gus.room = own
    assert "asked" in (await gus.say("no"))[0]  # in the member's own room it answers no letter
    assert await carla.heard() == []
    gus.room = case_room
    (answer,) = await gus.say("who")
    assert same(answer) == letter(town, "who", Audience.RECIPIENT)
    (status,) = await gus.say("status")  # no author's word: it goes to who asked, in thread, as own words
    assert begins(town, status, "passed_on", Audience.RECIPIENT)


async def test_only_the_bound_account_answers(town: Community, people: People) -> None:
    ada, dave, erin = await people.fedi("ada"), await people.fedi("dave"), await people.fedi("erin")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    thread = dave.last["id"]
    town.strict.post(dave.name, f"@outreach @{erin.name} look at this", visibility="direct", in_reply_to_id=thread)
    await town.turn()
    await dave.heard()
    await ada.heard()
    erins = town.strict.posts_by(dave.name)[-1]["id"]
    for word in ("done", "no", "who asked?"):
        assert await in_thread(town, erin, erins, word) == []
    assert await ada.heard() == [] and await dave.heard() == []

    gus, hal = await people.matrix("gus"), await people.matrix("hal")
    bea = await people.fedi("bea")
    await ask(bea, gus, "1")
    await released(bea, gus)
    with pytest.raises(Exception, match=r"403|FORBIDDEN"):
        await gus.person.invite(gus.room, hal.person.user_id)


async def test_an_author_answers_without_replying(town: Community, people: People) -> None:
    """A whole word in a new message counts where it can mean only one thing; talk does not."""
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave)
    await released(ada, dave)
    assert begins(town, (await dave.say("how?"))[0], "how", Audience.RECIPIENT)
    assert begins(town, (await dave.say("I wonder about all that"))[0], "help")
    assert await ada.heard() == []
    (fine,) = await dave.say("nope")
    assert begins(town, fine, "answered_no", Audience.RECIPIENT)
    assert [same(a) for a in await ada.heard()] == [letter(town, "declined_may")]


@pytest.mark.parametrize(
    "text", ["No problem, done!", "no way I said stop", "why should I", "Mine was better", "done deal?!"]
)
async def test_whole_messages_only(town: Community, people: People, text: str) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    (answer,) = await dave.say(text, reply=True)
    assert same(answer) == letter(town, "passed_on", Audience.RECIPIENT)
    assert [same(a) for a in await ada.heard()] == [letter(town, "author_wrote")]


async def test_a_member_s_talk_is_no_command(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    for text in ("Rest assured I am fine", "human rights matter", "withdraw from what?", "escalate if you must"):
        (answer,) = await ada.say(text)
        assert ": asked" in answer, text
    (rested,) = await ada.say("  Rest. 🙏")
    assert same(rested) == letter(town, "rested")


async def test_answers_to_the_right_of_several(town: Community, people: People) -> None:
    """By the message replied to, by name or its beginning, by number; and none of them touches the others."""
    ada = await people.fedi("ada")
    authors = [await people.fedi(f"dave{n}") for n in range(3)]
    links = [(await publish(author, "lights"))[0] for author in authors]
    for link in links:
        await request(ada, link, "1 flashing")
    await town.wait(hours=20)
    await ada.heard()
    for author in authors:
        await author.heard()
        await author.say("It is my style", reply=True)
    await ada.heard()
    (which,) = await ada.say("say Thank you all the same")
    names = [line.split()[1].rstrip(",") for line in which.splitlines() if line[:2] in ("1 ", "2 ", "3 ")]
    assert len(names) == 3
    (preview,) = await ada.say("2")
    assert "Thank you all the same" in preview and begins(town, preview, "say_preview")
    await ada.say("cancel")
    (preview,) = await ada.say(f"say {names[0]} I mean it")
    assert "> I mean it" in preview
    await ada.say("cancel")
    (gone,) = await ada.say(f"withdraw {names[1].split('-')[0]}")
    assert same(gone) == letter(town, "withdrawn_late")
    (status,) = await ada.say("status")
    assert status.count(": answered") == 2 and status.count(": over") == 1
    (which,) = await ada.say("rest")
    assert "Which one do you mean" in which and names[1] not in which
    assert [same(a) for a in await ada.say("what do you mean")] == [same(which)]
    (rested,) = await ada.say(names[2].upper())
    assert same(rested) == letter(town, "rested")
    assert begins(town, (await ada.say(f"rest {names[2]}"))[0], "nothing_open")
