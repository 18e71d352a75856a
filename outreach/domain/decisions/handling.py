"""How moderators share the work on a case: read, take, hand over, note, defer, take up again. Writes to no side.

Taking is compare-and-set: the second is told who was first, and when (R082). None of it stops the clock of the first
human word; only a word does (R031).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Stage
from outreach.domain.decisions.decision import NOTHING, Decision, happened, tell_member, tell_staff, wanted
from outreach.domain.errors import NotNow, TakenBefore
from outreach.domain.inputs import (
    AskerMuted,
    AuthorSeenInRoom,
    Deferred,
    HandedBack,
    LookedInto,
    Noted,
    ResponseDue,
    Revealed,
    StaffReopened,
    Taken,
)
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy

#: So long a card says that somebody reads it.
LEASE = timedelta(minutes=15)


def taken(case: Case, said: Taken, policy: OutreachPolicy, now: datetime) -> Decision:
    """By one's own word only a case that is free; given by a colleague, in any case."""
    if case.lead == said.who or is_over(case):
        raise NotNow
    if case.lead and not said.by and case.lead_since is not None:
        raise TakenBefore(case.lead, case.lead_since)
    given = said.by not in ("", said.who)
    told = _call(fx.Ping.LEAD, "assigned", who=shown(said.who)) if given else _say("taken", who=shown(said.who))
    return Decision((ev.CaseTaken(said.who, said.by or said.who, now),), (told, _CARD))


def handed_back(case: Case, said: HandedBack, policy: OutreachPolicy, now: datetime) -> Decision:
    """Only one's own case can be handed back; it waits for somebody again."""
    if not case.lead or case.lead != said.who:
        raise NotNow
    return Decision(
        (ev.CaseReleased(said.who, now),),
        (_say("handed_back", who=shown(said.who)), _CARD),
    )


def looked_into(case: Case, said: LookedInto, policy: OutreachPolicy, now: datetime) -> Decision:
    """A lease: others see on the card that somebody reads it, and until when."""
    _must_be_theirs(case)
    until = now + LEASE
    return Decision((ev.CaseLookedAt(said.who, until),), (_CARD,))


def noted(case: Case, said: Noted, policy: OutreachPolicy, now: datetime) -> Decision:
    """Kept with the case, and confirmed in its thread."""
    _must_be_theirs(case)
    return Decision((ev.NoteAdded(said.who, said.text, now),), (_say("noted"),))


def deferred(case: Case, said: Deferred, policy: OutreachPolicy, now: datetime) -> Decision:
    """R037: the clock stands on later; whoever asked gets a short word that it was seen."""
    if response_by(case, policy) is None:
        raise NotNow
    told = _say("deferred", moment=(now + policy.defer_max).isoformat(), text=said.why)
    return _hold(case, said.why, said.who, policy, now).then(wanted(told))


def _hold(case: Case, why: str, who: str, policy: OutreachPolicy, now: datetime) -> Decision:
    """Whoever asked is told by when they hear again; where still nobody has written then, they are told again."""
    until = now + policy.defer_max
    told = tuple(tell_member(r.id, "holding_note", alias=r.alias, moment=until.isoformat()) for r in case.escalated)
    return Decision((ev.CaseDeferred(who, why, until),), (*told, fx.SetTimer(fx.Timer.RESPOND, until), _CARD))


