"""Handles in moderators' words: every spelling of the fifteen is found, and only the addressee's own passes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post, Visibility
from outreach.services.desk.naming import names_somebody

LINK = "https://x.example/@dave/110"
POST = Post(
    Platform.FEDIVERSE,
    "https://x.example/users/dave/statuses/110",
    LINK,
    "110",
    Account(Platform.FEDIVERSE, "dave@x.example"),
    "2026-03-01",
    Visibility.PUBLIC,
)
ROOM_POST = replace(
    POST, author=Account(Platform.MATRIX, "@dave:x.example"), link="https://matrix.to/#/!r:x.example/$e", uri="matrix:e"
)


@pytest.mark.parametrize(
    "token",
    [
        "@alice",
        "(@alice)",
        "“@alice”",
        "/@alice",
        "*@alice*",
        "alice@y.example",
        "@alice@y.example",
        "@alice:y.example",
        "alice:y.example",
        "＠alice",
        "﹫alice",
        "@\u2060alice",
        "al\u200bice@y.example",
        "https://y.example/@alice",
        "https://y.example/%40alice",
        "https://y.example/users/alice",
        "https://matrix.to/#/%40alice:y.example",
        "matrix:u/alice:y.example",
        "acct:alice@y.example",
        "https://y.example/@dave",
        "@dave@y.example",
        "@dave/@alice",
        "@daves",
    ],
)
def test_everybody_else_is_found(token: str) -> None:
    for text in (token, f"Hello {token}, bye.", f"x\n{token}\ny"):
        assert names_somebody(text, POST)
        assert names_somebody(text)


@pytest.mark.parametrize("token", ["@dave", "dave@x.example", "@Dave@X.example:", "(@dave)", LINK, POST.uri])
def test_the_author_alone_may_be_named_to_the_author(token: str) -> None:
    assert not names_somebody(f"Hello {token}, bye.", POST)
    assert names_somebody(f"Hello {token}, bye.")


@pytest.mark.parametrize("token", ["@dave", "@dave:x.example", "dave:x.example", ROOM_POST.link])
def test_the_author_of_a_room_message(token: str) -> None:
    assert not names_somebody(f"Hello {token}!", ROOM_POST)
    assert names_somebody(f"Hello {token.replace('dave', 'dana').replace('!r', '@r')}!", ROOM_POST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Could you add a warning? Thank you!",
        "Until 14:30. Or 9:00 @ the café",
        "See https://x.example/rules#3 and x.example:8448",
        "Note: please.",
        "100 % sure",
    ],
)
def test_plain_words_pass(text: str) -> None:
    assert not names_somebody(text, POST)
    assert not names_somebody(text)


@given(st.text())
def test_total(text: str) -> None:
    names_somebody(text, POST)
    assert names_somebody(text + " @alice")
