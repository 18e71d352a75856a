"""`outreach keys`: the master key is made here and stored nowhere; printing it is all."""

from __future__ import annotations

import os

import typer

from outreach.adapters.vault import new_master_key

cli = typer.Typer(help="Make a master key; replace the keys of the store.", no_args_is_help=True)


@cli.callback()
def _group() -> None:
    """Make a master key; replace the keys of the store."""


@cli.command()
def new() -> None:
    """Print a fresh master key: one line. Keep it away from database, keyring and backups."""
    typer.echo(new_master_key(os.urandom))
