"""One pinned list of what is due in each staff room, and one digest a day. Calls nobody by name; says nothing new.

The list is edited in place when what is due changes, and posted anew where it was taken away or the room is another.
A digest leaves once a day at most, and not where nothing happened and nothing is open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.ports import Chance, Clock, Gateway, TryLater, Undeliverable
from outreach.ports.store import Address, Enclosure, Errand, Outbound, Store, Transaction
from outreach.services.agenda import Agenda, Hand, lines
from outreach.services.filing import about
from outreach.services.settings import Settings

log = structlog.get_logger()

LIST, DIGEST = "due_list", "digest"
#: So often it is looked whether anything changed: clients may notify of edits, so several changes make one.
EVERY = timedelta(seconds=30)
#: So many lines a digest has.
MOST_IN_DIGEST = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """The list of one room: in which room, which message, what was queued last, and which pin is of no use now."""

    place: str = ""
    event: str = ""
    queued: str = ""
    gone: str = ""


@dataclass(slots=True)
class Noticeboard:
    """Sees after both. What it holds in memory is the time of its next look."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    agenda: Agenda
    settings: Settings
    clock: Clock
    chance: Chance
    _next: datetime | None = field(default=None)

    async def tend(self) -> bool:
        """Queue what is to be said now; whether there was anything. Never raises: it must not keep other work back."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return False
        self._next = now + EVERY
        try:
            return any([await self._room(name) for name in self.settings.staff_rooms])
        except Exception as error:  # the next look is soon
            log.error("work failed", exc_info=error)
            return False

    async def _room(self, room: str) -> bool:
        gateway = self.gateways.get(Platform.MATRIX)
        hand = await self.store.transact(lambda tx: self._news(tx, room))
        if gateway is None or hand is None:
            return False
        try:
            present = await gateway.members(self.settings.staff_rooms[room]) if hand.open else ()
        except (Undeliverable, TryLater):
            return False  # nothing could be posted there, either
        return await self.store.transact(lambda tx: self._queue(tx, room, present))

    def _news(self, tx: Transaction, room: str) -> Hand | None:
        """What is on hand, where that or the day makes something due to be said."""
        hand = self.agenda.of(tx, room)
        return hand if self._list_differs(tx, room, hand) or self._digest_day(tx, room) else None

    def _queue(self, tx: Transaction, room: str, present: Iterable[Account]) -> bool:
        """Without cases whose author sits in the room (leak 23); their next word takes them elsewhere."""
        whole, day = self.agenda.of(tx, room), self._digest_day(tx, room)
        fit = self.agenda.of(tx, room, about(tx, (one for who in present for one in self.settings.accounts_of(who))))
        listed = self._list_differs(tx, room, whole)
        if listed:
            self._say_list(tx, room, _mark(whole), fit)
        return self._say_digest(tx, room, day, fit) or listed if day else listed

    # the list

    def _list_differs(self, tx: Transaction, room: str, hand: Hand) -> bool:
        """Not while other words wait for the room: it would be out of date before it is read."""
        now = self._standing(tx, room)
        if not now.event and not hand.items:
            return False
        return now.queued != _mark(hand) and not tx.outbox.waiting_for(room)

    def _standing(self, tx: Transaction, room: str) -> Standing:
        """As it is in the room of today's configuration."""
        known = standing(tx, room)
        return known if known.place == self.settings.staff_rooms[room] else Standing()

    def _say_list(self, tx: Transaction, room: str, mark: str, hand: Hand) -> None:
        here = replace(self._standing(tx, room), place=self.settings.staff_rooms[room], queued=mark)
        _save(tx, room, here)
        self._say(tx, room, Letter(LIST, {}), "notice", lines(hand.items, self.settings.languages))

    # the digest

    def _digest_day(self, tx: Transaction, room: str) -> str:
        """The day whose digest is due now; "" while there is none."""
        today = local_day(self.clock.now(), self.settings)
        has_come = self.clock.now().astimezone(ZoneInfo(self.settings.zone)).time() >= self.settings.digest_at
        return today.isoformat() if has_come and tx.registers.noted(_day(room)) < today.isoformat() else ""

    def _say_digest(self, tx: Transaction, room: str, day: str, hand: Hand) -> bool:
        """The day counts as told in the same transaction, whether or not there was anything to tell."""
        stirred = tx.registers.noted(_stirred(room)) != ""
        tx.registers.note(_day(room), day)
        if stirred:
            tx.registers.note(_stirred(room), "")
        if not hand.open and not stirred:
            return False
        letter = Letter(DIGEST, {"day": day, "open": str(hand.open)})
        self._say(tx, room, letter, DIGEST, lines(hand.items[:MOST_IN_DIGEST], self.settings.languages))
        return True

    def _say(self, tx: Transaction, room: str, letter: Letter, kind: str, enclosed: tuple[Enclosure, ...]) -> None:
        row = Outbound(
            Address(staff=room),
            Audience.STAFF,
            letter,
            self.chance.token(),
            staff_post=kind,
            enclosures=enclosed,
            lane=room,
        )
        tx.outbox.add(row)


def _mark(hand: Hand) -> str:
    """By what a list is known again without keeping what it said."""
    said = [[one.alias, one.stage, one.lead, str(one.due)] for one in hand.items]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def local_day(now: datetime, settings: Settings) -> date:
    """The community's day."""
    return now.astimezone(ZoneInfo(settings.zone)).date()


def outdated(message: Outbound, now: datetime, settings: Settings) -> bool:
    """Whether a digest waited past its day: another one is due then."""
    return message.letter.name == DIGEST and message.letter.values["day"] != local_day(now, settings).isoformat()


def stir(tx: Transaction, room: str) -> None:
    """Something happened in a room, so that the day has something to tell."""
    if not tx.registers.noted(_stirred(room)):
        tx.registers.note(_stirred(room), "1")


def standing(tx: Transaction, room: str) -> Standing:
    """The list as it was posted last."""
    return Standing(**json.loads(tx.registers.noted(_list(room)) or "{}"))


def standing_in(tx: Transaction, room: str, place: str) -> str:
    """Which message the list is in that very room; "" where it has to be posted."""
    known = standing(tx, room)
    return known.event if known.place == place else ""


def posted(tx: Transaction, room: str, place: str, event: str) -> None:
    """A list was posted for the first time, or anew: it is to be pinned, in place of one that is gone."""
    known = standing(tx, room)
    tx.outbox.add_errand(Errand("pin", {"room": place, "event": event, "instead": known.gone}))
    _save(tx, room, replace(known, place=place, event=event, gone=""))


def taken_away(tx: Transaction, room: str, event: str) -> bool:
    """Somebody removed a message; whether it was the list, which is then posted anew."""
    known = standing(tx, room)
    if not event or known.event != event:
        return False
    _save(tx, room, replace(known, event="", queued="", gone=event))
    return True


def _save(tx: Transaction, room: str, now: Standing) -> None:
    tx.registers.note(_list(room), json.dumps(asdict(now)))


def _list(room: str) -> str:
    return f"due-list:{room}"


def _day(room: str) -> str:
    return f"digest:{room}"


def _stirred(room: str) -> str:
    return f"stirred:{room}"
