"""Deadlines by owner, name and subject: one of each. Never fires anything itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage.schema import timers
from outreach.ports.store import Deadline


class SqlTimers:
    """The `Timers` port."""

    def __init__(self, connection: Connection) -> None:
        self._sql = connection

    def set(self, owner: str, timer: str, at: datetime, subject: str = "") -> None:
        """Set or move."""
        row = {"owner": owner, "timer": str(timer), "subject": subject, "due": at.timestamp()}
        keys = ["owner", "timer", "subject"]
        self._sql.execute(upsert(timers).values(row).on_conflict_do_update(keys, set_={"due": row["due"]}))

    def clear(self, owner: str, timer: str, subject: str = "") -> None:
        """Forget, if it stands."""
        match = (timers.c.owner == owner) & (timers.c.timer == str(timer)) & (timers.c.subject == subject)
        self._sql.execute(delete(timers).where(match))

    def due(self, now: datetime, limit: int = 20) -> Sequence[Deadline]:
        """What is due, oldest first."""
        rows = select(timers).where(timers.c.due <= now.timestamp()).order_by(timers.c.due, timers.c.timer)
        return [_deadline(row) for row in self._sql.execute(rows.limit(limit))]

    def next_due(self) -> datetime | None:
        """The earliest."""
        found = self._sql.execute(select(func.min(timers.c.due))).scalar()
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def of(self, owner: str) -> Sequence[Deadline]:
        """All of one owner."""
        return [_deadline(row) for row in self._sql.execute(select(timers).where(timers.c.owner == owner))]


def _deadline(row: object) -> Deadline:
    due = datetime.fromtimestamp(row.due, UTC)  # type: ignore[attr-defined]  # a row's columns are attributes
    return Deadline(row.owner, row.timer, row.subject, due)  # type: ignore[attr-defined]
