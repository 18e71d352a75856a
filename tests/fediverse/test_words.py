"""HTML of any server to words and links; and any JSON at all to an `Incoming` or to nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.fediverse import appraisal, posts
from outreach.adapters.fediverse.accounts import declines_bots, gone, staff
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.fields import moment
from outreach.adapters.fediverse.fields import text as fields_text
from outreach.adapters.fediverse.html_text import words
from outreach.adapters.fediverse.links import is_post_link, own
from outreach.adapters.fediverse.translate import incoming
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Visibility
from outreach.ports import Incoming

ME = Account(Platform.FEDIVERSE, "outreach@social.example", "1", "https://social.example/users/outreach")
CARD = '<span class="h-card"><a href="{}" class="u-url mention">@<span>{}</span></a></span>'
BOT = CARD.format("https://social.example/@outreach", "outreach")
NAMES = {"https://social.example/@outreach": ME.address, "https://far.example/@bob": "bob@far.example"}

CASES = [
    (f"<p>{BOT} status</p>", "status", ()),
    (f"<p>status {BOT}</p>", "status", ()),
    (f"<p>a<br>b</p><p>c</p>{BOT}", "a\nb\n\nc", ()),
    ('<a href="https://far.example/@bob" class="u-url mention">@<span>bob</span></a>!', "bob@far.example!", ()),
    ('<a href="https://x.example/@zoe" class="mention">@zoe</a>', "zoe@x.example", ()),
    ('<a href="https://x.example/@zoe" class="mention">@zoe@y.example</a>', "zoe@y.example", ()),
    ('<a href="https://far.example/@bob">https://far…</a>', "https://far.example/@bob", ("https://far.example/@bob",)),
    ('<a href="https://x.example/p/1"><span class="invisible">https://</span><span class="ellipsis">x.exa</span></a>',
     "https://x.example/p/1", ("https://x.example/p/1",)),
    ('<a href="https://s.example/tags/cw" class="mention hashtag" rel="tag">#<span>cw</span></a>', "#cw", ()),
    ('<a href="mailto:bob@x.example">bob@x.example</a>', "bob@x.example", ()),
    ('<a href="javascript:alert(1)">x</a><script>bad()</script><style>p{}</style>', "x", ()),
    ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d", ()),
    ("@outreach: help, @outreach@social.example", "help,", ()),
    ("x@outreach.example and @outreachy", "x@outreach.example and @outreachy", ()),
    ('<a href="https://x.example/1">one<a href="https://x.example/2">two', "https://x.example/1https://x.example/2",
     ("https://x.example/1", "https://x.example/2")),
    ("name@\u2060server", "name@server", ()),
    ("<![CDATA[x <![foo[ y", None, ()),
]  # fmt: skip


@pytest.mark.parametrize(("html", "text", "links"), CASES)
def test_words(html: str, text: str | None, links: tuple[str, ...]) -> None:
    found = words(html, NAMES, ME.address)
    assert found.links == links
    assert text is None or found.text == text


TAGS = st.sampled_from(
    ["<p>", "</p>", "<a href='https://x/1'>", "</a>", "<a class=mention>", "<br>", "<!", "<![", "<!--", "&#0;",
     "&#xD800;",
     "<script>", "</script>", "@outreach", "\0", "<a href='http://[x'>@y", "\ud800", "<?", "]]>", "<a href>"]
)  # fmt: skip


@given(html=st.one_of(st.text(), st.lists(st.one_of(TAGS, st.text(max_size=5))).map("".join)))
def test_any_html_gives_words_without_control_of_ours(html: str) -> None:
    found = words(html, NAMES, ME.address)
    assert "\0" not in found.text and found.text == found.text.strip()
    assert all(link.casefold().startswith(("http://", "https://")) for link in found.links)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from(["mention", "favourite", "update", "direct", "1", "2", "9999-12-31T23:59:59-14:00", "0001-01-01",
                     "http://[", "https://x.example/@y", "a@b@c", "<a href='x'>", "\ud800", "@", "10" * 40]),
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "id", "type", "status", "account", "content", "mentions", "acct", "username", "url", "uri", "visibility",
        "name", "created_at", "edited_at", "quote", "pleroma", "ap_id", "in_reply_to_id", "media_attachments",
        "description", "fields", "note", "value", "roles", "moved", "reblog", "emoji",
    ]
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=8)),
    max_leaves=40,
)
ACCOUNT = st.fixed_dictionaries(
    {"id": SCALARS, "acct": SCALARS}, optional={"url": SCALARS, "created_at": SCALARS, "note": JSON}
)
STATUS = st.fixed_dictionaries(
    {"id": SCALARS, "account": st.one_of(ACCOUNT, JSON)},
    optional=dict.fromkeys(("content", "mentions", "created_at", "uri", "url", "visibility", "quote", "pleroma"), JSON),
)
NOTIFICATION = st.fixed_dictionaries(
    {"id": SCALARS, "type": SCALARS, "status": st.one_of(STATUS, JSON)}, optional={"account": ACCOUNT}
)


NO_TIMES = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "soon", "", 7, None, [], "2026"]


@pytest.mark.parametrize("value", NO_TIMES)
def test_a_time_that_is_none_is_none(value: object) -> None:
    assert moment(value) is None


def test_a_time_is_aware_and_in_utc() -> None:
    for spelling in ("2026-01-05", "2026-01-05T00:00:00Z", "2026-01-05T01:00:00.000+01:00"):
        assert moment(spelling) == datetime(2026, 1, 5, tzinfo=UTC)


def test_text_can_be_stored() -> None:
    values: tuple[object, ...] = ("a\0b", "\ud800", 7, True, 10**5000, [])
    assert [fields_text(value) for value in values] == ["ab", "?", "7", "", "", ""]


@given(value=st.one_of(NOTIFICATION, JSON))
def test_any_json_is_a_line_or_nothing(value: Any) -> None:
    found = incoming(value, ME, "social.example")
    assert found is None or isinstance(found, Incoming)
    if found:
        " ".join([found.source, found.text, found.parent, *found.links, found.sender.address]).encode()
        assert found.source and found.sender.native not in ("", ME.native)
        assert found.at is None or found.at.tzinfo is not None
        assert ME.address not in found.mentions and found.sender.address not in found.mentions


@given(status=st.one_of(STATUS, st.dictionaries(KEYS, JSON)))
def test_any_json_is_a_post_or_nothing(status: dict[str, Any]) -> None:
    found = posts.post(status, "social.example")
    assert found is None or (found.native and "?" not in found.link and "#" not in found.link)
    server = Capabilities(contact="1", people=1)
    for local in (True, False):
        appraisal.reads_along(status, local, server)
    for visibility in Visibility:
        appraisal.audience(status, visibility)
    appraisal.addressed(status, ME, "social.example")
    declines_bots(status), gone(status), staff(status)


@given(link=st.one_of(st.text(), st.text().map("https://".__add__)))
def test_any_text_may_be_a_link(link: str) -> None:
    is_post_link(link), own(link, frozenset({"social.example"}))
    assert "?" not in posts.bare(link) and "#" not in posts.bare(link)


@pytest.mark.parametrize(
    ("link", "ours"),
    [("https://x.example/@y/1", True), ("http://x", True), ("https://matrix.to/#/!a:b/$c", False),
     ("matrix:r/x", False), ("bob@x.example", False), ("", False), ("HTTPS://Matrix.To/#/x", False)],
)  # fmt: skip
def test_recognises(link: str, ours: bool) -> None:
    assert is_post_link(link) is ours


@pytest.mark.parametrize("mark", [{"quote": {"state": "pending"}}, {"quote_id": "7"}, {"pleroma": {"quote_url": "x"}}])
def test_every_servers_quotes_are_noticed(mark: dict[str, Any]) -> None:
    status = {"id": "5", "account": {"id": "2", "acct": "alice"}, "content": "x"}
    notice = {"id": "9", "type": "mention", "status": status}
    plain, quoting = incoming(notice, ME, "s.example"), incoming(notice | {"status": status | mark}, ME, "s.example")
    assert plain is not None and not plain.quotes
    assert quoting is not None and quoting.quotes


@pytest.mark.parametrize("kind", ["mention", "update", "favourite"])
def test_what_the_bot_did_itself_is_nothing(kind: str) -> None:
    for native, expected in (("1", False), ("2", True)):
        person = {"id": native, "acct": "somebody"}
        author = person if kind != "favourite" else {"id": "1"}
        notice = {"id": "9", "type": kind, "account": person, "status": {"id": "5", "account": author}}
        assert (incoming(notice, ME, "s.example") is not None) is expected


def test_a_link_that_points_away_from_its_author_is_not_trusted() -> None:
    status = {
        "id": "5",
        "account": {"id": "2", "acct": "a@x.example"},
        "uri": "https://x.example/1",
        "url": "https://evil.example/1",
    }
    found = posts.post(status, "s.example")
    assert found is not None and found.link == "https://x.example/1"
