"""What the program needs besides its code comes with it."""

from __future__ import annotations

from outreach.config.places import locales, profiles, templates


def test_what_comes_with_the_program_is_there() -> None:
    assert (templates() / "recipient" / "first_contact.txt").is_file()
    assert locales().is_dir()
    assert {path.stem for path in profiles().glob("*.toml")} == {"cooperative", "instance", "branches"}
