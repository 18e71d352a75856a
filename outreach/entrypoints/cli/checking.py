"""`outreach check`: what can be wrong, found before it hurts; each finding is one sentence with its remedy."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from outreach import bootstrap
from outreach.adapters.matrix import MatrixGateway
from outreach.adapters.storage.state import Form, form_of
from outreach.bootstrap.offline import opened
from outreach.config import Config, Secrets, in_environment, load_secrets, open_to_others, secret_files, warnings
from outreach.domain.identity import Platform
from outreach.entrypoints.cli import policy
from outreach.entrypoints.cli.database import config_of
from outreach.ports import Gateway, Misconfigured, TryLater, Undeliverable

_FEWEST_MODERATORS = 2
_PLAIN_STAFF_ROOM = (
    'matrix.staff_room is not encrypted: turn its encryption on in a client; with trust = "cross-signed" nothing is'
    " posted there before."
)
_NO_ROOM_REPORTS = (
    "Reports of whole rooms cannot be read: Synapse keeps them and shows them to nobody; those of messages and people"
    " are read."
)
_NO_WEBHOOK = (
    "web.listen is not opened: there are no pages yet, and Mastodon's webhook needs webhook_secret; set it, or leave"
    " the reports to polling."
)
_NO_FEDIVERSE_REPORTS = (
    "The fediverse server's reports are not read: fediverse_staff_token is missing; set it, or reports = false under"
    " [fediverse]."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence; `wrong` says that the bot will not do its work until it is mended."""

    wrong: bool
    says: str


def check(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False
) -> None:
    """Find what is wrong with configuration, keys, database and accounts; print the policy in force."""
    config = config_of(context)
    found = [*_offline(config), *asyncio.run(_online(config))]
    wrong = any(finding.wrong for finding in found)
    if as_json:
        rows = [{"wrong": finding.wrong, "says": finding.says} for finding in found]
        typer.echo(json.dumps({"ok": not wrong, "findings": rows, "policy": policy.plain(config.profile)}))
    for finding in () if as_json else found:
        typer.echo(f"{'wrong' if finding.wrong else 'note '}  {finding.says}")
    if not found and not as_json:
        typer.echo("All is well.")
    for line in () if as_json else policy.lines(config.profile):
        typer.echo(line)
    raise typer.Exit(1 if wrong else 0)


def _offline(config: Config) -> list[Finding]:
    found = [Finding(False, sentence) for sentence in warnings(config)]
    found += [Finding(False, _exposed(name)) for name in in_environment(os.environ)]
    exposed = open_to_others([config.path, config.keyring_path, *secret_files(os.environ)])
    found += [Finding(True, f"{path}: others may read it; run `chmod 600` on it.") for path in exposed]
    return found + _store(config)


def _exposed(variable: str) -> str:
    return f"{variable} stands in the environment, where child processes and crash reports see it; use {variable}_FILE."


def _store(config: Config) -> list[Finding]:
    form = form_of(config.store.url)
    if form is Form.MISSING:
        return [Finding(False, "There is no database yet; `outreach run` makes it.")]
    if form is not Form.CURRENT:
        return [Finding(True, "The database is of another version; run `outreach db upgrade`, or the newer program.")]
    try:
        with opened(config) as store:
            keep = config.retention.backups
            overdue = store.vault.overdue_backup_keys(store.world.clock.now().date(), keep)
            parked = store.database.run(lambda tx: tx.outbox.parked())
    except Misconfigured as error:
        return [Finding(True, str(error))]
    found = [Finding(False, f"{path}: these keys of a backup are overdue; destroy them.") for path in overdue]
    if parked:
        found.append(Finding(False, f"{parked} messages are set aside because nobody knows whether they arrived."))
    return found


async def _online(config: Config) -> list[Finding]:
    try:
        secrets = load_secrets(config.path, config, os.environ)
        reports = await _reports(config, secrets, bootstrap.real_world())
        if form_of(config.store.url) is not Form.CURRENT:
            gateways = bootstrap.make_gateways(config, secrets, bootstrap.real_world(), "")
            return await _accounts(config, gateways) + reports
        with opened(config) as store:
            device = await store.database.transact(lambda tx: tx.registers.noted(bootstrap.MATRIX_DEVICE))
            gateways = bootstrap.make_gateways(config, secrets, store.world, device, store.database)
            return await _accounts(config, gateways) + reports
    except Misconfigured as error:
        return [Finding(True, str(error))]


async def _accounts(config: Config, gateways: dict[Platform, Gateway]) -> list[Finding]:
    found: list[Finding] = []
    for platform, gateway in gateways.items():
        found += await _account(config, platform, gateway)
        await gateway.close()
    return found


async def _reports(config: Config, secrets: Secrets, world: bootstrap.World) -> list[Finding]:
    """Whether the lists of reports that are to be read can be, and what nobody can read."""
    found: list[Finding] = []
    for source in bootstrap.make_report_sources(config, secrets, world):
        if problem := await _tried(source.open, source.name.partition("-")[0]):
            found.append(problem)
        await source.close()
    if config.web is not None and secrets.webhook_secret is None:
        found.append(Finding(False, _NO_WEBHOOK))
    if config.matrix.synapse_admin:
        found.append(Finding(False, _NO_ROOM_REPORTS))
    if config.fediverse and config.fediverse.reports is not False and secrets.fediverse_staff_token is None:
        found.append(Finding(False, _NO_FEDIVERSE_REPORTS))
    return found


async def _account(config: Config, platform: Platform, gateway: Gateway) -> list[Finding]:
    """Looked at from beside a running bot: nothing is changed, and nothing is read that it has yet to read."""
    matrix = gateway if isinstance(gateway, MatrixGateway) else None
    if problem := await _tried(matrix.examine if matrix is not None else gateway.open, platform):
        return [problem]
    return await _staff_room(config, matrix) if matrix is not None else []


async def _tried(act: Callable[[], Awaitable[object]], platform: str) -> Finding | None:
    try:
        await act()
    except Misconfigured as error:
        return Finding(True, str(error))
    except (TryLater, Undeliverable):
        return Finding(True, f"The {platform} server does not answer; is its address right, and is it up?")
    return None


async def _staff_room(config: Config, gateway: MatrixGateway) -> list[Finding]:
    try:
        present = await gateway.members(str(config.matrix.staff_room))
        is_encrypted = await gateway.is_encrypted(str(config.matrix.staff_room))
    except (TryLater, Undeliverable):
        return [Finding(True, "The bot is not in matrix.staff_room; invite it there.")]
    found = []
    if len(present) < _FEWEST_MODERATORS:
        found.append(Finding(False, "Fewer than two moderators are in the staff room; what needs two cannot be done."))
    if config.matrix.encryption and not is_encrypted:
        found.append(Finding(config.matrix.trust == "cross-signed", _PLAIN_STAFF_ROOM))
    return found
