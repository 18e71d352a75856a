"""Who asked. The only table that leads from a case to a member, under a key of its own (F6); no join can follow it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.sealing import Sealer
from outreach.ports.store import Link


class SqlLinks:
    """The `Links` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def add(self, link: Link) -> None:
        """Remember who asked."""
        request = self._sealer.link_index("request", link.request)
        member = self._sealer.link_index("member", link.conversation)
        body = self._sealer.seal_link(codec.encode(link), f"link:{request}")
        self._sql.execute(insert(schema.links).values(request=request, member=member, body=body))

    def of_request(self, request: str) -> Link | None:
        """Who asked; None once forgotten."""
        name = self._sealer.link_index("request", request)
        body = self._sql.execute(select(schema.links.c.body).where(schema.links.c.request == name)).scalar()
        return None if body is None else self._open(name, body)

    def of_member(self, conversation: str) -> Sequence[Link]:
        """What this member asked."""
        member = self._sealer.link_index("member", conversation)
        rows = self._sql.execute(select(schema.links).where(schema.links.c.member == member)).all()
        return sorted((self._open(row.request, row.body) for row in rows), key=lambda link: link.alias)

    def count_of(self, conversation: str) -> int:
        """How much that is."""
        match = schema.links.c.member == self._sealer.link_index("member", conversation)
        return self._sql.execute(select(func.count()).select_from(schema.links).where(match)).scalar_one()

    def among(self, requests: Sequence[str], conversation: str) -> Sequence[Link]:
        """Which of these requests are this member's; no other is opened."""
        names = [self._sealer.link_index("request", one) for one in requests]
        mine = schema.links.c.member == self._sealer.link_index("member", conversation)
        rows = self._sql.execute(select(schema.links).where(mine & schema.links.c.request.in_(names)))
        return [self._open(row.request, row.body) for row in rows]

    def forget(self, request: str) -> None:
        """Forget who asked."""
        name = self._sealer.link_index("request", request)
        self._sql.execute(delete(schema.links).where(schema.links.c.request == name))

    def _open(self, name: str, body: bytes) -> Link:
        return codec.decode(self._sealer.unseal_link(body, f"link:{name}"), Link)
