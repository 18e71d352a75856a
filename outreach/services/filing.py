"""Keeps the moderators' lists in step with the cases, their rooms and the roster. Shows nothing and decides nothing.

A list only finds cases; whoever shows one looks at the case itself first, for a list may lag behind a changed
configuration until `all_anew` has been through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.decisions.handling import is_over, response_by
from outreach.domain.identity import Account
from outreach.ports.store import Listed, Store, Transaction
from outreach.services.casebook import Casebook

_NOTE = "desk:filed"
#: Cases filed anew in one transaction: nobody waits longer than these take.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Filing:
    """Files."""

    casebook: Casebook

    def file(self, tx: Transaction, case: Case) -> None:
        """List a case as it stands now, or take it off the lists."""
        room = "" if is_over(case) else self.casebook.room_for(tx, case)
        if not room or case.staff_since is None:
            return tx.desk.take(case.id)
        due = response_by(case, self.casebook.settings.policy)
        moment = case.staff_since if due is None else due
        return tx.desk.put(case.id, Listed(case.alias, room, case.lead, due is not None, moment))

    def about(self, tx: Transaction, who: Account) -> None:
        """Somebody became a moderator, or is none any more: cases about them belong into another room (F30)."""
        self._file(tx, about(tx, [who]))

    async def all_anew(self, store: Store) -> None:
        """File every open case once more where rooms, branches or people have been configured otherwise since."""
        now = self._configured()
        if await store.transact(lambda tx: tx.registers.noted(_NOTE)) == now:
            return
        cases = await store.transact(lambda tx: [*tx.cases.with_staff()])
        for begin in range(0, len(cases), _AT_ONCE):
            some = cases[begin : begin + _AT_ONCE]
            await store.transact(lambda tx, some=some: self._file(tx, some))  # type: ignore[misc]
        await store.transact(lambda tx: tx.registers.note(_NOTE, now))

    def _file(self, tx: Transaction, cases: Iterable[str]) -> None:
        for one in cases:
            if (case := tx.cases.load(one)) is not None:
                self.file(tx, case)

    def _configured(self) -> str:
        """What of the configuration decides in which room a case is."""
        settings = self.casebook.settings
        facts = repr((settings.staff, settings.branches, bool(settings.alternate_room)))
        return hashlib.sha256(facts.encode()).hexdigest()


def about(tx: Transaction, people: Iterable[Account]) -> frozenset[str]:
    """Cases, open or kept, that are about any of them."""
    own = (one for who in people for one in tx.cases.of_author(who))
    return frozenset((*own, *tx.cases.reported([f"person:{who.key}" for who in people])))
