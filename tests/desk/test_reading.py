"""Command text: what is a command, what is talk, and that any text at all gives an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.entrypoints.staff_room import read
from outreach.services.desk import Command, Unknown, Verb


@pytest.mark.parametrize(
    ("text", "verb", "alias", "rest"),
    [
        ("!help", Verb.HELP, "", ""),
        ("  !Help! ", Verb.HELP, "", ""),
        ("!close amber-otter agreed", Verb.CLOSE, "amber-otter", "agreed"),
        ("!approve **Amber-Otter**: Thank you", Verb.APPROVE, "amber-otter", "Thank you"),
        ("!author\namber-otter\nTwo\n\nlines", Verb.AUTHOR, "amber-otter", "Two\n\nlines"),
    ],
)
def test_commands(text: str, verb: Verb, alias: str, rest: str) -> None:
    said = read(text, "!")
    assert isinstance(said, Command)
    assert (said.verb, said.alias, said.rest) == (verb, alias, rest)


def test_all_that_follows_the_verb_stays_whole_for_threads() -> None:
    said = read("!author Hello  there\nDave", "!")
    assert isinstance(said, Command) and said.text == "Hello  there\nDave"


@pytest.mark.parametrize("text", ["", "hello !help", "!", "!!", "! help", "!?", "!= 2", "help"])
def test_talk(text: str) -> None:
    assert read(text, "!") is None


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("!aprove x", Unknown("aprove", "!approve")),
        ("!xyzzy", Unknown("xyzzy")),
        ("!sing", Unknown("sing")),
        ("!" + "x" * 99, Unknown("x" * 40)),
    ],
)
def test_unknown_commands(text: str, unknown: Unknown) -> None:
    assert read(text, "!") == unknown


def test_another_prefix() -> None:
    assert read("!help", "mod ") is None
    assert isinstance(read("mod help", "mod "), Command)
    assert read("mod hello", "") is None


@given(st.text(), st.sampled_from(["!", "", "?", "mod "]), st.sampled_from([*Verb, "", "x"]))
def test_total(text: str, prefix: str, verb: str) -> None:
    for line in (text, prefix + text, f"{prefix}{verb} {text}"):
        said = read(line, prefix)
        if isinstance(said, Command):
            assert said.text.endswith(said.rest)
            assert bool(said.text) >= bool(said.alias)
        if isinstance(said, Unknown):
            assert len(said.word) <= 40
