"""What is different about messages in a staff room: they say what is so when they leave, and some replace others.

Sends nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.ports.store import Outbound, Told, Transaction
from outreach.services import noticeboard
from outreach.services.cards import Cards
from outreach.services.casebook import Casebook, card_in


@dataclass(frozen=True, slots=True)
class Posting:
    """Looks at each such message before and after."""

    casebook: Casebook

    def wanted(self, tx: Transaction, message: Outbound, now: datetime) -> Outbound | None:
        """What a room is to read by now; None where it reads that already, or it is of an earlier day."""
        if noticeboard.outdated(message, now, self.casebook.settings):
            return None
        return Cards(self.casebook).renewed(tx, message)

    def replaces(self, tx: Transaction, message: Outbound, place: str) -> str:
        """Which message of that room it is an edit of; "" where it stands by itself."""
        if message.staff_post == "card":
            return card_in(tx, message.address.staff, message.case)
        is_list = message.letter.name == noticeboard.LIST
        return noticeboard.standing_in(tx, message.address.staff, place) if is_list else ""

    def remember(self, tx: Transaction, message: Outbound, place: str, event: str, replaced: str, day: str) -> None:
        """It is out, as `event`, or as an edit of what it `replaced`."""
        if message.staff_post == "card":
            return Cards(self.casebook).shown(tx, message, replaced or event, day)
        if not replaced:
            told = Told("staff", message.case, letter=message.letter.name, day=day, relay=message.nonce)
            tx.registers.remember_told(event, told)
            if message.letter.name == noticeboard.LIST:
                noticeboard.posted(tx, message.address.staff, place, event)
        return None
