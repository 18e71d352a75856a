"""`outreach run`: opens everything, says `ready` once, works until told to stop. Loads neither Alembic nor Typer."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from outreach import bootstrap
from outreach.adapters.storage.engine import Database
from outreach.adapters.storage.state import Form, filled, form_of
from outreach.config import Config, load, load_secrets
from outreach.domain.identity import Platform
from outreach.entrypoints import staff_room
from outreach.ports import Gateway, Misconfigured, TryLater
from outreach.services.pump import Pump

if TYPE_CHECKING:
    from outreach.entrypoints.web import Listener

log = structlog.get_logger()

#: What a child process may see of the environment: no secret (F32).
_CHILD_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0


class CannotStart(Misconfigured):
    """The bot cannot start; the message is one plain sentence for the operator."""


def main(config_file: Path) -> int:
    """Run until SIGTERM or SIGINT. Named failures (`ConfigError`, `Misconfigured`) leave as they are."""
    asyncio.run(_run(load(config_file)))
    return 0


async def _run(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    working = asyncio.create_task(_work(config), name="outreach")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        log.info("stopped")
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _work(config: Config) -> None:
    database, gateways, pump = await open_everything(config)
    listener = await _listener(config, pump)
    try:
        await pump.begin()
        log.info("ready")
        await pump.run()
    finally:
        if listener is not None:
            await listener.close()
        for gateway in gateways:
            await gateway.close()
        for source in pump.sources:
            await source.close()
        database.close()


async def open_everything(config: Config, world: bootstrap.World | None = None) -> tuple[Database, list[Gateway], Pump]:
    """Keyring, tables, accounts, services; waits for servers that are down."""
    world = world or bootstrap.real_world()
    secrets = load_secrets(config.path, config, os.environ)
    form = form_of(config.store.url)
    keyring = bootstrap.open_keyring(config, secrets, world, database_filled=filled(config.store.url))
    prepare(config, form)
    database = bootstrap.open_database(config, keyring)
    device = await database.transact(lambda tx: tx.registers.noted(bootstrap.MATRIX_DEVICE))
    gateways = bootstrap.make_gateways(config, secrets, world, device, database)
    try:
        for gateway in gateways.values():
            await _open(gateway)
    except BaseException:  # told to stop while a server is down: sockets are not left behind
        for gateway in gateways.values():
            await gateway.close()
        raise
    now = getattr(gateways[Platform.MATRIX], "device", "")
    await database.transact(lambda tx: tx.registers.note(bootstrap.MATRIX_DEVICE, now))
    settings = bootstrap.make_settings(config, gateways)
    letters = bootstrap.make_letters(config)
    tend = bootstrap.make_upkeep(database, keyring, world)
    sources = bootstrap.make_report_sources(config, secrets, world)
    pump = bootstrap.make_pump(settings, database, gateways, letters, world, staff_room.read, tend, sources)
    return database, list(gateways.values()), pump


async def _listener(config: Config, pump: Pump) -> Listener | None:
    """What others may ask of the bot; without `[web]`, or with nothing to be asked for, no port is opened."""
    secret = load_secrets(config.path, config, os.environ).webhook_secret
    if config.web is None or secret is None:
        return None
    from outreach.entrypoints.web import Listener, MastodonHook  # its modules cost a start that needs them not

    listener = Listener(config.web.listen, MastodonHook(secret.reveal(), pump.news_of_reports, lambda: pump.running))
    await listener.open()
    return listener


async def _open(gateway: Gateway) -> None:
    pause = _FIRST_PAUSE
    while True:
        try:
            return await gateway.open()
        except TryLater as later:
            log.warning("server does not answer", platform=str(gateway.platform))
            await asyncio.sleep(min(max(later.delay, pause), _LONGEST_PAUSE))
            pause *= 2


def prepare(config: Config, form: Form) -> None:
    """Create or upgrade the tables in a child process, so that Alembic is never loaded here."""
    if form is Form.CURRENT:
        return
    if form is Form.NEWER:
        raise CannotStart("the database was written by a newer version; install that version, or restore a backup")
    environment = {name: os.environ[name] for name in _CHILD_ENVIRONMENT if name in os.environ}
    command = [sys.executable, "-m", "outreach.entrypoints.cli", "--config", str(config.path), "db", "upgrade"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CannotStart(f"the database could not be upgraded: {done.stderr.strip() or 'see `outreach db upgrade`'}")
