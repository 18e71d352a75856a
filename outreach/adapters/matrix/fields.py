"""Reads fields of JSON that somebody else wrote: any shape gives a value, none an exception.

Checks no meaning. Strings come out storable everywhere: without NUL and lone surrogates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

Json = Mapping[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_000  # the last second a datetime holds


def value(source: object, *keys: str) -> object:
    """What stands under the keys, one within the other; None where the path breaks."""
    for key in keys:
        if not isinstance(source, Mapping):
            return None
        source = source.get(key)
    return source


def text(source: object, *keys: str) -> str:
    found = value(source, *keys)
    return clean(found) if isinstance(found, str) else ""


def table(source: object, *keys: str) -> Json:
    found = value(source, *keys)
    return found if isinstance(found, Mapping) else {}


def rows(source: object, *keys: str) -> Sequence[object]:
    found = value(source, *keys)
    return found if isinstance(found, list | tuple) else ()


def flag(source: object, *keys: str) -> bool:
    return value(source, *keys) is True


def when(source: object, *keys: str) -> datetime | None:
    """Milliseconds since 1970; a sender's server chose them, so nonsense is possible and gives None."""
    found = value(source, *keys)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= _LATEST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=found)


def clean(found: str) -> str:
    return found.encode("utf-8", "replace").decode().replace("\0", "")
