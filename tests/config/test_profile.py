"""The shipped profile says the same as the domain."""

from __future__ import annotations

import tomllib

from outreach.config.places import locales, profiles, templates
from outreach.domain.asks import LABELS, LIVED


def test_the_shipped_labels_agree_with_the_domain() -> None:
    profile = tomllib.loads((profiles() / "shared" / "labels.toml").read_text())
    assert {name: label["strength"] for name, label in profile["labels"].items()} == dict(LABELS)
    assert {name for name, label in profile["labels"].items() if label["lived"]} == LIVED


def test_what_comes_with_the_program_is_there() -> None:
    assert (templates() / "recipient" / "first_contact.txt").is_file()
    assert locales().is_dir()
