"""Every journaled thing, in order: which conversation or room it belongs to, and who hears it. One transaction each.

Guards the first message (leak 1) before anybody reads it. Never answers notices, bots, or third persons in a thread,
and nobody more often than `answering` says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.domain.inputs import Answer, AuthorSaid
from outreach.ports import Batch, Chance, Happening, Incoming, Place
from outreach.ports.store import Conversation, Errand, Line, Told, Torn, Transaction
from outreach.services.desk import Desk
from outreach.services.desk.room import UNTRUSTED
from outreach.services.dialogue.answering import Answers, waits_for_errand
from outreach.services.dialogue.member import MemberDialogue
from outreach.services.dialogue.recipient import RecipientDialogue
from outreach.services.mending import Mending
from outreach.services.reporting import Reporting
from outreach.services.settings import Settings, host_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Intake:
    """Works lines."""

    settings: Settings
    chance: Chance
    answers: Answers
    members: MemberDialogue
    recipients: RecipientDialogue
    desk: Desk
    reporting: Reporting

    def concerns(self, incoming: Incoming) -> bool:
        """Whether a thing may be kept at all: talk in a community's room is nobody's message to the bot."""
        if incoming.room not in self.settings.community_rooms:
            return True
        return incoming.happening in (Happening.INVITED, Happening.REPLACED) or (
            incoming.happening is Happening.LINE and incoming.addressed and not incoming.notice
        )

    def without_talks(self, tx: Transaction, batch: Batch) -> Batch:
        """Nothing that is said or done in the room of a talk is kept at all (R022)."""
        rooms = {one.room for one in batch.items if one.room and one.happening is not Happening.REPORTED}
        found = {room: tx.conversations.in_room(room) for room in rooms}
        talks = {room for room, one in found.items() if one is not None and one.role is Role.TALK}
        kept = (one for one in batch.items if one.room not in talks or one.happening is Happening.REPORTED)
        return replace(batch, items=tuple(kept)) if talks else batch

    def work(self, tx: Transaction, line: Line) -> bool:
        """Apply one line and forget its body. False if it has to wait; then nothing happened."""
        incoming = line.incoming
        if self._must_wait(tx, incoming):
            return False
        match incoming.happening:
            case Happening.LINE:
                self._line(tx, incoming)
            case Happening.REACTION:
                self._reaction(tx, incoming)
            case Happening.INVITED:
                self._invited(tx, incoming)
            case Happening.JOINED | Happening.LEFT:
                self._came_or_went(tx, incoming)
            case Happening.NEW_IDENTITY:
                self.desk.new_identity(tx, incoming.sender)
            case Happening.REPORTED:
                self.reporting.hear(tx, incoming)
            case Happening.REPLACED:
                self._replaced(tx, incoming)
            case Happening.EDIT:
                self._edited(tx, incoming)
            case Happening.REMOVED:  # what was said has been done already; `withdraw` and `cancel` take it back
                self._mending.removed(tx, incoming)
        tx.inbox.done(line)
        return True

    def put_aside(self, tx: Transaction, line: Line | Torn) -> None:
        """A line that no code could work: kept; moderators hear that there is one, its writer is asked to repeat it.

        Neither reads a word of it: it is what nobody could make sense of.
        """
        tx.inbox.put_aside(line)
        self.desk.put_aside(tx)
        party = None if isinstance(line, Torn) else self._party(tx, line.incoming)
        if party is not None and self.answers.may_speak_unprompted(tx, party):
            self.answers.reply(tx, party, "garbled")

    def _party(self, tx: Transaction, incoming: Incoming) -> Conversation | None:
        """Whose private line that is; None if it is none, or nobody's who is answered."""
        shared = frozenset(self.settings.staff_rooms.values()) | self.settings.community_rooms
        if incoming.happening is not Happening.LINE or incoming.notice or incoming.sender.bot or not incoming.private:
            return None
        if incoming.room in shared or (incoming.encrypted and not incoming.decrypted):
            return None
        new = self._moved_in if incoming.platform is Platform.MATRIX else self._member
        party = self._of(tx, incoming) or new(tx, incoming)
        return party if party.account.same_as(incoming.sender) else None

    def _must_wait(self, tx: Transaction, incoming: Incoming) -> bool:
        if incoming.happening not in (Happening.LINE, Happening.REACTION):
            return False
        if any(tx.outbox.half_sent(lane) for lane in self._lanes(tx, incoming)):
            return True
        conversation = self._of(tx, incoming) if incoming.happening is Happening.LINE else None
        return conversation is not None and waits_for_errand(conversation, self.answers.clock.now())

    def _lanes(self, tx: Transaction, incoming: Incoming) -> list[str]:
        """To whom something may be half sent that this answers: seen already there, and not yet known here."""
        if staff := self.settings.staff_room_named(incoming.room):
            return [staff]
        if incoming.platform is Platform.MATRIX:
            found = [tx.conversations.in_room(incoming.room)]
        else:
            found = [tx.conversations.of_member(incoming.sender), *tx.conversations.as_author(incoming.sender)]
        return [f"author:{one.case}" if one.case else one.id for one in found if one is not None]

    def _of(self, tx: Transaction, incoming: Incoming) -> Conversation | None:
        """The conversation a line belongs to: its room, or the thread it answers, or the sender's own."""
        if incoming.platform is Platform.MATRIX:
            return tx.conversations.in_room(incoming.room)
        bound = self._thread(tx, incoming)
        return bound or tx.conversations.of_member(incoming.sender)

    def _thread(self, tx: Transaction, incoming: Incoming) -> Conversation | None:
        told = tx.registers.told(incoming.parent) if incoming.parent else None
        found = tx.conversations.get(told.conversation) if told is not None else None
        return found if found is not None and found.role is Role.RECIPIENT else None

    # lines

    def _line(self, tx: Transaction, incoming: Incoming) -> None:
        if incoming.notice or incoming.sender.bot or not incoming.sender.address:
            return
        if self.settings.staff_room_named(incoming.room):
            self.desk.hear(tx, incoming)
        elif incoming.platform is Platform.MATRIX:
            self._matrix(tx, incoming)
        else:
            self._fediverse(tx, incoming)

    def _matrix(self, tx: Transaction, incoming: Incoming) -> None:
        if incoming.room in self.settings.community_rooms:
            if incoming.addressed:
                told = bool(incoming.links or incoming.parent)  # a reply tells the author as surely as a link
                self._privately(tx, incoming, "leaked_public" if told else "private_please")
            return
        if incoming.encrypted and not self.settings.encryption:
            return
        conversation = tx.conversations.in_room(incoming.room) or self._moved_in(tx, incoming)
        if not conversation.account.same_as(incoming.sender):
            return
        if incoming.encrypted and not incoming.decrypted:
            self._unread(tx, conversation, incoming)
        else:
            self._hear(tx, conversation, incoming)

    def _unread(self, tx: Transaction, conversation: Conversation, incoming: Incoming) -> None:
        """Words without their key, or in plain where anybody could have put them: asked for again, once."""
        if conversation.deaf:
            return
        name = "plain_refused" if not incoming.cipher else "unreadable"
        untrusted = "1" if incoming.withheld in UNTRUSTED else ""
        log.info("line not readable", reason_code=incoming.withheld or name)
        values = {"untrusted": untrusted} if name == "unreadable" else {}
        self.answers.reply(tx, tx.conversations.save(replace(conversation, deaf=True)), name, **values)

    def _moved_in(self, tx: Transaction, incoming: Incoming) -> Conversation:
        """A private chat we are in but know no more: forgotten on request, or left for a newer one. They start anew.

        Who else is in the room, delivery sees before every word.
        """
        known = tx.conversations.of_member(incoming.sender)
        place = Place(room=incoming.room)
        moved = replace(known, place=place, left=False) if known else self._new(incoming.sender, place)
        return tx.conversations.save(moved)

    def _fediverse(self, tx: Transaction, incoming: Incoming) -> None:
        bound = self._thread(tx, incoming)
        if bound is not None:
            if bound.account.same_as(incoming.sender):
                self._hear(tx, bound, incoming)
            return None
        if incoming.mentions:
            return self._privately(tx, incoming, "leaked_mention")
        if incoming.quotes:
            return self._privately(tx, incoming, "leaked_quote")
        if not incoming.private:
            return self._privately(tx, incoming, "leaked_public" if incoming.links else "private_please")
        roles = self._roles(tx, incoming)
        if len(roles) == 1:
            return self._hear(tx, roles[0], incoming)
        if roles:
            member = self._answered_there(tx, self._member(tx, incoming), incoming)
            return self.answers.reply(tx, member, "which_role")
        return self._hear(tx, self._member(tx, incoming), incoming)

    def _roles(self, tx: Transaction, incoming: Incoming) -> list[Conversation]:
        """Outside any thread an author's word counts only if it can mean exactly one thing (F8).

        Those in which it can now be said: none if it is no author's word, or in the member's own thread.
        """
        member = tx.conversations.of_member(incoming.sender)
        told = tx.registers.told(incoming.parent) if incoming.parent else None
        if incoming.links or (told is not None and member is not None and told.conversation == member.id):
            return []
        authors = [c for c in tx.conversations.as_author(incoming.sender) if self._says(tx, c, incoming.text)]
        busy = member is not None and self.members.is_busy(tx, member)
        return [*authors, member] if authors and member is not None and busy else authors

    def _says(self, tx: Transaction, author: Conversation, text: str) -> bool:
        known = tx.cases.load(author.case or "") is not None
        return known and self.recipients.can_be_said(text, self.recipients.languages(tx, author))

    def _hear(self, tx: Transaction, conversation: Conversation, incoming: Incoming) -> None:
        conversation = self._answered_there(tx, conversation, incoming)
        if not self._in_measure(tx, conversation, incoming):
            return
        if conversation.deaf:
            conversation = tx.conversations.save(replace(conversation, deaf=False))
        if conversation.role is Role.RECIPIENT:
            self.recipients.hear(tx, conversation, incoming)
        else:
            self.members.hear(tx, conversation, incoming)

    def _in_measure(self, tx: Transaction, to: Conversation, incoming: Incoming) -> bool:
        """Whether somebody writes no more than a human does; in distress they are heard beyond that."""
        if self.answers.may_be_heard(tx, to):
            return True
        return self.members.is_distress(incoming.text) and self.answers.may_raise_alarm(tx, to)

    def _answered_there(self, tx: Transaction, conversation: Conversation, incoming: Incoming) -> Conversation:
        """On the fediverse each answer goes below the newest message of its party, or it may be filtered."""
        if incoming.platform is Platform.MATRIX:
            return tx.conversations.save(replace(conversation, left=False)) if conversation.left else conversation
        told = Told(conversation=conversation.id, case=conversation.case or "", letter="heard")
        tx.registers.remember_told(incoming.source, told)
        return tx.conversations.save(replace(conversation, place=Place(reply_to=incoming.source), left=False))

    def _privately(self, tx: Transaction, incoming: Incoming, name: str) -> None:
        """What happened is said in private and promises nothing; a draft under way is dropped."""
        member = self.answers.drop(tx, self._member(tx, incoming))
        if incoming.platform is Platform.FEDIVERSE and incoming.private:
            member = self._answered_there(tx, member, incoming)
        if not self._in_measure(tx, member, incoming):
            return None
        if self.members.is_distress(incoming.text):
            return self.members.distress(tx, member)
        if name.startswith("leaked") or self.answers.may_speak_unprompted(tx, member):
            self.answers.reply(tx, member, name)
        return None

    def _member(self, tx: Transaction, incoming: Incoming) -> Conversation:
        known = tx.conversations.of_member(incoming.sender)
        return known or tx.conversations.save(self._new(incoming.sender, Place()))

    def _new(self, account: Account, place: Place) -> Conversation:
        return Conversation(
            ConversationId(self.chance.token()), account.platform, Role.MEMBER, replace(account, name=""), place
        )

    # other happenings

    @property
    def _mending(self) -> Mending:
        return Mending(self.settings, self.answers.clock, self.chance, self.desk.casework)

    def _edited(self, tx: Transaction, incoming: Incoming) -> None:
        """An edited command never runs again. Whom an edit adds to a private message, that message has been sent to."""
        party = not incoming.sender.bot and not incoming.notice and self._thread(tx, incoming) is None
        if incoming.platform is Platform.FEDIVERSE and incoming.private and incoming.mentions and party:
            self._privately(tx, replace(incoming, source=incoming.parent), "leaked_mention")

    def _replaced(self, tx: Transaction, incoming: Incoming) -> None:
        """A room was closed for another. None is ever followed: whoever closed it may lead anywhere (F18).

        The moderators hear of theirs and of the community's; a private chat goes on in a room that the bot makes.
        """
        room = incoming.room
        if room in frozenset(self.settings.staff_rooms.values()) | self.settings.community_rooms:
            return self.desk.room_replaced(tx, room)
        chat = tx.conversations.in_room(room)
        if chat is None:
            return None
        tx.outbox.add_errand(Errand("leave", {"room": room}))
        moved = tx.conversations.save(replace(chat, place=Place()))
        if chat.role is Role.MEMBER and self._may_invite(tx, chat.account):
            self.answers.reply(tx, moved, "chat_replaced")
        return None

    def _reaction(self, tx: Transaction, incoming: Incoming) -> None:
        if self.settings.staff_room_named(incoming.room):
            return self.desk.react(tx, incoming)
        told = tx.registers.told(incoming.parent) if incoming.parent else None
        author = tx.conversations.get(told.conversation) if told is not None else None
        if author is None or author.role is not Role.RECIPIENT or not author.account.same_as(incoming.sender):
            return None
        return self.recipients.apply(tx, author, AuthorSaid(Answer.SEEN))

    def _invited(self, tx: Transaction, incoming: Incoming) -> None:
        room = incoming.room
        if self.settings.staff_room_named(room) or room in self.settings.community_rooms:
            return tx.outbox.add_errand(Errand("join", {"room": room}))
        closed = incoming.encrypted and not self.settings.encryption
        may = not closed and incoming.direct and not incoming.sender.bot
        if not may or not self._may_invite(tx, incoming.sender):
            return tx.outbox.add_errand(Errand("leave", {"room": room}))
        known = tx.conversations.of_member(incoming.sender)
        place = Place(room=room)
        if known is None:
            tx.conversations.save(self._new(incoming.sender, place))
        else:
            tx.conversations.save(replace(known, place=place, left=False))
        return tx.outbox.add_errand(Errand("join", {"room": room}))

    def _may_invite(self, tx: Transaction, who: Account) -> bool:
        """A few private chats per person and day, and per foreign server, where accounts cost nothing."""
        if not self._fewer(tx, "invite", who.key, MOST_INVITATIONS):
            return False
        return self.settings.is_local(who) or self._fewer(tx, "invite-from", host_of(who), MOST_FROM_ELSEWHERE)

    def _fewer(self, tx: Transaction, purpose: str, value: str, most: int) -> bool:
        today = self.answers.clock.now().date()
        if tx.registers.count(purpose, value, today) >= most:
            return False
        tx.registers.add_count(purpose, value, today, today)
        return True

    def _came_or_went(self, tx: Transaction, incoming: Incoming) -> None:
        if self.settings.staff_room_named(incoming.room):
            if incoming.sender.key in self.settings.bots:
                return self._mending.put_out(tx, incoming.room)
            return self.desk.came_or_went(tx, incoming)
        conversation = tx.conversations.in_room(incoming.room)
        if conversation is None or incoming.happening is Happening.JOINED:
            return None
        if incoming.sender.same_as(conversation.account) or incoming.sender.key in self.settings.bots:
            tx.conversations.save(replace(conversation, left=True))
        return None


#: Invitations of one person that are accepted per day, and of all people of one foreign server.
MOST_INVITATIONS = 10
MOST_FROM_ELSEWHERE = 30
