"""The worst real-life trap: a stranger's DM is filtered by default, both ways; and cursors."""

from __future__ import annotations

from typing import Any

from tests.strict_server import StrictServer

from .conftest import Person

ALL = "/api/v1/notifications?include_filtered=true"


async def test_a_strangers_dm_is_filtered_on_mastodon_only(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    await alice.post("@bot hi")
    assert len(await bot.get("/api/v1/notifications")) == (server.flavour.name != "mastodon")
    assert len(await bot.get(ALL)) == 1
    assert await bot.get("/api/v1/conversations") == [] or server.flavour.name != "mastodon"


async def test_policy(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    code, body, _ = await bot.call("GET", "/api/v2/notifications/policy")
    if server.flavour.name != "mastodon":
        assert code == 404
        return
    assert body["for_private_mentions"] == body["for_limited_accounts"] == "filter"
    assert "for_bots" not in body
    wish = {"for_private_mentions": "accept"}
    assert (await bot.call("PATCH", "/api/v2/notifications/policy", data=wish))[0] == 200
    await alice.post("@bot hi")
    assert len(await bot.get("/api/v1/notifications")) == 1
    wrong = {"for_private_mentions": "maybe"}
    assert (await bot.call("PATCH", "/api/v2/notifications/policy", data=wrong))[0] == 422


async def test_an_answer_passes_the_receivers_filter(mastodon: StrictServer, person: Person) -> None:
    """Every message to a member must be in reply to their own, also by way of the bot's own part 1."""
    alice, bot = person(mastodon, "alice"), person(mastodon, "bot")
    asked = await alice.post("@bot hi")
    first = await bot.post("@alice 1/2", in_reply_to_id=asked["id"])
    await bot.post("@alice 2/2", in_reply_to_id=first["id"])
    await bot.post("@alice out of the blue")
    assert [s["text"] for s in mastodon.inbox("alice")] == ["@alice 1/2", "@alice 2/2"]
    assert len(mastodon.delivered("alice")) == 3
    mastodon.delete(asked["id"])
    await bot.post("@alice 3", in_reply_to_id=first["id"])
    assert len(mastodon.inbox("alice")) == 2


async def test_a_public_mention_by_the_receiver_does_not_open_the_door(mastodon: StrictServer, person: Person) -> None:
    alice, bot = person(mastodon, "alice"), person(mastodon, "bot")
    asked = await alice.post("@bot hi", "public")
    await bot.post("@alice hello", in_reply_to_id=asked["id"])
    assert mastodon.inbox("alice") == []


async def test_staff_role_bypasses_filter_and_block(mastodon: StrictServer, person: Person) -> None:
    bot, _ = person(mastodon, "bot", role="moderator", highlighted=True), person(mastodon, "alice")
    mastodon.block("alice", "bot")
    await bot.post("@alice official")
    assert len(mastodon.inbox("alice")) == 1


async def test_follow_and_accepted_request(mastodon: StrictServer, person: Person) -> None:
    alice, bot = person(mastodon, "alice"), person(mastodon, "bot")
    await alice.post("@bot hi")
    assert (await bot.get("/api/v1/notifications/requests"))[0]["account"]["acct"] == "alice"
    await bot.call("POST", f"/api/v1/notifications/requests/{alice.id}/accept")
    await alice.post("@bot again")
    assert len(await bot.get("/api/v1/notifications")) == 2


async def test_cursors(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    for number in range(6):
        await alice.post(f"@bot {number}", "public")
    code, rows, headers = await bot.call("GET", "/api/v1/notifications?limit=2")
    assert code == 200
    assert [_number(r) for r in rows] == [5, 4]
    assert f"max_id={rows[1]['id']}" in headers["Link"]
    assert f"min_id={rows[0]['id']}" in headers["Link"]
    oldest = (await bot.get("/api/v1/notifications?limit=80"))[-1]["id"]
    after = await bot.get(f"/api/v1/notifications?limit=2&min_id={oldest}")
    newest = await bot.get(f"/api/v1/notifications?limit=2&since_id={oldest}")
    before = await bot.get(f"/api/v1/notifications?limit=2&max_id={rows[1]['id']}")
    assert [[_number(r) for r in page] for page in (after, newest, before)] == [[2, 1], [5, 4], [3, 2]]


def _number(row: dict[str, Any]) -> int:
    text: str = row["status"]["content"]
    return int(text.removesuffix("</p>")[-1])


async def test_type_filters(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    post = await bot.post("hello", "public")
    await alice.call("POST", f"/api/v1/statuses/{post['id']}/favourite")
    await alice.post("@bot hi", "public")
    akkoma = server.flavour.name == "akkoma"
    assert len(await bot.get("/api/v1/notifications?types[]=mention")) == (2 if akkoma else 1)
    assert len(await bot.get("/api/v1/notifications?include_types[]=mention")) == (1 if akkoma else 2)
    kinds = [n["type"] for n in await bot.get("/api/v1/notifications?exclude_types[]=mention")]
    assert kinds == ["favourite"]
    await alice.call("POST", f"/api/v1/statuses/{post['id']}/unfavourite")
    assert len(await bot.get("/api/v1/notifications")) == 1


async def test_an_edited_dm(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    dm = await alice.post("@bot hi")
    await bot.post("@alice yes", in_reply_to_id=dm["id"])
    await alice.call("PUT", f"/api/v1/statuses/{dm['id']}", json={"status": "@bot hi there"})
    kinds = [n["type"] for n in await bot.get(ALL)]
    assert kinds == (["update", "mention"] if server.flavour.name == "gotosocial" else ["mention"])
