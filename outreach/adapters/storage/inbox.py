"""Things that reached us, sealed until they are applied. Knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.pieces import SqlPieces
from outreach.adapters.storage.sealing import Sealer
from outreach.ports import Batch, Incoming
from outreach.ports.store import Line, Torn

log = structlog.get_logger()


class SqlInbox:
    """The `Inbox` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def journal(self, batch: Batch) -> int:
        """Store what is new, and the cursor, in the caller's transaction."""
        new = sum(self._store(item) for item in batch.items)
        SqlPieces(self._sql, self._sealer).save(batch.source, batch.pieces)
        sealed = self._sealer.wrap(batch.cursor.encode(), f"cursor:{batch.source}")
        row = {"source": batch.source, "cursor": sealed}
        self._sql.execute(upsert(schema.cursors).values(row).on_conflict_do_update(["source"], set_=row))
        return new

    def _store(self, item: Incoming) -> bool:
        newest = self._see(item, item.source)
        if newest is None or (item.twin and self._see(item, item.twin) is None):
            return False
        lane = self._sealer.link_index("inbox-lane", item.room or item.sender.key)
        body = self._sealer.seal_link(codec.encode(item), f"inbox:{newest}")
        self._sql.execute(insert(schema.inbox).values(lane=lane, body=newest.encode() + b"\n" + body))
        return True

    def _see(self, item: Incoming, source: str) -> str | None:
        """The name under which it is known from now on; None if it was known already."""
        known = schema.seen.c.source.in_(self._sealer.indexes("source", f"{item.platform}:{source}"))
        if self._sql.execute(select(schema.seen.c.day).where(known)).first():
            return None
        day = item.at.date().isoformat() if item.at else ""
        newest = self._sealer.index("source", f"{item.platform}:{source}")
        self._sql.execute(insert(schema.seen).values(source=newest, day=day))
        return newest

    def cursor(self, source: str) -> str:
        """Where that source was read to. Sealed: that of a list of reports tells when somebody reported."""
        found = self._sql.execute(select(schema.cursors.c.cursor).where(schema.cursors.c.source == source)).scalar()
        if not found or "." not in found:  # as they were kept first, in clear
            return found or ""
        return self._sealer.unwrap(found, f"cursor:{source}").decode()

    def lines(self, limit: int = 50) -> Sequence[Line | Torn]:
        """The oldest unapplied line of each lane."""
        rows = schema.inbox
        heads = select(func.min(rows.c.id)).where(~rows.c.aside).group_by(rows.c.lane)
        found = self._sql.execute(select(rows).where(rows.c.id.in_(heads)).order_by(rows.c.id).limit(limit))
        return [self._line(row.id, row.lane, row.body) for row in found]

    def _line(self, row: int, lane: str, body: bytes) -> Line | Torn:
        """One torn row must not keep all the others from being read."""
        try:
            return Line(row, lane, self._open(body))
        except Exception as error:
            log.error("row does not open", table="inbox", exc_info=error)
            return Torn(row)

    def _open(self, body: bytes) -> Incoming:
        name, _, sealed = body.partition(b"\n")
        return codec.decode(self._sealer.unseal_link(sealed, f"inbox:{name.decode()}"), Incoming)

    def done(self, line: Line) -> None:
        """Forget the body; the id stays as an HMAC in `seen` (F6)."""
        self._sql.execute(delete(schema.inbox).where(schema.inbox.c.id == line.id))

    def opened(self, line: Line, incoming: Incoming) -> Line | None:
        """In its place, sealed under the name it has; None, and gone, where the words were shown to us before."""
        if incoming.twin and self._see(incoming, incoming.twin) is None:
            self.done(line)
            return None
        match = schema.inbox.c.id == line.id
        name = self._sql.execute(select(schema.inbox.c.body).where(match)).scalar_one().partition(b"\n")[0]
        body = self._sealer.seal_link(codec.encode(incoming), f"inbox:{name.decode()}")
        self._sql.execute(update(schema.inbox).where(match).values(body=name + b"\n" + body))
        return replace(line, incoming=incoming)

    def put_aside(self, line: Line | Torn) -> None:
        """Out of its lane's way, kept for a person to look at."""
        self._sql.execute(update(schema.inbox).where(schema.inbox.c.id == line.id).values(aside=True))
