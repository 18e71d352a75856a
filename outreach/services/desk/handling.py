"""How moderators share the work: look, take, hand over, note, defer, take up again. Each is one input into the case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from outreach.domain.errors import Refusal, TakenBefore
from outreach.domain.identity import Account
from outreach.domain.inputs import (
    AskerMuted,
    Deferred,
    HandedBack,
    Input,
    LookedInto,
    Noted,
    StaffReopened,
    Taken,
)
from outreach.domain.letters import Letter
from outreach.ports.store import Transaction
from outreach.services import duty
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Finder, Found
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import named, shown

#: Reactions on a card with the effect of a command. What they mean stands here and nowhere else; a case that has moved
#: on meanwhile takes none of them twice.
BUTTONS = MappingProxyType({"👀": Verb.LOOK, "✋": Verb.TAKE})

#: Verbs without words of their own, and those that need some.
_PLAIN: dict[Verb, Callable[[str], Input]] = {
    Verb.LOOK: LookedInto,
    Verb.TAKE: Taken,
    Verb.RELEASE: HandedBack,
    Verb.MUTE_ASKER: lambda who: AskerMuted(),
}
_WORDED: dict[Verb, Callable[[str, str], Input]] = {
    Verb.NOTE: Noted,
    Verb.DEFER: Deferred,
    Verb.REOPEN: StaffReopened,
}
VERBS = frozenset({*_PLAIN, *_WORDED, Verb.ASSIGN})


def probe(verb: Verb, who: str) -> Input:
    """What a verb would bring to a case, to see whether its stage allows it."""
    if verb is Verb.ASSIGN:
        return Taken("@nobody:x", who)
    return _PLAIN[verb](who) if verb in _PLAIN else _WORDED[verb](who, "…")


@dataclass(frozen=True, slots=True)
class Handling:
    """Applies them."""

    casework: Casework
    finder: Finder
    room: Room

    def obey(self, tx: Transaction, heard: Heard, verb: Verb, found: Found) -> None:
        """One command about a case that was found."""
        who = heard.sender.address
        if verb is Verb.ASSIGN:
            return self._assign(tx, heard, found)
        if verb in _WORDED:
            if not found.text:
                return self.room.answer(tx, heard, "wrong_use", usage=usage(verb, self.casework.settings.prefix))
            return self._apply(tx, heard, found, _WORDED[verb](who, found.text))
        return self._apply(tx, heard, found, _PLAIN[verb](who))

    def press(self, tx: Transaction, heard: Heard) -> None:
        """A reaction on a card; on anything else, or with another sign, it is a reaction among moderators."""
        told = tx.registers.told(heard.incoming.parent) if heard.incoming.parent else None
        verb = BUTTONS.get(heard.incoming.text)
        if verb is None or told is None or told.letter != "card":
            return
        case = tx.cases.load(told.case)
        if case is not None and self.finder.may_rule(tx, heard, case):
            self.obey(tx, heard, verb, Found(case, ""))

    def _assign(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """Only to somebody who is enrolled and not the case's own author."""
        who = named(found.text, heard.incoming)
        if not who:
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.ASSIGN, self.casework.settings.prefix))
        account = Account(heard.sender.platform, who)
        if who not in tx.registers.enrolled() or self.finder.is_author(account, found.case):
            return self.room.answer(tx, heard, "not_enrolled", who=shown(who))
        return self._apply(tx, heard, found, Taken(who, heard.sender.address))

    def _apply(self, tx: Transaction, heard: Heard, found: Found, said: Input) -> None:
        try:
            self.casework.apply(tx, found.case.id, said)
        except TakenBefore as first:
            values = {"alias": str(found.case.alias), "who": shown(first.who), "moment": first.at.isoformat()}
            self.room.about(tx, heard, found.case, Letter("taken_before", values))
        except Refusal:
            values = {"alias": str(found.case.alias), "stage": str(found.case.stage)}
            self.room.about(tx, heard, found.case, Letter("not_now", values))
        else:
            if isinstance(said, Taken) and said.who in duty.away(tx):
                duty.come_on(tx, said.who)
