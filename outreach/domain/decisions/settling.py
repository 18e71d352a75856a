"""The member's side: giving up, letting rest, withdrawing, taking it to moderators, being told no more."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Stage, Standing
from outreach.domain.decisions.answering import ask_what_next, halt
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    close_if_done,
    close_unnoticed,
    end,
    may_only,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.decisions.handling import response_clock
from outreach.domain.errors import AlreadyOver, NotAllowed, NotNow
from outreach.domain.inputs import (
    AskerSaid,
    ConsentLapsed,
    Ending,
    Escalated,
    GiveUpDue,
    MemberInDistress,
    NotAllRight,
    Rested,
    Withdrawn,
)
from outreach.domain.letters import Letter
from outreach.domain.policy import APPEAL_WITHIN, OutreachPolicy


def give_up_due(case: Case, due: GiveUpDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """Nothing was heard. A suggestion ends kindly; otherwise the member decides what next."""
    request = case.request(due.request)
    if request.standing is not Standing.ASKED:
        return NOTHING
    if not may_only(case) and not case.own_life:
        return ask_what_next(case, request, "unanswered", policy, now)
    letter = "own_life" if case.own_life else "nothing_heard_may"
    ended = wanted(tell_member(request.id, letter)).then(end(request, Ending.UNANSWERED))
    return close_if_done(case, ended, Ending.UNANSWERED, policy, now)


def consent_lapsed(case: Case, due: ConsentLapsed, policy: OutreachPolicy, now: datetime) -> Decision:
    """Silence lets it rest; nothing reaches moderators without a word."""
    request = case.request(due.request)
    if request.standing is not Standing.UNDECIDED:
        return NOTHING
    ended = wanted(tell_member(request.id, "consent_lapsed")).then(end(request, Ending.UNANSWERED))
    return close_if_done(case, ended, Ending.UNANSWERED, policy, now)


def rested(case: Case, said: Rested, policy: OutreachPolicy, now: datetime) -> Decision:
    """The member lets it rest; the author hears nothing of it."""
    request = case.request(said.request)
    if not request.open:
        raise AlreadyOver
    ending = Ending.DECLINED if request.reason == "declined" else Ending.UNANSWERED
    return close_unnoticed(case, end(request, ending), ending, policy, now)


def withdrawn(case: Case, said: Withdrawn, policy: OutreachPolicy, now: datetime) -> Decision:
    """The request ends alone; the author, if written to, hears nothing of it (leak 16)."""
    request = case.request(said.request)
    if not request.open:
        raise AlreadyOver
    return close_unnoticed(case, end(request, Ending.WITHDRAWN), Ending.WITHDRAWN, policy, now)


def escalated(case: Case, said: Escalated, policy: OutreachPolicy, now: datetime) -> Decision:
    """Consent to exactly the card that was shown; a suggestion never gets here (promise 4)."""
    request = case.request(said.request)
    if may_only(case):
        raise NotAllowed
    if request.standing is Standing.OVER:
        raise AlreadyOver
    if request.standing is not Standing.UNDECIDED:
        raise NotNow
    return Decision(
        (ev.RequestEscalated(request.id, now),),
        (
            fx.ClearTimer(fx.Timer.CONSENT, request.id),
            tell_staff(fx.Post.CARD, "card"),
            *(() if case.staff_since else response_clock(policy, now)),
        ),
    )


def not_all_right(case: Case, said: NotAllRight, policy: OutreachPolicy, now: datetime) -> Decision:
    """What was thanked for does not help; the author is at peace, so only a human can take it up again."""
    case.request(said.request)
    return wanted(tell_member(said.request, "kept_as_is"))


def member_in_distress(case: Case, said: MemberInDistress, policy: OutreachPolicy, now: datetime) -> Decision:
    """The whole outreach stops, whoever's words they were."""
    request = case.request(said.request)
    if not request.open:
        return NOTHING
    own = end(request, Ending.DROPPED)
    after = case
    for event in own.events:
        after = after.after(event)
    if any(r.open for r in after.requests) or case.before_staff:
        return own
    return own.then(halt(after, policy, now))


def asker_said(case: Case, said: AskerSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """Previewed words for moderators, from somebody whose case they can see or have decided (R038: it stays theirs)."""
    request = case.request(said.request)
    decided = case.stage is Stage.CLOSED and request.agreed
    if request.standing is not Standing.ESCALATED and not decided:
        raise NotNow
    if request.muted and not said.appeal:
        return NOTHING
    wrote = Letter("asker_wrote", {"text": said.text, "appeal": "1" if said.appeal else ""})
    ping = fx.Ping.LEAD_OR_ONCALL if said.appeal else fx.Ping.NOBODY
    told = wanted(fx.Message(fx.ToStaff(fx.Post.THREAD, ping), wrote))
    if not said.appeal:
        return told
    wait = str(int(APPEAL_WITHIN.total_seconds()))
    values = {"alias": str(request.alias), "day": now.date().isoformat(), "wait": wait}
    return wanted(tell_member(request.id, "appeal_received", **values)).then(told)
