"""What adapters keep of their own, sealed under the link key: it holds who writes to whom (F6). Reads none of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.sealing import Sealer
from outreach.ports import Piece

_TABLE = schema.pieces


class SqlPieces:
    """The `Pieces` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def all(self, source: str) -> Sequence[Piece]:
        """Everything one adapter keeps."""
        rows = self._sql.execute(select(_TABLE).where(_TABLE.c.source == source)).all()
        return [self._open(row.name, row.body) for row in rows]

    def save(self, source: str, pieces: Sequence[Piece]) -> None:
        """Put, replace or take away."""
        for piece in pieces:
            name = self._sealer.link_index(f"piece-{source}", piece.name)
            if piece.body is None:
                self._sql.execute(delete(_TABLE).where(_TABLE.c.name == name))
            else:
                self._put(source, name, piece, piece.body)

    def _put(self, source: str, name: str, piece: Piece, body: bytes) -> None:
        plain = codec.encode((piece.name, piece.room)) + b"\n" + body
        row = {
            "name": name,
            "source": source,
            "room": self._sealer.link_index("piece-room", piece.room) if piece.room else None,
            "body": self._sealer.seal_link(plain, f"piece:{name}"),
        }
        self._sql.execute(upsert(_TABLE).values(row).on_conflict_do_update(["name"], set_=row))

    def _open(self, name: str, sealed: bytes) -> Piece:
        head, _, body = self._sealer.unseal_link(sealed, f"piece:{name}").partition(b"\n")
        own, room = codec.decode(head, tuple[str, str])
        return Piece(own, body, room)

    def forget_room(self, room: str) -> None:
        """Take away what belongs to a room."""
        if room:
            belongs = _TABLE.c.room == self._sealer.link_index("piece-room", room)
            self._sql.execute(delete(_TABLE).where(belongs))
