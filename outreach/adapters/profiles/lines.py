"""On which line of a TOML file a key stands. `tomllib` does not say; it only judges where a statement ends.

Used when a mistake is named, never otherwise: each statement is parsed once more. Knows no key by its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

Key = tuple[str, ...]


def line_of(text: str, key: Sequence[str]) -> int:
    """The line of the deepest part of `key` that the text sets, counted from 1; 0 if it sets nothing of it."""
    best, found = 0, 0
    for line, path in _set_in(text):
        depth = _common(path, key)
        if depth > best:
            best, found = depth, line
    return found


def _set_in(text: str) -> Iterator[tuple[int, Key]]:
    table: Key = ()
    for line, statement in _statements(text):
        paths = list(_paths(tomllib.loads(statement)))
        if statement.lstrip().startswith("["):
            table = paths[-1]
            yield line, table
        else:
            yield from ((line, (*table, *path)) for path in paths)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    begun, lines = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        begun, lines = begun or number, lines + line
        try:
            parsed = tomllib.loads(lines)
        except tomllib.TOMLDecodeError:
            continue
        if parsed:
            yield begun, lines
        begun, lines = 0, ""


def _paths(value: dict[str, Any]) -> Iterator[Key]:
    for name, inner in value.items():
        yield (name,)
        if isinstance(inner, dict):
            yield from ((name, *rest) for rest in _paths(inner))


def _common(path: Key, key: Sequence[str]) -> int:
    """How many parts of `key` a set path covers; a path that leaves the key's way covers none."""
    shared = min(len(path), len(key))
    return shared if tuple(key[:shared]) == path[:shared] else 0
