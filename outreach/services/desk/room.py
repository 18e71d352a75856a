"""Speaking in a staff room: every answer is queued in the line's own transaction. Chooses no words.

An answer about a case goes below its card; any other below the line it answers, so that the room stays readable.
"""

from __future__ import annotations

from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.identity import Account
from outreach.domain.letters import Audience, Letter
from outreach.ports import Chance, Happening, Incoming
from outreach.ports.store import Address, Enclosure, Outbound, Rank, Transaction
from outreach.services.casebook import Casebook, card_in
from outreach.services.settings import Settings
from outreach.services.whispering import whisper

#: Why a device keeps its key from ours: its owner has not verified it (`m.room_key.withheld`).
UNTRUSTED = ("m.unverified", "m.blacklisted")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that happened in `room`, a name out of `Settings.staff_rooms`."""

    incoming: Incoming
    room: str

    @property
    def sender(self) -> Account:
        """Who did it."""
        return self.incoming.sender

    @property
    def root(self) -> str:
        """Where a thread with the answer begins; a reaction can be no root."""
        if self.incoming.happening is not Happening.LINE:
            return ""
        return self.incoming.thread or self.incoming.source


@dataclass(frozen=True, slots=True)
class Room:
    """Queues messages to a staff room."""

    settings: Settings
    chance: Chance
    casebook: Casebook

    def heard(self, incoming: Incoming) -> Heard | None:
        """The room something happened in; None for what the bot did itself, and where nothing can be answered."""
        closed = incoming.encrypted and not self.settings.encryption
        if incoming.sender.key in self.settings.bots or incoming.notice or closed:
            return None
        room = self.settings.staff_room_named(incoming.room)
        return Heard(incoming, room) if room else None

    def answer(self, tx: Transaction, heard: Heard, name: str, /, **values: str) -> None:
        """One answer that is about no case, or about none that may be named."""
        self._post(tx, heard.room, Letter(name, values), answers=heard.root)

    def answer_with(self, tx: Transaction, heard: Heard, letter: Letter, lines: tuple[Enclosure, ...]) -> None:
        """The same with letters inside, such as one line a case."""
        self._post(tx, heard.room, letter, answers=heard.root, enclosures=lines)

    def announce(self, tx: Transaction, room: str, name: str, /, **values: str) -> None:
        """Words to a room by themselves."""
        self._post(tx, room, Letter(name, values))

    def name_of(self, room: str) -> str:
        """Which of the rooms named in the configuration one is."""
        return self.settings.staff_room_named(room).partition(":")[0] or "community"

    def whisper(self, tx: Transaction, to: Account, name: str, /, **values: str) -> None:
        """Words to one moderator alone, where the room may be no place for them (F18)."""
        whisper(tx, self.chance, to, Letter(name, values))

    def about(
        self,
        tx: Transaction,
        heard: Heard,
        case: Case,
        letter: Letter,
        nonce: str = "",
        enclosures: tuple[Enclosure, ...] = (),
        picture: int = 0,
    ) -> None:
        """One answer about a case that this room has been shown; `picture` is the number of one that goes with it."""
        card = card_in(tx, heard.room, case.id)
        post, answers = ("update", "") if card else ("notice", heard.root)
        self._post(
            tx,
            heard.room,
            letter,
            case,
            staff_post=post,
            answers=answers,
            nonce=nonce,
            enclosures=enclosures,
            picture=picture,
        )

    def refresh(self, tx: Transaction, room: str, case: Case) -> None:
        """The card as it stands now, in place of the old one."""
        self._post(tx, room, self.casebook.card(case), case, staff_post="card")

    def _post(
        self,
        tx: Transaction,
        room: str,
        letter: Letter,
        case: Case | None = None,
        *,
        staff_post: str = "notice",
        answers: str = "",
        nonce: str = "",
        enclosures: tuple[Enclosure, ...] = (),
        picture: int = 0,
    ) -> None:
        row = Outbound(
            Address(staff=room),
            Audience.STAFF,
            letter,
            self.chance.token(),
            case=case.id if case else "",
            alias=case.alias if case else "",
            stage=str(case.stage) if case else "",
            staff_post=staff_post,
            enclosures=enclosures,
            nonce=nonce,
            answers=answers,
            picture=picture,
            urgent=True,
            rank=Rank.ANSWER,
            lane=room,
        )
        tx.outbox.add(row)
