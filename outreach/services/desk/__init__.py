"""The staff room: what enrolled moderators say becomes rulings on cases. Reads no text itself and decides no stage.

A line that is no command is talk among moderators: ignored, never stored. Nobody else is answered, but for one letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, Platform
from outreach.domain.inputs import AskerAddressed, AuthorAddressed, Ending, Input, MergedFrom, Revealed, StaffClosed
from outreach.domain.letters import Letter
from outreach.domain.state_machine import decide
from outreach.ports import Chance, Clock, Incoming, Renderer
from outreach.ports.store import Transaction
from outreach.services.casework import Casework
from outreach.services.counting import HourlyCount, next_hour
from outreach.services.desk import handling, mediating
from outreach.services.desk.approving import Approving, waiting
from outreach.services.desk.commands import ABOUT_A_CASE, Command, ReadCommand, Unknown, Verb, outcome_of, usage
from outreach.services.desk.exhibiting import Exhibiting
from outreach.services.desk.finding import Finder, Found
from outreach.services.desk.handling import Handling
from outreach.services.desk.listing import Listing
from outreach.services.desk.mediating import Mediating
from outreach.services.desk.merging import Merging
from outreach.services.desk.naming import names_somebody
from outreach.services.desk.pending import Pendings
from outreach.services.desk.previewing import Previewing
from outreach.services.desk.proof import Proof
from outreach.services.desk.recording import Recording
from outreach.services.desk.revealing import Revealing
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import Roster, shown
from outreach.services.reporting import Reporting
from outreach.services.settings import Settings

__all__ = ["Command", "Desk", "ReadCommand", "Unknown", "Verb"]

#: What one moderator's account may say in an hour: no human writes so much.
COMMANDS_PER_HOUR, UNKNOWN_PER_HOUR = 120, 10
PUT_ASIDE_PER_DAY = 5

#: What each verb would bring to a case, to see whether its stage allows it.
_PROBES: dict[Verb, Input] = {
    Verb.AUTHOR: AuthorAddressed("…"),
    Verb.ASKER: AskerAddressed("…"),
    Verb.CLOSE: StaffClosed(Ending.AGREED),
    Verb.LETTER: AuthorAddressed("…"),
    Verb.MERGE: MergedFrom((), ()),
    Verb.REVEAL: Revealed("@nobody:x", "@noone:x", "…"),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Hears the moderators' room and the other one."""

    settings: Settings
    clock: Clock
    chance: Chance
    casework: Casework
    read_command: ReadCommand
    renderer: Renderer
    reporting: Reporting

    def hear(self, tx: Transaction, incoming: Incoming) -> None:
        """A line. Only a command of an enrolled moderator is more than talk."""
        heard = self._room.heard(incoming)
        if heard is not None and incoming.cipher:
            return self._proof.unreadable(tx, heard)
        said = self.read_command(incoming.text, self.settings.prefix) if heard is not None else None
        if heard is None or said is None:
            return None
        if not self._roster.holds(tx, heard.sender):
            if isinstance(said, Command):
                self._roster.turn_away(tx, heard)
        elif self._too_often(tx, heard, said):
            return None
        elif fault := self._proof.fault(incoming):
            self._room.answer(tx, heard, fault, who=shown(heard.sender.address))
        elif isinstance(said, Unknown):
            self._room.answer(tx, heard, "unknown_command", word=said.word, nearest=said.nearest)
        else:
            self._obey(tx, heard, said)
        return None

    def _too_often(self, tx: Transaction, heard: Heard, said: Command | Unknown) -> bool:
        """Whether one account commands more than a human does: another bot that answers ours, or one out of control."""
        most = COMMANDS_PER_HOUR if isinstance(said, Command) else UNKNOWN_PER_HOUR
        count = HourlyCount(self.clock).add(tx, f"desk-{type(said).__name__}", heard.sender.key, most)
        if count == most + 1:
            moment = next_hour(self.clock.now()).isoformat()
            self._room.announce(tx, heard.room, "too_many_commands", who=shown(heard.sender.address), moment=moment)
        return count > most

    def react(self, tx: Transaction, incoming: Incoming) -> None:
        """A reaction; an outsider's is nothing."""
        heard = self._room.heard(incoming)
        if heard is None or not self._roster.holds(tx, heard.sender):
            return
        if not self.settings.signed_only or incoming.trusted:
            self._previewing.react(tx, heard)
            self._handling.press(tx, heard)
        elif self._previewing.confirms(tx, heard):
            self._room.announce(tx, heard.room, "confirm_in_words", who=shown(heard.sender.address))

    def came_or_went(self, tx: Transaction, incoming: Incoming) -> None:
        """Somebody joined or left: the room is told (F4)."""
        heard = self._room.heard(incoming)
        if heard is not None:
            self._roster.came_or_went(tx, heard)

    def new_identity(self, tx: Transaction, who: Account) -> None:
        """A moderator signs devices with other keys than before."""
        self._roster.new_identity(tx, who)

    def put_aside(self, tx: Transaction) -> None:
        """Something was written to the bot that it cannot work; how much of it is nobody's to flood the room with."""
        today = self.clock.now().date()
        if self.settings.staff_room and tx.registers.count("put-aside", "*", today) < PUT_ASIDE_PER_DAY:
            tx.registers.add_count("put-aside", "*", today, today)
            self._room.announce(tx, "staff", "put_aside")

    def room_replaced(self, tx: Transaction, room: str) -> None:
        """A room was closed for another: said where that can be read, and to each moderator in private; once a day."""
        today = self.clock.now().date()
        if tx.registers.count("replaced", room, today) > 0:
            return
        tx.registers.add_count("replaced", room, today, today)
        which = self._room.name_of(room)
        self._room.announce(tx, "staff", "room_replaced", which=which)
        for who in () if which == "community" else sorted(tx.registers.enrolled()):
            self._room.whisper(tx, Account(Platform.MATRIX, who), "room_replaced", which=which)

    def first_roster(self, tx: Transaction, accounts: Sequence[Account]) -> None:
        """Who is joined when the bot first stands in the moderators' room; anybody later is enrolled by two."""
        self._roster.first(tx, accounts)

    def _obey(self, tx: Transaction, heard: Heard, said: Command) -> None:
        Pendings(self.clock).tidy(tx)
        general = self._general(said.verb)
        if general is not None:
            return general(tx, heard, said)
        if said.verb is Verb.CASE and self._exhibiting.genuine(tx, heard, said):
            return None
        found = self._finder.find(tx, heard, said)
        if said.verb is Verb.HELP:
            return self._help(tx, heard, found)
        if found is not None:
            return self._rule(tx, heard, said.verb, found)
        if not said.alias:
            return self._misused(tx, heard, said.verb)
        return self._room.answer(tx, heard, "unknown_alias", word=said.alias)

    def _general(self, verb: Verb) -> Callable[[Transaction, Heard, Command], None] | None:
        """What is about no single case."""
        listing = self._listing
        match verb:
            case Verb.ENROL:
                return self._roster.enrol
            case Verb.REPORT:
                return self.recording.report
            case Verb.CASES:
                return listing.cases
            case Verb.ONCALL:
                return listing.on_call
            case Verb.AWAY:
                return lambda tx, heard, said: listing.away(tx, heard)
            case _:
                return None

    def _rule(self, tx: Transaction, heard: Heard, verb: Verb, found: Found) -> None:
        match verb:
            case Verb.CASE:
                self._listing.case(tx, heard, found.case)
            case Verb.EVIDENCE:
                self._exhibiting.evidence(tx, heard, found.case, found.text)
            case _ if verb in handling.VERBS:
                self._handling.obey(tx, heard, verb, found)
            case Verb.APPROVE:
                self._approving.approve(tx, heard, found)
            case Verb.REFUSE:
                self._approving.refuse(tx, heard, found)
            case Verb.CLOSE:
                self._close(tx, heard, found)
            case Verb.MERGE:
                Merging(self.casework, self._finder, self._room).merge(tx, heard, found)
            case Verb.REVEAL:
                self._revealing.reveal(tx, heard, found)
            case Verb.MEDIATE:
                self._mediate(tx, heard, found)
            case Verb.LETTER:
                self._previewing.write(tx, heard, verb, found.case, found.text)
            case _ if found.text:
                self._previewing.write(tx, heard, verb, found.case, found.text)
            case _:
                self._misused(tx, heard, verb)

    def _mediate(self, tx: Transaction, heard: Heard, found: Found) -> None:
        plan = Mediating(self.casework, self._finder, self._room).plan(tx, heard, found, self.clock.now())
        if plan:
            self._previewing.write(tx, heard, Verb.MEDIATE, found.case, plan)

    def _close(self, tx: Transaction, heard: Heard, found: Found) -> None:
        outcome = outcome_of(found.text)
        if outcome is None:
            return self._misused(tx, heard, Verb.CLOSE)
        if names_somebody(outcome[1]):
            return self._room.answer(tx, heard, "names_somebody")
        try:
            self.casework.apply(tx, found.case.id, StaffClosed(*outcome))
        except Refusal:
            letter = Letter("not_now", {"alias": str(found.case.alias), "stage": str(found.case.stage)})
            self._room.about(tx, heard, found.case, letter)

    def _help(self, tx: Transaction, heard: Heard, found: Found | None) -> None:
        verbs = [*Verb] if found is None else [verb for verb in ABOUT_A_CASE if self._fits(found.case, verb)]
        policy = self.settings.policy
        offered = {
            Verb.TRANSFER: bool(self.settings.branches),
            Verb.REVEAL: policy.reveal,
            Verb.REMOTE: policy.remote_contact,
            Verb.ANSWERED: policy.remote_contact,
            Verb.MEDIATE: self.settings.encryption,
        }
        verbs = [verb for verb in verbs if offered.get(verb, True)]
        self._room.answer(tx, heard, "help", commands="\n".join(self._usages(verbs)))

    def _usages(self, verbs: Iterable[Verb]) -> list[str]:
        return [usage(verb, self.settings.prefix) for verb in verbs]

    def _fits(self, case: Case, verb: Verb) -> bool:
        if verb in (Verb.APPROVE, Verb.REFUSE):
            return bool(waiting(case))
        if verb is Verb.EVIDENCE:
            return bool(case.reports)
        if verb is Verb.REMOTE and all(self.settings.is_local(one) for one in case.respondents):
            return False
        if verb in (Verb.CASE, Verb.HELP):
            return case.staff_since is not None or verb is Verb.HELP
        if verb is Verb.MEDIATE:
            probes = mediating.probes(case, self.clock.now(), self.settings)
            return case.talk is not None or any(self._is_decided(case, one) for one in probes)
        said = handling.probe(verb, "@nobody:x") if verb in handling.VERBS else _PROBES[verb]
        if isinstance(said, AuthorAddressed) and case.post is None and case.respondents:
            said = AuthorAddressed(said.text, case.respondents[0].key)
        return self._is_decided(case, said)

    def _is_decided(self, case: Case, said: Input) -> bool:
        try:
            decide(case, said, self.settings.policy, self.clock.now())
        except Refusal:
            return False
        return True

    def _misused(self, tx: Transaction, heard: Heard, verb: Verb) -> None:
        self._room.answer(tx, heard, "wrong_use", usage=usage(verb, self.settings.prefix))

    # parts; each is made anew, for none of them holds anything

    @property
    def recording(self) -> Recording:
        """What a moderator records; errands bring it what they saw."""
        return Recording(self.reporting, self.renderer, self._room)

    @property
    def _room(self) -> Room:
        return Room(self.settings, self.chance, self.casework.casebook)

    @property
    def _proof(self) -> Proof:
        return Proof(self.settings, self.clock, self._room, self._roster)

    @property
    def _roster(self) -> Roster:
        return Roster(self.settings, self.clock, self._room)

    @property
    def _finder(self) -> Finder:
        return Finder(self.settings, self.casework.casebook)

    @property
    def _approving(self) -> Approving:
        return Approving(self.casework, self._room)

    @property
    def _revealing(self) -> Revealing:
        return Revealing(self.clock, self.casework, self._roster, self._room)

    @property
    def _handling(self) -> Handling:
        return Handling(self.casework, self._finder, self._room)

    @property
    def _listing(self) -> Listing:
        return Listing(self.settings, self.casework.casebook, self._finder, self._room)

    @property
    def _exhibiting(self) -> Exhibiting:
        return Exhibiting(self.casework.casebook, self._finder, self._room)

    @property
    def _previewing(self) -> Previewing:
        return Previewing(self.clock, self.chance, self.casework, self._finder, self._room, self.renderer)
