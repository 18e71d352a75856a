"""What becomes of a staff room's own things: a card or list that was removed stands there again, and a room that the
bot was put out of is told of elsewhere. Loses nothing: what was meant for such a room waits in its lane.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from outreach.domain.identity import Account, Platform
from outreach.ports import Chance, Clock, Incoming
from outreach.ports.store import Transaction
from outreach.services import cards, noticeboard
from outreach.services.casework import Casework
from outreach.services.desk.room import Room
from outreach.services.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Mending:
    """Puts things back."""

    settings: Settings
    clock: Clock
    chance: Chance
    casework: Casework

    def removed(self, tx: Transaction, incoming: Incoming) -> None:
        """Somebody took a message away; in a staff room that may have been one of ours."""
        room = self.settings.staff_room_named(incoming.room)
        if room and not noticeboard.taken_away(tx, room, incoming.parent):
            cards.taken_away(tx, self.casework, room, incoming.parent, self.clock.now().date())

    def put_out(self, tx: Transaction, room: str) -> None:
        """The bot is in that room no more: each moderator hears it in private, once a day (F18)."""
        log.error("put out of a staff room")
        today = self.clock.now().date()
        if tx.registers.count("put-out", room, today) > 0:
            return
        tx.registers.add_count("put-out", room, today, today)
        speaking = Room(self.settings, self.chance, self.casework.casebook)
        for who in sorted(tx.registers.enrolled()):
            speaking.whisper(tx, Account(Platform.MATRIX, who), "room_lost", key=self._key(room))

    def _key(self, room: str) -> str:
        """Under which key of the configuration that room stands."""
        name = self.settings.staff_room_named(room)
        kind, _, branch = name.partition(":")
        return f"branches.{branch}.staff_room" if branch else f"matrix.{kind}_room"
