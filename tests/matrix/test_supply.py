"""One-time keys: the server is given what it lacks, and no more, however often the bot starts anew."""

from __future__ import annotations

from typing import Any

from tests.matrix.story import Bot, Story
from tests.recorder import Recorder, lost_answer

_FULL = 50


async def test_many_starts_give_the_server_nothing_it_does_not_lack(story: Story) -> None:
    """Else a server would refuse them one day: it holds a few hundred at most."""
    bot, recorder = await story.recorded(await story.bot(sealed=True))
    for _ in range(3):
        bot = await story.again(bot, url=recorder.url)
        await bot.read()
    assert uploads(recorder) == []


async def test_a_key_that_was_taken_is_replaced_after_the_next_sync(story: Story) -> None:
    bot, recorder = await story.recorded(await story.bot(sealed=True))
    await claim(story, bot)
    await bot.read()
    assert list(map(len, uploads(recorder))) == [1]


async def test_an_upload_without_an_answer_is_repeated_word_for_word(story: Story) -> None:
    bot, recorder = await story.recorded(await story.bot(sealed=True))
    await claim(story, bot)
    recorder.inject("POST", "/keys/upload", lost_answer)
    await bot.read()
    bot = await story.again(bot, url=recorder.url)
    await bot.read()
    first, second = uploads(recorder)
    assert first == second and len(first) == 1
    assert await left(story, bot) == _FULL


def uploads(recorder: Recorder) -> list[Any]:
    """The one-time keys of each upload."""
    asked = [one.body for one in recorder.requests if one.path.endswith("/keys/upload")]
    return [body["one_time_keys"] for body in asked]


async def claim(story: Story, bot: Bot) -> None:
    """Somebody takes one key, as anybody may."""
    stranger = await story.account("stranger")
    wanted = {bot.account.user_id: {bot.gateway.device: "signed_curve25519"}}
    found = await story.call(stranger, "POST", "/_matrix/client/v3/keys/claim", {"one_time_keys": wanted})
    assert found["one_time_keys"][bot.account.user_id]


async def left(story: Story, bot: Bot) -> int:
    """How many the server holds."""
    answer = await story.call(bot.account, "POST", "/_matrix/client/v3/keys/upload", {})
    return int(answer["one_time_key_counts"]["signed_curve25519"])
