"""The room of a talk (R022): whether there can be one, who may come, and making it. Reads nothing that is said there.

Only who agreed to exactly this talk is invited, with the moderator who leads it and the guests both sides accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from outreach.domain.case import Case
from outreach.domain.decisions.mediating import asker_of
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.domain.inputs import Input, TalkFailed, TalkOpened, TalkRoomMade
from outreach.ports import Gateway, Place, TryLater, Undeliverable
from outreach.ports.store import Conversation, Errand, Store, Transaction
from outreach.services.casework import Casework
from outreach.services.settings import Settings

log = structlog.get_logger()

ERRAND = "talk"


def obstacle(tx: Transaction, settings: Settings, case: Case, to: Account) -> str:
    """Why there can be no such room, before anybody is asked: "" if there can. Raises `NotNow` if nobody can be asked.

    Who has no Matrix account could not come; which side that is, is not said (F2).
    """
    asker = _member(tx, asker_of(case).id)
    if asker is None or {asker.platform, to.platform} != {Platform.MATRIX}:
        return "account"
    return "" if settings.encryption else "encryption"


def leads_themselves(settings: Settings, case: Case, member: Account) -> bool:
    """Whether whoever asked is the moderator named to take no side; nobody is told that, their yes just is none."""
    return case.talk is not None and settings.are_one(Account(Platform.MATRIX, case.talk.mediator), member)


def _member(tx: Transaction, request: str) -> Account | None:
    link = tx.links.of_request(request)
    found = tx.conversations.get(link.conversation) if link is not None else None
    return found.account if found is not None else None


@dataclass(frozen=True, slots=True)
class Talking:
    """Makes rooms. Killed at any point it goes on from what is stored: the room first, then who is invited to it."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    casework: Casework

    async def make(self, errand: Errand) -> None:
        """One try. What cannot be is told to everybody as a talk that does not take place."""
        try:
            is_ready = await self._gathered(errand)
        except Undeliverable as refused:
            log.warning("no room for a talk")
            if not refused.permanent:
                raise
            await self.give_up(errand)
        else:
            if is_ready:
                await self.store.transact(lambda tx: self._answer(tx, errand, TalkOpened()))

    async def _gathered(self, errand: Errand) -> bool:
        """Whether there is a room and everybody invited; where not, the errand is done with."""
        found = await self.store.transact(lambda tx: self._found(tx, errand))
        room = await self._room(errand, found) if isinstance(found, tuple) else found
        if room is None:
            return False
        await self._gateway.gather(room.place.room, [Account(Platform.MATRIX, who) for who in room.people])
        return True

    async def give_up(self, errand: Errand) -> None:
        """It was tried often enough."""
        await self.store.transact(lambda tx: self._answer(tx, errand, TalkFailed()))

    @property
    def _gateway(self) -> Gateway:
        return self.gateways[Platform.MATRIX]

    def _found(self, tx: Transaction, errand: Errand) -> Conversation | tuple[str, ...] | None:
        """The room there is already, else who is to come; None where there is nothing to do any more."""
        case = tx.cases.load(errand.case)
        if case is None or case.talk is None or not case.talk.is_agreed or case.talk.begun:
            tx.outbox.errand_done(errand)
            return None
        people = self._people(tx, case)
        if not people:
            self._answer(tx, errand, TalkFailed())
            return None
        return tx.conversations.of_talk(case.id) or people

    def _people(self, tx: Transaction, case: Case) -> tuple[str, ...]:
        """All of them, or nobody: whoever leads it has to be a moderator still, and who asked not forgotten."""
        assert case.talk is not None  # noqa: S101
        asker, respondent = _member(tx, case.talk.request), case.respondent(case.talk.person)
        if asker is None or respondent is None or case.talk.mediator not in tx.registers.enrolled():
            return ()
        if {asker.platform, respondent.platform} != {Platform.MATRIX}:
            return ()
        return tuple(dict.fromkeys((asker.address, respondent.address, case.talk.mediator, *case.talk.guests)))

    async def _room(self, errand: Errand, people: tuple[str, ...]) -> Conversation | None:
        """Empty, and stored before anybody is invited to it (F11); left again if somebody took their word back."""
        place = await self._gateway.make_shared_room([Account(Platform.MATRIX, who) for who in people])
        try:
            made = await self.store.transact(lambda tx: self._housed(tx, errand, people, place))
        except TryLater:
            await self._gateway.leave(place.room)
            raise
        if made is None:
            await self._gateway.leave(place.room)
        return made

    def _housed(self, tx: Transaction, errand: Errand, people: tuple[str, ...], place: Place) -> Conversation | None:
        try:
            case = self.casework.apply(tx, errand.case, TalkRoomMade(place.room))
        except Refusal:
            tx.outbox.errand_done(errand)
            return None
        if self._people(tx, case) != people:  # another offer was agreed to meanwhile, and asks for a room of its own
            raise TryLater(0.0)
        assert case.talk is not None  # noqa: S101
        mediator, name = Account(Platform.MATRIX, case.talk.mediator), ConversationId(self.casework.chance.token())
        room = Conversation(name, Platform.MATRIX, Role.TALK, mediator, place, case.id, people=people)
        return tx.conversations.save(room)

    def _answer(self, tx: Transaction, errand: Errand, said: Input) -> None:
        tx.outbox.errand_done(errand)
        try:
            self.casework.apply(tx, errand.case, said)
        except Refusal:
            return
