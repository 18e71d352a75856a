"""Small facts that outlive a case or name nobody. Persons and values are HMACs; what must be read back is sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.sealing import Sealer
from outreach.domain.identity import Account
from outreach.ports.store import Told


class SqlRegisters:
    """The `Registers` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def remember_told(self, native: str, told: Told) -> None:
        """A message of ours and what it was about."""
        name = self._sealer.link_index("native", native)
        topic = self._sealer.link_index("told-case", told.case or told.conversation)
        body = self._sealer.seal_link(codec.encode([native, told]), f"told:{name}")
        row = {"native": name, "topic": topic, "body": body}
        self._sql.execute(upsert(schema.told).values(row).on_conflict_do_update(["native"], set_=row))

    def told(self, native: str) -> Told | None:
        """What a message of ours was about."""
        name = self._sealer.link_index("native", native)
        body = self._sql.execute(select(schema.told.c.body).where(schema.told.c.native == name)).scalar()
        return None if body is None else self._told(name, body)[1]

    def last_told(self, conversation: str, case: str, letter: str) -> str:
        """The native id of the newest message of that kind."""
        topic = self._sealer.link_index("told-case", case or conversation)
        rows = select(schema.told).where(schema.told.c.topic == topic).order_by(schema.told.c.id.desc())
        for row in self._sql.execute(rows):
            native, told = self._told(row.native, row.body)
            if told.letter == letter and told.conversation == conversation:
                return native
        return ""

    def newest_told(self, conversation: str, cases: Sequence[str], but: frozenset[str]) -> Told | None:
        """The newest message of ours to somebody about one of these cases or about none."""
        topics = [self._sealer.link_index("told-case", one) for one in (conversation, *cases)]
        rows = select(schema.told).where(schema.told.c.topic.in_(topics)).order_by(schema.told.c.id.desc())
        for row in self._sql.execute(rows):
            _, told = self._told(row.native, row.body)
            if told.conversation == conversation and told.letter not in but:
                return told
        return None

    def _told(self, name: str, body: bytes) -> tuple[str, Told]:
        return codec.decode(self._sealer.unseal_link(body, f"told:{name}"), tuple[str, Told])

    def days_told(self, account: Account) -> Sequence[str]:
        """On which days the bot wrote to that person."""
        values = self._sealer.indexes("day-told", account.key)
        found = select(schema.counters.c.day).where(schema.counters.c.value.in_(values)).distinct()
        return sorted(self._sql.execute(found).scalars())

    def note_day(self, account: Account, day: str) -> None:
        """The bot wrote to that person on a day; kept a year."""
        if day not in self.days_told(account):
            when = date.fromisoformat(day)
            self._count(self._sealer.index("day-told", account.key), when, when.replace(year=when.year + 1, day=1))

    def count(self, purpose: str, value: str, since: date) -> int:
        """How often something was counted since a day."""
        weeks = {_week(since + timedelta(days=7 * ahead)) for ahead in range(_WEEKS_COUNTED)}
        values = [name for week in weeks for name in self._sealer.indexes(f"count-{purpose}-{week}", value)]
        match = schema.counters.c.value.in_(values) & (schema.counters.c.day >= since.isoformat())
        return self._sql.execute(select(func.count()).select_from(schema.counters).where(match)).scalar_one()

    def add_count(self, purpose: str, value: str, day: date, expires: date) -> None:
        """Count once more; what expired goes."""
        self._sql.execute(delete(schema.counters).where(schema.counters.c.expires < day.isoformat()))
        self._count(self._sealer.index(f"count-{purpose}-{_week(day)}", value), day, expires)

    def _count(self, value: str, day: date, expires: date) -> None:
        row = {"value": value, "day": day.isoformat(), "expires": expires.isoformat()}
        self._sql.execute(insert(schema.counters).values(row))

    def opted_out(self, account: Account) -> bool:
        """Whether that person wants no letters."""
        names = self._sealer.indexes("opt-out", account.key)
        return self._sql.execute(select(schema.opt_outs).where(schema.opt_outs.c.person.in_(names))).first() is not None

    def set_opted_out(self, account: Account, wanted: bool) -> None:
        """Remember or forget an opt-out."""
        names = self._sealer.indexes("opt-out", account.key)
        self._sql.execute(delete(schema.opt_outs).where(schema.opt_outs.c.person.in_(names)))
        newest = self._sealer.index("opt-out", account.key)
        self._sealer.note_opt_out(newest, wanted=wanted)
        if wanted:
            self._sql.execute(insert(schema.opt_outs).values(person=newest))

    def enrolled(self) -> Mapping[str, str]:
        """Enrolled moderators and since when."""
        rows = self._sql.execute(select(schema.roster))
        return dict(self._read(row.person, row.body, "roster") for row in rows)

    def enrol(self, who: str, at: datetime) -> None:
        """Enrol a moderator."""
        self._write(schema.roster, "person", who, at.isoformat(), "roster")

    def dismiss(self, who: str) -> None:
        """A moderator left."""
        name = self._sealer.index("roster", who)
        self._sql.execute(delete(schema.roster).where(schema.roster.c.person == name))

    def note(self, name: str, value: str) -> None:
        """A fact about the bot itself."""
        self._write(schema.notes, "name", name, value, "note")

    def noted(self, name: str) -> str:
        """Such a fact, "" if unknown."""
        key = self._sealer.index("note", name)
        body = self._sql.execute(select(schema.notes.c.body).where(schema.notes.c.name == key)).scalar()
        return "" if body is None else self._read(key, body, "note")[1]

    def _write(self, table: Table, column: str, name: str, value: str, purpose: str) -> None:
        key = self._sealer.index(purpose, name)
        row: dict[str, Any] = {
            column: key,
            "body": self._sealer.seal_store(codec.encode((name, value)), f"{purpose}:{key}"),
        }
        self._sql.execute(upsert(table).values(row).on_conflict_do_update([column], set_=row))

    def _read(self, key: str, body: bytes, purpose: str) -> tuple[str, str]:
        return codec.decode(self._sealer.unseal_store(body, f"{purpose}:{key}"), tuple[str, str])


#: Limits look back a week at most; the weeks touched by that, and one more.
_WEEKS_COUNTED = 3


def _week(day: date) -> str:
    """Counts of two weeks share no name, so that a person's rows cannot be followed over time (F33)."""
    year, week, _ = day.isocalendar()
    return f"{year}-{week}"
