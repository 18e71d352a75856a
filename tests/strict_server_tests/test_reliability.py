"""Idempotency, faults, budgets, the recorder: what exactly-once sending is tested against."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.strict_server import StrictServer

from .client import Client
from .conftest import Person


async def test_idempotency(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    first = await bot.post("once", key="k")
    same = first["id"] == (await bot.post("once", key="k"))["id"]
    assert same is (server.flavour.name != "gotosocial")
    other = (await alice.post("mine", key="k"))["account"]["acct"]
    assert other == ("bot" if server.flavour.name == "akkoma" else "alice")
    server.advance(3601)
    later = first["id"] == (await bot.post("once", key="k"))["id"]
    assert later is (server.flavour.name == "akkoma")
    server.restart()
    assert (await bot.post("once", key="k"))["id"] != first["id"]


async def test_errors_are_kept_on_akkoma_only(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    assert (await bot.try_post("x" * 6000, key="k"))[0] >= 400
    assert (await bot.try_post("short", key="k"))[0] == (422 if server.flavour.name == "akkoma" else 200)


async def test_mastodon_keeps_keys_over_a_restart(mastodon: StrictServer, person: Person) -> None:
    bot = person(mastodon, "bot")
    first = await bot.post("once", key="k")
    mastodon.restart()
    assert (await bot.post("once", key="k"))["id"] == first["id"]


async def _dropped(bot: Client) -> None:
    with pytest.raises(aiohttp.ClientError):
        await bot.try_post("@alice hi", key="k")


async def test_lost_after_commit_and_cut_before(server: StrictServer, person: Person) -> None:
    bot, _ = person(server, "bot"), person(server, "alice")
    server.fault("cut", method="POST", path="/api/v1/statuses")
    await _dropped(bot)
    assert server.posts_by("bot") == []
    server.fault("lost", method="POST", path="/api/v1/statuses")
    await _dropped(bot)
    assert len(server.posts_by("bot")) == 1
    await bot.post("@alice hi", key="k")
    assert len(server.delivered("alice")) == (2 if server.flavour.name == "gotosocial" else 1)


async def test_wrong_answers(mastodon: StrictServer, person: Person) -> None:
    bot = person(mastodon, "bot")
    mastodon.fault("status", status=503, headers={"Retry-After": "30"}, skip=1)
    mastodon.fault("html")
    mastodon.fault("malformed", after=True, method="POST")
    assert (await bot.call("GET", "/api/v1/instance"))[0] == 502
    code, _, headers = await bot.call("GET", "/api/v1/instance")
    assert (code, headers["Retry-After"]) == (503, "30")
    with pytest.raises(ValueError, match=r".*"):
        await bot.try_post("kept")
    assert len(mastodon.posts_by("bot")) == 1
    assert await bot.code("/api/v1/instance") == 200


async def test_a_held_answer(mastodon: StrictServer, person: Person) -> None:
    bot = person(mastodon, "bot")
    mastodon.fault("hang", after=True, method="POST")
    waiting = asyncio.create_task(bot.post("done but unheard"))
    while not mastodon.posts_by("bot"):  # noqa: ASYNC110  # the commit itself is what is waited for
        await asyncio.sleep(0)
    assert not waiting.done()
    while not waiting.done():
        mastodon.release()
        await asyncio.sleep(0)
    assert (await waiting)["id"] == mastodon.posts_by("bot")[0]["id"]


async def test_budgets(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    server.budget("api", 2, 300)
    answers = [await bot.call("GET", "/api/v1/accounts/verify_credentials") for _ in range(3)]
    assert [code for code, _, _ in answers] == [200, 200, 429]
    shown = server.flavour.name != "akkoma"
    assert ("X-RateLimit-Remaining" in answers[2][2]) is shown
    assert answers[2][1] == ({"error": "Throttled"} if not shown else {"error": "Too many requests"})
    server.advance(300)
    assert await bot.code("/api/v1/accounts/verify_credentials") == 200


async def test_paging_has_its_own_budget_on_mastodon(mastodon: StrictServer, person: Person) -> None:
    bot = person(mastodon, "bot")
    mastodon.budget("paging", 1, 900)
    assert await bot.code("/api/v1/notifications?min_id=1") == 200
    assert await bot.code("/api/v1/notifications?min_id=1") == 429
    assert await bot.code("/api/v1/notifications") == 200


async def test_recorder(server: StrictServer, person: Person) -> None:
    bot, alice = person(server, "bot"), person(server, "alice")
    await bot.post("@alice hi", key="k")
    await bot.call("GET", "/api/v1/instance", anonymous=True)
    post, anonymous = server.log()
    assert post["headers"]["authorization"] == post["account"] == "bot"
    assert post["headers"]["idempotency-key"] == "k"
    assert post["body"]["status"] == "@alice hi"
    assert post["touches"] == ["alice"]
    assert anonymous["account"] is None
    assert bot.token not in str(server.log())
    assert [e["n"] for e in server.toward("alice")] == [1]
    await alice.get("/api/v1/notifications")
    assert len(server.toward("alice")) == 1


async def _story(flavour: str, noise: int) -> bytes:
    async with StrictServer(flavour, deterministic=True) as server:  # type: ignore[arg-type]
        clients = [Client(server.base_url, server.add_account(name)) for name in ("bot", "alice")]
        for _ in range(noise):
            server.post("alice", "noise")
        dm = await clients[0].post("@alice hi", key="k")
        await clients[0].get(f"/api/v1/statuses/{dm['id']}?x={dm['id']}")
        for client in clients:
            await client.close()
        return server.view(server.recorder.toward("alice") + server.recorder.toward("bot")).bytes()


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "akkoma"])
async def test_views_compare_across_runs(flavour: str) -> None:
    first, second = await _story(flavour, 0), await _story(flavour, 3)
    assert first == second
    assert b"/api/v1/statuses/s1" in first
