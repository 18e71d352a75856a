"""The commands, their options and their help. Does nothing itself: each command is a module beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from outreach import __version__
from outreach.entrypoints import log_setup
from outreach.entrypoints.cli import cases, checking, database, keys, letters, plan, sandbox
from outreach.entrypoints.cli.running import CONFIG_VARIABLE, DEFAULT_CONFIG, run

cli = typer.Typer(
    name="outreach",
    help="Asks a post's author kindly, in their language, without giving away who asked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli.add_typer(keys.cli, name="keys")
cli.add_typer(letters.cli, name="letters")
cli.add_typer(cases.cli, name="case")
cli.add_typer(database.cli, name="db")
cli.command("sandbox")(sandbox.sandbox)
cli.command("check")(checking.check)
cli.command("plan")(plan.plan)
cli.command("backup")(database.backup)
cli.command("restore")(database.restore)
cli.command("purge")(database.purge)
keys.cli.command("rotate")(database.rotate)


def invoke(arguments: list[str]) -> int:
    """Run one command line. Wrong usage ends in SystemExit(2), a failure in an exception."""
    log_setup.configure(level="WARNING")
    code = typer.main.get_command(cli)(arguments, prog_name="outreach", standalone_mode=True)
    return int(code or 0)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"outreach {__version__}")
        raise typer.Exit


@cli.callback()
def common(
    context: typer.Context,
    config: Annotated[Path, typer.Option(metavar="FILE", envvar=CONFIG_VARIABLE, help="The configuration.")] = Path(
        DEFAULT_CONFIG
    ),
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep the path of the configuration for the commands that need it."""
    context.obj = config


@cli.command("run")
def run_(context: typer.Context) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    raise typer.Exit(run(["--config", str(context.obj), "run"]))
