"""A member's own words that wait for a moderator: let pass, as they are or reworded, or not. Shows no case (F19).

Only words that stood in the room can be ruled on; a ruling on words already dealt with changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from outreach.domain.case import Case, Relay
from outreach.domain.decisions.answering import LONGEST_RELAY
from outreach.domain.errors import Refusal
from outreach.domain.identity import RelayId
from outreach.domain.inputs import RelayApproved, RelayRefused
from outreach.ports.store import Transaction
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Found, words_shown
from outreach.services.desk.naming import names_somebody
from outreach.services.desk.room import Heard, Room

_Ruling = Callable[[RelayId], RelayApproved | RelayRefused]


@dataclass(frozen=True, slots=True)
class Approving:
    """Rules on relays."""

    casework: Casework
    room: Room

    def approve(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """Let the words pass. A rewording may name nobody at all: before escalation the author is nobody's to know."""
        if len(found.text) > LONGEST_RELAY:
            return self._misused(tx, heard, Verb.APPROVE)
        if names_somebody(found.text):
            return self.room.answer(tx, heard, "names_somebody")
        return self._rule(tx, heard, found, lambda relay: RelayApproved(relay, found.text))

    def refuse(self, tx: Transaction, heard: Heard, found: Found) -> None:
        """Keep the words back, with a reason that the member reads."""
        if not found.text:
            return self._misused(tx, heard, Verb.REFUSE)
        if names_somebody(found.text):
            return self.room.answer(tx, heard, "names_somebody")
        return self._rule(tx, heard, found, lambda relay: RelayRefused(relay, found.text))

    def _misused(self, tx: Transaction, heard: Heard, verb: Verb) -> None:
        self.room.answer(tx, heard, "wrong_use", usage=usage(verb, self.casework.settings.prefix))

    def _rule(self, tx: Transaction, heard: Heard, found: Found, ruling: _Ruling) -> None:
        relay = _meant(tx, found)
        try:
            if relay is not None:
                self.casework.apply(tx, found.case.id, ruling(relay.id))
                return
        except Refusal:
            pass
        self.room.answer(tx, heard, "no_words_wait", alias=str(found.case.alias))


def waiting(case: Case) -> tuple[Relay, ...]:
    """Words that no moderator has ruled on."""
    return tuple(relay for relay in case.relays if relay.due is None and not relay.done)


def _meant(tx: Transaction, found: Found) -> Relay | None:
    """The words of the message replied to; by name only the words shown last, and only if no others wait."""
    open_now = waiting(found.case)
    told = found.told if found.told is not None and found.told.letter == "approval_request" else None
    if told is None:
        told = tx.registers.told(words_shown(tx, found.case))
        open_now = open_now if len(open_now) == 1 else ()
    if told is None or not open_now:
        return None
    return next((one for one in open_now if one.id == told.relay), None) if told.relay else open_now[-1]
