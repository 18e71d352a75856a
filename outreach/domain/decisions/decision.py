"""The shape of every decision, and the few phrases that several rows share. Knows no stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.asks import Strength
from outreach.domain.case import Case, Contact, Request, Stage
from outreach.domain.errors import NotNow
from outreach.domain.identity import RequestId
from outreach.domain.inputs import Concern, Ending
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy, next_slot

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """What happened, and what we ask of the world because of it."""

    events: tuple[ev.Event, ...] = ()
    effects: tuple[fx.Effect, ...] = ()

    def then(self, other: Decision) -> Decision:
        """Both, in this order."""
        return Decision(self.events + other.events, self.effects + other.effects)


NOTHING = Decision()


def happened(*events: ev.Event) -> Decision:
    """A decision that only records."""
    return Decision(events=events)


def wanted(*effects: fx.Effect) -> Decision:
    """A decision that only asks something of the world."""
    return Decision(effects=effects)


def all_of(decisions: Iterable[Decision]) -> Decision:
    """Several decisions in order."""
    total = NOTHING
    for decision in decisions:
        total = total.then(decision)
    return total


def tell_member(request: RequestId, name: str, **values: str) -> fx.Message:
    """A letter to the member behind a request."""
    return fx.Message(fx.ToMember(request), Letter(name, values))


def tell_author(name: str, person: str = "", /, **values: str) -> fx.Message:
    """A letter to the author, or to one of several people whom reports are about."""
    return fx.Message(fx.ToRecipient(person), Letter(name, values))


def tell_staff(post: fx.Post, name: str, **values: str) -> fx.Message:
    """A message in the moderators' room."""
    return fx.Message(fx.ToStaff(post), Letter(name, values))


def asked(case: Case) -> dict[str, str]:
    """What was asked for, as letter values."""
    return {"ask": str(case.ask), "label": case.label, "strength": str(case.strength)}


def about(case: Case) -> dict[str, str]:
    """The post as every letter to its author may name it."""
    assert case.post is not None  # noqa: S101  every outreach has its post; a help case never comes here
    return {"platform": str(case.post.platform), "post_day": case.post.day, "link": case.post.link}


def end(request: Request, ending: Ending) -> Decision:
    """One request is over; its deadlines go."""
    return Decision(
        (ev.RequestEnded(request.id, ending),),
        (
            fx.ClearTimer(fx.Timer.RELEASE, request.id),
            fx.ClearTimer(fx.Timer.GIVE_UP, request.id),
            fx.ClearTimer(fx.Timer.CONSENT, request.id),
        ),
    )


def fold(case: Case, decision: Decision) -> Case:
    """The case after what a decision recorded, to see what is left."""
    for event in decision.events:
        case = case.after(event)
    return case


def close_if_done(case: Case, so_far: Decision, ending: Ending, policy: OutreachPolicy, now: datetime) -> Decision:
    """Close the case once no request is open and staff do not have it."""
    after = fold(case, so_far)
    if any(r.open for r in after.requests) or after.before_staff:
        return so_far
    return so_far.then(close(after, ending, policy, now))


def close(case: Case, ending: Ending, policy: OutreachPolicy, now: datetime) -> Decision:
    """The case ends; the reporter's link and then the case itself are forgotten in their time.

    Both deadlines stand at a midnight, so that the store does not keep the second at which a member let it rest (F6).
    """
    kept = policy.keep_decided if case.before_staff else policy.keep_contact
    running = (
        *(fx.Timer.CHECK, fx.Timer.SETTLE, fx.Timer.REMIND, fx.Timer.CLOSE, fx.Timer.RESPOND),
        *(fx.Timer.BRANCH, fx.Timer.COLLEAGUES, fx.Timer.TALK, fx.Timer.TALK_OFF),
    )
    return Decision(
        (ev.CaseClosed(ending, now),),
        (
            *(fx.ClearTimer(timer) for timer in running),
            fx.SetTimer(fx.Timer.UNLINK, next_slot(now + min(policy.keep_reporter_link, kept), _DAY)),
            fx.SetTimer(fx.Timer.PURGE, next_slot(now + kept, _DAY)),
        ),
    )


def close_unnoticed(case: Case, so_far: Decision, ending: Ending, policy: OutreachPolicy, now: datetime) -> Decision:
    """The same after a member's own act: an author who was written to sees no difference before a slot (leak 16)."""
    if case.contact is Contact.NONE:
        return close_if_done(case, so_far, ending, policy, now)
    after = fold(case, so_far)
    if any(r.open for r in after.requests) or after.before_staff:
        return so_far
    return so_far.then(wanted(fx.SetTimer(fx.Timer.CLOSE, next_slot(now, policy.slot))))


def must_be_writable(case: Case, person: str) -> None:
    """Raises `NotNow` where nobody is: in a case of support (R021), or if all that is known is a message's words."""
    over = case.stage is Stage.CLOSED and not case.called_after
    if not case.before_staff or over or case.concern is Concern.SUPPORT or case.respondent(person) is None:
        raise NotNow


def may_only(case: Case) -> bool:
    """R054: a suggestion neither reminds nor escalates (design, promise 4)."""
    return case.strength is Strength.MAY


def soon(now: datetime, delay: timedelta) -> datetime:
    """A deadline counted from now."""
    return now + delay
