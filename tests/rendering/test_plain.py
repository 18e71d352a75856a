"""What people wrote mentions nobody on any server, links nowhere, and hides nothing (F1, F36)."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.rendering.plain import bare, canonical, one_line, plain, quote
from tests.rendering.test_letters import FLAVOURS, mentioned
from tests.strict_server import mentions

NASTY = st.text(st.sampled_from("@＠﹫#＃ab.:/=_-( )“\n\r\u200b\u202e\u2060\u2028é") | st.characters(), max_size=40)
SPELLINGS = [
    "@dave",
    "(@dave)",
    "“@dave”",
    "/@dave",
    "*@dave*",
    ".@dave",
    "\n@dave",
    "x @dave@host.example y",
    "@dave@host.example",
    "＠dave",
    "hi,@dave",
    "@dave:host.example",
    "a@b@c",
    "<@dave>",
    "@\u200bdave @\u2060dave @@dave",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_no_spelling_mentions(text: str) -> None:
    assert mentioned(plain(text)) == []
    assert mentioned(quote(plain(text))) == []


def test_the_servers_do_read_mentions() -> None:
    assert all(mentions.find(flavour, "@dave") for flavour in FLAVOURS)
    assert len(FLAVOURS) >= 3


@given(NASTY)
def test_nothing_mentions_or_tags(text: str) -> None:
    for safe in (plain(text), one_line(text), quote(plain(text))):
        assert mentioned(safe) == []
        assert not re.search(r"[@#＠＃]\w", safe)
        assert not any(unicodedata.category(char) == "Cc" for char in safe if char != "\n")
        assert not re.search("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]", safe)


@given(NASTY)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_each_line_is_marked(text: str) -> None:
    assert all(line.startswith(">") for line in quote(plain(text)).split("\n"))


@pytest.mark.parametrize("link", ["https://x.example/a", "HTTP://x.example", "www.x.example", "mailto:a.b", "xmpp:x"])
def test_links_are_inert(link: str) -> None:
    assert link not in plain(f"see {link} now")
    assert not mentions.URL.search(plain(link))


def test_text_stays_readable() -> None:
    assert plain("Größe: 3 < 4 & \U0001f469‍\U0001f469 ok") == "Größe: 3 < 4 & \U0001f469‍\U0001f469 ok"
    assert one_line("a\n b\t c") == "a b c"
    assert len(one_line("x" * 5000)) == 300


def test_links() -> None:
    assert canonical("https://x.example/p/1?utm=alice&x#frag") == "https://x.example/p/1"
    room = "https://matrix.to/#/!r:x.example/$e"
    assert canonical(room + "?via=home.example") == room
    assert bare("https://x.example/about/") == "x.example/about"
    assert bare("mail us") == "mail us"
