"""Every part fits, counted as the server counts, with handle and subject; nothing of the words is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.length import split
from outreach.adapters.fediverse.mentions import neutral
from tests.strict_server import FLAVOURS, counting

WORDS = st.sampled_from(
    ["word", "a", "@erin", "#tag", "https://x.example/@dave/1234567890123456789", "http://localhost:80/x",
     "👩‍👩‍👧‍👦", "é",
     "end. ", "日本語。", " ", "\n", "\n\n", "x" * 70, "https://h.example/é@a"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=80).map(" ".join)


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "akkoma"])
@pytest.mark.parametrize("handle", ["dave", "bob@very-long-domain.far.example"])
@given(text=TEXTS)
def test_every_part_fits_and_nothing_is_lost(flavour: str, handle: str, text: str) -> None:
    server = Capabilities(Flavour(flavour), "social.example", 200)
    parts = split(text, "@" + handle, 20, server)
    numbering = " (10/12)" if len(parts) > 1 else ""
    for part in parts:
        assert counting.length(FLAVOURS[flavour], f"@{handle} {neutral(part)}{numbering}", "s" * 20) <= 200
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_what_fits_stays_whole_and_paragraphs_stay_together() -> None:
    server = Capabilities(Flavour.MASTODON, "social.example", 100)
    assert split("a\n\nb", "@dave", 0, server) == ("a\n\nb",)
    one, two = "x" * 60, "y" * 60
    assert split(f"{one}\n\n{two}\n\nz", "@dave", 0, server) == (one, f"{two}\n\nz")


def test_mastodon_counts_links_and_handles_short() -> None:
    link = "https://social.example/@dave/" + "1" * 60
    for flavour, parts in ((Flavour.MASTODON, 1), (Flavour.GOTOSOCIAL, 3)):
        server = Capabilities(flavour, "s.example", 100)
        assert len(split(f"{'x' * 50} {link}", "@bob@a-very-long-domain.example", 0, server)) == parts
