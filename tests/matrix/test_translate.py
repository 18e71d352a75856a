"""Events become incoming things, whatever they hold; nothing raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.adapters.matrix.translate import incoming, invitation
from outreach.ports import Happening, Incoming
from tests.matrix.story import matrix

BOT, ADA, ROOM = "@outreach:localhost", "@ada:localhost", "!r:localhost"

_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_STRINGS = st.sampled_from([BOT, ADA, "join", "leave", "invite", "ban", "m.text", "m.notice", "m.replace", "m.thread"])
_MARKUP = st.text(st.sampled_from('<>!-[]&#;:/"=ahref mx-replypillmatrix.to@$ \ud800\0'), max_size=60)
_VALUES = _JUNK | _STRINGS | _MARKUP
_NEAR = st.fixed_dictionaries(
    {
        "event_id": st.just("$e") | _JUNK,
        "sender": st.sampled_from([BOT, ADA]) | _JUNK,
        "type": st.sampled_from(
            [
                "m.room.message",
                "m.room.member",
                "m.reaction",
                "m.room.redaction",
                "m.room.encrypted",
                "m.room.encryption",
            ]
        ),
        "content": _JUNK
        | st.fixed_dictionaries(
            {},
            optional={
                "msgtype": _VALUES,
                "body": _VALUES,
                "formatted_body": _VALUES,
                "membership": _VALUES,
                "is_direct": _VALUES,
                "redacts": _VALUES,
                "m.mentions": _VALUES | st.fixed_dictionaries({"user_ids": _VALUES | st.lists(_VALUES, max_size=3)}),
                "m.new_content": _VALUES | st.fixed_dictionaries({"msgtype": _STRINGS, "body": _VALUES}),
                "m.relates_to": _VALUES
                | st.fixed_dictionaries(
                    {},
                    optional={"rel_type": _VALUES, "event_id": _VALUES, "key": _VALUES, "m.in_reply_to": _VALUES},
                ),
            },
        ),
    },
    optional={"state_key": st.just(BOT) | _JUNK, "origin_server_ts": _JUNK, "redacts": _JUNK, "unsigned": _JUNK},
)


def storable(item: Incoming) -> bool:
    everything = (item.source, item.sender.address, item.text, item.parent, item.thread, *item.links, *item.mentions)
    return all("\0" not in text and text.encode("utf-8") is not None for text in everything)


_MESSAGES = st.fixed_dictionaries(
    {
        "event_id": st.just("$e"),
        "sender": st.just(ADA),
        "type": st.just("m.room.message"),
        "content": st.fixed_dictionaries(
            {"msgtype": st.just("m.text"), "body": _MARKUP},
            optional={
                "formatted_body": _MARKUP,
                "m.mentions": st.fixed_dictionaries({"user_ids": st.lists(_STRINGS | _MARKUP, max_size=3)}),
            },
        ),
    },
    optional={"origin_server_ts": st.integers() | st.floats() | st.booleans()},
)


@settings(max_examples=400)
@given(_MESSAGES | _NEAR | _JUNK, st.booleans())
def test_any_json_is_something_or_nothing(event: Any, sealed: bool) -> None:
    item = incoming(event, ROOM, BOT, sealed=sealed)
    if item is not None:
        assert storable(item)
        assert item.source
        assert item.sender.address != BOT or item.happening is Happening.LEFT
        assert BOT not in item.mentions


@given(st.lists(_NEAR | _JUNK, max_size=4) | _JUNK)
def test_any_json_is_an_invitation_or_not(stripped: Any) -> None:
    item = invitation(stripped, ROOM, BOT, "s1")
    if item is not None:
        assert storable(item)


def event(kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"event_id": "$e", "sender": ADA, "type": kind, "content": content, "origin_server_ts": 1_000, **more}


def line(body: str, **content: Any) -> Incoming:
    item = incoming(event("m.room.message", {"msgtype": "m.text", "body": body, **content}), ROOM, BOT)
    assert item is not None
    return item


def test_a_line() -> None:
    item = line("hello")
    assert (item.source, item.sender, item.room, item.text) == ("$e", matrix(ADA), ROOM, "hello")
    assert (item.private, item.notice, item.encrypted, item.sender.name) == (True, False, False, "")
    assert item.at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        "outreach: help me",
        "Outreach, help me",
        "@outreach: help me",
        "@outreach:localhost help me",
        "@outreach:localhost: help me",
        "  @outreach:localhost:  help me ",
        "help me",
    ],
)
def test_the_bots_name_in_front_goes(body: str) -> None:
    assert line(body).text == "help me"


@pytest.mark.parametrize(
    "body", ["outreach is nice", "@outreach:localhost.evil help", "outreach:help", "ask outreach: x"]
)
def test_other_uses_of_the_name_stay(body: str) -> None:
    assert line(body).text == body


def test_a_pill_of_the_bot_goes_by_its_label() -> None:
    pill = '<a href="https://matrix.to/#/@outreach:localhost">Helper (bot)</a>: help'
    item = line("Helper (bot): help", formatted_body=pill)
    assert (item.text, item.links, item.mentions) == ("help", (), ())
    assert line("Helper (bot): help").text == "Helper (bot): help"


def test_mentions_are_everybody_but_the_bot() -> None:
    pills = '<a href="https://matrix.to/#/%40ben%3Ab.example">ben</a> <a href="matrix:u/cyd:c.example">cyd</a>'
    mentions = {"user_ids": [BOT, "@dan:d.example", "nonsense", 7]}
    item = line("ben cyd", formatted_body=pills, **{"m.mentions": mentions})
    assert item.mentions == ("@dan:d.example", "@ben:b.example", "@cyd:c.example")
    assert item.links == ()


def test_links_come_from_body_and_markup_in_order_and_once() -> None:
    body = "see https://a.example/@x/1?y=2, (https://b.example/w_(z)) [c](https://c.example/3) matrix:roomid/r:h/e/v."
    html = '<mx-reply><a href="https://no.example/">q</a></mx-reply><a href="https://d.example/?a=1&amp;b=2">d</a>'
    item = line(body, formatted_body=html + '<a href="https://c.example/3">c</a><a href="javascript:x">j</a>')
    assert item.links == (
        "https://a.example/@x/1?y=2",
        "https://b.example/w_(z)",
        "https://c.example/3",
        "matrix:roomid/r:h/e/v",
        "https://d.example/?a=1&b=2",
    )


def test_room_and_event_links_stay() -> None:
    link = "https://matrix.to/#/!r:h/$e?via=h"
    assert line(f"look {link}").links == (link,)


def test_a_reply_without_its_fallback() -> None:
    relation = {"m.in_reply_to": {"event_id": "$p"}}
    item = line("> <@ben:h> first\n> second\n\nyes\n> mine", **{"m.relates_to": relation})
    assert (item.text, item.parent, item.thread) == ("yes\n> mine", "$p", "")
    assert line("> <@ben:h> quoted by hand").text == "> <@ben:h> quoted by hand"


def test_a_thread() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$p"}}
    item = line("x", **{"m.relates_to": relation})
    assert (item.parent, item.thread) == ("$p", "$root")


def test_an_edit_is_never_a_line() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    new = {"msgtype": "m.text", "body": "outreach: new"}
    item = line("* outreach: new", **{"m.relates_to": relation, "m.new_content": new})
    assert (item.happening, item.text, item.parent) == (Happening.EDIT, "new", "$old")
    without = line("* new", **{"m.relates_to": relation})
    assert (without.happening, without.text) == (Happening.EDIT, "")


def test_redactions_of_every_room_version() -> None:
    new = incoming(event("m.room.redaction", {"redacts": "$x"}), ROOM, BOT)
    old = incoming(event("m.room.redaction", {}, redacts="$x"), ROOM, BOT)
    assert new == old
    assert new is not None and (new.happening, new.parent) == (Happening.REMOVED, "$x")
    assert incoming(event("m.room.message", {}), ROOM, BOT) is None, "what was redacted says nothing itself"


@pytest.mark.parametrize(
    ("who", "now", "before", "expected"),
    [
        (ADA, "join", "", Happening.JOINED),
        (ADA, "join", "invite", Happening.JOINED),
        (ADA, "join", "join", None),
        (ADA, "leave", "join", Happening.LEFT),
        (ADA, "ban", "join", Happening.LEFT),
        (ADA, "ban", "ban", None),
        (ADA, "invite", "", None),
        (ADA, "knock", "", None),
        (BOT, "join", "invite", None),
        (BOT, "leave", "join", Happening.LEFT),
        (BOT, "ban", "join", Happening.LEFT),
    ],
)
def test_memberships(who: str, now: str, before: str, expected: Happening | None) -> None:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    raw = event("m.room.member", {"membership": now}, state_key=who, unsigned=unsigned)
    item = incoming(raw, ROOM, BOT)
    assert (item and item.happening) == expected
    if item is not None:
        assert item.sender == matrix(who)


def test_state_that_looks_like_a_message_is_none() -> None:
    assert incoming(event("m.room.message", {"msgtype": "m.text", "body": "x"}, state_key=""), ROOM, BOT) is None


def test_what_no_database_stores_is_gone() -> None:
    assert line("a\0b\ud800c").text == "ab?c"


@pytest.mark.parametrize("at", [None, True, -1, 1.5, 10**20, "1000"])
def test_nonsense_times_are_none(at: object) -> None:
    raw = event("m.room.message", {"msgtype": "m.text", "body": "x"}) | {"origin_server_ts": at}
    item = incoming(raw, ROOM, BOT)
    assert item is not None and item.at is None


def test_deep_nesting_does_not_raise() -> None:
    deep: Any = json.loads("[" * 500 + "]" * 500)
    assert line("x", **{"m.relates_to": deep, "m.mentions": deep}).text == "x"
