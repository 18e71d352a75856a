"""Reading, editing, deleting: visibility, history, HTML, quirks of `sensitive`."""

from __future__ import annotations

import pytest

from tests.strict_server import StrictServer

from .conftest import Person

KINDS = ["public", "unlisted", "private", "direct"]


@pytest.mark.parametrize("kind", KINDS)
async def test_visibility(server: StrictServer, person: Person, kind: str) -> None:
    alice, bob, eve = (person(server, name) for name in ("alice", "bob", "eve"))
    path = f"/api/v1/statuses/{(await alice.post('@bob hi', kind))['id']}"
    open_post = kind in {"public", "unlisted"}
    assert await bob.code(path) == await alice.code(path) == 200
    assert await eve.code(path) == (200 if open_post else 404)
    anonymous = 401 if server.flavour.name == "gotosocial" else 200 if open_post else 404
    assert await eve.code(path, anonymous=True) == anonymous
    server.follow("eve", "alice")
    assert await eve.code(path) == (404 if kind == "direct" else 200)


async def test_tokens(server: StrictServer, person: Person) -> None:
    alice = person(server, "alice")
    assert await alice.code("/api/v1/notifications", anonymous=True) == 401
    bad = {"Authorization": "Bearer nonsense"}
    assert (await alice.call("GET", "/api/v1/instance", headers=bad))[0] == 401
    assert await alice.code("/api/v1/nowhere") == 404


async def test_block_hides_posts(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    path = f"/api/v1/statuses/{(await alice.post('hello', 'public'))['id']}"
    server.block("alice", "bot")
    akkoma = server.flavour.name == "akkoma"
    assert await bot.code(path) == (200 if akkoma else 404)
    if server.flavour.name == "mastodon":
        assert await bot.code(path, anonymous=True) == 200
    relation = await bot.get(f"/api/v1/accounts/relationships?id[]={alice.id}")
    assert relation[0]["blocked_by"] is not akkoma


async def test_a_blocked_dm_is_accepted_and_unseen(server: StrictServer, person: Person) -> None:
    _, bot = person(server, "alice"), person(server, "bot")
    server.block("alice", "bot")
    assert (await bot.try_post("@alice hi"))[0] == 200
    assert server.notifications("alice", include_filtered=True) == []
    assert server.delivered("alice") == []


async def test_edit_history_source(server: StrictServer, person: Person) -> None:
    alice, bob = person(server, "alice"), person(server, "bob")
    post = await alice.post("soup", "public", spoiler_text="food")
    path = f"/api/v1/statuses/{post['id']}"
    assert post["edited_at"] is None
    assert len(await bob.get(path + "/history")) == 1
    edited = (await alice.call("PUT", path, json={"status": "soup"}))[1]
    assert edited["spoiler_text"] == ""
    assert edited["edited_at"] is not None
    assert [r["spoiler_text"] for r in await bob.get(path + "/history")] == ["food", ""]
    assert (await alice.get(path + "/source"))["text"] == "soup"
    assert await bob.code(path + "/source") == (404 if server.flavour.name == "gotosocial" else 200)
    assert (await bob.call("PUT", path, json={"status": "mine"}))[0] == 404


async def test_an_edit_that_changes_nothing_leaves_no_mark(server: StrictServer, person: Person) -> None:
    alice = person(server, "alice")
    post = await alice.post("soup", "public")
    await alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "soup"})
    assert (await alice.get(f"/api/v1/statuses/{post['id']}"))["edited_at"] is None


