"""Accepting and leaving."""

import pytest

from outreach.ports import Happening, Undeliverable
from tests.matrix.story import Story, matrix


async def test_accepting_and_leaving_for_good(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    await bot.gateway.accept(room)
    assert await bot.gateway.members(room) == (matrix(ada.user_id),)
    await bot.gateway.leave(room)
    await bot.gateway.leave(room)
    await bot.gateway.leave("!unknown:localhost")
    assert await ada.members(room) == {ada.user_id}
    with pytest.raises(Undeliverable):
        await bot.gateway.members(room)


async def test_declining_an_invitation(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await bot.read()
    await bot.gateway.leave(room)
    await ada.see_member(room, bot.account.user_id, "leave")
    assert [i.happening for i in await bot.read()] == [Happening.LEFT]


@pytest.mark.parametrize("announced", [True, False])
async def test_sealed_rooms_are_refused_and_not_stayed_in(story: Story, announced: bool) -> None:
    """Announced by the invitation, the room is not even entered."""
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.create_room(invite=[bot.account.user_id], encrypted=True)
    if announced:
        (invited,) = await bot.read()
        assert invited.encrypted
    with pytest.raises(Undeliverable, match="encrypted"):
        await bot.gateway.accept(room)
    moves = [e["content"]["membership"] for e in await ada.history(room) if e.get("state_key") == bot.account.user_id]
    assert moves == (["invite"] if announced else ["invite", "join", "leave"])


async def test_an_invitation_taken_back_cannot_be_accepted(story: Story) -> None:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.create_room()
    with pytest.raises(Undeliverable):
        await bot.gateway.accept("!unknown:localhost")
    assert bot.account.user_id not in await ada.members(room)
