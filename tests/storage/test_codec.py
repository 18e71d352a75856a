"""Every form of an event that was ever stored still decodes; the corpus only grows."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from outreach.adapters.storage.codec import decode_event, encode_event
from outreach.domain.errors import BrokenHistory
from outreach.domain.events import Event

CORPUS = (Path(__file__).parent / "released_forms.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("body", CORPUS, ids=[body[:30].decode() for body in CORPUS])
def test_a_stored_form_decodes(body: bytes) -> None:
    event = decode_event(body)
    assert decode_event(encode_event(event)) == event


def test_no_form_is_missing_from_the_corpus() -> None:
    assert {type(decode_event(body)) for body in CORPUS} == set(get_args(Event))


def test_a_form_of_the_future_is_named() -> None:
    with pytest.raises(BrokenHistory, match=r"Sung\.v9"):
        decode_event(b'["Sung.v9", {}]')
