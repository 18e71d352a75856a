"""The moderators' lists: one row for each case they have open, so that no list costs more where more is stored.

Rooms, leads and the first letters of names are HMACs; a moment is kept by the hour, for a row may stand for weeks
(leak 21). Knows no rule about who may see what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage.schema import desk
from outreach.adapters.storage.sealing import Sealer
from outreach.ports.store import Listed, Wanted

#: By so many letters a name is looked up before it is opened and compared: of its first word, or those that follow it.
_HEAD = 2


class SqlDesk:
    """The `OnDesk` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def put(self, case: str, listed: Listed) -> None:
        """List a case, or list it anew."""
        row = {
            "case": case,
            "room": self._room(listed.room),
            "lead": self._lead(listed.lead) if listed.lead else None,
            "settled": not listed.due,
            "moment": _hour(listed.moment),
            "head": self._head(listed.alias),
            "stem": self._stem(listed.alias),
        }
        self._sql.execute(upsert(desk).values(row).on_conflict_do_update(["case"], set_=row))

    def take(self, case: str) -> None:
        """Moderators have it no more."""
        self._sql.execute(delete(desk).where(desk.c.case == case))

    def first(self, wanted: Wanted, limit: int) -> Sequence[str]:
        """What is due first; then what waits longest."""
        rows = select(desk.c.case).where(*self._match(wanted)).order_by(desk.c.settled, desk.c.moment)
        return list(self._sql.execute(rows.limit(limit)).scalars())

    def count(self, wanted: Wanted) -> int:
        """How many there are in all."""
        rows = select(func.count()).select_from(desk).where(*self._match(wanted))
        return self._sql.execute(rows).scalar_one()

    def named(self, prefix: str) -> Sequence[str]:
        """Cases whose name may begin so; of less than two letters that is any."""
        match = [desk.c.head == self._head(prefix)] if len(prefix) >= _HEAD else []
        match = [desk.c.stem == self._stem(prefix)] if len(_follows(prefix)) == _HEAD else match
        return list(self._sql.execute(select(desk.c.case).where(*match)).scalars())

    def _match(self, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
        if wanted.room:
            yield desk.c.room == self._room(wanted.room)
        if wanted.lead:
            yield desk.c.lead == self._lead(wanted.lead)
        if wanted.due:
            yield ~desk.c.settled
        if wanted.but:
            yield desk.c.case.not_in(sorted(wanted.but))

    def _room(self, room: str) -> str:
        return self._sealer.link_index("desk-room", room)

    def _lead(self, lead: str) -> str:
        return self._sealer.link_index("desk-lead", lead)

    def _head(self, name: str) -> str:
        return self._sealer.link_index("desk-head", name[:_HEAD])

    def _stem(self, name: str) -> str:
        """The first word, and the letters that follow it."""
        return self._sealer.link_index("desk-stem", f"{name.partition('-')[0]}-{_follows(name)}")


def _follows(name: str) -> str:
    return name.partition("-")[2][:_HEAD]


def _hour(moment: datetime) -> float:
    return moment.replace(minute=0, second=0, microsecond=0).timestamp()
