"""`!reveal`: in an emergency two moderators together learn who asked (F29). Off unless the community's notice says so.

Each of the two is told in private, the room only that it happened and why; and so is the person it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account
from outreach.domain.inputs import Revealed
from outreach.domain.letters import Letter
from outreach.ports import Clock
from outreach.ports.store import Transaction
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Found
from outreach.services.desk.naming import names_somebody
from outreach.services.desk.pending import Pending, Pendings
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import Roster, shown

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Revealing:
    """Opens who asked, to two."""

    clock: Clock
    casework: Casework
    roster: Roster
    room: Room

    def reveal(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """One moderator says why; a second one who counts says so too within a day."""
        who, case, why = heard.sender.address, found.case, found.text
        if not self.casework.settings.policy.reveal:
            return self.room.answer(tx, heard, "unknown_command", word=str(Verb.REVEAL))
        if not why:
            usage_ = usage(Verb.REVEAL, self.casework.settings.prefix)
            return self.room.answer(tx, heard, "wrong_use", usage=usage_)
        if names_somebody(why):
            return self.room.answer(tx, heard, "names_somebody")
        if (moment := self.roster.counts_from(tx, who)) > self.clock.now():
            return self.room.answer(tx, heard, "counts_later", moment=moment.isoformat())
        if not self._people(tx, case):
            return self._not_now(tx, heard, case)
        return self._with_two(tx, heard, case, why)

    def _with_two(self, tx: Transaction, heard: Heard, case: Case, why: str) -> None:
        who, pendings, now = heard.sender.address, Pendings(self.clock), self.clock.now()
        before = next((one for one in pendings.all(tx) if (one.kind, one.case) == (Verb.REVEAL, case.id)), None)
        if before is None or before.by == who or not self.roster.counts(tx, before.by):
            if before is not None:
                pendings.drop(tx, before)
            pendings.put(tx, Pending(Verb.REVEAL, why, who, now.isoformat(), (now + _DAY).isoformat(), case=case.id))
            values = {"alias": str(case.alias), "who": shown(who), "text": why}
            return self.room.about(tx, heard, case, Letter("reveal_second", values))
        pendings.drop(tx, before)
        return self._open(tx, heard, case, before)

    def _open(self, tx: Transaction, heard: Heard, case: Case, before: Pending) -> None:
        try:
            self.casework.apply(tx, case.id, Revealed(before.by, heard.sender.address, before.text))
        except Refusal:
            return self._not_now(tx, heard, case)
        people = ", ".join(self._people(tx, case))
        for who in (before.by, heard.sender.address):
            moderator = Account(heard.sender.platform, who)
            self.room.whisper(tx, moderator, "revealed", alias=str(case.alias), people=people)
        return None

    def _people(self, tx: Transaction, case: Case) -> list[str]:
        """Who let moderators have the case, as long as that is known (design 5.2, `reporter_link`)."""
        links = (tx.links.of_request(request.id) for request in case.escalated)
        found = [tx.conversations.get(link.conversation) for link in links if link is not None]
        return list(dict.fromkeys(one.account.address.lstrip("@") for one in found if one is not None))

    def _not_now(self, tx: Transaction, heard: Heard, case: Case) -> None:
        letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
        self.room.about(tx, heard, case, letter)
