"""The only clock, random source and id maker of the program. Nothing else may ask for the time or draw a number."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path


def words(name: str) -> tuple[str, ...]:
    """The word list of that name: short, easy to dictate, unlike each other, no word for a person."""
    return tuple(Path(__file__).with_name(f"{name}.txt").read_text().split())


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Now."""
        return datetime.now(UTC)


class SystemChance:
    """The operating system's randomness. It has no state, so no draw tells anything of another."""

    def __init__(self) -> None:
        self._adjectives, self._animals = words("adjectives"), words("animals")

    def case_secret(self) -> bytes:
        """32 bytes."""
        return secrets.token_bytes(32)

    def token(self) -> str:
        """128 bits, hexadecimal; no time and no order can be read from it."""
        return secrets.token_hex(16)

    def alias(self) -> str:
        """Two words nobody chose for a reason."""
        return f"{secrets.choice(self._adjectives)}-{secrets.choice(self._animals)}"
