"""Who commands the bot: joined and enrolled (F4). At first who is there; later whom two moderators enrol.

Knows no case. Being in the room lets a person read; it gives no power.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.domain.identity import Account, Platform
from outreach.domain.likeness import alike, strange_letters
from outreach.ports import Clock, Happening, Incoming
from outreach.ports.store import Transaction
from outreach.services.counting import HourlyCount, next_hour
from outreach.services.desk.commands import Command, Verb, usage
from outreach.services.desk.pending import Pending, Pendings
from outreach.services.desk.room import Heard, Room
from outreach.services.filing import Filing
from outreach.services.settings import Settings

#: Notes: that there was a first start; who counts since then without waiting; when somebody left last.
_STARTED, _FOUNDERS, _SHRUNK = "desk:started", "desk:founders", "desk:roster-shrunk"
_USER = re.compile(r"@?([^\s@:]+:[^\s@]+)")
_DAY = timedelta(days=1)
_KEPT = timedelta(days=7)
_TYPED = "typed"

#: So many comings and goings are announced in an hour; then the room is told once that there are more.
ANNOUNCED_PER_HOUR = 20


@dataclass(frozen=True, slots=True)
class Roster:
    """Enrols, dismisses and announces."""

    settings: Settings
    clock: Clock
    room: Room

    def holds(self, tx: Transaction, who: Account) -> bool:
        """Whether somebody is enrolled."""
        return who.address in tx.registers.enrolled()

    def first(self, tx: Transaction, accounts: Sequence[Account]) -> None:
        """Whoever is there at the first start; if all of them ever left, only whom the operator named comes back."""
        if tx.registers.enrolled():
            return
        named = {person.matrix for person in self.settings.staff}
        again, now = tx.registers.noted(_STARTED) != "", self.clock.now()
        people = [one.address for one in accounts if one.key not in self.settings.bots]
        found = [who for who in people if not again or who in named]
        for who in found:
            tx.registers.enrol(who, now)
        if found:
            tx.registers.note(_STARTED, now.isoformat())
            tx.registers.note(_FOUNDERS, "\n".join(found))
        for who in found:
            self._file(tx, who)

    def _file(self, tx: Transaction, who: str) -> None:
        Filing(self.room.casebook).about(tx, Account(Platform.MATRIX, who))

    def came_or_went(self, tx: Transaction, heard: Heard) -> None:
        """Announce it; who leaves the moderators' room is none any more."""
        who, enrolled = heard.sender.address, self.holds(tx, heard.sender)
        if heard.incoming.happening is Happening.JOINED:
            name = "joined_enrolled" if enrolled else "joined"
        else:
            name = "left"
            if enrolled and heard.room == "staff":
                self._dismiss(tx, who)
        count = HourlyCount(self.clock).add(tx, "came-or-went", heard.room, ANNOUNCED_PER_HOUR)
        if count > ANNOUNCED_PER_HOUR:
            if count == ANNOUNCED_PER_HOUR + 1:
                self.room.announce(tx, heard.room, "many_come_and_go", moment=next_hour(self.clock.now()).isoformat())
            return
        self.room.announce(tx, heard.room, name, who=shown(who))
        if name == "joined" and (like := self._looks_like(tx, who)):
            self.room.announce(tx, heard.room, "joined_alike", who=shown(who), like=shown(like))

    def _dismiss(self, tx: Transaction, who: str) -> None:
        tx.registers.dismiss(who)
        tx.registers.note(_FOUNDERS, "\n".join(one for one in _founders(tx) if one != who))
        tx.registers.note(_SHRUNK, self.clock.now().isoformat())
        self._file(tx, who)

    def new_identity(self, tx: Transaction, who: Account) -> None:
        """Told to the room; where only signed devices command the bot, two moderators have to enrol them again."""
        if not self.holds(tx, who):
            return
        if self.settings.signed_only:
            self._dismiss(tx, who.address)
        dismissed = "1" if self.settings.signed_only else ""
        self.room.announce(tx, "staff", "new_identity", who=shown(who.address), dismissed=dismissed)

    def turn_away(self, tx: Transaction, heard: Heard) -> None:
        """The one letter to somebody who is not enrolled: once a day."""
        who, today = heard.sender.address, self.clock.now().date()
        if tx.registers.count("not-enrolled", who, today) == 0:
            tx.registers.add_count("not-enrolled", who, today, today)
            self.room.announce(tx, heard.room, "not_enrolled", who=shown(who))

    def enrol(self, tx: Transaction, heard: Heard, said: Command) -> None:
        """One moderator proposes; another who counts confirms with the same command within a day."""
        who = named(said.text, heard.incoming)
        if not who or f"{heard.sender.platform}:{who}" in self.settings.bots:
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.ENROL, self.settings.prefix))
        if who in tx.registers.enrolled():
            return self.room.answer(tx, heard, "enrolled_already", who=shown(who))
        if self._must_be_typed_again(tx, heard, who, typed=_written(said.text) == who):
            like, strange = self._looks_like(tx, who), ", ".join(strange_letters(who))
            return self.room.answer(tx, heard, "enrol_alike", who=shown(who), like=shown(like), letters=strange)
        if (moment := self.counts_from(tx, heard.sender.address)) > self.clock.now():
            return self.room.answer(tx, heard, "counts_later", moment=moment.isoformat())
        return self._proposed(tx, heard, who)

    def _must_be_typed_again(self, tx: Transaction, heard: Heard, who: str, *, typed: bool) -> bool:
        """A handle that may be taken for another counts once the same moderator has typed it twice in a day (F34)."""
        if not strange_letters(who) and not self._looks_like(tx, who):
            return False
        pendings, now, by = Pendings(self.clock), self.clock.now(), heard.sender.address
        if not typed:
            return True
        if pendings.same(tx, (_TYPED, by, who)) is not None:
            return False
        pendings.put(tx, Pending(_TYPED, who, by, now.isoformat(), (now + _DAY).isoformat(), case=by))
        return True

    def _looks_like(self, tx: Transaction, who: str) -> str:
        """The moderator, or the bot, that a handle may be taken for; "" if none."""
        bots = (key.partition(":")[2] for key in self.settings.bots if key.startswith(Platform.MATRIX))
        known = (*tx.registers.enrolled(), *(person.matrix for person in self.settings.staff), *sorted(bots))
        return next((one for one in known if one and alike(one, who)), "")

    def _proposed(self, tx: Transaction, heard: Heard, who: str) -> None:
        pendings, now = Pendings(self.clock), self.clock.now()
        before = pendings.same(tx, (Verb.ENROL, "", who))
        if self._confirms(tx, heard.sender.address, before) or self._suffices(tx, heard.sender.address, before):
            if before is not None:
                pendings.drop(tx, before)
            tx.registers.enrol(who, now)
            self._file(tx, who)
            return self.room.answer(tx, heard, "enrolled", who=shown(who))
        alone = len(self._counting(tx)) < 2
        if before is None or not alone or before.by != heard.sender.address:
            until = (now + _KEPT).isoformat()
            before = Pending(Verb.ENROL, who, heard.sender.address, now.isoformat(), until)
            pendings.put(tx, before)
        if alone:
            moment = self._alone_from(tx, before).isoformat()
            return self.room.answer(tx, heard, "enrol_alone", who=shown(who), moment=moment)
        return self.room.answer(tx, heard, "enrol_second", who=shown(who))

    def _confirms(self, tx: Transaction, sender: str, before: Pending | None) -> bool:
        """Two different moderators, both counting now, within a day."""
        if before is None or before.by == sender or before.by not in self._counting(tx):
            return False
        return self.clock.now() - datetime.fromisoformat(before.at) <= _DAY

    def _suffices(self, tx: Transaction, sender: str, before: Pending | None) -> bool:
        """Where no second one counts: the owner, or the same word again after a day (design 5.4)."""
        if len(self._counting(tx)) >= 2:
            return False
        if any(person.owner and person.matrix == sender for person in self.settings.staff):
            return True
        return before is not None and before.by == sender and self.clock.now() >= self._alone_from(tx, before)

    def _alone_from(self, tx: Transaction, before: Pending) -> datetime:
        """Putting the others out of the room does not make one alone at once (F4)."""
        shrunk = tx.registers.noted(_SHRUNK)
        day_after = datetime.fromisoformat(before.at) + _DAY
        return max(day_after, datetime.fromisoformat(shrunk) + self.settings.enrol_after) if shrunk else day_after

    def counts(self, tx: Transaction, who: str) -> bool:
        """Whether somebody counts for what needs two."""
        return who in self._counting(tx)

    def _counting(self, tx: Transaction) -> frozenset[str]:
        """Who counts for what needs two."""
        now = self.clock.now()
        return frozenset(who for who in tx.registers.enrolled() if self.counts_from(tx, who) <= now)

    def counts_from(self, tx: Transaction, who: str) -> datetime:
        """From when an enrolled moderator counts for what needs two (`policy.enrol_after`)."""
        enrolled = datetime.fromisoformat(tx.registers.enrolled()[who])
        return enrolled if who in _founders(tx) else enrolled + self.settings.enrol_after


def _founders(tx: Transaction) -> list[str]:
    return tx.registers.noted(_FOUNDERS).split("\n")


def shown(who: str) -> str:
    """A moderator's id as letters write it: without the sign that would call them."""
    return who.lstrip("@")


def named(words: str, incoming: Incoming) -> str:
    """The Matrix id meant: the one person mentioned, or the id written out; "" if neither."""
    return _written(words) or _mentioned(words, incoming)


def _written(words: str) -> str:
    written = _USER.fullmatch(words.strip(" \n.,;"))
    return f"@{written[1]}" if written else ""


def _mentioned(words: str, incoming: Incoming) -> str:
    return incoming.mentions[0] if len(incoming.mentions) == 1 and words else ""
