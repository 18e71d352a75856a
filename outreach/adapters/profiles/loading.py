"""From a profile's name or path to a `Profile`, or to one sentence that says what is wrong with which line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from outreach.adapters.profiles.checking import check
from outreach.adapters.profiles.layers import Layer, Stack, stacked
from outreach.adapters.profiles.shaping import shaped
from outreach.domain.profile import Profile

#: The tables that the configuration's `[policy]` may override: all of a profile but its name and date.
OVERRIDABLE = frozenset(Profile.__dataclass_fields__) - {"name", "version"}


def load(file: Path, shipped: Path, overrides: Layer | None = None) -> Profile:
    """Read a profile with all it extends. Raises `BadProfile` and nothing else."""
    stack = stacked(file, shipped, overrides)
    profile = shaped(stack, _name(stack, file), _version(stack, file))
    check(stack, profile)
    return profile


def shipped(folder: Path, name: str) -> Profile:
    """One of the profiles that come with the program."""
    return load(folder / f"{name}.toml", folder)


def _own(stack: Stack, file: Path) -> Layer:
    return next(layer for layer in stack.layers if layer.file == file)


def _name(stack: Stack, file: Path) -> str:
    return _text(_own(stack, file), "name") or file.stem


def _version(stack: Stack, file: Path) -> str:
    """Name, date and a digest of everything that holds: two policies of one version say the same."""
    own = _own(stack, file)
    said = json.dumps(stack.merged, sort_keys=True, default=str).encode()
    parts = (_name(stack, file), _text(own, "version"), hashlib.sha256(said).hexdigest()[:8])
    return " ".join(filter(None, parts))


def _text(layer: Layer, key: str) -> str:
    value = layer.data.get(key, "")
    if not isinstance(value, str):
        raise layer.fault((key,), "must be text in quotes", "correct it there")
    return value
