"""Matrix rooms, small audiences, languages, being forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.domain.letters import Audience
from tests.dialogue.talk import Community, People, ask, begins, letter, publish, released, request, same, silent
from tests.town.actors import OnMatrix

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_tiny_audience(make_town: Callable[..., Any]) -> None:
    town: Community = await make_town(audience=(10, 4))
    people = People(town, 0)
    ada = await people.fedi("ada")
    dora, eli = await people.matrix("dora"), await people.matrix("eli")
    link, _ = await publish(dora, "you are all fools")
    await ada.say(link)
    assert same((await ada.say("agree"))[0]) == letter(town, "too_few_see_it")  # mia, dora, eli
    await people.matrix("finn")
    (warned,) = await ada.say(link)
    assert same(warned) == letter(town, "audience_question", audience="4")
    assert [same(a) for a in await ada.say("hm")] == [same(warned)]
    (menu,) = await ada.say("yes")
    assert begins(town, menu, "menu_redact")
    (preview,) = await ada.say("2")
    assert "About 4 people" in preview
    await ada.say("cancel")
    assert await silent(dora, 7) and await eli.heard() == []


async def test_rooms_that_are_not_ours(town: Community, people: People) -> None:
    gus, hal = await people.matrix("gus"), await people.matrix("hal")
    room = await hal.person.create_room("private", invite=[gus.person.user_id])
    event = await hal.person.say(room, "hello")
    await gus.say(f"https://matrix.to/#/{room}/{event}")
    (answer,) = await gus.say("agree")
    assert same(answer) == letter(town, "room_not_ours")
    sealed = await gus.person.create_room("sealed", invite=[town.bot.user_id], encrypted=True, is_direct=True)
    await town.turn()
    await town.turn()
    assert town.bot.user_id in await gus.person.members(sealed), "an encrypted chat is as good as any"
    open_room = await gus.person.create_room("party", invite=[town.bot.user_id])
    await town.turn()
    await town.turn()
    assert town.bot.user_id not in await gus.person.members(open_room)


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
async def test_forget_me_mid_case(town: Community, people: People, platform: str) -> None:
    ada, dave = await people.on(platform, "ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    (question,) = await ada.say("forget me")
    assert same(question) == letter(town, "forget_question", open="1")
    assert [same(a) for a in await ada.say("erm")] == [same(question)]
    (kept,) = await ada.say("cancel")
    assert same(kept) == letter(town, "cancelled", kept="1")
    await ada.say("Forget me.")
    (done,) = await ada.say("yes")
    assert begins(town, done, "forgotten")
    await dave.say("I like it so", reply=True)
    await town.wait(days=6)
    assert await ada.heard() == []
    if isinstance(ada, OnMatrix):
        ada.room = ""  # the encrypted chat was left with its keys
    (anew,) = await ada.say("hello?")  # they start anew
    assert begins(town, anew, "help")
    assert begins(town, (await ada.say((await publish(dave, "soup"))[0]))[0], "notice")
    (nothing,) = await ada.say("forget me")
    assert same(nothing) == letter(town, "forget_question", open="0")
    await ada.say("cancel")


async def test_german(town: Community, people: People) -> None:
    """A member whose words are German; an author who asks for German."""
    ada, dave = await people.matrix("ada"), await people.fedi("dave")
    (help_,) = await ada.say("Hallo, kannst du mir bitte mit einem Beitrag helfen, der nicht gut für mich ist?")
    assert begins(town, help_, "help", language="de")
    link, _ = await publish(dave, "lights")
    (notice,) = await ada.say(link)
    assert same(notice) == letter(town, "notice", language="de") and "einverstanden" in notice
    assert "agree" not in notice
    await ada.say("Einverstanden!")
    (preview,) = await ada.say("eins Flackern")
    assert "Could you add" in preview and "senden" in preview  # the letter itself, and what it says
    assert begins(town, preview, "preview", language="de")
    (queued,) = await ada.say("Senden")
    assert begins(town, queued, "queued", language="de")
    await town.wait(hours=20)
    assert [same(a) for a in await ada.heard()] == [letter(town, "time_has_come", language="de")]
    (contact,) = await dave.heard()
    assert "Hello" in contact
    (unknown,) = await dave.say("language klingon", reply=True)
    assert begins(town, unknown, "language_unknown", Audience.RECIPIENT)
    (german,) = await dave.say("language German", reply=True)
    assert same(german) == letter(town, "language_set", Audience.RECIPIENT, language="de")
    assert same((await dave.say("Wer war das?", reply=True))[0]) == letter(
        town, "who", Audience.RECIPIENT, language="de"
    )
    (answer,) = await dave.say("nein", reply=True)
    assert same(answer) == letter(
        town, "answered_no", Audience.RECIPIENT, language="de", strength="shall", ask="cw", label="flashing"
    )
    (unresolved,) = await ada.heard()
    assert "ruhen" in unresolved
    (card,) = await ada.say("Moderation")
    assert "waiting for a moderator" in card and "In deiner Sprache" in card
    await ada.say("abbrechen")
    (english,) = await ada.say("Sprache Englisch")
    assert same(english) == letter(town, "language_set")
    assert same((await ada.say("Rest!"))[0]) == letter(town, "rested")


async def test_french(make_town: Callable[..., Any]) -> None:
    town: Community = await make_town(languages='"fr", "en"')
    people = People(town, 0)
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    post = town.strict.post(dave.name, "la soupe", language="fr")
    (notice,) = await ada.say(post["url"])
    assert same(notice) == letter(town, "notice", language="fr")
    (menu,) = await ada.say("D'accord")
    assert begins(town, menu, "menu", language="fr")
    (preview,) = await ada.say("1 nourriture")
    assert begins(town, preview, "preview", language="fr")
    (queued,) = await ada.say("envoyer")
    assert begins(town, queued, "queued", language="fr")
    await town.wait(hours=20)
    (contact,) = await dave.heard()
    assert begins(town, contact, "first_contact", Audience.RECIPIENT, language="fr")
    assert same((await dave.say("pourquoi", reply=True))[0]) == letter(
        town, "why", Audience.RECIPIENT, language="fr", ask="cw", label="food", strength="may"
    )


async def test_words_that_come_later_offer_a_human(town: Community, people: People) -> None:
    ada = await people.fedi("ada")
    for word in ("index", "export"):
        assert same((await ada.say(word))[0]) == letter(town, "not_yet_here"), word
    (help_,) = await ada.say("help")
    assert ": report." in help_ and ": support." in help_ and "second look" in help_
    for word in ("index", "appeal", "export", "second-look"):
        assert f" {word}" not in help_
    (handle,) = await ada.say("bob@x.example")
    assert begins(town, handle, "no_link")


async def test_to_a_matrix_author_and_back(town: Community, people: People) -> None:
    ada, gus = await people.fedi("ada"), await people.matrix("gus")
    link, event = await publish(gus, "you are all fools")
    await request(ada, link, "2")
    await released(ada, gus)
    assert same((await gus.say("how"))[0]) == letter(town, "how", Audience.RECIPIENT, platform="matrix", ask="redact")
    await gus.person.redact(town.lounge, event)
    (thanks,) = await gus.say("done")
    assert "Thank you" in thanks and len(await ada.heard()) == 1
