"""What a moderator may ask to see: a case's evidence with nothing masked, and whether a message was the bot's.

Tells of a message only that it was the bot's and from which day; of a case nobody agreed to show, nothing (F19, F34).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from outreach.domain.case import Case
from outreach.domain.inputs import Concern
from outreach.domain.letters import Letter
from outreach.ports.store import Transaction
from outreach.services.casebook import Casebook
from outreach.services.desk.commands import Command
from outreach.services.desk.finding import Finder
from outreach.services.desk.room import Heard, Room

#: So many pictures are shown at a time; a homeserver's limits let no more than ten messages through at once.
PICTURES_AT_ONCE = 8
_NUMBER = re.compile(r"\A[0-9]{1,4}\Z")
_LINK = re.compile(r"(?:https?://|matrix:)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exhibiting:
    """Shows."""

    casebook: Casebook
    finder: Finder
    room: Room

    def evidence(self, tx: Transaction, heard: Heard, case: Case, text: str = "") -> None:
        """Every post that is kept of the case, as it was (R010); of minors only where it was, whoever asks.

        With a number as `text`, only its pictures from that one on.
        """
        if _NUMBER.match(text):
            return self._pictures(tx, heard, case, int(text))
        kept = tx.exhibits.of(case.id)
        if not kept and not case.pictures:
            return self.room.about(tx, heard, case, Letter("no_evidence", {"alias": str(case.alias)}))
        for one in kept:
            self.room.about(tx, heard, case, self.casebook.evidence(case, one, hidden=False))
        return self._pictures(tx, heard, case, 1)

    def _pictures(self, tx: Transaction, heard: Heard, case: Case, first: int) -> None:
        """Each by itself, in the order in which they came; none where nothing may be copied (R011)."""
        there = 0 if case.never_copied else tx.exhibits.pictures(case.id)
        end = min(there, max(first, 1) + PICTURES_AT_ONCE - 1)
        for number in range(max(first, 1), end + 1):
            more = str(end + 1) if number == end < there else ""
            values = {"alias": str(case.alias), "count": str(there), "number": str(number), "more": more}
            self.room.about(tx, heard, case, Letter("picture", values), picture=number)
        if there < case.pictures:
            never = "1" if case.never_copied else ""
            self.room.about(tx, heard, case, Letter("pictures_missing", {"alias": str(case.alias), "never": never}))

    def genuine(self, tx: Transaction, heard: Heard, said: Command) -> bool:
        """`!case URL`: whether the bot wrote that message. False where no link was given."""
        link = _LINK.search(said.text)
        if link is None:
            return False
        told = next((found for name in _natives(link[0]) if (found := tx.registers.told(name)) is not None), None)
        if told is None or told.letter == "heard":
            self.room.answer(tx, heard, "message_not_ours")
            return True
        case = tx.cases.load(told.case) if told.case else None
        known = case is not None and case.concern is not Concern.HUMAN and self.finder.may_rule(tx, heard, case)
        alias = str(case.alias) if known and case is not None else ""
        self.room.answer(tx, heard, "message_ours", day=told.day, alias=alias)
        return True


def _natives(link: str) -> tuple[str, ...]:
    """The id a link ends in, in the forms in which servers write it."""
    plain = re.split(r"[?]", unquote(link.rstrip("/.,;)>\"'")), maxsplit=1)[0]
    last = plain.rpartition("/")[2]
    return (last, f"${last}") if link.casefold().startswith("matrix:") else (last,)
