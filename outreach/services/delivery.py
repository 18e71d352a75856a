"""The one sending path: claim a row, render it in its reader's language, send it with its stored key, confirm.

No transaction is open while anything is sent. What stays unknown is looked up first; what stays so is parked and shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.domain.inputs import AuthorSeenInRoom, Undelivered
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.domain.pictures import Picture
from outreach.ports import (
    Chance,
    Clock,
    Gateway,
    Misconfigured,
    OutcomeUnknown,
    Parcel,
    Place,
    Receipt,
    Rendered,
    Renderer,
    TryLater,
    Undeliverable,
)
from outreach.ports.store import Address, Conversation, Enclosure, Outbound, Store, Told, Transaction
from outreach.services.casebook import card_in
from outreach.services.casework import Casework
from outreach.services.languages import of_author, post_by
from outreach.services.posting import Posting
from outreach.services.retention import let_go
from outreach.services.settings import Settings
from outreach.services.versions import versions

log = structlog.get_logger()

#: After so many look-ups without an answer a message is set aside and staff are told.
MOST_LOOKUPS = 8
#: Likewise after so many failures of our own.
MOST_FAILURES = 6
#: With these the bot forgets the place they were said in.
_LAST_WORDS = frozenset({"forgotten", "talk_over"})
_LONGEST_PAUSE = 300.0
#: Letters that say what a moderator does by hand: it depends on the software of their own server.
_BY_HAND = ("measure_step", "colleagues_due")
_MENDING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one message goes, resolved just before sending. Without `sure` it goes in the first two languages."""

    platform: Platform
    account: Account | None
    place: Place
    languages: tuple[str, ...]
    conversation: Conversation | None = None
    request: str = ""
    replaces: str = ""
    buttons: tuple[str, ...] = ()
    picture: Picture | None = None
    sure: bool = True
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends what the outbox holds."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    renderer: Renderer
    casework: Casework
    settings: Settings
    clock: Clock
    chance: Chance

    @property
    def _posting(self) -> Posting:
        return Posting(self.casework.casebook)

    async def due(self) -> list[Outbound]:
        """The messages that may be tried now: one per lane."""
        now = self.clock.now()
        return list(await self.store.transact(lambda tx: tx.outbox.messages(now)))

    async def deliver(self, message: Outbound) -> None:
        """Try one message once. Never raises for what the other side did."""
        try:
            await self._send(message)
        except Undeliverable as refused:
            await self._refused(message, permanent=refused.permanent)
        except TryLater as later:
            await self._later(message, later.delay, unsure=later.unsure, named=later.named)
        except OutcomeUnknown:
            await self._unknown(message)
        except Misconfigured:
            log.error("gateway misconfigured", letter=message.letter.name)
            at = self.clock.now() + _MENDING
            await self.store.transact(lambda tx: tx.outbox.retry(message, at))
        except Exception as error:  # nobody foresaw it: the message is kept, and does not keep others back for ever
            log.error("message failed", letter=message.letter.name, exc_info=error)
            await self._failed(message)

    async def _send(self, message: Outbound) -> None:
        message, target = await self.store.transact(lambda tx: self._claim(tx, message))
        if target is None:
            return
        gateway = self.gateways.get(target.platform)
        if gateway is None:
            raise Undeliverable("no such platform is configured")
        if message.address.staff and await self._author_reads(gateway, message, target):
            await self.store.transact(lambda tx: self._elsewhere(tx, message))
            return
        if target.account is not None and not target.place.room and message.parts == 0:
            target = await self._with_room(gateway, message, target)
        parts = self._parts(gateway, message, target)
        if message.parts >= len(parts):
            await self._sent_already(message, target)
            return
        for number in range(message.parts, len(parts)):
            parcel = self._parcel(message, target, parts[number], number)
            receipt = await self._out(gateway, message, parcel)
            last = number + 1 == len(parts)
            message, target = await self._confirm(message, target, receipt, number + 1, last=last)
        return

    async def _sent_already(self, message: Outbound, target: Target) -> None:
        await self.store.transact(lambda tx: self._end(tx, message, target))

    def _parts(self, gateway: Gateway, message: Outbound, target: Target) -> Sequence[Rendered]:
        """What is sent one after the other; fewer than were sent already where an author has just chosen a language."""
        versions = self._render(message, target)
        return _numbered(
            [replace(each, text=text) for each in versions for text in gateway.split(each.text, target.account)]
        )

    def _claim(self, tx: Transaction, message: Outbound) -> tuple[Outbound, Target | None]:
        target = self._resolve(tx, message)
        wanted = self._posting.wanted(tx, message, self.clock.now())
        if target is not None and message.picture:
            target = self._with_picture(tx, message, target)
        if target is None or wanted is None:
            tx.outbox.done(message)
            return message, None
        return tx.outbox.trying(wanted, self.clock.now()), target

    def _with_picture(self, tx: Transaction, message: Outbound, target: Target) -> Target | None:
        """A picture leaves for a staff room alone, and only while its case is kept and may be copied."""
        case = tx.cases.load(message.case)
        if case is None or case.never_copied or target.account is not None:
            return None
        picture = tx.exhibits.picture(message.case, message.picture)
        return None if picture is None else replace(target, picture=picture)

    # resolving

    def _resolve(self, tx: Transaction, message: Outbound) -> Target | None:
        """None where there is nobody to send to any more: forgotten, or a room that is not configured."""
        to = message.address
        if to.staff:
            return self._staff(tx, message, to.staff)
        if to.author_of:
            return self._author(tx, to.author_of, to.person)
        link = tx.links.of_request(to.request) if to.request else None
        conversation = tx.conversations.get(link.conversation if link else to.conversation)
        if conversation is None:
            return None
        if conversation.role is Role.RECIPIENT:
            return self._author(tx, conversation.case or "", conversation.account.key)
        if conversation.role is Role.TALK:
            return self._talk(tx, conversation)
        languages = _once(conversation.language, *self.settings.languages)
        return Target(
            conversation.platform, conversation.account, conversation.place, languages, conversation, to.request
        )

    def _staff(self, tx: Transaction, message: Outbound, room: str) -> Target | None:
        room_id = self.settings.staff_rooms.get(room, "")
        if not room_id:
            return None
        branch = self.settings.branch(room.removeprefix("branch:")) if room.startswith("branch:") else None
        languages = _once(*(branch.languages if branch else ()), *self.settings.languages)
        replaces = self._posting.replaces(tx, message, room_id)
        if message.staff_post == "card":
            case = tx.cases.load(message.case)
            buttons = self.casework.casebook.buttons(case) if case is not None else ()
            place = Place(room=room_id)
            return Target(Platform.MATRIX, None, place, languages, replaces=replaces, buttons=buttons)
        in_thread = message.staff_post == "update" and message.case
        place = Place(room=room_id, thread=card_in(tx, room, message.case) if in_thread else message.answers)
        return Target(Platform.MATRIX, None, place, languages, replaces=replaces)

    def _author(self, tx: Transaction, case_id: str, person: str) -> Target | None:
        case = tx.cases.load(case_id)
        named = case.respondent(person) if case is not None else None
        if case is None or named is None:
            return None
        places = tx.conversations.of_authors(case_id)
        bound = next((one for one in places if one.account.key == named.key), None)
        account = bound.account if bound else named
        tongues = of_author(post_by(tx, case, account), bound.language if bound else "", self.settings, self.renderer)
        place = bound.place if bound else Place()
        return Target(account.platform, account, place, tongues.chain, bound, sure=tongues.sure)

    def _talk(self, tx: Transaction, room: Conversation) -> Target:
        """Everybody in it, in the languages they have spoken with the bot."""
        people = [Account(Platform.MATRIX, who) for who in room.people]
        known = [one for who in people for one in (tx.conversations.of_member(who), *tx.conversations.as_author(who))]
        spoken = _once(*(one.language for one in known if one is not None))
        languages = _once(*spoken, *self.settings.languages)
        sure = len(spoken) < 2
        return Target(Platform.MATRIX, None, room.place, languages, room, sure=sure, among=room.people)

    async def _with_room(self, gateway: Gateway, message: Outbound, target: Target) -> Target:
        """A place of its own, stored before anybody is invited to it (F11)."""
        assert target.account is not None  # noqa: S101
        if target.conversation is not None and target.platform is Platform.FEDIVERSE:
            return target
        place = await gateway.make_room(target.account)
        return await self.store.transact(lambda tx: self._housed(tx, message, target, place))

    def _housed(self, tx: Transaction, message: Outbound, target: Target, place: Place) -> Target:
        assert target.account is not None  # noqa: S101
        if target.conversation is None:
            case = tx.cases.load(message.case)
            assert case is not None  # noqa: S101
            made = Conversation(
                ConversationId(self.chance.token()), target.platform, Role.RECIPIENT, target.account, place, case.id
            )
            return replace(target, conversation=tx.conversations.save(made), place=place)
        newest = tx.conversations.get(target.conversation.id)
        assert newest is not None  # noqa: S101
        return replace(target, conversation=tx.conversations.save(replace(newest, place=place)), place=place)

    # conflicts of interest

    async def _author_reads(self, gateway: Gateway, message: Outbound, target: Target) -> bool:
        """Whether somebody the case is about is in the room it would be shown in (leak 23); asked before each word."""
        case = await self.store.transact(lambda tx: tx.cases.load(message.case)) if message.case else None
        about = [one for one in case.respondents if one.platform is Platform.MATRIX] if case is not None else []
        try:
            present = await gateway.members(target.place.room) if about else ()
        except Undeliverable as refused:  # the bot is out of the room, which somebody there can mend
            raise Undeliverable("not in the room", permanent=False) from refused
        return any(self.settings.are_one(author, one) for author in about for one in present)

    def _elsewhere(self, tx: Transaction, message: Outbound) -> None:
        """The same words to the room that is free of them, or to nobody: `check` asks for such a room (F30)."""
        tx.outbox.done(message)
        case = self.casework.apply(tx, message.case, AuthorSeenInRoom())
        room = self.casework.casebook.room_for(tx, case)
        if not room or room == message.address.staff:
            log.error("no room without the author", letter=message.letter.name)
            return self.casework.tell_owners(tx, case)
        return tx.outbox.add(replace(message, address=Address(staff=room), lane=room, id=0, parts=0, unknown=False))

    # rendering

    def _render(self, message: Outbound, target: Target) -> tuple[Rendered, ...]:
        """The whole letter once in each language it goes out in."""
        values = dict(message.letter.values)
        for enclosed in message.enclosures:
            if message.address.staff and enclosed.audience is Audience.STAFF:
                enclosed = replace(enclosed, languages=target.languages)
            self._enclose(values, enclosed, target.languages)
        if message.letter.name in _BY_HAND and (where := self.gateways.get(Platform(values["platform"]))):
            values["software"] = where.software
        letter = complete(message.audience, Letter(message.letter.name, values))
        return versions(self.renderer, message.audience, letter, target.languages, sure=target.sure)

    def _enclose(self, values: dict[str, str], enclosed: Enclosure, own: tuple[str, ...]) -> None:
        """A letter within a letter; several in one variable stand below each other."""
        letter = complete(enclosed.audience, enclosed.letter)
        inner = versions(self.renderer, enclosed.audience, letter, enclosed.languages, sure=enclosed.sure)
        before = f"{values[enclosed.variable]}\n" if values.get(enclosed.variable) else ""
        values[enclosed.variable] = before + "\n\n".join(each.text for each in inner)
        if enclosed.language_variable:
            values[enclosed.language_variable] = inner[0].language
        if enclosed.translation:
            translated = self.renderer.render(enclosed.audience, letter, own)
            known = any(each.language == translated.language for each in inner)
            values[enclosed.translation] = "" if known else translated.text

    def _parcel(self, message: Outbound, target: Target, words: Rendered, number: int) -> Parcel:
        facts = {}
        if message.address.staff:
            facts = {"kind": message.staff_post or "notice", "case": message.alias, "stage": message.stage}
        return Parcel(
            key=message.key if number == 0 else f"{message.key}.{number}",
            to=target.account,
            place=target.place,
            text=words.text,
            language=words.language,
            subject=words.subject if message.audience is Audience.RECIPIENT else "",
            facts={name: value for name, value in facts.items() if value},
            replaces=target.replaces,
            buttons=target.buttons,
            pings=message.pings,
            picture=target.picture if number == 0 else None,
            picture_name=f"picture-{message.picture}.jpg" if message.picture else "",
            first_tried=message.first_tried if message.attempts > 1 or message.unknown else None,
            among=target.among,
        )

    async def _out(self, gateway: Gateway, message: Outbound, parcel: Parcel) -> Receipt:
        if message.unknown:
            found = await gateway.seek(replace(parcel, first_tried=message.first_tried))
            if found is not None:
                return found
        return await gateway.send(parcel)

    # confirming

    async def _confirm(
        self, message: Outbound, target: Target, receipt: Receipt, parts: int, *, last: bool
    ) -> tuple[Outbound, Target]:
        def commit(tx: Transaction) -> tuple[Outbound, Target]:
            now_at = self._remember(tx, message, target, receipt)
            if last:
                self._end(tx, message, now_at)
                return message, now_at
            return tx.outbox.trying(tx.outbox.part_done(message, parts, receipt.native), self.clock.now()), now_at

        return await self.store.transact(commit)

    def _remember(self, tx: Transaction, message: Outbound, target: Target, receipt: Receipt) -> Target:
        today = self.clock.now().date().isoformat()
        if message.address.staff:
            self._posting.remember(tx, message, target.place.room, receipt.native, target.replaces, today)
        if target.account is None:
            return target
        assert target.conversation is not None  # noqa: S101
        told = Told(target.conversation.id, message.case, target.request, message.letter.name, today)
        tx.registers.remember_told(receipt.native, told)
        tx.registers.note_day(target.account, today)
        newest = tx.conversations.get(target.conversation.id)
        if newest is None or target.platform is Platform.MATRIX:
            return target
        kept = tx.conversations.save(replace(newest, place=receipt.place))
        return replace(target, conversation=kept, place=receipt.place)

    def _end(self, tx: Transaction, message: Outbound, target: Target) -> None:
        tx.outbox.done(message)
        conversation = tx.conversations.get(target.conversation.id) if target.conversation else None
        if conversation is None:
            return
        if message.letter.name in _LAST_WORDS:
            tx.conversations.forget(conversation.id)
            let_go(tx, conversation)
        elif message.nonce and conversation.draft is not None and conversation.draft.nonce == message.nonce:
            tx.conversations.save(replace(conversation, draft=replace(conversation.draft, shown=True)))

    # what can go wrong

    async def _later(self, message: Outbound, delay: float, *, unsure: bool = False, named: bool = False) -> None:
        grown = 0.0 if named else min(2.0**message.attempts * 0.5, _LONGEST_PAUSE)
        pause = min(max(delay, grown), _LONGEST_PAUSE)
        at, unknown = self.clock.now() + timedelta(seconds=max(pause, delay)), message.unknown or unsure
        await self.store.transact(lambda tx: tx.outbox.retry(message, at, unknown=unknown, counted=not named))

    async def _failed(self, message: Outbound) -> None:
        """Nobody knows how far it came, so it is looked up before it is tried again."""
        if message.attempts + 1 >= MOST_FAILURES:
            return await self.store.transact(lambda tx: self._park(tx, message))
        at = self.clock.now() + timedelta(seconds=min(2.0**message.attempts, _LONGEST_PAUSE))
        return await self.store.transact(lambda tx: tx.outbox.retry(message, at, unknown=True))

    async def _unknown(self, message: Outbound) -> None:
        if message.attempts >= MOST_LOOKUPS:
            return await self.store.transact(lambda tx: self._park(tx, message))
        at = self.clock.now() + timedelta(seconds=min(2.0**message.attempts, _LONGEST_PAUSE))
        return await self.store.transact(lambda tx: tx.outbox.retry(message, at, unknown=True))

    def _park(self, tx: Transaction, message: Outbound) -> None:
        tx.outbox.park(message)
        if message.audience is Audience.RECIPIENT:
            self._notice(tx, message, "parked")

    async def _refused(self, message: Outbound, *, permanent: bool) -> None:
        if not permanent:
            return await self._later(message, 60.0)
        if message.address.staff:
            log.error("staff room refused a message", letter=message.letter.name)
            return await self.store.transact(lambda tx: tx.outbox.park(message))
        return await self.store.transact(lambda tx: self._give_up(tx, message))

    def _give_up(self, tx: Transaction, message: Outbound) -> None:
        tx.outbox.done(message)
        log.warning("undeliverable", letter=message.letter.name, count=message.attempts)
        room = tx.conversations.get(message.address.conversation) if message.audience is Audience.ROOM else None
        if room is not None and message.letter.name in _LAST_WORDS:
            tx.conversations.forget(room.id)
            let_go(tx, room)
        if message.audience is not Audience.RECIPIENT or not message.case:
            return
        try:
            self.casework.apply(tx, message.case, Undelivered(message.address.person))
        except Refusal:
            return

    def _notice(self, tx: Transaction, message: Outbound, name: str) -> None:
        case = tx.cases.load(message.case)
        if case is None:
            return
        letter = Letter(name, {"alias": str(case.alias)})
        row = Outbound(
            Address(staff="staff"), Audience.STAFF, letter, self.chance.token(), staff_post="notice", lane="staff"
        )
        tx.outbox.add(row)


def _numbered(parts: Sequence[Rendered]) -> Sequence[Rendered]:
    """Several parts count as one message, and say so: n/m. Gateways leave room for it."""
    if len(parts) == 1:
        return parts
    return [replace(part, text=f"{part.text} ({number}/{len(parts)})") for number, part in enumerate(parts, 1)]


def complete(audience: Audience, letter: Letter) -> Letter:
    """A letter with every variable its template may use; what nobody filled is empty."""
    return Letter(letter.name, dict.fromkeys(LETTERS[audience][letter.name], "") | dict(letter.values))


def _once(*languages: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, languages)))
