"""What moderators can look up: the open cases of this room, one case whole, who is on call. Changes no case."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.domain.case import Case, Note
from outreach.domain.decisions.handling import response_by
from outreach.domain.letters import Audience, Letter
from outreach.ports.store import Enclosure, Transaction, Wanted
from outreach.services import duty
from outreach.services.casebook import Casebook
from outreach.services.desk.commands import Command, Verb, usage
from outreach.services.desk.finding import Finder
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import named, shown
from outreach.services.filing import about
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
        own = about(tx, self.settings.accounts_of(heard.sender))
        match said.text.casefold().strip():
            case "mine":
                wanted = Wanted(heard.room, lead=heard.sender.address, but=own)
            case "due":
                wanted = Wanted(heard.room, due=True, but=own)
            case "":
                wanted = Wanted(heard.room, but=own)
            case _:
                prefix = self.settings.prefix
                return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.CASES, prefix))
        first = self._first(tx, wanted)
        lines = tuple(self._line(case) for case in first if self.finder.may_rule(tx, heard, case))
        more = str(max(0, tx.desk.count(wanted) - len(first)) or "")
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
        mine = self._first(tx, Wanted(lead=heard.sender.address))
        lines = tuple(self._line(case) for case in mine)
        self.room.answer_with(tx, heard, Letter("away", {"who": shown(heard.sender.address)}), lines)

    def _first(self, tx: Transaction, wanted: Wanted) -> list[Case]:
        """What is due first; then what waits longest."""
        found = (tx.cases.load(name) for name in tx.desk.first(wanted, MOST))
        return sorted((case for case in found if case is not None), key=self._order)

    def _order(self, case: Case) -> tuple[bool, str, str]:
        due = response_by(case, self.settings.policy)
        return due is None, str(due or case.staff_since), case.alias

    def _line(self, case: Case) -> Enclosure:
        return Enclosure("lines", Audience.STAFF, self.casebook.line(case), self.settings.languages)

    def _note(self, note: Note) -> Enclosure:
        values = {"who": shown(note.who), "moment": note.at.isoformat(), "text": note.text}
        return Enclosure("notes", Audience.STAFF, Letter("note_line", values), self.settings.languages)
