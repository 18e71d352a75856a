"""How a line gets its one answer: queued in the line's own transaction. Chooses no words and no recipient itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from outreach.domain.draft import CONFIRMABLE, Draft, Step
from outreach.domain.letters import Audience, Letter
from outreach.ports import Chance, Clock
from outreach.ports.store import Address, Conversation, Enclosure, Outbound, Transaction
from outreach.services.settings import Settings

#: Answers to lines that are no command and belong to nothing, per person and hour (F35).
UNPROMPTED_PER_HOUR = 3
_HOUR = timedelta(hours=1)


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
        """Whether a line that is no command still gets help (F35); counts it."""
        now = self.clock.now()
        hour = f"{to.account.key}|{now:%Y-%m-%dT%H}"
        if tx.registers.count("unprompted", hour, now.date() - timedelta(days=1)) >= UNPROMPTED_PER_HOUR:
            return False
        tx.registers.add_count("unprompted", hour, now.date(), (now + 2 * _HOUR).date())
        return True


def waits_for_errand(conversation: Conversation, now: datetime) -> bool:
    """Whether lines have to wait for an errand's answer: once it may run, but not for the fixed time of a look (F7)."""
    draft = conversation.draft
    return draft is not None and draft.step is Step.LOOKING and draft.text <= now.isoformat()
