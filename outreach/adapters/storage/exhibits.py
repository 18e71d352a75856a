"""Evidence beside the event log: read only when asked for, under the key of its case, and destroyed with it (R047)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage import codec
from outreach.adapters.storage.schema import cases, exhibits, pictures
from outreach.adapters.storage.sealing import Sealer
from outreach.domain.evidence import Evidence
from outreach.domain.pictures import Picture


class SqlExhibits:
    """The `Exhibits` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def keep(self, case: str, evidence: Evidence) -> None:
        """Keep it in place of an earlier look at the same post."""
        key = self._key(case)
        if key is None:
            return
        post = self._sealer.link_index(f"exhibit:{case}", evidence.post.uri)
        body = self._sealer.seal(key, codec.encode(evidence), f"exhibit:{case}:{post}")
        row = {"case": case, "post": post, "body": body}
        self._sql.execute(upsert(exhibits).values(row).on_conflict_do_update(["case", "post"], set_={"body": body}))

    def of(self, case: str) -> Sequence[Evidence]:
        """All that is kept, in order of arrival."""
        key = self._key(case)
        rows = self._sql.execute(select(exhibits).where(exhibits.c.case == case).order_by(exhibits.c.id)).all()
        if key is None:
            return []
        plain = (self._sealer.unseal(key, row.body, f"exhibit:{case}:{row.post}") for row in rows)
        return [codec.decode(one, Evidence) for one in plain]

    def keep_picture(self, case: str, picture: Picture) -> None:
        """Keep one more, under the next number."""
        key = self._key(case)
        if key is None:
            return
        number = self.pictures(case) + 1
        body = self._sealer.seal(key, codec.encode(picture), f"picture:{case}:{number}")
        self._sql.execute(insert(pictures).values(case=case, number=number, body=body))

    def pictures(self, case: str) -> int:
        """How many there are; none is opened for that."""
        counted = select(func.count()).select_from(pictures).where(pictures.c.case == case)
        return self._sql.execute(counted).scalar_one()

    def picture(self, case: str, number: int) -> Picture | None:
        """One of them, opened."""
        key = self._key(case)
        here = (pictures.c.case == case) & (pictures.c.number == number)
        body = self._sql.execute(select(pictures.c.body).where(here)).scalar()
        if key is None or body is None:
            return None
        return codec.decode(self._sealer.unseal(key, body, f"picture:{case}:{number}"), Picture)

    def _key(self, case: str) -> bytes | None:
        wrapped = self._sql.execute(select(cases.c.wrapped).where(cases.c.id == case)).scalar()
        return None if wrapped is None else self._sealer.unwrap(wrapped, f"case:{case}")
