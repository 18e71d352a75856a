"""One connection on one writer thread: no await can happen inside a transaction, and no cancellation can cut one.

`BEGIN IMMEDIATE`, WAL, `secure_delete`; rolls back on `BaseException`. Never creates or changes tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from outreach.adapters.storage.sealing import Sealer
from outreach.adapters.storage.transaction import SqlTransaction
from outreach.ports.store import Transaction

T = TypeVar("T")

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a journaled line must survive power loss, not only a killed process
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
)


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///` address. Raises `ValueError` for any other database."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or len(url) == len(prefix):
        raise ValueError("only sqlite:///FILE is supported in this version")
    return Path(url[len(prefix) :])


def open_engine(url: str) -> Engine:
    """An engine whose connections have the pragmas set and whose transactions take the write lock at once."""
    sqlite_path(url)
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "isolation_level": None},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_pragmas(connection: Any, record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class Database:
    """The `Store` port on SQLite."""

    def __init__(self, url: str, sealer: Sealer) -> None:
        self._engine = open_engine(url)
        self._sealer = sealer
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on the writer thread in one transaction. A cancelled caller does not cut it."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self.run, work)

    async def on_writer(self, work: Callable[[], T]) -> T:
        """Run maintenance on the writer thread, between two transactions."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def run(self, work: Callable[[Transaction], T]) -> T:
        """The same for callers without an event loop, such as the command line."""
        with self._engine.begin() as connection:
            return work(SqlTransaction(connection, self._sealer))

    def sql(self, work: Callable[[Connection], T]) -> T:
        """A transaction on the bare connection, for maintenance."""
        with self._engine.begin() as connection:
            return work(connection)

    def outside(self, statement: str) -> None:
        """A statement that SQLite refuses inside a transaction (`VACUUM INTO`, checkpoint)."""
        raw = self._engine.raw_connection()
        try:
            raw.driver_connection.execute(statement).close()  # type: ignore[union-attr]  # sqlite3's own object
        finally:
            raw.close()

    def close(self) -> None:
        """Finish what is under way and close the file."""
        self._writer.shutdown(wait=True)
        self._engine.dispose()
