"""From merged tables to the types of the domain, strictly: no unknown key, no wrong type. Asks nothing of their sense.

Every entry is converted alone, so that a mistake can be named by its whole key.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from outreach.adapters.profiles.layers import Stack
from outreach.domain.discipline.spans import Span
from outreach.domain.profile import Profile
from outreach.domain.words import Text

_AT = re.compile(r"(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`")
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,4})*")
_TYPES = {
    "str": "text in quotes",
    "int": "a whole number",
    "bool": "true or false, without quotes",
    "array": "a list in [ ]",
    "object": "a table",
    "date": "a date such as 2027-01-01",
}


def shaped(stack: Stack, name: str, version: str) -> Profile:
    """The profile; raises `BadProfile` for the first thing that has no place or no shape."""
    kinds = _fields(Profile)
    _refuse_unknown(stack, (), stack.merged, kinds.keys() - {"name", "version"})
    tables = {table: _table(stack, table, kinds[table]) for table in stack.merged}
    return Profile(name=name, version=version, **tables)


def _table(stack: Stack, table: str, kind: Any) -> Any:
    value = stack.merged[table]
    if not isinstance(value, dict):
        raise stack.fault((table,), "must be a table", f"write [{table}]")
    if get_origin(kind) is not Mapping:
        return _one(stack, (table,), value, kind)
    key_kind, entry_kind = get_args(kind)
    return {
        _named(stack, table, key, key_kind): _one(stack, (table, key), entry, entry_kind)
        for key, entry in value.items()
    }


def _named(stack: Stack, table: str, key: str, kind: Any) -> Any:
    try:
        return msgspec.convert(key, kind)
    except msgspec.ValidationError:
        known = ", ".join(f'"{each}"' for each in kind)
        raise stack.fault((table, key), "is not known", f"use one of {known}") from None


def _one(stack: Stack, key: tuple[str, ...], value: Any, kind: Any) -> Any:
    if not isinstance(value, dict):
        raise stack.fault(key, "must be a table", "write its keys below its name in [ ]")
    _refuse_unknown(stack, key, value, _fields(kind).keys())
    try:
        return msgspec.convert(value, kind, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise _explained(stack, key, kind, str(error)) from None


def _refuse_unknown(stack: Stack, key: tuple[str, ...], value: Mapping[str, Any], known: Any) -> None:
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            remedy = f'did you mean "{near[0]}"?' if near else f"take it out; possible are {', '.join(sorted(known))}"
            raise stack.fault((*key, name), "is not a key of a profile", remedy)


def _decoded(wanted: type, value: Any) -> object:
    if wanted is Span:
        if not isinstance(value, str):
            raise ValueError('must be a length of time in quotes, such as "24h"')
        return Span(value)
    if isinstance(value, str):
        return Text(value)
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError('must be text in quotes, or a table of languages such as { en = "…", de = "…" }')
    if wrong := next((code for code in value if not _LANGUAGE.fullmatch(code)), None):
        raise ValueError(f'names the language "{wrong}", which is none')
    if not value.get("en"):
        raise ValueError("lacks its English, which is what is left where a language is missing; add en")
    return Text(value["en"], {code.replace("-", "_"): words for code, words in value.items() if code != "en"})


def _explained(stack: Stack, key: tuple[str, ...], kind: type, said: str) -> Exception:
    found = _AT.fullmatch(said)
    problem, path = (found["problem"], found["path"] or "") if found else (said, "")
    at = (*key, *(part for part in re.sub(r"\[[^]]*\]", "", path).split(".") if part))
    if missing := _MISSING.fullmatch(problem):
        return stack.fault((*at, missing[1]), "is missing", "add it")
    choices = list(_choices(_fields(kind).get(at[len(key)]))) if len(at) > len(key) else []
    if problem.startswith("Invalid enum value"):
        return stack.fault(at, "has a value it cannot have", f"use one of {', '.join(choices)}")
    return stack.fault(at, _wrong_type(problem), "correct it there")


def _wrong_type(problem: str) -> str:
    found = re.fullmatch(r"Expected `([^`]*)`(.*?)(?:, got `?([^`]*)`?)?", problem)
    if found is None:
        return problem
    wanted = [_TYPES.get(part.strip(), part.strip()) for part in found[1].split("|") if part.strip() != "null"]
    got = f", but is {_TYPES[found[3]]}" if found[3] in _TYPES else ""
    return f"must be {' or '.join(wanted)}{found[2]}{got}"


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in dataclasses.fields(kind)}


def _choices(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (f'"{each}"' for each in get_args(kind))
    elif get_origin(kind) in (Union, UnionType, tuple):
        for part in get_args(kind):
            yield from _choices(part)
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        yield from (f'"{value}"' for value in kind)
