"""The bot as users start it, under a stream of everything at once, from both platforms; and a member who needs it."""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from outreach.adapters.fediverse.mentions import named
from outreach.entrypoints.sandbox.people import MatrixPerson
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.hostile.corpus import EVENTS, TEXTS
from tests.hostile.parsers import hidden
from tests.kill.people import Way
from tests.kill.playing import calm
from tests.kill.town import KillTown

CANARY = "hostilecanary"
#: Seconds within which somebody is answered while all this goes on; the fediverse is polled each second.
PATIENCE = 8.0
#: What an author and a member may write that others get to read: through the relay, and in the moderators' room.
WORDS = (
    f"@everyone@here \u202e<script>\u200b\x1b[2J !close @room #{CANARY} https://evil.example/?q=1 \u2067> forged\n!help"
)
_NUMBERS = itertools.count()


async def put(person: MatrixPerson, room: str, kind: str, content: Any) -> None:
    """Any event; what the homeserver refuses never reaches the bot."""
    with suppress(Exception):
        path = f"/_matrix/client/v3/rooms/{room}/send/{kind}/run-{next(_NUMBERS)}"
        await person._caller.call("PUT", path, content)


async def on_matrix(town: KillTown, name: str) -> None:
    """Somebody who means harm there: in private, in the community's room, by invitations."""
    person = await town.on_matrix(name)
    await person.join(town.lounge)
    room = await person.dm(town.bot_id)
    await person.see_member(room, town.bot_id, within=60)
    for text in TEXTS.values():
        said = f"{text.encode('utf-8', 'replace').decode()} {CANARY}"
        await put(person, room, "m.room.message", {"msgtype": "m.text", "body": said})
        await put(person, town.lounge, "m.room.message", {"msgtype": "m.text", "body": f"{town.bot_id}: {said}"})
    for raw in EVENTS.values():
        if isinstance(raw, dict) and isinstance(raw.get("type"), str) and "state_key" not in raw:
            await put(person, room, raw["type"], raw.get("content"))
    await put(person, room, "m.room.message", {"msgtype": "m.text", "body": f"{CANARY} " * 4000})
    for _ in range(12):
        await person.dm(town.bot_id)


async def on_fediverse(town: KillTown, name: str) -> None:
    """And there: in private, in public, with others mentioned."""
    town.strict.add_account(name, display_name=f"\u202e{CANARY}", note=f"<b>{CANARY}")
    for number, text in enumerate(TEXTS.values()):
        said = f"@outreach {text.encode('utf-8', 'replace').decode()[:300]} {CANARY}"
        for visibility in ("direct", "public") if number % 5 == 0 else ("direct",):
            with suppress(Exception):
                town.strict.post(name, said, visibility=visibility)
        await asyncio.sleep(0.01)


async def answered(way: Way, text: str) -> float:
    """Seconds until somebody who writes has an answer."""
    begin = time.monotonic()
    await way.send(text)
    await asyncio.wait_for(way.next(), 60)
    return time.monotonic() - begin


async def request(member: Way, author: Way, link: str) -> None:
    """From a link to the letter, and own words in both directions."""
    for line in (link, "agree", "1 flashing", "send"):
        await member.send(line)
        said = await member.next()
    while link not in await author.next():
        pass
    await author.send(WORDS)
    while "more" not in said:
        said = await member.next()
    await member.send("more")
    while CANARY not in (said := await member.next()):
        pass
    await member.send(f"say {WORDS}")
    while "send" not in (said := await member.next()) or CANARY not in said:
        pass
    await member.send("send")
    await member.next()


@pytest.mark.asyncio(loop_scope="package")
async def test_a_member_is_served_whatever_else_comes_in(synapse: Synapse, tmp_path: Path) -> None:
    async with KillTown(tmp_path, synapse, "gotosocial") as town:
        await town.open()
        ways = [await town.member("norm", "fediverse"), await town.member("nina", "matrix")]
        author = await town.author("dave", "fediverse")
        link = str(town.strict.post("dave", "a fight, in all detail")["url"])
        quiet = [await answered(way, "help") for way in ways]

        harm = [asyncio.ensure_future(on_matrix(town, "eve"))]
        harm += [asyncio.ensure_future(on_fediverse(town, name)) for name in ("mal", "max")]
        await asyncio.sleep(0.5)
        busy = [await answered(way, word) for word in ("status", "help", "status") for way in ways]
        async with asyncio.timeout(90):
            await request(ways[0], author, link)
            await asyncio.gather(*harm)
        await calm(town)
        after = [await answered(way, "help") for way in ways]
        assert max(busy) < PATIENCE and max(after) < PATIENCE, (quiet, busy, after)

        assert town.bot.faults == [] and town.bot.log.count("event=ready") == 1
        assert CANARY not in town.bot.log and not hidden(town.bot.log)
        told = await everything(town)
        assert sum(CANARY in text for text in told) >= 3, (
            "some of it is others' words, shown to whom they are meant for"
        )
        assert all(hidden(text, letter=True) == [] for text in told)
        assert all(named(text.partition(" ")[2] if text.startswith("@") else text) == () for text in told)
        await town.bot.kill()  # which fails where it has ended by itself


async def everything(town: KillTown) -> list[str]:
    """Every word of the bot to anybody, the moderators included; none of it is markup."""
    posts = [post["text"] for post in town.strict.posts_by("outreach")]
    events = [
        event
        for person in town.matrix.values()
        for room in sorted(person.rooms)
        for event in await person.history(room)
        if event["type"] == "m.room.message" and event["sender"] == town.bot_id
    ]
    assert all("formatted_body" not in event["content"] for event in events)
    staff = [event["content"]["body"] for event in events if event["room_id"] == town.staff_room]
    assert any(CANARY in text for text in staff), "the words that wait for a moderator"
    return posts + [event["content"]["body"] for event in events]


def test_the_oracle_sees_what_is_hidden() -> None:
    assert hidden(WORDS) and named(WORDS)
