"""Any input at all: parsers never raise, what comes out hides nothing, names nobody else, and stays the same."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from outreach.adapters.fediverse import translate as fediverse
from outreach.adapters.fediverse.mentions import named, neutral, only
from outreach.adapters.matrix import translate as matrix
from outreach.adapters.rendering.plain import one_line, plain
from outreach.adapters.rendering.vocabulary import folded
from outreach.adapters.storage import codec
from outreach.config import load
from outreach.config.errors import ConfigError
from outreach.domain.draft import Draft
from outreach.domain.errors import BrokenHistory
from outreach.domain.likeness import alike
from outreach.domain.text import LONGEST, few, heard, is_plain, visible
from outreach.entrypoints import staff_room
from outreach.ports import Incoming
from outreach.ports.store import Address, Conversation, Errand, Outbound, Told
from outreach.services.desk.commands import Command
from outreach.services.desk.naming import names_somebody
from tests.hostile.corpus import EVENTS, NOTIFICATIONS, TEXTS
from tests.hostile.parsers import BOT, CLEAN, INNER, ME, ROOM, WIRE, hidden, reading

PIECES = st.sampled_from(sorted({piece for text in TEXTS.values() for piece in (text[:40], *text.split()[:3])} - {""}))
WORDS = st.lists(PIECES | st.text(st.characters(), max_size=6), max_size=8).map("".join)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("parser", WIRE | INNER)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(text=WORDS)
def test_any_words(parser: str, text: str) -> None:
    for made in (WIRE | INNER)[parser](text if parser in WIRE else heard(text)):
        assert parser not in CLEAN or hidden(made, letter="letter" in parser) == []


def _damaged(draw: Any, source: dict[str, object]) -> object:
    """One of the corpus with something in it replaced or left out, at any depth."""
    raw = source[draw(st.sampled_from(sorted(source)))]
    raw = _copy(raw)
    here: Any = raw
    while isinstance(here, dict) and here:
        key = draw(st.sampled_from(sorted(here)))
        what = draw(st.sampled_from(["descend", "replace", "drop", "keep"]))
        if what == "replace":
            here[key] = draw(JUNK)
        elif what == "drop":
            del here[key]
        if what != "descend":
            break
        here = here[key]
    return raw


def _copy(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {key: _copy(value) for key, value in raw.items()}
    return [_copy(one) for one in raw] if isinstance(raw, list) else raw


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_event_and_notification(data: st.DataObject) -> None:
    for source, read in ((EVENTS, _event), (NOTIFICATIONS, _notification)):
        item = read(_damaged(data.draw, dict(source)))
        if item is not None:
            assert item.source and item.sender.address
            assert all(not hidden(text) for text in (item.text, *item.links, *item.mentions, item.parent, item.thread))
            codec.decode(codec.encode(item), Incoming)


def _event(raw: object) -> Incoming | None:
    return matrix.incoming(raw, ROOM, BOT)


def _notification(raw: object) -> Incoming | None:
    return fediverse.incoming(raw, ME, "x.example")


@given(text=WORDS)
@example("\r\n\u2028")
@example("e\u0301\u200d\u0301" * 9)
@example("a\ufe0f\ue000")
def test_a_line_is_bounded_and_settled(text: str) -> None:
    made = heard(text)
    assert heard(made) == made and visible(made) == made and len(made) <= LONGEST
    assert plain(plain(text)) == plain(text) and one_line(one_line(text)) == one_line(text)
    assert folded(folded(text)) == folded(text)


@given(st.lists(WORDS, max_size=30))
def test_addresses_are_few_and_plain(found: list[str]) -> None:
    kept = few(found, most=5, longest=20)
    assert len(kept) <= 5 and all(one in found and is_plain(one) and len(one) <= 20 for one in kept)


@given(text=WORDS)
def test_whoever_is_quoted_nobody_is_named(text: str) -> None:
    """Through the letter, and then through the server's own sending."""
    final = neutral(plain(text))
    assert named(final) == () and only(f"@dave@x.example {final}", "dave@x.example")


@given(text=WORDS)
def test_what_a_line_is_read_as(text: str) -> None:
    said = reading(heard(text))
    assert 0 <= said.number <= 9
    assert all("?" not in link and ("#" not in link or "matrix.to" in link) for link in said.links)
    assert not said.handle.startswith("@") and said.handle == said.handle.lower()


@given(text=WORDS, prefix=st.sampled_from(["!", "?", "mod ", ""]))
def test_a_command_holds_nothing_that_was_not_said(text: str, prefix: str) -> None:
    said = staff_room.read(prefix + text, prefix)
    assert not (prefix == "" and said)
    if isinstance(said, Command):
        assert said.text in text and said.rest in said.text and not hidden(heard(said.alias))


@given(WORDS, st.sampled_from(["@dave", "dave@x.example", "dave:x.example", "x.example/@dave"]), WORDS)
def test_a_handle_is_found_wherever_it_hides(before: str, handle: str, after: str) -> None:
    assert names_somebody(heard(f"{before} {handle} {after}"))


@given(one=WORDS, other=WORDS)
def test_likeness_is_mutual(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one) and not alike(one, one)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | WORDS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_a_configuration_is_one_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "outreach.toml"
    for content in (data, b"[community]\nname = '''" + data + b"'''\n", b'[matrix]\nuser = "' + data + b'"\n'):
        path.write_bytes(content)
        with pytest.raises(ConfigError) as refused:
            load(path)
        assert "Traceback" not in str(refused.value)
        assert not isinstance(refused.value, tomllib.TOMLDecodeError)


FORMS: tuple[Any, ...] = (Incoming, Conversation, Draft, Outbound, Address, Errand, Told)


@settings(max_examples=200)
@given(body=st.binary(max_size=60) | JUNK.map(lambda raw: _json(raw)), form=st.sampled_from(FORMS))
def test_a_stored_row_opens_or_says_why(body: bytes, form: Any) -> None:
    with suppress(msgspec.DecodeError):  # ValidationError is one of them
        assert isinstance(codec.decode(body, form), form)
    with pytest.raises((BrokenHistory, msgspec.DecodeError)):
        codec.decode_event(body)


def _json(raw: object) -> bytes:
    return msgspec.json.encode(_storable(raw))


def _storable(raw: Any) -> Any:
    if isinstance(raw, str):
        return raw.encode("utf-8", "replace").decode()
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw % 2**60
    if isinstance(raw, dict):
        return {_storable(key): _storable(value) for key, value in raw.items()}
    return [_storable(one) for one in raw] if isinstance(raw, list) else raw
