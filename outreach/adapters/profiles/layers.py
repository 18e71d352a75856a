"""Profiles from files: read, their `extends` followed, merged in order. Does not know what a profile may contain.

A file is merged once, where it is first extended; later files override earlier ones by key. `remove` takes away what
earlier files say. A text may be the English alone or a table of languages; both merge.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from outreach.adapters.profiles.errors import BadProfile
from outreach.adapters.profiles.lines import line_of

#: What belongs to a file and is not merged.
OF_FILE = frozenset({"name", "version", "extends", "remove"})
_ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says. `under` is the table in it that holds the profile, for `[policy]` of the configuration."""

    file: Path
    data: Mapping[str, Any]
    under: tuple[str, ...] = ()

    def sets(self, key: Sequence[str]) -> bool:
        """Whether the file says anything at exactly this key."""
        value: Any = self.data
        for part in key:
            if not isinstance(value, Mapping) or part not in value:
                return False
            value = value[part]
        return True

    def fault(self, key: Sequence[str], problem: str, remedy: str) -> BadProfile:
        """The error for a key of this file."""
        path = (*self.under, *key)
        return BadProfile(self.file, _line(self.file, path), dotted(path), problem, remedy)


@dataclass(slots=True)
class Stack:
    """Layers from the first extended to the last, and what they say together."""

    layers: list[Layer] = field(default_factory=list)
    merged: dict[str, Any] = field(default_factory=dict)

    def add(self, layer: Layer) -> None:
        """Lay one more on top."""
        for removed in _listed(layer, "remove"):
            self._remove(layer, removed)
        own = {key: value for key, value in layer.data.items() if key not in OF_FILE}
        self.merged = _over(self.merged, own)
        self.layers.append(layer)

    def _remove(self, layer: Layer, removed: str) -> None:
        table, _, name = removed.partition(".")
        entries = self.merged.get(table)
        if not name or not isinstance(entries, dict) or name not in entries:
            raise layer.fault(("remove",), f'names "{removed}", which nothing before it has', "take it out of the list")
        del entries[name]

    def fault(self, key: Sequence[str], problem: str, remedy: str) -> BadProfile:
        """The error for a key, in the file that says it last; if no file does, at what is nearest to it in the last."""
        for length in range(len(key), 0, -1):
            for layer in reversed(self.layers):
                if layer.sets(key[:length]):
                    said = layer.fault(key[:length], "", "")
                    return BadProfile(layer.file, said.line, dotted((*layer.under, *key)), problem, remedy)
        return self.layers[-1].fault(key, problem, remedy)


def stacked(file: Path, shipped: Path, overrides: Layer | None = None) -> Stack:
    """The file with all it extends below it, and the overrides on top."""
    stack = Stack()
    for layer in _in_order(file, shipped, (), set()):
        stack.add(layer)
    if overrides is not None:
        stack.add(overrides)
    return stack


def _in_order(file: Path, shipped: Path, above: tuple[Path, ...], seen: set[Path]) -> Iterator[Layer]:
    where = file.resolve()
    seen.add(where)
    layer = Layer(file, _read(file))
    for name in _listed(layer, "extends"):
        extended = _found(layer, name, shipped)
        if extended.resolve() in (*above, where):
            ring = " → ".join(path.stem for path in (*above, where, extended.resolve()))
            raise layer.fault(("extends",), f"goes round in a circle ({ring})", "take one of them out")
        if extended.resolve() not in seen:
            yield from _in_order(extended, shipped, (*above, where), seen)
    yield layer


def _listed(layer: Layer, key: str) -> list[str]:
    value = layer.data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise layer.fault((key,), "must be a list of texts in [ ]", "correct it there")
    return value


def _found(layer: Layer, name: str, shipped: Path) -> Path:
    """A shipped profile by its name, or a file, relative to the one that names it."""
    for path in (shipped / f"{name}.toml", layer.file.parent / name):
        if path.is_file():
            return path
    known = ", ".join(sorted(f'"{path.relative_to(shipped).with_suffix("").as_posix()}"' for path in _all(shipped)))
    raise layer.fault(("extends",), f'names "{name}", which is no profile and no file', f"use {known} or a path")


def _all(shipped: Path) -> Iterator[Path]:
    return shipped.rglob("*.toml")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadProfile(file, 0, "", f"cannot be read ({type(error).__name__})", "mend its rights or path") from None
    except UnicodeDecodeError:
        raise BadProfile(file, 0, "", "is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        said = str(error).partition("\n")[0]
        raise BadProfile(file, 0, "", f"is not TOML: {said}", "correct that line") from None


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    return {**below, **{key: _either(below.get(key), value) for key, value in above.items()}}


def _either(below: Any, above: Any) -> Any:
    if not isinstance(above, dict):
        return above
    if isinstance(below, str):  # own languages beside a text that was English alone
        below = {_ENGLISH: below}
    return _over(below if isinstance(below, dict) else {}, above)


def _line(file: Path, path: Sequence[str]) -> int:
    try:
        return line_of(file.read_bytes().decode("utf-8-sig"), path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return 0


def dotted(path: Sequence[str]) -> str:
    """A key as it is written in TOML."""
    return ".".join(part if part.replace("-", "").replace("_", "").isalnum() else f'"{part}"' for part in path)
