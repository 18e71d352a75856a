"""F1 and pitfall 2: who a text reaches, per server."""

from __future__ import annotations

import pytest

from tests.strict_server import FLAVOURS, StrictServer
from tests.strict_server.counting import length
from tests.strict_server.mentions import find

from .conftest import Person

# text: reached on (mastodon, gotosocial, akkoma)
SPELLINGS = {
    "@dave": (1, 1, 1),
    "hello @dave!": (1, 1, 1),
    "(@dave)": (1, 1, 1),
    "“@dave”": (1, 1, 0),
    "/@dave": (0, 1, 0),
    "*@dave*": (1, 1, 0),
    "x@dave": (0, 0, 0),
    "_@dave": (0, 1, 0),
    "\u2060@dave": (1, 0, 0),
    "@\u2060dave": (0, 0, 0),
    "＠dave": (0, 0, 0),
    "dave@social.example": (0, 0, 0),
    "https://social.example/@dave": (0, 0, 0),
    "social.example/@dave": (0, 1, 0),
    "a=@dave": (0, 0, 0),
    "@DAVE": (1, 1, 1),
    "@dave@social.example.": (1, 1, 1),
    "@dave.": (1, 1, 1),
    "@nobody": (0, 0, 0),
    "é@dave": (0, 0, 0),
}


@pytest.mark.parametrize("text", SPELLINGS)
async def test_who_is_reached(server: StrictServer, person: Person, text: str) -> None:
    alice, _ = person(server, "alice"), person(server, "dave")
    await alice.post(text)
    expected = dict(zip(("mastodon", "gotosocial", "akkoma"), SPELLINGS[text], strict=True))[server.flavour.name]
    assert len(server.delivered("dave")) == expected


async def test_unknown_domain_is_no_local_namesake(server: StrictServer, person: Person) -> None:
    alice, _ = person(server, "alice"), person(server, "dave")
    assert (await alice.post("@dave@elsewhere.example hi"))["mentions"] == []


async def test_every_handle_is_a_participant(server: StrictServer, person: Person) -> None:
    alice, bob, bot = (person(server, name) for name in ("alice", "bob", "bot"))
    dm = await alice.post("@bot please tell @bob")
    assert {m["acct"] for m in dm["mentions"]} == {"bot", "bob"}
    assert await bob.code(f"/api/v1/statuses/{dm['id']}") == 200
    assert await bot.code(f"/api/v1/statuses/{dm['id']}") == 200


async def test_a_reply_alone_reaches_nobody_but_on_akkoma(server: StrictServer, person: Person) -> None:
    alice, bot = person(server, "alice"), person(server, "bot")
    dm = await alice.post("@bot hello")
    await bot.post("no handle here", in_reply_to_id=dm["id"])
    assert len(server.delivered("alice")) == (server.flavour.name == "akkoma")


async def test_akkoma_to_replaces_the_text(akkoma: StrictServer, person: Person) -> None:
    bot, _, _ = person(akkoma, "bot"), person(akkoma, "bob"), person(akkoma, "dave")
    dm = await bot.post("about @dave", to=["bob"])
    assert [m["acct"] for m in dm["mentions"]] == ["bob"]
    assert akkoma.delivered("dave") == []


async def test_allowed_mentions(server: StrictServer, person: Person) -> None:
    bot, bob, _ = person(server, "bot"), person(server, "bob"), person(server, "dave")
    code, body, _ = await bot.try_post("@bob about @dave", allowed_mentions=[bob.id])
    if server.flavour.name == "mastodon":
        assert code == 422
        assert [a["acct"] for a in body["unexpected_accounts"]] == ["dave"]
        assert server.delivered("bob") == []
    else:
        assert code == 200
        assert len(server.delivered("dave")) == 1


def test_lengths() -> None:
    family = "👨‍👩‍👧‍👦"
    mastodon, gotosocial = FLAVOURS["mastodon"], FLAVOURS["gotosocial"]
    assert length(mastodon, family) == 1
    assert length(gotosocial, family) == 7
    assert length(mastodon, "https://a.example/" + "x" * 90, "cw") == 25
    assert length(mastodon, "@bob@a.very.long.example hi") == length(mastodon, "@bob hi") == 7
    assert length(gotosocial, "@bob@x.example", "cw") == 16


async def test_too_long(server: StrictServer, person: Person) -> None:
    alice = person(server, "alice")
    code, _, _ = await alice.try_post("x" * (server.flavour.max_chars + 1))
    assert code == {"mastodon": 422, "gotosocial": 400, "akkoma": 422}[server.flavour.name]
    assert (await alice.try_post("x" * server.flavour.max_chars))[0] == 200
    assert (await alice.try_post(" "))[0] == server.flavour.too_long


def test_positions_cut_the_text_exactly() -> None:
    for flavour in FLAVOURS.values():
        for found in find(flavour, "hi (@dave) and @bob@x.example, bye"):
            assert "hi (@dave) and @bob@x.example, bye"[found.start : found.end] == "@" + found.handle
