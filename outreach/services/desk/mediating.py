"""`!mediate`: a talk between both sides, led by a moderator who takes no side (R042), perhaps with guests (R022).

Finds out who is meant and whether there can be such a talk, before anybody is asked. Shows and sends nothing itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.domain.case import Case
from outreach.domain.decisions.mediating import offer
from outreach.domain.discipline.spans import Span, end_of
from outreach.domain.errors import NotNow, Refusal
from outreach.domain.identity import Account, Platform
from outreach.domain.inputs import TalkEnded, TalkOffered
from outreach.domain.letters import Letter
from outreach.domain.state_machine import decide
from outreach.ports import Incoming
from outreach.ports.store import Transaction
from outreach.services import talking
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Finder, Found
from outreach.services.desk.lettering import key_of
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import shown
from outreach.services.settings import Settings

_END = "end"
_HOUR = timedelta(hours=1)
_USER = re.compile(r"@?[^\s@:]+:[^\s@]+")
#: More than these is no talk any more.
MOST_GUESTS = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """An offer as it is kept until it is confirmed, whoever confirms it. `to` is whom the matter is about."""

    mediator: str
    guests: tuple[str, ...]
    until: str
    to: str

    def written(self) -> str:
        """In one line; `read_plan` reads it back."""
        return " ".join((self.until, self.to, self.mediator, *self.guests))

    def offered(self, case: Case, by: str, now: datetime) -> tuple[TalkOffered, Account, Letter]:
        """What it would bring to the case, to whom it goes besides whoever asked, and their letter."""
        to = next((one for one in case.respondents if one.key == self.to), None)
        if to is None:
            raise NotNow
        until = end_of(now, Span(self.until))
        letter = Letter("mediation_offer", {"role": "team", **offer(self.mediator, self.guests, until)})
        return TalkOffered(by, self.mediator, until, key_of(case, to), self.guests), to, letter


def read_plan(text: str) -> Plan:
    """A plan that was written down."""
    until, to, mediator, *guests = text.split(" ")
    return Plan(mediator, tuple(guests), until, to)


@dataclass(frozen=True, slots=True)
class Mediating:
    """Reads the command."""

    casework: Casework
    finder: Finder
    room: Room

    def plan(self, tx: Transaction, heard: Heard, found: Found, now: datetime) -> str:
        """The plan to be previewed, written down; "" where the room has been answered otherwise."""
        case, words = found.case, found.text.split()
        if [word.casefold() for word in words] == [_END]:
            self._end(tx, heard, case)
            return ""
        to, people, until = self._meant(case, words, heard.incoming)
        if to is None or people is None or len(people) > MOST_GUESTS:
            self.room.answer(tx, heard, "wrong_use", usage=self._usage(case))
            return ""
        mediator = next((who for who in people if self._is_free(tx, who, case)), heard.sender.address)
        if self._turned_away(tx, heard, case, mediator, people):
            return ""
        plan = Plan(mediator, tuple(who for who in people if who != mediator), until, to.key)
        try:
            decide(case, plan.offered(case, heard.sender.address, now)[0], self.casework.settings.policy, now)
            why = talking.obstacle(tx, self.casework.settings, case, to)
        except Refusal:
            letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
        else:
            letter = Letter("talk", {"alias": str(case.alias), "news": why, "who": "", "moment": ""})
            if not why:
                return plan.written()
        self.room.about(tx, heard, case, letter)
        return ""

    def _end(self, tx: Transaction, heard: Heard, case: Case) -> None:
        try:
            self.casework.apply(tx, case.id, TalkEnded(heard.sender.address))
        except Refusal:
            letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
            self.room.about(tx, heard, case, letter)

    def _meant(
        self, case: Case, words: Sequence[str], incoming: Incoming
    ) -> tuple[Account | None, list[str] | None, str]:
        """Whom the matter is about, whose ids are named, and how long there is to answer. None where that is unclear.

        Ids of people who were mentioned stand for the names that a client writes in their place.
        """
        about = {one.address.lstrip("@").casefold(): one for one in case.respondents}
        named = [one for word in words if (one := about.get(word.strip(",").lstrip("@").casefold())) is not None]
        rest = [w.strip(",") for w in words if w.strip(",").lstrip("@").casefold() not in about]
        spans = [word for word in rest if _is_span(word)]
        people = [f"@{word.lstrip('@')}" for word in rest if _USER.fullmatch(word)]
        mentioned = [who for who in incoming.mentions if who.lstrip("@").casefold() not in about]
        unknown = [word for word in rest if not _is_span(word) and not _USER.fullmatch(word)]
        if len(spans) > 1 or (unknown and not mentioned):
            return None, None, ""
        to = named[0] if named else case.respondents[0] if len(case.respondents) == 1 else None
        default = f"{max(1, self.casework.settings.policy.consent_within // _HOUR)}h"
        named_all = [w for w in (*people, *mentioned) if f"{Platform.MATRIX}:{w}" not in self.casework.settings.bots]
        return to, list(dict.fromkeys(named_all)), spans[0] if spans else default

    def _is_free(self, tx: Transaction, who: str, case: Case) -> bool:
        """Whether somebody is a moderator and not one of those it is about."""
        return who in tx.registers.enrolled() and not self.finder.is_author(Account(Platform.MATRIX, who), case)

    def _turned_away(self, tx: Transaction, heard: Heard, case: Case, mediator: str, people: Sequence[str]) -> bool:
        """Whom it is about leads no talk and is no guest; who asked is never looked at here (F2)."""
        doubled = [who for who in people if self.finder.is_author(Account(Platform.MATRIX, who), case)]
        if not self._is_free(tx, mediator, case):
            doubled = [mediator]
        if not doubled:
            return False
        self.room.answer(tx, heard, "not_enrolled", who=shown(doubled[0]))
        return True

    def _usage(self, case: Case) -> str:
        several = len(case.respondents) > 1
        about = " " + "|".join(one.address.lstrip("@") for one in case.respondents) if several else ""
        return usage(Verb.MEDIATE, self.casework.settings.prefix) + about


def _is_span(word: str) -> bool:
    try:
        Span(word)
    except ValueError:
        return False
    return True


def probes(case: Case, now: datetime, settings: Settings) -> list[TalkOffered]:
    """What the command could bring, to see whether it can be said: it takes somebody who can come to a room."""
    until = now + settings.policy.consent_within
    people = [one for one in case.respondents if one.platform is Platform.MATRIX]
    return [TalkOffered("@nobody:x", "@nobody:x", until, key_of(case, one)) for one in people]
