"""Keeps the moderators' lists in step with the cases, their rooms and the roster. Shows and decides nothing itself.

A list only finds cases; whoever shows one looks at the case itself first, for a list may lag behind a changed
configuration until `all_anew` has been through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.decisions.handling import is_over, response_by
from outreach.domain.identity import Account
from outreach.ports.store import Listed, Store, Transaction
from outreach.services.casebook import Casebook, card_in, lose_card

_NOTE, _ROOM = "desk:filed", "desk:room:"
#: Puts a case's card where it is missing.
Show = Callable[[Transaction, Case], None]
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

    async def all_anew(self, store: Store, show: Show) -> None:
        """File every open case once more where rooms, branches or people have been configured otherwise since.

        `show` is given those that stand in no room yet: one that no room was free to read until now (F30), or whose
        card was left behind in a room that is not ours any more.
        """
        now = self._configured()
        if await store.transact(lambda tx: tx.registers.noted(_NOTE)) == now:
            return
        moved = await store.transact(self._moved)
        cases = await store.transact(lambda tx: [*tx.cases.with_staff()])
        for begin in range(0, len(cases), _AT_ONCE):
            some = cases[begin : begin + _AT_ONCE]
            await store.transact(lambda tx, some=some: self._place(tx, some, moved, show))  # type: ignore[misc]
        await store.transact(lambda tx: self._settled(tx, now))

    def _place(self, tx: Transaction, cases: Iterable[str], moved: frozenset[str], show: Show) -> None:
        for case in self._file(tx, cases):
            room = "" if is_over(case) else self.casebook.room_for(tx, case)
            if room in moved:
                lose_card(tx, card_in(tx, room, case.id))
            if room and not card_in(tx, room, case.id):
                show(tx, case)

    def _file(self, tx: Transaction, cases: Iterable[str]) -> list[Case]:
        found = [case for case in map(tx.cases.load, cases) if case is not None]
        for case in found:
            self.file(tx, case)
        return found

    def _moved(self, tx: Transaction) -> frozenset[str]:
        """Rooms that are others than when this was looked at last."""
        before = {name: tx.registers.noted(_ROOM + name) for name in self.casebook.settings.staff_rooms}
        now = self.casebook.settings.staff_rooms
        return frozenset(name for name, room in before.items() if room and room != now[name])

    def _settled(self, tx: Transaction, now: str) -> None:
        for name, room in self.casebook.settings.staff_rooms.items():
            tx.registers.note(_ROOM + name, room)
        tx.registers.note(_NOTE, now)

    def _configured(self) -> str:
        """What of the configuration decides in which room a case is."""
        settings = self.casebook.settings
        facts = repr((settings.staff, settings.branches, settings.staff_rooms))
        return hashlib.sha256(facts.encode()).hexdigest()


def about(tx: Transaction, people: Iterable[Account]) -> frozenset[str]:
    """Cases, open or kept, that are about any of them."""
    own = (one for who in people for one in tx.cases.of_author(who))
    return frozenset((*own, *tx.cases.reported([f"person:{who.key}" for who in people])))
