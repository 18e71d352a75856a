"""`outreach db`, `backup`, `restore`, `purge` and `keys rotate`: care for the store. Talks to no server."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import typer

from outreach import bootstrap
from outreach.adapters.storage import keeping, rotation, upgrade
from outreach.adapters.storage.engine import sqlite_path
from outreach.adapters.storage.state import Form, form_of
from outreach.adapters.vault import parse_master_key, restore_keys
from outreach.bootstrap.offline import Offline, leave_device, opened
from outreach.config import Config, load, load_secrets
from outreach.domain.effects import Timer
from outreach.entrypoints.cli.failing import CommandFailed
from outreach.ports.store import Transaction
from outreach.services.retention import Retention

cli = typer.Typer(help="Create, upgrade and check the database.", no_args_is_help=True)


def config_of(context: typer.Context) -> Config:
    """The configuration the command line names."""
    return load(context.obj)


def _store_file(config: Config) -> Path:
    try:
        return sqlite_path(config.store.url)
    except ValueError as error:
        raise CommandFailed(f"{config.path}: store.url: {error}") from None


@cli.command("upgrade")
def upgrade_(context: typer.Context) -> None:
    """Create the tables, or bring them to this version. `outreach run` does this by itself."""
    config = config_of(context)
    _store_file(config)
    if form_of(config.store.url) is Form.NEWER:
        raise CommandFailed("the database was written by a newer version; install that version, or restore a backup")
    upgrade.upgrade(config.store.url)
    typer.echo("The database is up to date.")


@cli.command()
def check(context: typer.Context) -> None:
    """Read every row with its key and say what is damaged or waits for a person."""
    with opened(config_of(context)) as store:
        found = keeping.look_through(store.database, store.vault)
    typer.echo(f"{found.cases} cases; {found.parked} messages set aside; {found.put_aside} lines set aside.")
    if not found.sound:
        raise CommandFailed(f"damaged: {', '.join(sorted(set(found.damaged)))}; restore a backup")


def backup(context: typer.Context, file: Path) -> None:
    """Write FILE and FILE.keys. Keep them apart: FILE opens only with its own FILE.keys."""
    keys = file.with_name(f"{file.name}.keys")
    for target in (file, keys):
        if target.exists():
            raise CommandFailed(f"{target} exists already; name another file")
    with opened(config_of(context)) as store:
        keeping.back_up(store.database, file)
        store.vault.backup_keys(keys, _today(store))
        days = store.config.retention.backups.days
    typer.echo(f"Written {file} and {keys}. Keep them apart, and destroy {keys.name} after {days} days.")


def restore(context: typer.Context, file: Path) -> None:
    """Put FILE and FILE.keys back where no database is. Nothing is sent twice: what was unsent is looked up first."""
    config, world = config_of(context), bootstrap.real_world()
    target, keys = _store_file(config), file.with_name(f"{file.name}.keys")
    if target.exists():
        raise CommandFailed(f"{target} is there already; move it away first")
    for source in (file, keys):
        if not source.is_file():
            raise CommandFailed(f"{source} is missing; FILE and FILE.keys are both needed")
    master = parse_master_key(load_secrets(config.path, config, os.environ).master_key.reveal())
    restore_keys(config.keyring_path, keys, master, world.entropy)
    shutil.copyfile(file, target)
    target.chmod(0o600)
    upgrade.upgrade(config.store.url)
    with opened(config) as store:
        gone = keeping.forget_again(store.database, store.vault)
        waiting = keeping.park_all(store.database)
        store.database.run(leave_device)
    typer.echo(f"Restored. {gone} cases were forgotten since and are forgotten again.")
    typer.echo(f"{waiting} unsent messages will be looked up before anything of them is sent.")
    if config.matrix.encryption:
        typer.echo(
            "Log the bot in to Matrix anew and store the new matrix_token; with matrix_password it does so itself."
        )


def purge(context: typer.Context) -> None:
    """Forget now what is due, and leave no remnant in the database's files."""
    with opened(config_of(context)) as store:
        count = store.database.run(lambda tx: _forget_due(tx, store))
        keeping.sweep(store.database)
    typer.echo(f"Forgotten: {count}.")


def _forget_due(tx: Transaction, store: Offline) -> int:
    retention, count = Retention(store.world.clock), 0
    for deadline in tx.timers.due(store.world.clock.now(), limit=100_000):
        if deadline.timer in (Timer.UNLINK, Timer.PURGE):
            tx.timers.clear(deadline.owner, deadline.timer, deadline.subject)
            (retention.purge if deadline.timer == Timer.PURGE else retention.unlink)(tx, deadline.owner)
            count += 1
    return count


def rotate(context: typer.Context) -> None:
    """Replace the keys that seal the store. `outreach run` does it weekly by itself."""
    with opened(config_of(context)) as store:
        count = rotation.rotate(store.database, store.vault, _today(store))
        keeping.sweep(store.database)
    typer.echo(f"Sealed anew: {count} values. The old keys are destroyed.")


def _today(store: Offline) -> date:
    return store.world.clock.now().date()
