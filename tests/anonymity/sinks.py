"""Every place where something of a reporter might be found, each as what an onlooker there can read (T0)."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import prometheus_client
import structlog

from outreach.adapters.storage import keeping
from outreach.entrypoints import log_setup
from tests.anonymity import eyes
from tests.anonymity.stage import Stage

#: Chatter of these is switched off by the bot's own set-up, not only hidden; people and servers here share them.
_SWITCHED_OFF = ("nio", "peewee", "mastodon", "urllib3", "aiohttp", "requests")


class Raw(logging.Handler):
    """Every record of every logger, message and all, as no operator sees it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.name.split(".")[0] not in _SWITCHED_OFF:
            self.lines.append(f"{record.name} {record.getMessage()} {record.exc_info or ''}")


class Logs:
    """The bot's own log at DEBUG, and what the libraries would say if anybody listened."""

    def __init__(self) -> None:
        self.stream, self.raw = io.StringIO(), Raw()

    def read(self) -> list[object]:
        """All of it."""
        return [self.stream.getvalue(), self.raw.lines]


@contextmanager
def logging_all() -> Iterator[Logs]:
    """Logs as `run` sets them up, at DEBUG; afterwards everything is as it was."""
    root, hooks, logs = logging.getLogger(), (sys.excepthook, sys.unraisablehook, threading.excepthook), Logs()
    before = root.handlers[:], root.level
    loggers = {name: one for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    levels = {name: (one.level, one.handlers[:], one.propagate) for name, one in loggers.items()}
    log_setup.configure(level="DEBUG", stream=logs.stream)
    root.addHandler(logs.raw)
    root.setLevel(logging.DEBUG)
    try:
        yield logs
    finally:
        root.handlers[:], root.level = before
        for name, (level, handlers, propagate) in levels.items():
            loggers[name].level, loggers[name].handlers[:], loggers[name].propagate = level, handlers, propagate
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        logging.captureWarnings(False)
        structlog.reset_defaults()


async def author(stage: Stage) -> list[object]:
    """The author's rooms with their whole state, invitations, notifications; strangers' view; fetches elsewhere."""
    home = "canaryhome.example"
    fetches = [one for one in stage.town.strict.fetches() if home not in one["url"]]
    return [await eyes.of_recipient(stage), await eyes.of_strangers(stage), fetches]


async def staff(stage: Stage) -> list[object]:
    """The staff room as a moderator."""
    return [await eyes.staff_side(stage)]


def files(stage: Stage) -> list[object]:
    """Names and bytes of all files in the bot's folder: database, -wal, -shm, keyring, configuration."""
    paths = sorted(path for path in stage.town.folder.rglob("*") if path.is_file())
    return [[str(path) for path in paths], *(path.read_bytes() for path in paths)]


def backup(stage: Stage, to: Path) -> list[object]:
    """What `outreach backup` writes."""
    keeping.back_up(stage.town.database, to)
    return [to.read_bytes()]


def metrics() -> list[object]:
    """All that a scrape would say."""
    return [prometheus_client.generate_latest()]


def process() -> list[object]:
    """What a neighbour on the machine, or a dump of names, shows."""
    threads = [thread.name for thread in threading.enumerate()]
    tasks = [task.get_name() for task in asyncio.all_tasks()]
    handles = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return [Path("/proc/self/cmdline").read_bytes(), Path("/proc/self/environ").read_bytes(), threads, tasks, handles]
