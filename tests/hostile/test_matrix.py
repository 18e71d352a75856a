"""What a real homeserver lets through: each is answered or ignored on purpose, and the next person is served."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from outreach.domain.identity import Account, Platform
from outreach.services.dialogue.answering import LINES_PER_HOUR
from outreach.services.intake import MOST_INVITATIONS
from tests.dialogue.talk import Community, People, begins, letter, same
from tests.hostile.corpus import EVENTS, TEXTS
from tests.town.actors import OnMatrix

_NUMBERS = itertools.count()
pytestmark = pytest.mark.asyncio(loop_scope="package")


async def put(actor: OnMatrix, kind: str, content: Any, room: str = "", *, state: str | None = None) -> bool:
    """Send any event; whether the homeserver took it."""
    room = room or actor.room
    where = f"/_matrix/client/v3/rooms/{room}"
    what = f"/state/{kind}/{state}" if state is not None else f"/send/{kind}/hostile-{next(_NUMBERS)}"
    try:
        await actor.person._caller.call("PUT", where + what, content)
    except Exception:  # most of the corpus is refused there already
        return False
    return True


async def served(people: People, name: str = "norm") -> bool:
    """Whether somebody who has nothing to do with it is answered."""
    someone = await people.matrix(name)
    return len(await someone.say("help")) == 1


async def test_events_of_any_shape(town: Community, people: People) -> None:
    eve = await people.old_client("eve")
    await eve.say("help")
    taken = 0
    for name, raw in EVENTS.items():
        if isinstance(raw, dict) and isinstance(raw.get("type"), str) and "member" not in raw["type"]:
            state = "" if raw.get("state_key") == "" and "tombstone" not in name else None
            taken += await put(eve, raw["type"], raw.get("content"), state=state)
    assert taken > 10, "some of it has to come through to be a test"
    await town.turn()
    answers = await eve.heard()
    assert sum(begins(town, said, "quiet_now") for said in answers) == 1, "one notice, then silence (F35)"
    assert len(answers) < taken
    assert await served(people)


async def test_words_of_any_kind(town: Community, people: People) -> None:
    eve = await people.old_client("eve")
    await eve.say("status")
    for text in TEXTS.values():
        await put(eve, "m.room.message", {"msgtype": "m.text", "body": text.encode("utf-8", "replace").decode()})
    await put(eve, "m.room.message", {"msgtype": "m.text", "body": "x" * 60_000})
    assert not await put(eve, "m.room.message", {"msgtype": "m.text", "body": "x" * 66_000}), "the homeserver's bound"
    await town.turn()
    answers = await eve.heard()
    assert any(begins(town, said, "too_many_lines") for said in answers), "so many in an hour are a flood"
    assert len(answers) <= LINES_PER_HOUR + 1
    for text in ("\u202e", "\u200b", "\0", "\x1b", "@everyone", "https://evil", "<script>"):
        assert not any(text in said for said in answers)
    assert await served(people)


async def test_bots_that_answer_each_other(town: Community, people: People) -> None:
    """One that answers whatever it reads, in words or in commands, is left alone in the end."""
    echo = await people.matrix("echo")
    answers = await echo.say("hello bot")
    rounds = 0
    while answers and rounds < LINES_PER_HOUR + 5:
        rounds += 1
        answers = await echo.say(answers[0])
    assert rounds <= 4, "our own words are none of its commands"
    (answer,) = await echo.say("help")
    while not begins(town, answer, "too_many_lines") and rounds < LINES_PER_HOUR + 5:
        rounds += 1
        (answer,) = await echo.say("help")
    assert rounds <= LINES_PER_HOUR
    assert await echo.say("help") == []
    await town.wait(hours=1)
    assert len(await echo.say("help")) == 1, "an hour later it may be a human"


async def test_too_many_lines_but_words_of_self_harm_are_heard(town: Community, people: People) -> None:
    eve = await people.old_client("eve")
    await eve.say("help")
    for n in range(LINES_PER_HOUR + 2):
        await put(eve, "m.room.message", {"msgtype": "m.text", "body": f"help{' ' * n}"})
    await town.turn()
    assert begins(town, (await eve.heard())[-1], "too_many_lines")
    assert await eve.say("status") == []
    (kind,) = await eve.say("I want to kill myself")
    assert begins(town, kind, "self_harm")


async def test_edits_and_redactions_of_commands(town: Community, people: People) -> None:
    gus = await people.matrix("gus")
    await gus.say("hello")
    event = await gus.person.say(gus.room, "help")
    await gus.person.edit(gus.room, event, "forget me")
    await gus.person.redact(gus.room, event)
    await town.turn()
    assert await gus.heard() == [], "what was taken back before it was read was never said"
    (answer,) = await gus.say("help")
    assert begins(town, answer, "help")
    await gus.person.redact(gus.room, gus.last)
    await town.turn()
    assert await gus.heard() == []


async def test_outsiders_command_nothing(town: Community, people: People) -> None:
    eve = await people.matrix("eve")
    before = len(town.staff_saw())
    for room in (town.lounge, ""):
        for text in ("!help", "!close amber-otter agreed", "!enrol @eve:localhost", "outreach: !help"):
            await (eve.person.say(room, text) if room else eve.say(text))
    await town.turn()
    assert len(town.staff_saw()) == before
    assert (await people.matrix("norm")).room == ""


async def test_a_flood_of_invitations(town: Community, people: People) -> None:
    eve = await people.matrix("eve")
    rooms = [await eve.person.dm(town.bot.user_id) for _ in range(MOST_INVITATIONS + 3)]
    await town.turn()
    joined = [room for room in rooms if town.bot.user_id in await eve.person.members(room)]
    assert len(joined) == MOST_INVITATIONS
    assert await served(people)


async def test_a_chat_that_anybody_may_join_is_none(town: Community, people: People) -> None:
    eve = await people.matrix("eve")
    room = await eve.person.create_room("x", invite=[town.bot.user_id], preset="public_chat", is_direct=True)
    await town.turn()
    assert town.bot.user_id not in await eve.person.members(room)


async def test_who_leaves_and_comes_back(town: Community, people: People) -> None:
    gus = await people.matrix("gus")
    await gus.say("language de")
    for _ in range(2):
        await gus.person.leave(gus.room)
        await town.turn()
        gus.room = ""
        (answer,) = await gus.say("status")
        assert same(answer) == letter(town, "status_none", language="de"), "known again, in a new chat"


async def upgraded(actor: OnMatrix, room: str) -> str:
    """Close a room for another, as its owner can."""
    answer: Any = await actor.person._caller.call(
        "POST", f"/_matrix/client/v3/rooms/{room}/upgrade", {"new_version": "11"}
    )
    return str(answer["replacement_room"])


async def test_a_private_chat_that_was_replaced(town: Community, people: People) -> None:
    gus = await people.matrix("gus")
    await gus.say("help")
    old, new = gus.room, await upgraded(gus, gus.room)
    await town.turn()
    (said,) = await gus.heard()
    assert same(said) == letter(town, "chat_replaced")
    assert gus.room not in (old, new), "it goes on in a room that the bot made"
    assert town.bot.user_id not in await gus.person.members(new)
    assert len(await gus.say("help")) == 1


async def test_shared_rooms_that_were_replaced(town: Community, people: People) -> None:
    mia = OnMatrix(town, "mia", town.mia)
    before = len(town.staff_saw())
    new = await upgraded(mia, town.lounge)
    await town.turn()
    await mia._catch_up()
    (told,) = town.staff_saw()[before:]
    assert "matrix.community_rooms" in told
    assert town.bot.user_id not in await town.mia.members(new)

    new = await upgraded(mia, town.staff_room)
    await town.turn()
    await town.turn()
    assert town.bot.user_id not in await town.mia.members(new), "never followed by itself (F18)"
    (private,) = await mia.heard()
    assert "matrix.staff_room" in private, "where the closed room takes no words, each moderator hears in private"
    assert Platform.MATRIX in town.gateways and Account(Platform.MATRIX, town.mia.user_id).key
    assert await served(people)
