"""Which case a command is about: its whole name, else the message replied to or the thread, else a fitting prefix.

A case nobody agreed to show here does not exist here (F19): not by name, by reply, nor by a different refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from outreach.domain.case import Case
from outreach.domain.identity import Account
from outreach.ports import Incoming
from outreach.ports.store import Told, Transaction
from outreach.services.casebook import Casebook
from outreach.services.desk.commands import Command, Verb
from outreach.services.desk.room import Heard
from outreach.services.settings import Settings

#: Words that wait for approval are the one thing staff see of a case before it is theirs.
_ABOUT_WORDS = frozenset({Verb.APPROVE, Verb.REFUSE, Verb.HELP})


@dataclass(frozen=True, slots=True)
class Found:
    """A case, what was said beside its name, and the message replied to, if that is how it was found."""

    case: Case
    text: str
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks cases up for one room and one moderator."""

    settings: Settings
    casebook: Casebook

    def find(self, tx: Transaction, heard: Heard, said: Command) -> Found | None:
        """The case, if there is exactly one and this moderator may command it here."""
        named = self._load(tx, tx.cases.with_alias(said.alias)) if said.alias else None
        if named is not None and self._may(tx, heard, named, said.verb):
            return Found(named, said.rest)
        told = _replied_to(tx, heard.incoming)
        if told is not None:
            case = self._load(tx, told.case)
            return Found(case, said.text, told) if case and self._may(tx, heard, case, said.verb) else None
        fits = tx.cases.by_alias(said.alias) if said.alias else iter(())
        seen = [*islice((case for case in fits if self._may(tx, heard, case, said.verb)), 2)]
        return Found(seen[0], said.rest) if len(seen) == 1 else None

    def may_rule(self, tx: Transaction, heard: Heard, case: Case) -> bool:
        """Whether a case stands in this room and this moderator is not its author (F30)."""
        here = self.casebook.room_for(tx, case) == heard.room and case.staff_since is not None
        return here and not self.is_author(heard.sender, case)

    def _may(self, tx: Transaction, heard: Heard, case: Case, verb: Verb) -> bool:
        if self.may_rule(tx, heard, case):
            return True
        here = self.casebook.room_for(tx, case) == heard.room and not self.is_author(heard.sender, case)
        return here and verb in _ABOUT_WORDS and words_shown(tx, case) != ""

    def is_author(self, who: Account, case: Case) -> bool:
        """The author themselves, by this account or by their other one in `[[staff]]`."""
        return any(self.settings.are_one(who, one) for one in case.respondents)

    def _load(self, tx: Transaction, case: str) -> Case | None:
        return tx.cases.load(case) if case else None


def words_shown(tx: Transaction, case: Case) -> str:
    """The newest message that showed staff words of this case waiting for approval; "" if there was none."""
    return tx.registers.last_told("staff", case.id, "approval_request")


def _replied_to(tx: Transaction, incoming: Incoming) -> Told | None:
    """The message of ours a line answers, else the root of its thread; a client's fallback reply does no harm."""
    for native in (incoming.parent, incoming.thread):
        told = tx.registers.told(native) if native else None
        if told is not None and told.conversation == "staff" and told.case:
            return told
    return None
