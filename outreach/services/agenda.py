"""What moderators have on hand in each of their rooms, and by when. Reads only; names no author and no reporter.

Of a case it tells its alias, stage, lead and next deadline: less than its card, and of no case that has none (F19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from outreach.domain.case import Case
from outreach.domain.decisions.handling import is_over, response_by, shown
from outreach.domain.effects import Timer
from outreach.domain.letters import Audience, Letter
from outreach.ports.store import Enclosure, Transaction, Wanted
from outreach.services.casebook import Casebook

log = structlog.get_logger()

#: So many lines a list has; a longer one would not fit one message, and an edit has to.
MOST_LINES = 30
#: The desk knows deadlines by the hour; among so many the soonest are found to the minute.
_LOOKED_AT = 2 * MOST_LINES


@dataclass(frozen=True, slots=True)
class Item:
    """One case as a room may know it."""

    alias: str
    stage: str
    lead: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Hand:
    """How many cases a room has open, and what of them is due, soonest first, up to `MOST_LINES`."""

    open: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """Opens no more cases than a list may show, however many are stored."""

    casebook: Casebook

    def of(self, tx: Transaction, room: str, but: frozenset[str] = frozenset()) -> Hand:
        """What that room has on hand, without the cases whose ids are `but`."""
        found = tx.desk.first(Wanted(room, due=True, but=but), _LOOKED_AT)
        items = [item for name in found if (item := self._item(tx, name, room)) is not None]
        first = sorted(items, key=lambda item: (item.due, item.alias))[:MOST_LINES]
        return Hand(tx.desk.count(Wanted(room, but=but)), tuple(first))

    def _item(self, tx: Transaction, name: str, room: str) -> Item | None:
        case = _opened(tx, name)
        if case is None or is_over(case) or self.casebook.room_for(tx, case) != room:
            return None
        due = self._due(tx, case, room)
        return Item(case.alias, str(case.stage), case.lead, due) if due is not None else None

    def _due(self, tx: Transaction, case: Case, room: str) -> datetime | None:
        """What comes first: the first word, or that everybody gets it if nobody of the branch answers (R084)."""
        word = response_by(case, self.casebook.settings.policy)
        waits_here = room.startswith("branch:") and not case.lead and not case.staff_wrote
        branch = (one.due for one in tx.timers.of(case.id) if one.timer == Timer.BRANCH) if waits_here else ()
        return min((*branch, *((word,) if word else ())), default=None)


def _opened(tx: Transaction, name: str) -> Case | None:
    """A damaged row keeps no other case from being told of."""
    try:
        return tx.cases.load(name)
    except Exception as error:
        log.error("row does not open", table="cases", exc_info=error)
        return None


def lines(items: Iterable[Item], languages: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """One line a case."""
    return tuple(Enclosure("lines", Audience.STAFF, _line(item), languages) for item in items)


def _line(item: Item) -> Letter:
    values = {"alias": item.alias, "stage": item.stage, "who": shown(item.lead), "due": item.due.isoformat()}
    return Letter("due_line", values)
