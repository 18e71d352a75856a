"""The intake on each kind of server: nothing from the past, nothing twice, nothing lost, nothing filtered away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from outreach.adapters.fediverse.waking import Waker
from outreach.domain.identity import Platform
from outreach.ports import Happening, Misconfigured, Place, TryLater
from tests.fediverse.conftest import Scene


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the stub offers nothing to wait for
            await asyncio.sleep(0.01)


async def test_the_past_is_not_answered(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.post("alice", "@outreach from before", visibility="direct")
    assert await scene.round(bot) == []
    assert scene.journal.cursor
    scene.server.post("alice", "@outreach now", visibility="direct")
    assert [line.text for line in await scene.round(bot)] == ["now"]


async def test_the_very_first_message_is_not_the_past(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.post("alice", "@outreach hello", visibility="direct")
    assert [line.text for line in await scene.round(bot)] == ["hello"]


async def test_a_line_is_plain_and_canonical(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    text = "@outreach please https://far.example/@bob/12?utm=x\n\nask about bob@x.example"
    posted = scene.server.post("alice", text, visibility="direct")
    (line,) = await scene.round(bot)
    assert line.text == "please https://far.example/@bob/12?utm=x\n\nask about bob@x.example"
    assert line.links == ("https://far.example/@bob/12?utm=x",)
    assert (line.source, line.happening, line.platform) == (posted["id"], Happening.LINE, Platform.FEDIVERSE)
    assert line.sender.address == "alice@social.example"
    assert line.sender.native == scene.ids["alice"]
    assert line.sender.uri == "https://social.example/users/alice"
    assert line.private and not line.quotes and not line.encrypted and line.mentions == ()
    assert line.at == scene.clock.now()
    assert line.joined_at is not None and (scene.clock.now() - line.joined_at).days >= 399


async def test_others_who_are_mentioned_are_told_and_lose_their_at(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.post("alice", "@outreach @dave is rude, says @bob@far.example, I @alice", visibility="direct")
    (line,) = await scene.round(bot)
    assert line.mentions == ("dave@social.example", "bob@far.example")
    assert "@dave" not in line.text.split() and "dave@social.example" in line.text
    assert line.links == ()


async def test_the_bots_own_mention_goes_wherever_it_stands(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    for text in ("@outreach: status", "status @outreach", "@outreach@social.example, status", "status\n@OutReach"):
        scene.server.post("alice", text, visibility="direct")
    assert [line.text for line in await scene.round(bot)] == ["status"] * 4


async def test_a_public_mention_is_not_private(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.post("alice", "@outreach hello", visibility="public")
    (line,) = await scene.round(bot)
    assert not line.private


async def test_a_reply_names_its_parent(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    receipt = await bot.send(scene.parcel("dave"))
    scene.server.post("dave", "@outreach done", visibility="direct", in_reply_to_id=receipt.native)
    (line,) = await scene.round(bot)
    assert (line.text, line.parent) == ("done", receipt.native)


async def test_a_star_is_a_reaction(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    receipt = await bot.send(scene.parcel("dave"))
    scene.server.favourite("dave", receipt.native)
    (star,) = await scene.round(bot)
    assert (star.happening, star.text, star.parent) == (Happening.REACTION, "★", receipt.native)
    assert star.sender.address == "dave@social.example"
    assert star.source != receipt.native


async def test_an_edit_is_an_edit(gotosocial: Scene) -> None:
    bot = await gotosocial.opened()
    await gotosocial.round(bot)
    line = gotosocial.server.post("dave", "@outreach nope", visibility="direct")["id"]
    await gotosocial.round(bot)
    await bot.send(gotosocial.parcel("dave", place=Place(reply_to=line)))
    gotosocial.server.edit(line, "@outreach yes")
    (edit,) = await gotosocial.round(bot)
    assert (edit.happening, edit.parent, edit.text) == (Happening.EDIT, line, "yes")
    assert edit.source != line


async def test_a_quote_is_noticed(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    await mastodon.round(bot)
    quoted = mastodon.server.post("dave", "my post")["id"]
    mastodon.server.post("alice", "@outreach this", visibility="direct", quote_id=quoted)
    (line,) = await mastodon.round(bot)
    assert line.quotes


async def test_strangers_pass_mastodons_filter(mastodon: Scene) -> None:
    mastodon.server.post("alice", "@outreach before", visibility="direct")
    bot = await mastodon.opened()
    assert mastodon.server.world.account("outreach").policy["for_private_mentions"] == "accept"
    assert mastodon.server.world.account("outreach").policy["for_limited_accounts"] == "accept"
    await mastodon.round(bot)
    mastodon.server.set_policy("outreach", for_private_mentions="filter")
    mastodon.server.post("alice", "@outreach after", visibility="direct")
    assert [line.text for line in await mastodon.round(bot)] == ["after"]


async def test_the_policy_is_put_right_again_while_listening(mastodon: Scene) -> None:
    bot = await mastodon.opened(recheck=2)
    mastodon.server.set_policy("outreach", for_private_mentions="drop")
    task = asyncio.create_task(bot.listen("", mastodon.journal))
    policy = mastodon.server.world.account("outreach").policy
    await _until(lambda: policy["for_private_mentions"] == "accept")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_every_page_is_journaled_oldest_first_before_the_cursor_moves(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    for n in range(95):
        scene.server.post("alice", f"@outreach {n}", visibility="direct")
    assert [line.text for line in await scene.round(bot)] == [str(n) for n in range(95)]
    assert [len(batch.items) for batch in scene.journal.batches[1:]] == [40, 40, 15]
    assert all(batch.source == "fediverse" for batch in scene.journal.batches)


async def test_each_server_is_asked_in_its_own_words(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.clear_log()
    await scene.round(bot)
    (request,) = scene.requests("/api/v1/notifications")
    name = "include_types[]" if scene.flavour == "akkoma" else "types[]"
    assert {"mention", "favourite", "update"} <= {value for key, value in request.query if key == name}
    assert ("include_filtered" in dict(request.query)) is (scene.flavour == "mastodon")


async def test_what_could_not_be_journaled_comes_again(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.post("alice", "@outreach hello", visibility="direct")
    scene.journal.broken = True
    with pytest.raises(OSError):
        await scene.round(bot)
    scene.journal.broken = False
    assert [line.text for line in await scene.round(bot)] == ["hello"]


async def test_the_bots_own_posts_and_other_notifications_are_nothing(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    await bot.send(scene.parcel("dave"))
    scene.server.post("outreach", "@outreach me", visibility="direct")
    scene.server.boost("alice", scene.server.post("outreach", "public")["id"])
    assert await scene.round(bot) == []


async def test_a_server_in_trouble_is_waited_for(scene: Scene) -> None:
    bot = await scene.opened()
    await scene.round(bot)
    scene.server.post("alice", "@outreach hello", visibility="direct")
    for kind in ("status", "html", "malformed", "cut", "lost"):
        scene.server.fault(kind, path="/api/v1/notifications")
        with pytest.raises(TryLater):
            await scene.round(bot)
    assert [line.text for line in await scene.round(bot)] == ["hello"]


async def test_listening_goes_on_through_trouble(scene: Scene) -> None:
    bot = await scene.opened(jitter=lambda: -1.0)  # which makes every guessed wait nothing
    await scene.round(bot)
    faults: tuple[dict[str, Any], ...] = ({"status": 429}, {"status": 502}, {"kind": "lost"})
    for fault in faults:
        scene.server.fault(**({"kind": "status", "path": "/api/v1/notifications"} | fault))
    scene.server.post("alice", "@outreach hello", visibility="direct")
    task = asyncio.create_task(bot.listen(scene.journal.cursor, scene.journal))
    await _until(lambda: bool(scene.journal.items))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_stream_wakes_the_poll_and_its_death_does_not_matter(mastodon: Scene) -> None:
    bot = await mastodon.opened(streaming=True, poll_every=0.2)
    task = asyncio.create_task(bot.listen("", mastodon.journal))
    await _until(lambda: mastodon.server.streams.count() == 1 and bool(mastodon.journal.batches))
    mastodon.server.cut_streams()
    mastodon.server.post("alice", "@outreach hello", visibility="direct")
    await _until(lambda: bool(mastodon.journal.items))
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await _until(lambda: mastodon.server.streams.count() == 0)


async def test_connecting_and_every_event_wake_and_stopping_is_quiet(mastodon: Scene) -> None:
    waker = Waker(mastodon.server.base_url, mastodon.token, streaming=True)
    waker.start()
    async with asyncio.timeout(3):
        await waker.wait(30)
        mastodon.server.set_policy("outreach", for_private_mentions="accept")
        mastodon.server.post("alice", "@outreach hello", visibility="direct")
        await waker.wait(30)
    await waker.stop()
    await waker.stop()
    assert "fediverse stream" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_revoked_token_ends_listening(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.set_account("outreach", token="another")
    with pytest.raises(Misconfigured, match="token"):
        await bot.listen("", scene.journal)
