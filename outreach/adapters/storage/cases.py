"""Event logs, each under a key of its own. Appends at an expected version; folds; never changes what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from outreach.adapters.storage import codec
from outreach.adapters.storage.desk import SqlDesk
from outreach.adapters.storage.schema import cases, events, exhibits, pictures, subjects, told
from outreach.adapters.storage.schema import timers as timers_table
from outreach.adapters.storage.sealing import Sealer
from outreach.domain.case import Case, Stage
from outreach.domain.events import Event
from outreach.domain.identity import Account, CaseId
from outreach.ports.store import AliasTaken, Conflict

_FLOAT_BITS = 53


class SqlCases:
    """The `Cases` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def create(self, case: CaseId, secret: bytes) -> None:
        """A new case's key and secret."""
        key = self._sealer.new_case_key()
        sealed = self._sealer.seal(key, secret, f"secret:{case}")
        self._sql.execute(insert(cases).values(id=case, wrapped=self._sealer.wrap(key, f"case:{case}"), secret=sealed))

    def load(self, case: str) -> Case | None:
        """Fold the stored events."""
        row = self._sql.execute(select(cases.c.wrapped).where(cases.c.id == case)).first()
        if row is None:
            return None
        key = self._sealer.unwrap(row.wrapped, f"case:{case}")
        folded = Case(CaseId(case))
        stored = select(events).where(events.c.case == case).order_by(events.c.seq)
        for one in self._sql.execute(stored):
            plain = self._sealer.unseal(key, one.body, f"event:{case}:{one.seq}")
            folded = folded.after(codec.decode_event(plain))
        return folded

    def append(self, before: Case, happened: Sequence[Event]) -> Case:
        """Append at the version of `before`."""
        key = self._key(before.id)
        after = before
        for event in happened:
            after = after.after(event)
            body = self._sealer.seal(key, codec.encode_event(event), f"event:{before.id}:{after.version}")
            self._sql.execute(insert(events).values(case=before.id, seq=after.version, body=body))
        match = (cases.c.id == before.id) & (cases.c.version == before.version)
        try:
            if self._sql.execute(update(cases).where(match).values(self._indexes(after))).rowcount != 1:
                raise Conflict
        except IntegrityError as error:
            raise AliasTaken from error
        self._name_subjects(after, after.subjects - before.subjects)
        return after

    def _name_subjects(self, case: Case, new: frozenset[str]) -> None:
        for subject in sorted(new):
            self._sql.execute(insert(subjects).values(case=case.id, subject=self._sealer.index("subject", subject)))

    def _indexes(self, case: Case) -> dict[str, Any]:
        post, respondents = case.post, case.respondents
        return {
            "version": case.version,
            "open": case.stage is not Stage.CLOSED,
            "before_staff": case.before_staff,
            "alias": self._sealer.index("alias", case.alias),
            "post": self._sealer.index("post", post.uri) if post else None,
            "author": self._sealer.index("author", respondents[0].key) if respondents else None,
        }

    def derive(self, case: str, purpose: str) -> str:
        """The next HMAC under the case secret."""
        self._sql.execute(update(cases).where(cases.c.id == case).values(derived=cases.c.derived + 1))
        n = self._sql.execute(select(cases.c.derived).where(cases.c.id == case)).scalar_one()
        return self._sealer.derive_id(self._secret(case), purpose, n)

    def draw(self, case: str, purpose: str) -> float:
        """A number in [0, 1), always the same for a purpose."""
        digits = self._sealer.derive_id(self._secret(case), f"draw:{purpose}", 0).replace("-", "")
        return (int(digits, 16) >> max(0, 4 * len(digits) - _FLOAT_BITS)) / (1 << min(_FLOAT_BITS, 4 * len(digits)))

    def _secret(self, case: str) -> bytes:
        sealed = self._sql.execute(select(cases.c.secret).where(cases.c.id == case)).scalar_one()
        return self._sealer.unseal(self._key(case), sealed, f"secret:{case}")

    def _key(self, case: str) -> bytes:
        wrapped = self._sql.execute(select(cases.c.wrapped).where(cases.c.id == case)).scalar_one()
        return self._sealer.unwrap(wrapped, f"case:{case}")

    def about(self, uri: str) -> Sequence[str]:
        """Open cases about a post."""
        return self._ids(cases.c.post.in_(self._sealer.indexes("post", uri)) & cases.c.open)

    def of_author(self, account: Account) -> Sequence[str]:
        """Kept cases about somebody's posts."""
        return self._ids(cases.c.author.in_(self._sealer.indexes("author", account.key)))

    def reported(self, about: Sequence[str]) -> Sequence[str]:
        """Open cases born as reports about any of these, the newest first."""
        names = [name for subject in about for name in self._sealer.indexes("subject", subject)]
        match = subjects.c.subject.in_(names) & (cases.c.id == subjects.c.case) & cases.c.open
        found = self._sql.execute(select(subjects.c.case).where(match).order_by(subjects.c.id.desc())).scalars()
        return list(dict.fromkeys(found))

    def with_alias(self, alias: str) -> str:
        """Exactly that alias."""
        found = self._ids(cases.c.alias.in_(self._sealer.indexes("alias", alias)))
        return found[0] if found else ""

    def by_alias(self, prefix: str) -> Iterator[Case]:
        """Cases before staff whose alias begins so; each is opened only when it is asked for."""
        exact = self._ids(cases.c.alias.in_(self._sealer.indexes("alias", prefix)) & cases.c.before_staff)
        found = exact or SqlDesk(self._sql, self._sealer).named(prefix)
        opened = (case for one in found if (case := self.load(one)) is not None)
        return (case for case in opened if case.alias.startswith(prefix))

    def with_staff(self) -> Sequence[str]:
        """What moderators have open."""
        return self._ids(cases.c.before_staff & cases.c.open)

    def open_count(self) -> int:
        """How many are not closed."""
        return self._sql.execute(select(func.count()).select_from(cases).where(cases.c.open)).scalar_one()

    def all(self) -> Sequence[str]:
        """All kept."""
        return self._ids(cases.c.id.is_not(None))

    def _ids(self, match: Any) -> list[str]:
        return list(self._sql.execute(select(cases.c.id).where(match)).scalars())

    def forget(self, case: str, today: date) -> None:
        """Destroy key, events, deadlines and indexes; what delivery remembers of it goes with it."""
        self._sealer.note_forgotten([self._sealer.index("forgotten", case)], today)
        topic = self._sealer.link_index("told-case", case)
        self._sql.execute(delete(events).where(events.c.case == case))
        self._sql.execute(delete(timers_table).where(timers_table.c.owner == case))
        self._sql.execute(delete(told).where(told.c.topic == topic))
        self._sql.execute(delete(subjects).where(subjects.c.case == case))
        SqlDesk(self._sql, self._sealer).take(case)
        self._sql.execute(delete(exhibits).where(exhibits.c.case == case))
        self._sql.execute(delete(pictures).where(pictures.c.case == case))
        self._sql.execute(delete(cases).where(cases.c.id == case))