def response_due(case: Case, due: ResponseDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """One reminder, however many moments passed meanwhile; past the last it says how late it is (R031)."""
    last = response_by(case, policy)
    if last is None:
        return NOTHING
    if now < last:
        soon = _call(fx.Ping.LEAD_OR_ONCALL, "due_reminder", due=last.isoformat())
        return wanted(soon, fx.SetTimer(fx.Timer.RESPOND, _next_reminder(case, last, policy, now)))
    late = str(int((now - last).total_seconds()))
    promised = _hold(case, case.deferred, "", policy, now) if case.deferred_until else NOTHING
    return promised.then(
        wanted(_call(fx.Ping.LEAD_OR_ONCALL, "due_reminder", due=last.isoformat(), late="1", wait=late))
    )


def reopened(case: Case, said: StaffReopened, policy: OutreachPolicy, now: datetime) -> Decision:
    """Taken up again by moderators who had it before; what was to be forgotten is kept as long as it lasts."""
    _must_be_theirs(case)
    return Decision(
        (ev.CaseReopened(said.who, said.why, now), ev.CaseTaken(said.who, said.who, now)),
        (
            fx.ClearTimer(fx.Timer.UNLINK),
            fx.ClearTimer(fx.Timer.PURGE),
            _say("reopened", who=shown(said.who), text=said.why),
            _CARD,
        ),
    )


def asker_muted(case: Case, said: AskerMuted, policy: OutreachPolicy, now: datetime) -> Decision:
    """Further words of whoever asked stay away from the room, in this case alone; nobody else can tell (F2)."""
    loud = [r for r in case.requests if not r.muted]
    if not loud:
        raise NotNow
    return happened(*(ev.RequestMuted(r.id) for r in loud)).then(wanted(_say("asker_muted")))


def revealed(case: Case, said: Revealed, policy: OutreachPolicy, now: datetime) -> Decision:
    """F29: where the community's notice says that it may happen; who it is about is told that it did, and why."""
    if not policy.reveal or not case.escalated or said.by == said.second:
        raise NotNow
    told = tuple(tell_member(r.id, "identity_revealed", alias=str(r.alias), text=said.why) for r in case.escalated)
    noted = _say("reveal_noted", who=shown(said.by), by=shown(said.second), text=said.why)
    return Decision((ev.IdentityRevealed(said.by, said.second, said.why, now),), (*told, noted))


def author_seen_in_room(case: Case, said: AuthorSeenInRoom, policy: OutreachPolicy, now: datetime) -> Decision:
    """Whatever was to be said there is said elsewhere; a card that stood there already is too late to take back."""
    return NOTHING if case.author_in_room else happened(ev.AuthorInRoom())


def response_by(case: Case, policy: OutreachPolicy) -> datetime | None:
    """When a human's first word is due; None where nobody waits for one."""
    if case.staff_since is None or case.staff_wrote or is_over(case):
        return None
    return max(case.staff_since + policy.first_response, case.deferred_until or case.staff_since)


def response_clock(policy: OutreachPolicy, now: datetime) -> tuple[fx.SetTimer, ...]:
    """What runs from the moment a case comes before staff: the first reminder, and the branch's own time (R084)."""
    return (
        fx.SetTimer(fx.Timer.RESPOND, now + min((*policy.remind_response, policy.first_response))),
        fx.SetTimer(fx.Timer.BRANCH, now + policy.branch_response),
    )


def is_over(case: Case) -> bool:
    """Whether moderators have nothing to do with it: not theirs, or theirs no more."""
    return case.staff_since is None or (case.stage is Stage.CLOSED and not case.called_after)


def _must_be_theirs(case: Case) -> None:
    if case.staff_since is None:
        raise NotNow


def _next_reminder(case: Case, last: datetime, policy: OutreachPolicy, now: datetime) -> datetime:
    assert case.staff_since is not None  # noqa: S101  whoever asks has checked it: there is a last one
    moments = (case.staff_since + after for after in policy.remind_response)
    return next((moment for moment in moments if now < moment < last), last)


def shown(who: str) -> str:
    """A moderator as texts name them: without the sign that would call them."""
    return who.lstrip("@")


def _say(name: str, **values: str) -> fx.Message:
    return tell_staff(fx.Post.THREAD, name, **values)


def _call(ping: fx.Ping, name: str, **values: str) -> fx.Message:
    return fx.Message(fx.ToStaff(fx.Post.THREAD, ping), Letter(name, values))


_CARD = tell_staff(fx.Post.CARD, "card")
