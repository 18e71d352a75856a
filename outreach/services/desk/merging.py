"""`!merge A B`: B's reports, evidence and everybody who reported it go on in A. One transaction; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from outreach.domain.case import Case
from outreach.domain.decisions.merging import may_merge
from outreach.domain.errors import Refusal
from outreach.domain.inputs import MergedFrom, MergedInto
from outreach.domain.letters import Letter
from outreach.ports.store import Transaction
from outreach.services.casework import MOST_REPORTS, Casework
from outreach.services.desk.commands import Command, Verb, usage
from outreach.services.desk.finding import Finder, Found
from outreach.services.desk.room import Heard, Room


@dataclass(frozen=True, slots=True)
class Merging:
    """Joins two cases of one room."""

    casework: Casework
    finder: Finder
    room: Room

    def merge(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """The case found stays; the one named behind it joins it."""
        name = found.text.strip().casefold()
        if not name:
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.MERGE, self.casework.settings.prefix))
        other = self.finder.find(tx, heard, Command(Verb.MERGE, name))
        if other is None or other.case.id == found.case.id:
            return self.room.answer(tx, heard, "unknown_alias", word=name)
        full = len(found.case.reports) + len(other.case.reports) > MOST_REPORTS
        if full or not may_merge(found.case, other.case):
            return self._not_now(tx, heard, found.case)
        try:
            self._join(tx, heard.sender.address, found.case, other.case)
        except Refusal:
            return self._not_now(tx, heard, found.case)
        return None

    def _join(self, tx: Transaction, by: str, into: Case, other: Case) -> None:
        self.casework.apply(tx, into.id, MergedFrom(other.reports, tuple(r for r in other.requests if r.open)))
        for request in other.requests:
            link = tx.links.of_request(request.id)
            if link is not None:
                tx.links.forget(request.id)
                tx.links.add(replace(link, case=into.id))
        known = {one.post.uri for one in tx.exhibits.of(into.id)}
        for one in tx.exhibits.of(other.id):
            if one.post.uri not in known:
                tx.exhibits.keep(into.id, one)
        for number in range(1, tx.exhibits.pictures(other.id) + 1):
            if (picture := tx.exhibits.picture(other.id, number)) is not None:
                tx.exhibits.keep_picture(into.id, picture)
        self.casework.apply(tx, other.id, MergedInto(into.alias, by))

    def _not_now(self, tx: Transaction, heard: Heard, case: Case) -> None:
        letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
        self.room.about(tx, heard, case, letter)
