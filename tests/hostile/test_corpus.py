"""Each parser takes every nasty case there is: it never raises, and nothing that hides comes out of it."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.adapters.fediverse import posts
from outreach.adapters.fediverse import translate as fediverse
from outreach.adapters.matrix import translate as matrix
from outreach.domain.text import LONGEST, MOST_LINKS, MOST_MENTIONS, heard
from outreach.ports import Happening, Incoming
from tests.hostile.corpus import EVENTS, NOTIFICATIONS, TEXTS
from tests.hostile.parsers import BOT, CLEAN, INNER, ME, ROOM, WIRE, hidden, line, reading, strings


@pytest.mark.parametrize("parser", WIRE | INNER)
def test_texts(parser: str) -> None:
    for name, text in TEXTS.items():
        for given in (text, f"help {text} help", text * 3):
            for made in (WIRE | INNER)[parser](given if parser in WIRE else heard(given)):
                assert isinstance(made, str)
                if parser in CLEAN:
                    assert hidden(made, letter="letter" in parser) == [], name
                    made.encode(), len(made) <= LONGEST


@pytest.mark.parametrize("name", EVENTS)
def test_events(name: str) -> None:
    item = matrix.incoming(EVENTS[name], ROOM, BOT)
    matrix.invitation([EVENTS[name]], ROOM, BOT, "s1")
    if item is not None:
        _sound(item)


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_notifications(name: str) -> None:
    raw: Any = NOTIFICATIONS[name]
    item = fediverse.incoming(raw, ME, "x.example")
    if item is not None:
        _sound(item)
    status = raw.get("status") if isinstance(raw, dict) else None
    if isinstance(status, dict):
        posts.post(status, "x.example")


def _sound(item: Incoming) -> None:
    assert item.source and item.sender.address and not hidden(item.sender.address)
    assert all(not hidden(text) for text in strings(item))
    assert len(item.text) <= LONGEST and len(item.links) <= MOST_LINKS and len(item.mentions) <= MOST_MENTIONS
    assert all(len(one) <= 255 and "\n" not in one for one in (item.parent, item.thread))


def said(name: str) -> Incoming:
    item = matrix.incoming(EVENTS[name], ROOM, BOT)
    assert item is not None
    return item


def test_what_these_events_are() -> None:
    assert said("edit of an edit").happening is Happening.EDIT
    assert said("edit without new content").text == ""
    assert said("msgtype unknown").text == "" and said("image").text == ""
    assert said("automated").notice and said("another bot of this kind").notice
    assert said("mentions of junk").mentions == ("@ok:x.example",)
    assert said("nested quote").links == ()
    assert said("relation to text that is no id").thread == "" and said("reply to long id").parent == ""
    assert (
        said("pill that shows another").mentions == ("@evil:x.example",)
        and not said("pill that shows another").addressed
    )
    assert said("pill with pattern").text == "help"
    for name in ("tombstone that is a message", "tombstone of another key", "message that is state", "no sender"):
        assert matrix.incoming(EVENTS[name], ROOM, BOT) is None, name
    assert said("tombstone no object").happening is Happening.REPLACED


def test_what_these_notifications_are() -> None:
    def heard_of(name: str) -> Incoming | None:
        return fediverse.incoming(NOTIFICATIONS[name], ME, "x.example")

    for name in ("account of blanks", "account that hides", "account endless", "id huge", "no id", "content no object"):
        assert NOTIFICATIONS.get(name) is None or heard_of(name) is None, name
    other = heard_of("mention that shows another")
    assert other is not None and other.mentions == ("dave@x.example",), (
        "what the server lists counts, not what is shown"
    )
    forged = heard_of("forged mention of the bot")
    assert forged is not None and "evil.example" in forged.text, "a stranger of that name is not the bot"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("zero width", "send"),
        ("joiners between plain letters", "send"),
        ("byte order mark", "help"),
        ("null bytes", "status"),
        ("arabic letter mark", "status"),
        ("command in quotes", "send"),
        ("carriage return over line", ""),
        ("bidi override", ""),
        ("send and much more", ""),
        ("commands together", ""),
        ("command in other script", ""),
        ("forged bot letter", ""),
    ],
)
def test_words_mean_what_a_person_sees(name: str, command: str) -> None:
    assert reading(heard(TEXTS[name])).command == command


def test_self_harm_is_seen_through_disguise() -> None:
    from tests.hostile.parsers import letters

    assert "self_harm" in letters().alarms(heard(TEXTS["self harm in disguise"]), ("en",))


def test_of_a_tagged_link_only_the_link_is_left() -> None:
    assert reading(TEXTS["link tagged"]).links == ("https://x.example/@dave/1",)
    assert line("x").links == ()
