"""Domain values to bytes and back. Each event carries its form's version in its name; old forms are upcast here."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

import msgspec

from outreach.domain.errors import BrokenHistory
from outreach.domain.events import Event

T = TypeVar("T")

_VERSION = "v1"
_FORMS: dict[str, type] = {f"{form.__name__}.{_VERSION}": form for form in get_args(Event)}


def encode_event(event: Event) -> bytes:
    """An event with the name and version of its form."""
    return msgspec.json.encode([f"{type(event).__name__}.{_VERSION}", event])


def decode_event(body: bytes) -> Event:
    """The event of any released form; raises `BrokenHistory` for one this program does not know."""
    name, facts = msgspec.json.decode(body, type=tuple[str, Any])
    form = _FORMS.get(name)
    if form is None:
        raise BrokenHistory(f"an event of the unknown form {name}")
    event: Event = msgspec.convert(facts, type=form)
    return event


def encode(value: object) -> bytes:
    """Any plain value or dataclass."""
    return msgspec.json.encode(value)


def decode(body: bytes, form: type[T]) -> T:
    """The value of that form."""
    return msgspec.json.decode(body, type=form)
