"""`outreach plan`: what a row of decisions would mean, from a clean slate. Reads a policy, changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from outreach.config import load, named_profile
from outreach.domain.discipline.plan import Consequence, Discipline, Sanction
from outreach.entrypoints.cli.choosing import one_of
from outreach.entrypoints.cli.failing import CommandFailed

_WITH_PLAN = "branches"
_NAMES = {Sanction.WARN: "warning", Sanction.MUTE: "mute", Sanction.KICK: "kick", Sanction.BAN: "ban"}


def plan(
    context: typer.Context,
    classes: Annotated[list[str], typer.Argument(metavar="CLASS…", help="Classes in the order of the decisions.")],
    profile: Annotated[
        str, typer.Option(metavar="P", help="A profile by its name or path; else the configured one, else branches.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Print what a row of decisions would mean for somebody with a clean slate."""
    discipline = _discipline(profile, context.obj)
    named = [_known(discipline, each) for each in classes]
    done = discipline.consequences(named)
    if as_json:
        typer.echo(json.dumps([_row(one) for one in done]))
    for line in () if as_json else _lines(discipline, done):
        typer.echo(line)


def _discipline(name: str, config: Path) -> Discipline:
    if name:
        found = named_profile(name)
        if found.discipline is None:
            raise CommandFailed(f"The profile {found.name} decides without classes, so it has no plan; branches has.")
        return found.discipline
    configured = load(config).profile.discipline if config.is_file() else None
    shipped = named_profile(_WITH_PLAN).discipline
    if configured is None and config.is_file():
        typer.echo("This community decides without classes; what follows is the plan of branches.", err=True)
    found_one = configured or shipped
    assert found_one is not None  # noqa: S101  # the shipped profile has classes: a test holds it
    return found_one


def _known(discipline: Discipline, word: str) -> str:
    name = word if word in discipline.classes else word.upper()
    one_of("class", name, list(discipline.classes))
    return name


def _row(one: Consequence) -> dict[str, Any]:
    row: dict[str, Any] = {
        "class": one.offence,
        "index": one.index,
        "measures": [str(measure) for measure in one.measures],
        "ban": None if one.ban is None else str(one.ban),
    }
    return row | ({} if one.appeal else {"appeal": False}) | ({"authorities": True} if one.authorities else {})


def _lines(discipline: Discipline, done: tuple[Consequence, ...]) -> Iterator[str]:
    for one in done:
        said = " and ".join(_measure(discipline, one, measure) for measure in one.measures)
        after = "" if one.appeal else ", no appeal"
        after += ", and the authorities are informed" if one.authorities else ""
        yield f"{one.offence}  index {one.index}  {said}{after}"


def _measure(discipline: Discipline, one: Consequence, measure: Sanction) -> str:
    if measure is Sanction.MUTE:
        return f"{_NAMES[measure]} {discipline.plan.mute}"
    if measure is not Sanction.BAN:
        return _NAMES[measure]
    if one.ban is not None:
        return f"{_NAMES[measure]} {one.ban}"
    return "permanent ban" if discipline.classes[one.offence].permanent else "indefinite ban"
