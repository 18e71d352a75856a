"""`outreach case`: what is open, by alias and stage. Shows no person, no post and no words (leak 42)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from outreach.bootstrap.offline import opened
from outreach.domain.case import Case, Stage
from outreach.entrypoints.cli.database import config_of
from outreach.entrypoints.cli.failing import CommandFailed
from outreach.ports.store import Transaction

cli = typer.Typer(help="See which cases there are, without who or what they are about.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@cli.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Cases that are not closed."""
    with opened(config_of(context)) as store:
        found = [case for case in store.database.run(_all) if case.stage is not Stage.CLOSED]
    rows = [_row(case) for case in sorted(found, key=lambda case: case.alias)]
    if as_json:
        typer.echo(json.dumps(rows))
    elif not rows:
        typer.echo("No open cases.")
    for row in () if as_json else rows:
        typer.echo(f"{row['alias']}  {row['stage']}  {row['platform']}  {row['ask']}")


@cli.command()
def show(context: typer.Context, alias: str, as_json: AsJson = False) -> None:
    """One case: its stage, its deadlines' names, how many asked (as a range)."""
    with opened(config_of(context)) as store:
        found = [case for case in store.database.run(_all) if case.alias == alias]
    if not found:
        raise CommandFailed(f"there is no case {alias}; `outreach case list` shows the open ones")
    row = _row(found[0])
    typer.echo(json.dumps(row) if as_json else "\n".join(f"{name}: {value}" for name, value in row.items()))


def _all(tx: Transaction) -> list[Case]:
    return [case for name in tx.cases.all() if (case := tx.cases.load(name)) is not None]


def _row(case: Case) -> dict[str, str]:
    return {
        "alias": str(case.alias),
        "stage": str(case.stage),
        "platform": case.platform,
        "ask": str(case.concern or case.ask),
        "strength": "" if case.concern else str(case.strength),
        "outcome": str(case.ending or ""),
    }
