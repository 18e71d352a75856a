"""Messages and errands until they are done: strict order within rank and lane, any between lanes. Sends nothing.

A row's address is sealed under the link key, the rest under the store key, so that neither alone joins a case and a
member (F6). Both are bound to the row's random name, so that no two rows can be swapped (leak 31).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Select, delete, func, insert, select, update

from outreach.adapters.storage import codec
from outreach.adapters.storage.schema import outbox
from outreach.adapters.storage.sealing import Sealer
from outreach.ports.store import Address, Errand, Outbound, Rank

T = TypeVar("T")
log = structlog.get_logger()

_NOBODY = Address()
#: More than there ever are, so that rank goes before age; and the rank of what was begun, which nothing overtakes.
_MOST_ROWS, _BEGUN = 2**40, max(Rank) + 1


class SqlOutbox:
    """The `Outbox` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def add(self, message: Outbound) -> None:
        """Queue behind what its lane already holds. `lane` is whom it goes to, in the caller's words."""
        lane, name = self._sealer.link_index("lane", message.lane), self._name()
        body = self._body(message, name)
        address = self._sealer.seal_link(codec.encode(message.address), f"outbox-address:{name}")
        row = {"name": name, "lane": lane, "errand": False, "body": body, "address": address}
        row |= {"urgent": message.urgent, "rank": int(message.rank)}
        self._sql.execute(insert(outbox).values(row))

    def add_errand(self, errand: Errand) -> None:
        """Queue an errand; errands have no order."""
        name = self._name()
        body = self._sealer.seal_link(codec.encode(errand), f"errand:{name}")
        begin = errand.not_before.timestamp() if errand.not_before else 0
        self._sql.execute(
            insert(outbox).values(name=name, lane="", errand=True, body=body, address=b"", not_before=begin)
        )

    def messages(self, now: datetime, limit: int = 20) -> Sequence[Outbound]:
        """Heads of lanes that may be tried now."""
        rows = outbox.c
        place = rows.rank * _MOST_ROWS - rows.id
        heads = select(func.max(place)).where(~rows.errand, ~rows.parked).group_by(rows.lane)
        found = select(outbox).where(place.in_(heads), rows.not_before <= now.timestamp())
        return self._readable(self._message, found.order_by(rows.urgent.desc(), rows.id).limit(limit))

    def errands(self, now: datetime, limit: int = 20) -> Sequence[Errand]:
        """Errands that may be tried now."""
        rows = outbox.c
        found = select(outbox).where(rows.errand, ~rows.parked, rows.not_before <= now.timestamp())
        return self._readable(self._errand, found.order_by(rows.id).limit(limit))

    def _readable(self, read: Callable[[Any], T], query: Select[Any]) -> list[T]:
        """What opens; a torn row is parked, since it would keep all the others from being read."""
        found: list[T] = []
        for row in self._sql.execute(query).all():
            try:
                found.append(read(row))
            except Exception as error:
                log.error("row does not open", table="outbox", exc_info=error)
                self._set(row.id, parked=True)
        return found

    def trying(self, message: Outbound, now: datetime) -> Outbound:
        """An attempt begins; until its outcome is stored it counts as unknown, so that a killed one is looked up.

        Only attempts with an outcome are counted in the row: a bot that is killed often must not give up for it.
        """
        first = message.first_tried or now
        self._set(message.id, first_tried=first.timestamp(), unknown=True, rank=_BEGUN)
        return replace(message, first_tried=first, attempts=message.attempts + 1)

    def part_done(self, message: Outbound, parts: int, native: str) -> Outbound:
        """The first `parts` parts are out; the next one begins afresh."""
        sealed = self._sealer.seal_link(native.encode(), f"last:{message.id}")
        self._set(message.id, parts=parts, attempts=0, first_tried=None, unknown=False, last_native=sealed)
        return replace(message, parts=parts, attempts=0, first_tried=None, unknown=False, last_native=native)

    def revise(self, message: Outbound) -> None:
        """Other words in the same place of its lane."""
        name = self._sql.execute(select(outbox.c.name).where(outbox.c.id == message.id)).scalar_one()
        self._set(message.id, body=self._body(message, name))

    def done(self, message: Outbound) -> None:
        """Out, or never to be."""
        self._sql.execute(delete(outbox).where(outbox.c.id == message.id))

    def errand_done(self, errand: Errand) -> None:
        """Answered."""
        self._sql.execute(delete(outbox).where(outbox.c.id == errand.id))

    def retry(self, row: Outbound | Errand, at: datetime, *, unknown: bool = False, counted: bool = True) -> None:
        """Later; looked up first where the outcome is unknown."""
        self._set(row.id, not_before=at.timestamp(), unknown=unknown, attempts=outbox.c.attempts + int(counted))

    def park(self, message: Outbound) -> None:
        """Set aside; its lane goes on."""
        self._set(message.id, parked=True)

    def parked(self) -> int:
        """How many are set aside."""
        return self._sql.execute(select(func.count()).select_from(outbox).where(outbox.c.parked)).scalar_one()

    def next_due(self, now: datetime) -> datetime | None:
        """The earliest moment after now at which a waiting row may be tried."""
        later = select(func.min(outbox.c.not_before)).where(~outbox.c.parked, outbox.c.not_before > now.timestamp())
        found = self._sql.execute(later).scalar()
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def half_sent(self, lane: str) -> bool:
        """Whether an attempt was begun in that lane whose end nobody has seen."""
        rows = outbox.c
        here = (rows.lane == self._sealer.link_index("lane", lane)) & rows.unknown & ~rows.parked
        return self._sql.execute(select(rows.id).where(here).limit(1)).first() is not None

    def waiting_for(self, conversation: str) -> int:
        """How many messages of one lane are queued."""
        here = (outbox.c.lane == self._sealer.link_index("lane", conversation)) & ~outbox.c.parked
        return self._sql.execute(select(func.count()).select_from(outbox).where(here)).scalar_one()

    def _body(self, message: Outbound, name: str) -> bytes:
        plain = codec.encode(replace(message, address=_NOBODY, lane=""))
        return self._sealer.seal_store(plain, f"outbox:{name}")

    def _name(self) -> str:
        return self._sealer.new_case_key()[:8].hex()

    def _set(self, row: int, **values: Any) -> None:
        self._sql.execute(update(outbox).where(outbox.c.id == row).values(values))

    def _message(self, row: Any) -> Outbound:
        message = codec.decode(self._sealer.unseal_store(row.body, f"outbox:{row.name}"), Outbound)
        address = codec.decode(self._sealer.unseal_link(row.address, f"outbox-address:{row.name}"), Address)
        last = self._sealer.unseal_link(row.last_native, f"last:{row.id}").decode() if row.last_native else ""
        tried = datetime.fromtimestamp(row.first_tried, UTC) if row.first_tried else None
        return replace(
            message,
            id=row.id,
            address=address,
            lane=row.lane,
            parts=row.parts,
            attempts=row.attempts,
            last_native=last,
            first_tried=tried,
            unknown=row.unknown,
        )

    def _errand(self, row: Any) -> Errand:
        errand = codec.decode(self._sealer.unseal_link(row.body, f"errand:{row.name}"), Errand)
        return replace(errand, id=row.id, attempts=row.attempts)
