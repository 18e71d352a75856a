"""What moderators can look up: the open cases of this room, one case whole, who is on call. Changes no case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.domain.case import Case, Note
from outreach.domain.decisions.handling import response_by
from outreach.domain.letters import Audience, Letter
from outreach.ports.store import Enclosure, Transaction
from outreach.services import duty
from outreach.services.casebook import Casebook
from outreach.services.desk.commands import Command, Verb, usage
from outreach.services.desk.finding import Finder
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import named, shown
from outreach.services.settings import Settings

#: So many cases are listed at once; the rest is counted.
MOST = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """Answers without doing anything."""

    settings: Settings
    casebook: Casebook
    finder: Finder
    room: Room

    def cases(self, tx: Transaction, heard: Heard, said: Command) -> None:
        """`!cases`: what is open here, what is due first; `mine` and `due` narrow it."""
        open_here = [case for case in self._open(tx) if self.finder.may_rule(tx, heard, case)]
        match said.text.casefold().strip():
            case "mine":
                wanted = [case for case in open_here if case.lead == heard.sender.address]
            case "due":
                wanted = [case for case in open_here if response_by(case, self.settings.policy) is not None]
            case "":
                wanted = open_here
            case _:
                prefix = self.settings.prefix
                return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.CASES, prefix))
        lines = tuple(self._line(case) for case in self.sorted(wanted)[:MOST])
        more = str(max(0, len(wanted) - MOST) or "")
        return self.room.answer_with(tx, heard, Letter("cases", {"more": more}), lines)

    def case(self, tx: Transaction, heard: Heard, case: Case) -> None:
        """`!case A`: the card as it stands now, and the moderators' notes."""
        card = Enclosure("card", Audience.STAFF, self.casebook.card(case), self.settings.languages)
        notes = tuple(self._note(note) for note in case.notes)
        self.room.about(tx, heard, case, Letter("case_whole", {}), enclosures=(card, *notes))

    def on_call(self, tx: Transaction, heard: Heard, said: Command) -> None:
        """`!oncall` says who; `!oncall me` or `!oncall WHO` sets it."""
        if said.text:
            mine = said.text.casefold().strip() == "me"
            who = heard.sender.address if mine else named(said.text, heard.incoming)
            if who not in tx.registers.enrolled():
                prefix = self.settings.prefix
                return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.ONCALL, prefix))
            duty.come_on(tx, who)
        people = ", ".join(map(shown, duty.on_call(tx)))
        return self.room.answer(tx, heard, "oncall", people=people)

    def away(self, tx: Transaction, heard: Heard) -> None:
        """`!away`: no calls; what one leads is listed, so that it can be handed over (R127)."""
        duty.go_away(tx, heard.sender.address)
        mine = [case for case in self._open(tx) if case.lead == heard.sender.address]
        lines = tuple(self._line(case) for case in self.sorted(mine)[:MOST])
        self.room.answer_with(tx, heard, Letter("away", {"who": shown(heard.sender.address)}), lines)

    def sorted(self, cases: Iterable[Case]) -> list[Case]:
        """What is due first; then what waits longest."""
        return sorted(cases, key=self._order)

    def _order(self, case: Case) -> tuple[bool, str, str]:
        due = response_by(case, self.settings.policy)
        return due is None, str(due or case.staff_since), case.alias

    def _open(self, tx: Transaction) -> list[Case]:
        return [case for name in tx.cases.with_staff() if (case := tx.cases.load(name)) is not None]

    def _line(self, case: Case) -> Enclosure:
        return Enclosure("lines", Audience.STAFF, self.casebook.line(case), self.settings.languages)

    def _note(self, note: Note) -> Enclosure:
        values = {"who": shown(note.who), "moment": note.at.isoformat(), "text": note.text}
        return Enclosure("notes", Audience.STAFF, Letter("note_line", values), self.settings.languages)
