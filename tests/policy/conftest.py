"""The shipped profiles, and a folder in which a community writes its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.adapters import profiles
from outreach.config import places
from outreach.domain.profile import Profile

SHIPPED = ("cooperative", "instance", "branches")

Own = Callable[..., Path]


@pytest.fixture(scope="session")
def shipped() -> dict[str, Profile]:
    """Each profile that comes with the program."""
    return {name: profiles.shipped(places.profiles(), name) for name in SHIPPED}


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Write a profile of a community's own, by default one that extends `cooperative`; returns its path."""

    def write(text: str, name: str = "own", extends: str = '["cooperative"]') -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text((f"extends = {extends}\n" if extends else "") + text)
        return path

    return write


def load(path: Path) -> Profile:
    """Load a profile as the bot does."""
    return profiles.load(path, places.profiles())
