"""Look-ups, remote posts, instance facts, reports, streams, control over HTTP, and the server as a process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.strict_server import StrictServer

from .conftest import Person

ROOT = Path(__file__).parents[2]


async def _found(client: object, url: str, resolve: str = "true") -> list[str]:
    params = {"q": url, "resolve": resolve}
    body = await client.get("/api/v2/search", params=params)  # type: ignore[attr-defined]
    return [status["id"] for status in body["statuses"]]


async def test_local_urls(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    post = await alice.post("hi", "public")
    assert await _found(bot, post["url"] + "?u=alice") == [post["id"]]
    assert await _found(bot, post["uri"]) == [post["id"]]
    assert server.fetches() == []
    secret = await alice.post("@alice hush")
    assert await _found(bot, secret["url"]) == []


async def test_view_url_of_a_remote_post(mastodon: StrictServer, person: Person) -> None:
    bot = person(mastodon, "bot")
    mastodon.add_account("mallory@remote.example")
    post = mastodon.post("mallory@remote.example", "hi")
    url = f"https://social.example/@mallory@remote.example/{post['id']}"
    assert await _found(bot, url) == [post["id"]]
    assert mastodon.fetches() == []


async def test_resolving_tells_the_origin(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    server.add_account("mallory@remote.example", known=False)
    post = server.post("mallory@remote.example", "hi", known=False)
    tagged = post["url"] + "?u=alice&igsh=CANARY#x"
    assert await bot.code(f"/api/v1/statuses/{post['id']}") == 404
    if server.flavour.name != "akkoma":
        assert await _found(bot, tagged, "false") == []
    assert await _found(bot, tagged) == [post["id"]]
    assert [f["url"] for f in server.fetches()] == [post["url"] + "?u=alice&igsh=CANARY"]
    await _found(bot, tagged)
    assert len(server.fetches()) == (2 if server.flavour.name == "mastodon" else 1)


async def test_remote_edits_go_stale(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    server.add_account("mallory@remote.example")
    post = server.post("mallory@remote.example", "soup")
    server.edit(post["id"], spoiler_text="food")
    path = f"/api/v1/statuses/{post['id']}"
    assert (await bot.get(path))["spoiler_text"] == ""
    await _found(bot, post["url"])
    assert (await bot.get(path))["spoiler_text"] == ("food" if server.flavour.name == "mastodon" else "")
    server.advance(7201)
    assert (await bot.get(path))["spoiler_text"] == ("" if server.flavour.name == "akkoma" else "food")


async def test_remote_edit_arrives_by_follow_and_deletion_may_not(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    server.add_account("mallory@remote.example")
    server.follow("bot", "mallory@remote.example")
    post = server.post("mallory@remote.example", "soup")
    server.edit(post["id"], spoiler_text="food")
    path = f"/api/v1/statuses/{post['id']}"
    assert (await bot.get(path))["spoiler_text"] == "food"
    server.delete(post["id"], deliver=False)
    assert await _found(bot, post["url"]) == [post["id"]]
    server.delete(post["id"])
    assert await bot.code(path) == 404


async def test_lookup_never_asks_elsewhere(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot")
    server.add_account("dave@remote.example", known=False)
    path = "/api/v1/accounts/lookup?acct=dave@remote.example"
    assert await bot.code(path) == 404
    search = await bot.get("/api/v2/search", params={"q": "@dave@remote.example", "resolve": "true"})
    assert [a["acct"] for a in search["accounts"]] == ["dave@remote.example"]
    assert await bot.code(path) == 200
    assert "acct:dave@remote.example" in server.fetches()[0]["url"]


async def test_identity(server: StrictServer, person: Person) -> None:
    bot = person(server, "bot", role="admin", bot=True)
    server.settings(contact="bot")
    me = await bot.get("/api/v1/accounts/verify_credentials")
    name = server.flavour.name
    assert me["pleroma"]["is_admin"] if name == "akkoma" else me["role"]["name"] == "admin"
    links = await bot.get("/.well-known/nodeinfo", anonymous=True)
    path = links["links"][0]["href"].removeprefix(server.base_url)
    assert (await bot.get(path, anonymous=True))["software"]["name"] == name
    assert await bot.code("/api/v2/instance") == (404 if name == "akkoma" else 200)
    assert (await bot.get("/api/v1/instance"))["contact_account"]["acct"] == "bot"
    assert await bot.code("/api/v1/instance/rules") == (404 if name == "akkoma" else 200)


async def test_reports_and_the_swap(server: StrictServer, person: Person) -> None:
    staff, bob = person(server, "staff", role="admin"), person(server, "bob")
    server.add_account("mallory")
    server.report("bob", "mallory", "rude")
    akkoma = server.flavour.name == "akkoma"
    path = "/api/v1/pleroma/admin/reports" if akkoma else "/api/v1/admin/reports"
    assert await bob.code(path) == 403
    body = await staff.get(path)
    first = body["reports"][0] if akkoma else body[0]
    reporter = first["actor"] if akkoma else first["account"]["account"]
    reported = first["account"] if akkoma else first["target_account"]["account"]
    assert (reporter["acct"], reported["acct"]) == ("bob", "mallory")


async def _event(session: aiohttp.ClientSession, url: str, token: str, ready: asyncio.Event) -> str:
    async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as stream:
        async for line in stream.content:
            if line == b":thump\n":
                ready.set()
            if line.startswith(b"event:"):
                return line.decode().strip()
    return ""


async def test_sse(mastodon: StrictServer, person: Person) -> None:
    bot, _ = person(mastodon, "bot"), person(mastodon, "alice")
    ready = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        url = mastodon.base_url + "/api/v1/streaming/user"
        task = asyncio.create_task(_event(session, url, bot.token, ready))
        await ready.wait()
        mastodon.post("alice", "@bot filtered, so unheard", visibility="direct")
        mastodon.post("alice", "@bot hi")
        assert await task == "event: notification"


async def test_sse_is_missing_elsewhere(gotosocial: StrictServer, person: Person) -> None:
    assert await person(gotosocial, "bot").code("/api/v1/streaming/user") == 404


async def test_websocket(server: StrictServer, person: Person) -> None:
    bot, _ = person(server, "bot"), person(server, "alice")
    url = server.base_url + f"/api/v1/streaming?stream=user&access_token={bot.token}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        while not server.streams.count():  # noqa: ASYNC110  # the server offers no event for it
            await asyncio.sleep(0)
        server.post("alice", "@bot hi")
        assert (await ws.receive_json())["event"] == "notification"
        server.cut_streams()
        assert (await ws.receive()).type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}


async def test_akkoma_reads_no_header_on_the_socket(akkoma: StrictServer, person: Person) -> None:
    bot = person(akkoma, "bot")
    assert await bot.code("/api/v1/streaming?stream=user") == 401


async def test_control_over_http(mastodon: StrictServer) -> None:
    async with aiohttp.ClientSession(mastodon.base_url + "/_control/") as session:

        async def control(name: str, **arguments: object) -> tuple[int, object]:
            async with session.post(name, json=arguments) as answer:
                return answer.status, (await answer.json()).get("result")

        _, account = await control("add_account", acct="alice")
        assert isinstance(account, dict)
        assert account["acct"] == "alice"
        assert (await control("post", acct="alice", text="hi"))[0] == 200
        assert (await control("fault", kind="status", path="/x"))[0] == 200
        assert (await control("fault", nonsense=1))[0] == 400
        assert (await control("post", acct="nobody", text="hi"))[0] == 400
        assert (await control("_app"))[0] == (await control("stop"))[0] == 404
    assert mastodon.log() == []


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.json"
    path.write_text(json.dumps({"accounts": [{"acct": "alice", "token": "t"}]}))
    return path


async def test_as_a_process(seed: Path) -> None:
    arguments = ["-m", "tests.strict_server", "--flavour", "gotosocial", "--seed", str(seed)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    base = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer t"}
        async with session.get(base + "/api/v1/accounts/verify_credentials", headers=headers) as answer:
            assert (await answer.json())["acct"] == "alice"
    process.terminate()
    assert await process.wait() == 0
