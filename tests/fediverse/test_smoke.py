"""One round on mastodon-mock, which is kind where the stub is strict: only that another implementation works too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from outreach.adapters.fediverse import FediverseGateway
from outreach.domain.posts import Sight
from outreach.entrypoints.sandbox.mastodon_mock import FediverseAccount, MastodonMock
from outreach.ports import Parcel, Place
from tests.fediverse.conftest import Journal


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def test_a_line_a_look_and_an_answer(tmp_path: Path) -> None:
    people = [FediverseAccount("root", role="admin"), FediverseAccount("outreach", bot=True), FediverseAccount("alice")]
    async with MastodonMock(tmp_path, people) as server:
        bot, journal = FediverseGateway(server.url, "outreach-token", RealClock(), streaming=False), Journal()
        await bot.open()
        cursor = await bot.listen_once("", journal)
        alice = {"Authorization": "Bearer alice-token"}
        async with aiohttp.ClientSession(server.url, headers=alice) as session:
            said = {"status": "@outreach hello", "visibility": "direct"}
            async with session.post("/api/v1/statuses", json=said) as answer:
                line = await answer.json()
            await bot.listen_once(cursor, journal)
            (item,) = journal.items
            assert (item.text, item.source, item.private) == ("hello", line["id"], True)
            parcel = Parcel("key", item.sender, Place(reply_to=item.source), "Hi, @root", "en", subject="About a post")
            receipt = await bot.send(parcel)
            assert await bot.seek(parcel) == receipt
            async with session.get(f"/api/v1/statuses/{receipt.native}") as answer:
                assert [one["acct"] for one in (await answer.json())["mentions"]] == ["alice"]
        seen = await bot.look(line["url"])
        assert seen.sight is Sight.SEEN and seen.post is not None and seen.post.native == line["id"]
        assert not seen.author_reads_along
        await bot.close()
