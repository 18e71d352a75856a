"""The policy in force, for `outreach check`: as lines for a reader, as plain values for programs. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec

from outreach.domain.asks import Strength
from outreach.domain.identity import Platform
from outreach.domain.profile import Clause, Profile
from outreach.domain.words import Text

_GROUPS = (
    *(
        "decision",
        "procedure",
        "sla",
        "appeal",
        "minor",
        "restricted",
        "representation",
        "evidence",
        "harassment",
        "spam",
    ),
    *("report_abuse", "reporter", "log", "recuse", "class_f", "timers"),
)
_OF_DISCIPLINE = ("clocks", "ballot", "membership", "stop", "index_request")


def lines(profile: Profile) -> Iterator[str]:
    """Everything that holds, each in one line."""
    yield f"Policy in force: {profile.version}"
    yield from _section("Labels", _labels(profile))
    yield from _section("Asks", _asks(profile))
    yield from _section("Rules", (_clause(name, clause, profile) for name, clause in profile.clauses.items()))
    yield from _section("Without a rule", (str(topic.name) for topic in profile.topics.values() if topic.gap))
    yield from _section("What follows", (f"{each}: {bound.consequence}" for each, bound in profile.strengths.items()))
    yield from _section("Measures", (f"{name}: {measure.text}" for name, measure in profile.measures.items()))
    yield from _section("Procedure", (f"{name}: {_values(getattr(profile, name))}" for name in _GROUPS))
    yield from _section("No offence", (each.text for each in profile.no_offence.values()))
    yield from _discipline(profile)
    yield from _section("Sources", (_source(profile, name) for name in profile.sources))


def plain(profile: Profile) -> Any:
    """The whole policy as JSON has it; a text with words in other languages is a table of languages."""
    return msgspec.to_builtins(profile, str_keys=True, enc_hook=_encoded)


def _encoded(value: object) -> object:
    if isinstance(value, Text):
        return {"en": str(value), **value.own} if value.own else str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _section(title: str, said: Iterable[str]) -> Iterator[str]:
    found = list(said)
    if found:
        yield f"{title}:"
        yield from (f"  {line}" for line in found)


def _labels(profile: Profile) -> Iterator[str]:
    for strength in Strength:
        of = [name for name, label in profile.labels.items() if _label_strength(profile, name) == strength]
        if of:
            yield f"{strength}: {', '.join(of)}"
    if lived := [name for name in profile.labels if profile.lived(name)]:
        yield f"asked first whether it is the author's own life: {', '.join(lived)}"
    if profile.never_ask.labels:
        yield f"never asked: {', '.join(profile.never_ask.labels)}"


def _label_strength(profile: Profile, name: str) -> Strength:
    label = profile.labels[name]
    return label.strength or profile.clauses[label.clause].strength


def _asks(profile: Profile) -> Iterator[str]:
    for platform in Platform:
        asks = sorted(profile.asks_on(platform))
        yield f"{platform}: {', '.join(f'{ask} ({profile.strength_of(ask)})' for ask in asks) or 'nothing'}"
    if profile.never_ask.asks:
        yield f"never asked: {', '.join(profile.never_ask.asks)}"


def _clause(name: str, clause: Clause, profile: Profile) -> str:
    marks = [str(clause.strength), *([str(clause.level)] if clause.level else [])]
    marks += ["to staff at once"] if clause.urgent else []
    return f"{name} ({', '.join(marks)}): {clause.text} [{', '.join((clause.source, *clause.rules))}]"


def _discipline(profile: Profile) -> Iterator[str]:
    if profile.discipline is None:
        return
    rows = profile.plan.table
    yield from _section("Classes", (f"{name}: {each.text}" for name, each in profile.classes.items()))
    yield from _section("Plan by index, the last cell spans on", (f"{name}: {', '.join(rows[name])}" for name in rows))
    yield from _section("Counting", [_values(profile.plan, "table", "example")])
    yield from _section("Example", profile.plan.example)
    yield from _section("Bans", [f"{', '.join(profile.ladder.steps)}; {_values(profile.ladder, 'steps')}"])
    yield from _section("Exceptions", (each.text for each in profile.exceptions.values()))
    yield from _section("Deciding", (f"{name}: {_values(getattr(profile, name))}" for name in _OF_DISCIPLINE))


def _source(profile: Profile, name: str) -> str:
    source = profile.sources[name]
    adapted = f", adapted from {source.adapted_from}" if source.adapted_from else ""
    return f"{name}: {source.title}{adapted}; licence: {source.licence}"


def _values(group: Any, *without: str) -> str:
    shown = (each.name for each in fields(group) if each.name not in ("rules", *without))
    return ", ".join(f"{name} {_value(getattr(group, name))}" for name in shown)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "none"
    return "unset" if value is None else str(value)
