"""The shipped profile says the same as the domain."""

from __future__ import annotations

import tomllib

from outreach.config.places import locales, profiles, templates
from outreach.domain.asks import LABELS, LIVED


def test_cooperative_agrees_with_the_domain() -> None:
    profile = tomllib.loads((profiles() / "cooperative.toml").read_text())
    assert profile["labels"] == {label: strength.value for label, strength in LABELS.items()}
    assert set(profile["lived"]["labels"]) == set(LIVED)


def test_what_comes_with_the_program_is_there() -> None:
    assert (templates() / "recipient" / "first_contact.txt").is_file()
    assert locales().is_dir()
