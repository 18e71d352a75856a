"""What reaches the bot, in order, once, and only journaled things move the cursor."""

import asyncio

import pytest

from outreach.ports import Batch, Happening, Incoming
from tests.matrix.story import Story, card, conversation, matrix
from tests.recorder import bad_gateway, rate_limited


def of(items: list[Incoming], *kinds: Happening) -> list[Incoming]:
    return [item for item in items if item.happening in kinds]


async def test_first_start_leaves_the_past_alone_but_sees_pending_invitations(story: Story) -> None:
    bot, ada = await story.bot(started=False), await story.person("ada")
    old = await ada.create_room("old", invite=[bot.account.user_id])
    await bot.gateway.accept(old)
    await ada.say(old, "said long ago")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "are you there")
    first = await bot.read()
    assert [(i.happening, i.room, i.sender, i.direct, i.encrypted) for i in first] == [
        (Happening.INVITED, room, matrix(ada.user_id), True, False)
    ]
    await ada.say(old, "said now")
    await bot.gateway.accept(room)
    assert sorted(await bot.lines()) == ["are you there", "said now"]


async def test_an_invitation_is_journaled_once_and_again_after_a_crash(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    await ada.dm(bot.account.user_id)
    before = bot.cursor

    async def broken(batch: Batch) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await bot.gateway.listen_once(bot.cursor, broken)
    again = await story.again(bot)
    assert again.cursor == before
    (seen,) = await again.read()
    assert seen.happening is Happening.INVITED
    bot.cursor = before
    assert (await bot.read())[0].source == seen.source, "the same invitation has the same name"
    assert await again.read() == []


async def test_each_new_invitation_has_a_name_of_its_own(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.create_room(invite=[bot.account.user_id], version="11")
    (first,) = await bot.read()
    await bot.gateway.leave(room)
    await bot.read()
    await ada.invite(room, bot.account.user_id)
    (second,) = await bot.read()
    assert (first.direct, second.happening) == (False, Happening.INVITED)
    assert first.source != second.source


@pytest.mark.parametrize("count", [3, 40, 130])
async def test_words_written_before_the_bot_joined_are_read(story: Story, count: int) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "line 0")
    assert [i.happening for i in await bot.read()] == [Happening.INVITED]
    for number in range(1, count):
        await ada.say(room, f"line {number}")
    await bot.gateway.accept(room)
    assert await bot.lines() == [f"line {number}" for number in range(count)]
    assert await bot.read() == []


async def test_only_the_inviter_and_only_since_the_invitation_is_read_of_a_group(story: Story) -> None:
    bot, ada, ben = await story.bot(), await story.person("ada"), await story.person("ben")
    room = await ada.create_room("group", invite=[ben.user_id])
    await ada.see_member(room, ben.user_id)
    await ada.say(room, "!old command")
    await ada.invite(room, bot.account.user_id)
    await ada.say(room, "welcome")
    await ben.say(room, "not for the bot")
    await bot.gateway.accept(room)
    await ben.say(room, "after the join")
    assert await bot.lines() == ["welcome", "after the join"]


async def test_lines_before_a_first_direct_invitation_count_but_not_those_of_an_earlier_stay(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.create_room(version="11")
    await ada.say(room, "before the invitation")
    member = {"membership": "invite", "is_direct": True}
    await ada.set_state(room, "m.room.member", member, bot.account.user_id)
    await bot.gateway.accept(room)
    assert await bot.lines() == ["before the invitation"]
    await ada.kick(room, bot.account.user_id)
    await ada.say(room, "while it was out")
    await ada.set_state(room, "m.room.member", member, bot.account.user_id)
    await ada.say(room, "come back")
    await bot.gateway.accept(room)
    assert await bot.lines() == ["come back"]


async def test_a_long_absence_is_filled_exactly_and_in_order(story: Story) -> None:
    bot, ada, ben = await story.bot(), await story.person("ada"), await story.person("ben")
    room = await story.staff_room(bot, ada)
    await bot.read()
    said = [f"line {number}" for number in range(140)]
    for number, line in enumerate(said):
        await ada.say(room, line)
        if number == 20:
            await ada.invite(room, ben.user_id)
            await ada.see_member(room, ben.user_id)
            await ben.leave(room)
            await ada.see_member(room, ben.user_id, "leave")
    items = await bot.read()
    assert [i.text for i in of(items, Happening.LINE)] == said
    moves = of(items, Happening.JOINED, Happening.LEFT)
    assert [(i.happening, i.sender) for i in moves] == [
        (Happening.JOINED, matrix(ben.user_id)),
        (Happening.LEFT, matrix(ben.user_id)),
    ]
    assert len({i.source for i in items}) == len(items)


async def test_an_unfilled_gap_moves_no_cursor(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(plain, ada)
    await plain.read()
    bot, recorder = await story.recorded(plain)
    for number in range(120):
        await ada.say(room, f"line {number}")
    recorder.inject("GET", "/messages", bad_gateway)
    with pytest.raises(Exception, match="try again"):
        await bot.read()
    assert bot.batches == []
    assert len(await bot.lines()) == 120


async def test_reactions_edits_redactions_and_notices(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(bot, ada)
    await bot.read()
    line = await ada.say(room, "frist")
    await ada.edit(room, line, "first")
    heard = await ada.hear("hello")
    await ada.react(room, heard.id, "\U0001f44d\U0001f3fd\ufe0f")
    await ada.say(room, "beep", msgtype="m.notice")
    await ada.say(room, "photo.jpg", msgtype="m.image", url="mxc://localhost/x")
    await ada.redact(room, line)
    items = await bot.read()
    assert [(i.happening, i.text, i.parent, i.notice) for i in items if i.text != "frist"][-5:] == [
        (Happening.EDIT, "first", line, False),
        (Happening.REACTION, "\U0001f44d", heard.id, False),
        (Happening.LINE, "beep", "", True),
        (Happening.LINE, "", "", False),
        (Happening.REMOVED, "", line, False),
    ]


async def test_the_bot_hears_neither_itself_nor_changes_of_names(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(bot, ada)
    await bot.gateway.send(card(room, buttons=("✅",)))
    await ada.set_name("Ada L.")
    await ada.see(lambda e: e.type == "m.room.member" and e.content.get("displayname") == "Ada L.")
    assert await bot.read() == []


async def test_being_put_out_is_heard_with_what_was_said_before(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(bot, ada)
    await bot.read()
    for number in range(130):
        await ada.say(room, f"line {number}")
    await ada.kick(room, bot.account.user_id)
    items = await bot.read()
    assert len(of(items, Happening.LINE)) == 130
    assert [(i.happening, i.sender) for i in items][-1] == (Happening.LEFT, matrix(bot.account.user_id))


async def test_a_withdrawn_invitation_is_heard(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.create_room(invite=[bot.account.user_id])
    await bot.read()
    await ada.kick(room, bot.account.user_id)
    assert [(i.happening, i.sender, i.room) for i in await bot.read()] == [
        (Happening.LEFT, matrix(bot.account.user_id), room)
    ]


async def test_lines_know_whether_their_room_is_encrypted(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(bot, ada)
    await ada.say(room, "plain")
    assert [i.encrypted for i in of(await bot.read(), Happening.LINE)] == [False]
    await ada.set_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    await ada.say(room, "injected")
    cipher = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "y"}
    await ada.send(room, "m.room.encrypted", cipher)
    assert [(i.text, i.encrypted) for i in of(await bot.read(), Happening.LINE)] == [("injected", True), ("", True)]
    await ada.say(room, "still")
    again = await story.again(bot)
    assert [i.encrypted for i in of(await again.read(), Happening.LINE)] == [True], "known after a restart, too"


async def test_listening_goes_on_through_errors_with_growing_pauses(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(plain, ada)
    await plain.read()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    bot, recorder = await story.recorded(plain)
    bot = await story.again(bot, url=recorder.url, pause=pause, jitter=lambda: 1.0)
    recorder.inject("GET", "/sync", bad_gateway, 9)
    recorder.inject("GET", "/sync", rate_limited(77))
    heard = asyncio.Event()

    async def journal(batch: Batch) -> None:
        await bot.journal(batch)
        if batch.items:
            heard.set()

    task = asyncio.create_task(bot.gateway.listen(bot.cursor, journal))
    await ada.say(room, "hello")
    async with asyncio.timeout(10):
        await heard.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [round(p, 1) for p in pauses] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 77.0]
    assert [i.text for b in bot.batches for i in b.items] == ["hello"]


async def test_the_next_request_waits_for_the_journal(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(plain, ada)
    await plain.read()
    bot, recorder = await story.recorded(plain)
    await ada.say(room, "hello")
    entered, leave = asyncio.Event(), asyncio.Event()

    async def journal(batch: Batch) -> None:
        entered.set()
        await leave.wait()

    recorder.clear()
    task = asyncio.create_task(bot.gateway.listen(bot.cursor, journal))
    await entered.wait()
    await asyncio.sleep(0.1)
    syncs = [r for r in recorder.requests if r.path.endswith("/sync")]
    assert [dict(r.query)["since"] for r in syncs] == [bot.cursor]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_empty_answers_move_the_cursor(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await story.staff_room(bot, ada)
    await bot.read()
    before = bot.cursor
    await bot.gateway.send(card(room))
    journaled = len(bot.batches)
    assert await bot.read() == []
    assert [batch.items for batch in bot.batches[journaled:]] == [()]
    assert bot.batches[-1].cursor == bot.cursor != before
