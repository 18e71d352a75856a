"""What the checks look for in one language: `locales/LANG/checks.toml`. Knows the file's form, judges no text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec

NAME = "checks.toml"


class BadExpectations(Exception):
    """The file says something that cannot be used; the message names file and key."""


class Modality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces of text that mark each strength (R054)."""

    may: tuple[str, ...] = ()
    should: tuple[str, ...] = ()
    shall: tuple[str, ...] = ()

    def of(self, strength: str) -> tuple[str, ...]:
        """The pieces of one strength."""
        pieces: tuple[str, ...] = getattr(self, strength)
        return pieces


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lists of expressions, and English messages that are rightly the same."""

    agree: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    gendered: tuple[str, ...] = ()
    accusing: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    modality: Modality = Modality()

    @classmethod
    def read(cls, locales: Path, language: str) -> Self:
        """The file of a language; empty where there is none. Raises `BadExpectations`."""
        path = locales / language / NAME
        if not path.is_file():
            return cls()
        where = f"{language}/{NAME}"
        try:
            expected = msgspec.convert(tomllib.loads(path.read_text("utf-8")), cls)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise BadExpectations(f"{where}: {error}") from None
        for key, expression in expected._expressions():
            _compiled(where, key, expression)
        return expected

    def _expressions(self) -> Iterator[tuple[str, str]]:
        for key in ("agree", "address", "gendered", "accusing"):
            yield from ((key, expression) for expression in getattr(self, key))

    def gaps(self) -> Iterator[str]:
        """What a language that people read has to fill in."""
        if not self.agree:
            yield "agree is empty"
        for strength in ("may", "should", "shall"):
            if len(self.modality.of(strength)) < 2:
                yield f"modality.{strength} needs two pieces of text at least"


def _compiled(where: str, key: str, expression: str) -> None:
    try:
        re.compile(expression)
    except re.error as error:
        raise BadExpectations(f"{where}: {key}: “{expression}” is no expression: {error}") from None


def found(expressions: tuple[str, ...], text: str, flags: re.RegexFlag = re.NOFLAG) -> str:
    """What the first matching expression found in a text, or nothing."""
    hits = (re.search(expression, text, flags) for expression in expressions)
    return next((hit[0] for hit in hits if hit), "")
