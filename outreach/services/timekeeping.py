"""Deadlines that have come, each in one transaction of its own. A timer ends or reminds; it never punishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from outreach.domain import inputs as i
from outreach.domain.draft import CONFIRMABLE
from outreach.domain.effects import Timer
from outreach.domain.errors import Refusal
from outreach.domain.identity import RelayId, RequestId
from outreach.ports import Clock
from outreach.ports.store import Deadline, Store, Transaction
from outreach.services.casework import Casework
from outreach.services.dialogue.answering import Answers
from outreach.services.retention import Retention

log = structlog.get_logger()

_AGAIN = timedelta(hours=1)

_INPUTS: dict[str, Callable[[str], i.Input]] = {
    Timer.RELEASE: lambda subject: i.ReleaseDue(RequestId(subject)),
    Timer.CHECK: lambda subject: i.CheckDue(),
    Timer.SETTLE: lambda subject: i.SettleDue(),
    Timer.REMIND: lambda subject: i.RemindDue(),
    Timer.GIVE_UP: lambda subject: i.GiveUpDue(RequestId(subject)),
    Timer.CONSENT: lambda subject: i.ConsentLapsed(RequestId(subject)),
    Timer.RELAY: lambda subject: i.RelayDue(RelayId(subject)),
    Timer.CLOSE: lambda subject: i.CloseDue(),
    Timer.RESPOND: lambda subject: i.ResponseDue(),
    Timer.BRANCH: lambda subject: i.BranchDue(),
    Timer.COLLEAGUES: lambda subject: i.ColleaguesDue(),
    Timer.TALK: lambda subject: i.TalkLapsed(),
    Timer.TALK_OFF: lambda subject: i.TalkOffDue(),
}


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """Rings what is due."""

    store: Store
    clock: Clock
    casework: Casework
    answers: Answers
    retention: Retention

    async def ring(self) -> int:
        """Apply every deadline that has come; overdue ones once. Returns how many rang."""
        now = self.clock.now()
        due = await self.store.transact(lambda tx: tx.timers.due(now))
        for deadline in due:
            await self._ring(deadline)
        return len(due)

    async def _ring(self, deadline: Deadline) -> None:
        """One deadline; one that fails keeps no other back, and comes again."""
        try:
            await self.store.transact(lambda tx: self._apply(tx, deadline))
        except Exception as error:
            log.error("deadline failed", kind=deadline.timer, exc_info=error)
            at = self.clock.now() + _AGAIN
            await self.store.transact(lambda tx: tx.timers.set(deadline.owner, deadline.timer, at, deadline.subject))

    def _apply(self, tx: Transaction, deadline: Deadline) -> None:
        tx.timers.clear(deadline.owner, deadline.timer, deadline.subject)
        if deadline.timer == Timer.BRANCH and not self._waits_for_branch(tx, deadline.owner):
            return
        made = _INPUTS.get(deadline.timer)
        if made is not None:
            try:
                self.casework.apply(tx, deadline.owner, made(deadline.subject))
            except Refusal:
                return
        elif deadline.timer == Timer.UNLINK:
            self.retention.unlink(tx, deadline.owner)
        elif deadline.timer == Timer.PURGE:
            self.retention.purge(tx, deadline.owner)
        else:
            self._draft(tx, deadline)

    def _waits_for_branch(self, tx: Transaction, owner: str) -> bool:
        """A case that stands before everybody has been everybody's from the start (R085)."""
        case = tx.cases.load(owner)
        return case is not None and self.casework.casebook.room_for(tx, case).startswith("branch:")

    def _draft(self, tx: Transaction, deadline: Deadline) -> None:
        """A draft is nudged once while a preview waits, then forgotten."""
        member = tx.conversations.get(deadline.owner)
        if member is None or member.draft is None:
            return
        if deadline.timer == "expire":
            shown = member.draft.step in CONFIRMABLE
            kept = self.answers.drop(tx, member)
            if shown:
                self.answers.reply(tx, kept, "draft_expired")
        elif member.draft.step in CONFIRMABLE:
            tx.conversations.save(replace(member, draft=replace(member.draft, nudged=True)))
            self.answers.reply(tx, member, "draft_nudge")
