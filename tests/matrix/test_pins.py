"""Pinning one message among those of others, and whether the bot may, in rooms as they are made."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.ports import Undeliverable
from tests.matrix.story import Story, card

_PINNED = "m.room.pinned_events"
_MAY: dict[str, Any] = {"events": {_PINNED: 0}}


async def test_what_others_pinned_stays(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia, power_levels=_MAY)
    theirs = [await mia.say(room, text) for text in ("rules", "rota")]
    await mia.set_state(room, _PINNED, {"pinned": theirs})
    first, second = [(await bot.gateway.send(card(room, text))).native for text in ("due", "due anew")]
    for _ in range(2):
        await bot.gateway.pin(room, first)
    assert (await mia.state(room, _PINNED))["pinned"] == [*theirs, first]
    await bot.gateway.pin(room, second, first)
    assert (await mia.state(room, _PINNED))["pinned"] == [*theirs, second]
    events = [event for event in await mia.history(room) if event["type"] == _PINNED]
    assert len(events) == 3


async def test_the_first_pin_of_a_room(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia, power_levels=_MAY)
    await bot.gateway.pin(room, "$list", "$never-was")
    assert (await mia.state(room, _PINNED)) == {"pinned": ["$list"]}


@pytest.mark.parametrize("version", ["9", "11", "12"])
async def test_what_the_bot_says_of_its_power_is_what_the_server_does(story: Story, version: str) -> None:
    """In a room as clients make it, it may not; with a level, or where everybody may, or as its creator, it may."""
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia, version=version)
    assert await can(bot.gateway, room) == (False, False)
    await mia.set_power(room, bot.account.user_id, 50)
    assert await can(bot.gateway, room) == (True, True)
    open_to_all = await story.staff_room(bot, mia, version=version, power_levels=_MAY)
    assert await can(bot.gateway, open_to_all) == (True, True)
    harder = await story.staff_room(bot, mia, version=version, power_levels={"events": {_PINNED: 60}})
    await mia.set_power(harder, bot.account.user_id, 50)
    assert await can(bot.gateway, harder) == (False, False)


async def test_a_further_creator_may(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    more = {"creation_content": {"additional_creators": [bot.account.user_id]}}
    room = await story.staff_room(bot, mia, version="12", **more)
    assert await can(bot.gateway, room) == (True, True)


async def can(gateway: Any, room: str) -> tuple[bool, bool]:
    """What it says, and what is so."""
    says = await gateway.may_pin(room)
    try:
        await gateway.pin(room, "$list")
    except Undeliverable:
        return says, False
    return says, True


async def test_out_of_the_room_it_may_not(story: Story) -> None:
    bot, mia = await story.bot(), await story.person("mia")
    room = await story.staff_room(bot, mia)
    await mia.kick(room, bot.account.user_id)
    with pytest.raises(Undeliverable):
        await bot.gateway.pin(room, "$list")
