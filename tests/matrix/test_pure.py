"""Addresses and the cutting of texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.matrix.links import Target, event_link, matrix_to, parse, uri
from outreach.adapters.matrix.text import split

_EVENT = "$" + "aB-_" * 10 + "xyz"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (f"https://matrix.to/#/!r:h.example/{_EVENT}?via=x.example", Target(room="!r:h.example", event=_EVENT)),
        ("https://MATRIX.to/#/%21r%3Ah/%24e%2Ff", Target(room="!r:h", event="$e/f")),
        ("https://matrix.to/#/%21r%3Ah%2F%24e", Target(room="!r:h", event="$e")),
        ("http://www.matrix.to/#/#a:h/$e:h/", Target(room="#a:h", event="$e:h")),
        ("https://matrix.to/#/!v12", Target(room="!v12")),
        ("https://matrix.to/#/@u:h", Target(user="@u:h")),
        ("matrix:roomid/r:h/e/e?via=x", Target(room="!r:h", event="$e")),
        ("MATRIX:r/a:h/event/e", Target(room="#a:h", event="$e")),
        ("matrix://x.example/u/a:h", Target(user="@a:h")),
        ("https://matrix.to/#/!r:h/..", None),
        ("https://matrix.to/#/", None),
        ("https://matrix.to/#/!r:h/$e%0Af", None),
        ("https://matrix.to.evil/#/!r:h/$e", None),
        ("matrix:roomid/r:h/x/e", None),
        ("matrix:", None),
        ("mailto:a@b", None),
    ],
)
def test_links(link: str, target: Target | None) -> None:
    assert parse(link) == target


@given(st.text(max_size=80), st.sampled_from(["https://matrix.to/#/", "matrix:", "", "matrix:roomid/"]))
def test_any_text_is_a_link_or_none(text: str, start: str) -> None:
    parse(start + text)


_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=40)


@given(_NAMES, _NAMES)
def test_what_is_written_reads_the_same(room: str, event: str) -> None:
    target = Target(room="!" + room, event="$" + event)
    assert event_link(uri(target.room, target.event)) == target
    assert event_link(matrix_to(target.room, target.event)) == target


@given(st.text(st.sampled_from("ab. \n😀ä"), max_size=400), st.integers(4, 60))
def test_parts_fit_and_lose_nothing(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_paragraphs_stay_whole_where_they_fit() -> None:
    text = "\n\n".join(["one one", "two two", "three"])
    assert split(text, 17) == ("one one\n\ntwo two", "three")
    assert split("short") == ("short",)
    assert split("") == ("",)
