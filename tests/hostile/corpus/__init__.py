"""The corpus, and the bombs that are too large to keep in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
MEGABYTE = 1_000_000


def _read(name: str) -> Any:
    return json.loads((_HERE / name).read_text())


TEXTS: Mapping[str, str] = _read("texts.json")
EVENTS: Mapping[str, object] = _read("events.json")
NOTIFICATIONS: Mapping[str, object] = _read("notifications.json")

#: What is repeated up to a megabyte: whatever makes some parser look again and again over what it has seen.
UNITS: Sequence[str] = _read("units.json")


def bomb(unit: str) -> str:
    """A megabyte of it."""
    return (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
