"""Turns what msgspec found wrong into words for an operator: key, problem, remedy. Knows no setting by its name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from outreach.config.errors import ConfigError
from outreach.config.secrets import NAMES
from outreach.config.tables import Table, Tables

_AT = re.compile(r"(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`")
_TYPE = re.compile(r"Expected `([^`]*)`(.*?)(?:, got `?([^`]*)`?)?")
_HUMAN = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false, without quotes",
    "array": "a list in [ ]",
    "object": "a table",
}
#: Words that look as if a secret had been written into the file.
_SECRET = re.compile(r"token|password|secret|master_key|api_?key", re.IGNORECASE)


def explain(file: Path, error: msgspec.ValidationError) -> ConfigError:
    """The sentence for one error of msgspec; no value of the file is in it."""
    found = _AT.fullmatch(str(error))
    problem, path = (found["problem"], found["path"] or "") if found else (str(error), "")
    if unknown := _UNKNOWN.fullmatch(problem):
        return _unknown(file, path, unknown[1])
    if missing := _MISSING.fullmatch(problem):
        return _missing(file, path, missing[1])
    if problem.startswith("Invalid enum value"):
        choices = ", ".join(f'"{choice}"' for choice in _choices(path))
        return ConfigError(file, path, "has a value it cannot have", f"use one of {choices}")
    return ConfigError(file, path, _wrong_type(problem), "correct it there")


def _unknown(file: Path, path: str, name: str) -> ConfigError:
    key = f"{path}.{name}".lstrip(".")
    if _SECRET.search(name):
        variable = next((n for n in (f"{path}_{name}", name) if n in NAMES), "NAME").upper()
        problem = "looks like a secret, which never stands in the file"
        return ConfigError(file, key, problem, f"take it out and give it as OUTREACH_{variable} or a file")
    table = _type_at(path)
    known = table.__struct_fields__ if table else ()
    if near := difflib.get_close_matches(name, known, n=1):
        return ConfigError(file, key, "is not a setting", f'did you mean "{near[0]}"?')
    if homes := [home for home, fields in _all_tables() if name in fields and home != path]:
        return ConfigError(file, key, "is not a setting there", f"move it to [{homes[0]}]")
    return ConfigError(file, key, "is not a setting", f"take it out; possible are {', '.join(known)}")


def _missing(file: Path, path: str, name: str) -> ConfigError:
    key = f"{path}.{name}".lstrip(".")
    if path:
        return ConfigError(file, key, "is missing", f"add {name} = … to [{path}]")
    return ConfigError(file, f"[{key}]", "is missing", "add the table")


def _wrong_type(problem: str) -> str:
    found = _TYPE.fullmatch(problem)
    if found is None:
        return problem
    parts = [part.strip() for part in found[1].split("|")]
    wanted = " or ".join(_HUMAN.get(part, part) for part in parts if part != "null")
    got = f", but is {_HUMAN[found[3]]}" if found[3] in _HUMAN else ""
    return f"must be {wanted}{found[2]}{got}"


def _all_tables(prefix: str = "", table: type[Table] = Tables) -> Iterator[tuple[str, tuple[str, ...]]]:
    if prefix:
        yield prefix, table.__struct_fields__
    for name in table.__struct_fields__:
        inner = _struct_in(_hints(table)[name])
        if inner is not None:
            yield from _all_tables(f"{prefix}.{name}".lstrip("."), inner)


@cache
def _hints(table: type[Table]) -> dict[str, Any]:
    return get_type_hints(table, include_extras=False)


def _struct_in(kind: Any) -> type[Table] | None:
    """The table inside `Table | None`, `tuple[Table, ...]`, `dict[str, Table]`, or the table itself."""
    for part in (kind, *get_args(kind)):
        if isinstance(part, type) and issubclass(part, Table):
            return part
    return None


def _type_at(path: str) -> type[Table] | None:
    table: type[Table] | None = Tables
    for name in filter(None, re.sub(r"\[[^]]*\]", "", path).split(".")):
        table = _struct_in(_hints(table).get(name)) if table else None
    return table


def _choices(path: str) -> tuple[str, ...]:
    above, _, name = path.rpartition(".")
    table = _type_at(above)
    kind = _hints(table).get(name) if table else None
    return get_args(kind) if get_origin(kind) is Literal else ()
