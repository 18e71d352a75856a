"""Any words at all name nobody but the addressee, by our own reader and by each server's, which is the oracle."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outreach.adapters.fediverse.mentions import LINK, named, neutral, only, restore
from tests.fediverse.conftest import FLAVOURS
from tests.strict_server import FLAVOURS as STUB
from tests.strict_server import mentions as oracle

PIECES = st.sampled_from(
    [
        "@", "@@", "@erin", "@erin@far.example", "erin@far.example", "#tag", "/", "=", "_", ".", "(", ")", "“", "*",
        " ",         "\n", "\t", "é", "²", "1", "$", "\u2060", "\u200b", "\u0301", "＠erin", "https://", "http://h.example/",
        "https://social.example/@dave/12", "https://h.example/a-@erin", "?a=", ",", "%", "~", "\u00a0", "@_", "@é",
        ":80",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


@pytest.mark.parametrize("handle", ["dave", "bob@far.example", "under_score_@far.example"])
@given(text=TEXTS)
@example("@erin")
@example("https://h.example/a-@erin")
@example("https://h.example/_@erin")
@example("x\u2060@erin")
def test_nobody_but_the_addressee_is_named(handle: str, text: str) -> None:
    final = f"@{handle} {neutral(text)}"
    assert only(final, handle)
    for flavour in FLAVOURS:
        assert [found.handle for found in oracle.find(STUB[flavour], final)] == [handle]


@given(text=TEXTS)
def test_our_reader_finds_whatever_a_server_finds(text: str) -> None:
    ours = {handle.casefold() for handle in named(text)}
    for flavour in FLAVOURS:
        for found in oracle.find(STUB[flavour], text):
            name = found.handle.partition("@")[0].casefold()
            assert any(one.startswith(name) for one in ours), flavour


@given(text=TEXTS)
def test_it_reads_as_before(text: str) -> None:
    assert restore(neutral(text)) == restore(text)


@given(text=TEXTS)
def test_a_link_that_is_left_alone_is_a_link_to_every_server(text: str) -> None:
    spans = oracle.links(text)
    for match in LINK.finditer(text):
        signs = (i for i in range(*match.span()) if text[i] == "@")
        assert all(any(a <= i < b for a, b in spans) for i in signs)


@pytest.mark.parametrize(
    "link",
    ["https://social.example/@dave/12", "https://social.example/@bob@far.example/12", "http://127.0.0.1:80/@dave/12"],
)
def test_post_links_stay_whole(link: str) -> None:
    for text in (link, f"see {link} now", f"({link})", f"{link}."):
        assert neutral(text) == text
        assert named(text) == ()
