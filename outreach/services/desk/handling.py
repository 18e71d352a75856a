"""How moderators share the work: look, take, hand over, note, defer, take up again. Each is one input into the case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from outreach.domain.errors import Refusal, TakenBefore
from outreach.domain.identity import Account, Platform
from outreach.domain.inputs import (
    AskerMuted,
    ColleaguesAnswered,
    ColleaguesAsked,
    Deferred,
    HandedBack,
    HelpAsked,
    HelpOffered,
    Input,
    LookedInto,
    MeasureDone,
    Noted,
    StaffReopened,
    Taken,
    Transferred,
)
from outreach.domain.letters import Letter
from outreach.ports.store import Transaction
from outreach.services import duty
from outreach.services.casebook import card_name
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Finder, Found
from outreach.services.desk.pending import CONFIRM
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import named, shown
from outreach.services.settings import host_of

#: Reactions on a card with the effect of a command. What they mean stands here and nowhere else; a case that has moved
#: on meanwhile takes none of them twice.
BUTTONS = MappingProxyType({"👀": Verb.LOOK, "✋": Verb.TAKE})

#: Verbs without words of their own, and those that need some.
_PLAIN: dict[Verb, Callable[[str], Input]] = {
    Verb.LOOK: LookedInto,
    Verb.TAKE: Taken,
    Verb.RELEASE: HandedBack,
    Verb.MUTE_ASKER: lambda who: AskerMuted(),
    Verb.DONE: MeasureDone,
    Verb.ANSWERED: ColleaguesAnswered,
}
_WORDED: dict[Verb, Callable[[str, str], Input]] = {
    Verb.NOTE: Noted,
    Verb.DEFER: Deferred,
    Verb.REOPEN: StaffReopened,
}
#: More helpers than anybody has are a slip of the finger.
MOST_HELPERS = 30
VERBS = frozenset({*_PLAIN, *_WORDED, Verb.ASSIGN, Verb.ASSIST, Verb.TRANSFER, Verb.REMOTE})
_HELP = "help_wanted"
_STEP = "measure_step"
_EVERYBODY = ("", "all")


def probe(verb: Verb, who: str) -> Input:
    """What a verb would bring to a case, to see whether its stage allows it."""
    match verb:
        case Verb.ASSIGN:
            return Taken("@nobody:x", who)
        case Verb.ASSIST:
            return HelpAsked(who)
        case Verb.TRANSFER:
            return Transferred("…", who)
        case Verb.REMOTE:
            return ColleaguesAsked(who, "x", str(Platform.FEDIVERSE))
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
        match verb:
            case Verb.ASSIGN:
                return self._assign(tx, heard, found)
            case Verb.ASSIST:
                return self._assist(tx, heard, found)
            case Verb.TRANSFER:
                return self._transfer(tx, heard, found)
            case Verb.REMOTE:
                return self._remote(tx, heard, found)
        if verb in _WORDED:
            if not found.text:
                return self.room.answer(tx, heard, "wrong_use", usage=usage(verb, self.casework.settings.prefix))
            self._apply(tx, heard, found, _WORDED[verb](who, found.text))
        else:
            self._apply(tx, heard, found, _PLAIN[verb](who))
        return None

    def press(self, tx: Transaction, heard: Heard) -> None:
        """A reaction on a card; on anything else, or with another sign, it is a reaction among moderators."""
        told = tx.registers.told(heard.incoming.parent) if heard.incoming.parent else None
        case = tx.cases.load(told.case) if told is not None else None
        if told is None or case is None or not self.finder.may_rule(tx, heard, case):
            return
        verb = BUTTONS.get(heard.incoming.text)
        if told.letter == _HELP and verb is Verb.TAKE:
            self._apply(tx, heard, Found(case, ""), HelpOffered(heard.sender.address))
        elif told.letter == _STEP and heard.incoming.text == CONFIRM:
            self._apply(tx, heard, Found(case, ""), MeasureDone(heard.sender.address, int(told.relay)))
        elif told.letter == card_name(heard.room) and verb is not None:
            self.obey(tx, heard, verb, Found(case, ""))

    def _assign(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """Only to somebody who is enrolled and not the case's own author."""
        who = named(found.text, heard.incoming)
        if not who:
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.ASSIGN, self.casework.settings.prefix))
        account = Account(heard.sender.platform, who)
        if who not in tx.registers.enrolled() or self.finder.is_author(account, found.case):
            return self.room.answer(tx, heard, "not_enrolled", who=shown(who))
        self._apply(tx, heard, found, Taken(who, heard.sender.address))
        return None

    def _assist(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """R086: named colleagues, a number, or all."""
        by, words = heard.sender.address, found.text.casefold().strip()
        if words in _EVERYBODY:
            self._apply(tx, heard, found, HelpAsked(by))
            return None
        if words.isdecimal() and 0 < int(words) <= MOST_HELPERS:
            self._apply(tx, heard, found, HelpAsked(by, int(words)))
            return None
        who = named(found.text, heard.incoming)
        if who not in tx.registers.enrolled() or self.finder.is_author(Account(heard.sender.platform, who), found.case):
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.ASSIST, self.casework.settings.prefix))
        self._apply(tx, heard, found, HelpAsked(by, 1, who))
        return None

    def _transfer(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """To a branch of the configuration, or to all."""
        settings, words = self.casework.settings, found.text.strip()
        branch = settings.branch(words)
        if branch is None and words.casefold() != "all":
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.TRANSFER, settings.prefix))
        name = branch.name if branch is not None else ""
        if self._apply(tx, heard, found, Transferred(name, heard.sender.address)):
            values = {"alias": str(found.case.alias), "branch": name}
            self.room.about(tx, heard, found.case, Letter("transferred", values))
        return None

    def _remote(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """R068: the first person on another server names which one."""
        settings = self.casework.settings
        away = next((one for one in found.case.respondents if not settings.is_local(one)), None)
        host, platform = (host_of(away), str(away.platform)) if away is not None else ("", "")
        self._apply(tx, heard, found, ColleaguesAsked(heard.sender.address, host, platform))

    def _apply(self, tx: Transaction, heard: Heard, found: Found, said: Input) -> bool:
        """Whether it counted; where not, the room is told why."""
        try:
            self.casework.apply(tx, found.case.id, said)
        except TakenBefore as first:
            values = {"alias": str(found.case.alias), "who": shown(first.who), "moment": first.at.isoformat()}
            self.room.about(tx, heard, found.case, Letter("taken_before", values))
            return False
        except Refusal:
            values = {"alias": str(found.case.alias), "stage": str(found.case.stage)}
            self.room.about(tx, heard, found.case, Letter("not_now", values))
            return False
        if isinstance(said, Taken) and said.who in duty.away(tx):
            duty.come_on(tx, said.who)
        return True
