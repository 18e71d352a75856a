"""What moderators have on hand in each of their rooms, and by when. Reads only; names no author and no reporter.

Of a case it tells its alias, stage, lead and next deadline: less than its card, and of no case that has none (F19).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import structlog

from outreach.domain.case import Case
from outreach.domain.decisions.handling import is_over, response_by, shown
from outreach.domain.effects import Timer
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.ports.store import Enclosure, Store, Transaction
from outreach.services.casebook import Casebook

log = structlog.get_logger()

#: So many cases are read in one transaction, so that nobody waits long for it.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One case as a room may know it. `about`: whom on Matrix it is about; never shown, only kept away from."""

    alias: str
    stage: str
    lead: str
    room: str
    due: datetime | None
    about: tuple[Account, ...]


@dataclass(slots=True)
class Agenda:
    """Keeps what it read of a case until that changes; has nothing to lose."""

    store: Store
    casebook: Casebook
    _known: dict[str, tuple[int, Item | None]] = field(default_factory=dict)
    _roster: frozenset[str] = frozenset()

    async def read(self) -> Sequence[Item]:
        """Everything on hand, in all rooms."""
        versions, roster = await self.store.transact(
            lambda tx: (tx.cases.on_hand(), frozenset(tx.registers.enrolled()))
        )
        if roster != self._roster:  # whose case is nobody's here has changed with it (F30)
            self._known, self._roster = {}, roster
        self._known = {case: known for case, known in self._known.items() if versions.get(case) == known[0]}
        missing = iter([case for case in versions if case not in self._known])
        while some := tuple(islice(missing, _AT_ONCE)):
            self._known |= await self.store.transact(lambda tx, part=some: self._items(tx, part))  # type: ignore[misc]
        return [item for _, item in self._known.values() if item is not None]

    def _items(self, tx: Transaction, cases: Iterable[str]) -> Mapping[str, tuple[int, Item | None]]:
        found: dict[str, tuple[int, Item | None]] = {}
        for name in cases:
            try:
                case = tx.cases.load(name)
            except Exception as error:  # a damaged row keeps no other case from being told of
                log.error("row does not open", table="cases", exc_info=error)
                continue
            if case is not None:
                found[name] = (case.version, self._item(tx, case))
        return found

    def _item(self, tx: Transaction, case: Case) -> Item | None:
        room = self.casebook.room_for(tx, case)
        if is_over(case) or not room:
            return None
        about = tuple(one for one in case.respondents if one.platform is Platform.MATRIX)
        return Item(case.alias, str(case.stage), case.lead, room, self._due(tx, case, room), about)

    def _due(self, tx: Transaction, case: Case, room: str) -> datetime | None:
        """What comes first: the first word, or that everybody gets it if nobody of the branch answers (R084)."""
        word = response_by(case, self.casebook.settings.policy)
        waits_here = room.startswith("branch:") and not case.lead and not case.staff_wrote
        branch = (one.due for one in tx.timers.of(case.id) if one.timer == Timer.BRANCH) if waits_here else ()
        return min((*branch, *((word,) if word else ())), default=None)


def soonest(items: Iterable[Item]) -> list[Item]:
    """What has a deadline, in its order."""
    return sorted((item for item in items if item.due is not None), key=lambda item: (item.due, item.alias))


def lines(items: Iterable[Item], languages: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """One line a case."""
    return tuple(Enclosure("lines", Audience.STAFF, _line(item), languages) for item in items)


def _line(item: Item) -> Letter:
    due = item.due.isoformat() if item.due else ""
    return Letter("due_line", {"alias": item.alias, "stage": item.stage, "who": shown(item.lead), "due": due})
