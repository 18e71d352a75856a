"""A copy without deleted rows, a look at every row, and the broom. Reads what the tables hold; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, func, select, text

from outreach.adapters.storage import schema
from outreach.adapters.storage.engine import Database
from outreach.adapters.storage.sealing import Sealer
from outreach.adapters.storage.transaction import SqlTransaction
from outreach.ports.store import Transaction

#: How long an id that was journaled is known again; no server repeats itself after that.
SEEN_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Findings:
    """What `db check` found: damaged rows by table, and rows that wait for a person."""

    damaged: tuple[str, ...]
    cases: int
    parked: int
    put_aside: int

    @property
    def sound(self) -> bool:
        """Whether every row could be read."""
        return not self.damaged


def back_up(database: Database, target: Path) -> None:
    """Write a copy that holds no deleted row (leak 28). The target must not exist."""
    if target.exists():
        raise FileExistsError(target)
    quoted = str(target).replace("'", "''")
    database.outside(f"VACUUM INTO '{quoted}'")
    target.chmod(0o600)


def tidy(database: Database, today: date) -> None:
    """Let go of what has served: ids seen long ago, counters that expired."""
    before = (today - SEEN_FOR).isoformat()

    def delete_old(sql: Connection) -> None:
        sql.execute(delete(schema.seen).where(schema.seen.c.day < before))
        sql.execute(delete(schema.counters).where(schema.counters.c.expires < today.isoformat()))

    database.sql(delete_old)


def sweep(database: Database) -> None:
    """Move deleted pages out of the write-ahead log, so that no remnant stays on disk (leak 28)."""
    database.outside("PRAGMA wal_checkpoint(TRUNCATE)")


def look_through(database: Database, vault: Sealer) -> Findings:
    """Read every row with its key."""

    def look(sql: Connection) -> Findings:
        damaged = [] if _whole(sql) else ["file"]
        tx: Transaction = SqlTransaction(sql, vault)
        damaged += _unreadable_cases(tx)
        damaged += _unreadable(sql, tx)
        aside = select(func.count()).select_from(schema.inbox).where(schema.inbox.c.aside)
        return Findings(tuple(damaged), len(tx.cases.all()), tx.outbox.parked(), sql.execute(aside).scalar_one())

    return database.sql(look)


def _whole(sql: Connection) -> bool:
    return sql.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def _unreadable_cases(tx: Transaction) -> list[str]:
    found = []
    for case in tx.cases.all():
        try:
            tx.cases.load(case)
            tx.exhibits.of(case)
            for number in range(1, tx.exhibits.pictures(case) + 1):
                tx.exhibits.picture(case, number)
        except Exception:  # whatever keeps a row from being read is damage
            found.append("cases")
    return found


def _unreadable(sql: Connection, tx: Transaction) -> list[str]:
    found = []
    for row in sql.execute(select(schema.conversations.c.id)).all():
        try:
            tx.conversations.get(row.id)
        except Exception:  # as above
            found.append("conversations")
    try:
        tx.registers.enrolled()
    except Exception:  # as above
        found.append("roster")
    return found


def forget_again(database: Database, vault: Sealer) -> int:
    """After a restore: what was forgotten since the backup is forgotten again, opt-outs stand again (F23)."""

    def forget(sql: Connection) -> int:
        tx, gone = SqlTransaction(sql, vault), 0
        forgotten = vault.forgotten()
        for case in tx.cases.all():
            if forgotten & set(vault.indexes("forgotten", case)):
                sql.execute(delete(schema.events).where(schema.events.c.case == case))
                sql.execute(delete(schema.timers).where(schema.timers.c.owner == case))
                sql.execute(delete(schema.subjects).where(schema.subjects.c.case == case))
                sql.execute(delete(schema.exhibits).where(schema.exhibits.c.case == case))
                sql.execute(delete(schema.pictures).where(schema.pictures.c.case == case))
                sql.execute(delete(schema.desk).where(schema.desk.c.case == case))
                sql.execute(delete(schema.cases).where(schema.cases.c.id == case))
                gone += 1
        sql.execute(delete(schema.opt_outs))
        for person in sorted(vault.opted_out()):
            sql.execute(schema.opt_outs.insert().values(person=person))
        return gone

    return database.sql(forget)


def park_all(database: Database) -> int:
    """After a restore: nothing leaves before it was looked up; staff release it (F23)."""

    def park(sql: Connection) -> int:
        rows = schema.outbox.c
        waiting = sql.execute(select(func.count()).select_from(schema.outbox).where(~rows.errand)).scalar_one()
        sql.execute(schema.outbox.update().where(~rows.errand).values(unknown=True))
        return waiting

    return database.sql(park)
