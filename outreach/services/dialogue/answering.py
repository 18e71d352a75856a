"""How a line gets its one answer: queued in the line's own transaction. Chooses no words and no recipient itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from outreach.domain.draft import CONFIRMABLE, Draft, Step
from outreach.domain.letters import Audience, Letter
from outreach.ports import Chance, Clock
from outreach.ports.store import Address, Conversation, Enclosure, Outbound, Transaction
from outreach.services.counting import HourlyCount, next_hour
from outreach.services.settings import Settings

#: Answers to lines that are no command and belong to nothing, per person and hour (F35).
UNPROMPTED_PER_HOUR = 3
#: Lines of one person that are heard per hour at all: more is a program that answers us, or a flood.
LINES_PER_HOUR = 60
#: Words of self-harm are answered beyond that, too, so often.
ALARMS_PER_HOUR = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Queues replies and keeps drafts with their deadlines."""

    settings: Settings
    clock: Clock
    chance: Chance

    def reply(
        self,
        tx: Transaction,
        to: Conversation,
        name: str,
        enclosures: tuple[Enclosure, ...] = (),
        nonce: str = "",
        /,
        **values: str,
    ) -> None:
        """One message to the party of a conversation, behind whatever it is already owed."""
        author = to.case is not None
        key = tx.cases.derive(to.case, f"reply:{name}") if to.case else self.chance.token()
        tx.outbox.add(
            Outbound(
                Address(conversation=to.id),
                Audience.RECIPIENT if author else Audience.MEMBER,
                Letter(name, values),
                key,
                case=to.case or "",
                enclosures=enclosures,
                nonce=nonce,
                urgent=True,
                lane=f"author:{to.case}" if author else to.id,
            )
        )

    def ask(
        self,
        tx: Transaction,
        to: Conversation,
        draft: Draft,
        name: str,
        enclosures: tuple[Enclosure, ...] = (),
        /,
        **values: str,
    ) -> Conversation:
        """Put a question and keep what it is about; the next line is its answer."""
        kept = self.keep(tx, to, draft)
        assert kept.draft is not None  # noqa: S101
        self.reply(tx, kept, name, enclosures, kept.draft.nonce, **values)
        return kept

    def keep(self, tx: Transaction, to: Conversation, draft: Draft) -> Conversation:
        """Store a draft; it is nudged once and expires (design 5.2)."""
        policy, now = self.settings.policy, self.clock.now()
        nonce = self.chance.token() if draft.step in CONFIRMABLE else ""
        draft = replace(draft, nonce=nonce, shown=False)
        tx.timers.set(to.id, "expire", now + policy.draft_expires)
        if draft.step in CONFIRMABLE and not draft.nudged:
            tx.timers.set(to.id, "nudge", now + policy.nudge_after)
        else:
            tx.timers.clear(to.id, "nudge")
        return tx.conversations.save(replace(to, draft=draft))

    def drop(self, tx: Transaction, to: Conversation) -> Conversation:
        """Forget the draft and its deadlines."""
        tx.timers.clear(to.id, "expire")
        tx.timers.clear(to.id, "nudge")
        return to if to.draft is None else tx.conversations.save(replace(to, draft=None))

    def may_speak_unprompted(self, tx: Transaction, to: Conversation) -> bool:
        """Whether a line that is no command still gets help (F35); counts it. The first that gets none is told so."""
        return self._within(tx, to, "unprompted", UNPROMPTED_PER_HOUR, "quiet_now")

    def may_be_heard(self, tx: Transaction, to: Conversation) -> bool:
        """Whether a line is heard at all; counts it. The first that is not is told so."""
        return self._within(tx, to, "lines", LINES_PER_HOUR, "too_many_lines")

    def may_raise_alarm(self, tx: Transaction, to: Conversation) -> bool:
        """Whether words of self-harm among too many lines are still answered; counts them."""
        return self._within(tx, to, "alarms", ALARMS_PER_HOUR, "")

    def _within(self, tx: Transaction, to: Conversation, purpose: str, most: int, notice: str) -> bool:
        """Whether something has happened no more than so often within this hour; once it has, one notice is queued."""
        hour = HourlyCount(self.clock).add(tx, purpose, to.account.key, most)
        if hour == most + 1 and notice:
            self.reply(tx, to, notice, moment=next_hour(self.clock.now()).isoformat())
        return hour <= most


def waits_for_errand(conversation: Conversation, now: datetime) -> bool:
    """Whether lines have to wait for an errand's answer: once it may run, but not for the fixed time of a look (F7)."""
    draft = conversation.draft
    return draft is not None and draft.step is Step.LOOKING and draft.text <= now.isoformat()