async def test_deletion(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    dm = await alice.post("@bot hi")
    assert len(await bot.get("/api/v1/notifications?include_filtered=true")) == 1
    assert (await alice.call("DELETE", f"/api/v1/statuses/{dm['id']}"))[0] == 200
    assert await bot.code(f"/api/v1/statuses/{dm['id']}") == 404
    assert await bot.get("/api/v1/notifications?include_filtered=true") == []


async def test_own_listing_holds_own_dms(server: StrictServer, person: Person) -> None:
    bot, alice, eve = (person(server, name) for name in ("bot", "alice", "eve"))
    await bot.post("@alice psst")
    path = f"/api/v1/accounts/{bot.id}/statuses?limit=40"
    assert [len(await who.get(path)) for who in (bot, alice, eve)] == [1, 1, 0]
    counted = (await eve.get(f"/api/v1/accounts/{bot.id}"))["statuses_count"]
    assert counted == (1 if server.flavour.name == "gotosocial" else 0)


async def test_context(server: StrictServer, person: Person) -> None:
    alice, bob, eve = (person(server, name) for name in ("alice", "bob", "eve"))
    root = await alice.post("root", "public")
    answer = await bob.post("@alice yes", "public", in_reply_to_id=root["id"])
    await bob.post("@alice in private", "direct", in_reply_to_id=root["id"])
    below = (await eve.get(f"/api/v1/statuses/{root['id']}/context"))["descendants"]
    assert [s["id"] for s in below] == [answer["id"]]
    above = (await eve.get(f"/api/v1/statuses/{answer['id']}/context"))["ancestors"]
    assert [s["id"] for s in above] == [root["id"]]


async def test_an_unreadable_parent(server: StrictServer, person: Person) -> None:
    alice, eve, _ = person(server, "alice"), person(server, "eve"), person(server, "bob")
    secret = await alice.post("@bob hi")
    code, _, _ = await eve.try_post("@alice hm", in_reply_to_id=secret["id"])
    assert code == (422 if server.flavour.name == "akkoma" else 404)


async def test_html(server: StrictServer, person: Person) -> None:
    alice, _ = person(server, "alice"), person(server, "bob")
    text = "@bob <b> see\nhttps://a.example/x?y=1\n\nmail bob@x.example"
    content = (await alice.post(text))["content"]
    assert 'class="u-url mention"' in content
    assert "&lt;b&gt;" in content
    assert 'href="https://a.example/x?y=1"' in content
    marks = {"mastodon": '<span class="invisible">https://</span>', "gotosocial": "mailto:bob@x.example",
             "akkoma": "data-user="}  # fmt: skip
    assert {name for name, mark in marks.items() if mark in content} == {server.flavour.name}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"spoiler_text": "food"}, (True, False, False)),
        ({"spoiler_text": "food", "sensitive": "0"}, (False, False, False)),
        ({"sensitive": "1"}, (True, False, True)),
    ],
)
async def test_sensitive(
    server: StrictServer, person: Person, form: dict[str, str], expected: tuple[bool, ...]
) -> None:
    alice = person(server, "alice")
    status = (await alice.call("POST", "/api/v1/statuses", data={"status": "x", **form}))[1]
    names = ("mastodon", "gotosocial", "akkoma")
    assert status["sensitive"] == dict(zip(names, expected, strict=True))[server.flavour.name]


async def test_media_quote_and_boost(mastodon: StrictServer, person: Person) -> None:
    alice, bob = person(mastodon, "alice"), person(mastodon, "bob")
    post = mastodon.post("alice", "cat", media=[{"type": "image", "description": None}], sensitive=True)
    assert post["media_attachments"][0]["description"] is None
    mastodon.describe(post["media_attachments"][0]["id"], "a cat")
    seen = await bob.get(f"/api/v1/statuses/{post['id']}")
    assert seen["media_attachments"][0]["description"] == "a cat"
    quote = await bob.post("look", "public", quoted_status_id=post["id"])
    assert quote["quote"]["quoted_status"]["id"] == post["id"]
    boost = (await bob.call("POST", f"/api/v1/statuses/{post['id']}/reblog"))[1]
    assert boost["reblog"]["id"] == post["id"]
    kinds = [n["type"] for n in await alice.get("/api/v1/notifications")]
    assert kinds == ["reblog", "quote"]


async def test_antispam_answers_200_for_nothing(mastodon: StrictServer, person: Person) -> None:
    bot, _ = person(mastodon, "bot"), person(mastodon, "alice")
    mastodon.settings(banned=["cheap pills"])
    ghost = await bot.post("@alice cheap pills")
    assert await bot.code(f"/api/v1/statuses/{ghost['id']}") == 404
    assert mastodon.delivered("alice") == []
    mastodon.follow("alice", "bot")
    real = await bot.post("@alice cheap pills")
    assert await bot.code(f"/api/v1/statuses/{real['id']}") == 200


async def test_suspended_and_forced(mastodon: StrictServer, person: Person) -> None:
    alice, bob = person(mastodon, "alice"), person(mastodon, "bob")
    post = await alice.post("hi", "public")
    mastodon.set_account("alice", force_sensitive=True)
    path = f"/api/v1/statuses/{post['id']}"
    assert [(await who.get(path))["sensitive"] for who in (alice, bob)] == [False, True]
    mastodon.set_account("alice", suspended=True)
    assert await bob.code(path) == 404
    assert await alice.code(path) == 403
