"""Where the files lie that come with the program: beside the code in a wheel, at the top of a checkout otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def templates() -> Path:
    """The letters' templates."""
    return _place("templates")


def locales() -> Path:
    """The catalogs."""
    return _place("locales")


def profiles() -> Path:
    """The shipped profiles."""
    return _PACKAGE / "profiles"


def _place(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
