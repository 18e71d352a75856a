"""Whether a command is surely its sender's (F17): what encryption tells of a line. Reads no words, knows no case."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.ports import Clock, Incoming
from outreach.ports.store import Transaction
from outreach.services.desk.room import UNTRUSTED, Heard, Room
from outreach.services.desk.roster import Roster, shown
from outreach.services.settings import Settings


@dataclass(frozen=True, slots=True)
class Proof:
    """Judges how a line came."""

    settings: Settings
    clock: Clock
    room: Room
    roster: Roster

    def fault(self, incoming: Incoming) -> str:
        """The letter that says why a command does not count; "" if it does."""
        if not incoming.decrypted and (incoming.encrypted or self.settings.signed_only):
            return "plain_refused"
        return "device_unsigned" if self.settings.signed_only and not incoming.trusted else ""

    def unreadable(self, tx: Transaction, heard: Heard) -> None:
        """A moderator is asked to write again what could not be read: once a day."""
        who, today = heard.sender.address, self.clock.now().date()
        if not self.roster.holds(tx, heard.sender) or tx.registers.count("unreadable", who, today):
            return
        tx.registers.add_count("unreadable", who, today, today)
        untrusted = "1" if heard.incoming.withheld in UNTRUSTED else ""
        self.room.answer(tx, heard, "unreadable", who=shown(who), untrusted=untrusted)
