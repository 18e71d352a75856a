"""A card says what is so when it leaves, not when it was queued: edits that wait together become one.

Words of which an attempt was begun stay as they are, since the server keeps the first it got under a key (so that a
killed attempt loses nothing). A card that was taken away is posted anew, with all that still has to be said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from outreach.domain.case import Case
from outreach.domain.decisions.handling import is_over
from outreach.ports.store import Outbound, Told, Transaction
from outreach.services.casebook import Casebook, card_in, card_name, lose_card
from outreach.services.casework import Casework

#: So often in a day a card comes back; who takes it away again means it, and `!case` shows it all the same.
MOST_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Cards:
    """Renews cards that are about to be sent."""

    casebook: Casebook

    def renewed(self, tx: Transaction, message: Outbound) -> Outbound | None:
        """The card with the words of now; None where the room reads them already. Other messages stay as they are."""
        case = self._case_of(tx, message)
        if case is None or not _is_untried(message):
            return message
        if not message.pings and self._is_shown(tx, message, case):
            return None
        stage = str(case.stage) if case.before_staff else ""
        letter = self.casebook.card(case)
        new = replace(message, letter=letter, alias=case.alias, stage=stage, version=case.version)
        tx.outbox.revise(new)
        return new

    def shown(self, tx: Transaction, message: Outbound, event: str, day: str) -> None:
        """The room reads that card now; `event` is where it stands."""
        first = Told("staff", message.case, letter=card_name(message.address.staff), day=day, relay=message.nonce)
        told = tx.registers.told(event) or first
        tx.registers.remember_told(event, replace(told, version=message.version))

    def _case_of(self, tx: Transaction, message: Outbound) -> Case | None:
        """The case a card is about, if it still stands in the room the card is meant for."""
        case = tx.cases.load(message.case) if message.staff_post == "card" else None
        here = case is not None and self.casebook.room_for(tx, case) == message.address.staff
        return case if here else None

    def _is_shown(self, tx: Transaction, message: Outbound, case: Case) -> bool:
        event = card_in(tx, message.address.staff, case.id)
        told = tx.registers.told(event) if event else None
        return told is not None and told.version == case.version


def _is_untried(message: Outbound) -> bool:
    return message.first_tried is None and not message.unknown and not message.parts


def taken_away(tx: Transaction, casework: Casework, room: str, event: str, today: date) -> None:
    """Somebody removed a message of a staff room. The card of a case that is not over stands there again."""
    told = tx.registers.told(event) if event else None
    if told is None or not told.case or told.letter != card_name(room):
        return
    lose_card(tx, event)
    case = tx.cases.load(told.case)
    if case is None or is_over(case) or card_in(tx, room, case.id):
        return
    if tx.registers.count("card-again", case.id, today) < MOST_AGAIN:
        tx.registers.add_count("card-again", case.id, today, today)
        casework.show_again(tx, case)
