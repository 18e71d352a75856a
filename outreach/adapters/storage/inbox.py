"""Things that reached us, sealed until they are applied. Knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.sealing import Sealer
from outreach.ports import Batch, Incoming
from outreach.ports.store import Line


class SqlInbox:
    """The `Inbox` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def journal(self, batch: Batch) -> int:
        """Store what is new, and the cursor, in the caller's transaction."""
        new = sum(self._store(item) for item in batch.items)
        row = {"source": batch.source, "cursor": batch.cursor}
        self._sql.execute(upsert(schema.cursors).values(row).on_conflict_do_update(["source"], set_=row))
        return new

    def _store(self, item: Incoming) -> bool:
        names = self._sealer.indexes("source", f"{item.platform}:{item.source}")
        if self._sql.execute(select(schema.seen.c.day).where(schema.seen.c.source.in_(names))).first():
            return False
        day = item.at.date().isoformat() if item.at else ""
        newest = self._sealer.index("source", f"{item.platform}:{item.source}")
        self._sql.execute(insert(schema.seen).values(source=newest, day=day))
        lane = self._sealer.link_index("inbox-lane", item.room or item.sender.key)
        body = self._sealer.seal_link(codec.encode(item), f"inbox:{newest}")
        self._sql.execute(insert(schema.inbox).values(lane=lane, body=newest.encode() + b"\n" + body))
        return True

    def cursor(self, source: str) -> str:
        """Where that source was read to."""
        found = self._sql.execute(select(schema.cursors.c.cursor).where(schema.cursors.c.source == source)).scalar()
        return found or ""

    def lines(self, limit: int = 50) -> Sequence[Line]:
        """The oldest unapplied line of each lane."""
        rows = schema.inbox
        heads = select(func.min(rows.c.id)).where(~rows.c.aside).group_by(rows.c.lane)
        found = self._sql.execute(select(rows).where(rows.c.id.in_(heads)).order_by(rows.c.id).limit(limit))
        return [Line(row.id, row.lane, self._open(row.body)) for row in found]

    def _open(self, body: bytes) -> Incoming:
        name, _, sealed = body.partition(b"\n")
        return codec.decode(self._sealer.unseal_link(sealed, f"inbox:{name.decode()}"), Incoming)

    def done(self, line: Line) -> None:
        """Forget the body; the id stays as an HMAC in `seen` (F6)."""
        self._sql.execute(delete(schema.inbox).where(schema.inbox.c.id == line.id))

    def put_aside(self, line: Line) -> None:
        """Out of its lane's way, kept for a person to look at."""
        self._sql.execute(update(schema.inbox).where(schema.inbox.c.id == line.id).values(aside=True))
