"""How cases are born, how further members join, and what happens when a request's own time comes."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Contact, Stage, Standing
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    about,
    asked,
    close_if_done,
    end,
    may_only,
    tell_author,
    tell_member,
    wanted,
)
from outreach.domain.decisions.handling import response_clock
from outreach.domain.errors import NotNow
from outreach.domain.inputs import (
    Concern,
    Ending,
    HelpCalled,
    JoinRequested,
    Looked,
    Occasion,
    ReleaseDue,
    Requested,
)
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy, release_time
from outreach.domain.posts import Remedy


def requested(case: Case, said: Requested, policy: OutreachPolicy, now: datetime) -> Decision:
    """Born as an outreach; its first letter leaves after the hold, in a slot (F9)."""
    at = release_time(now, said.draw, policy)
    return Decision(
        (
            ev.OutreachOpened(said.case_alias, said.post, said.ask, said.label, said.strength, said.policy),
            ev.RequestAdded(said.request, said.alias, at),
        ),
        (fx.SetTimer(fx.Timer.RELEASE, at, said.request),),
    )


def joined(case: Case, said: JoinRequested, policy: OutreachPolicy, now: datetime) -> Decision:
    """A further request; it sees nothing before its own release (F3)."""
    if any(r.id == said.request for r in case.requests):
        raise NotNow
    at = release_time(now, said.draw, policy)
    return Decision(
        (ev.RequestAdded(said.request, said.alias, at),),
        (fx.SetTimer(fx.Timer.RELEASE, at, said.request),),
    )


def help_called(case: Case, said: HelpCalled, policy: OutreachPolicy, now: datetime) -> Decision:
    """Born before staff at once: no hold, no look at the post, no outreach."""
    danger = said.concern is Concern.DANGER
    name, ping = ("card_danger", fx.Ping.ONCALL) if danger else ("card_human", fx.Ping.NOBODY)
    return Decision(
        (
            ev.HelpOpened(said.case_alias, said.concern, said.platform, said.link, now),
            ev.RequestAdded(said.request, said.alias, now),
            ev.RequestEscalated(said.request, now),
        ),
        (fx.Message(fx.ToStaff(fx.Post.CARD, ping), Letter(name)), *response_clock(policy, now)),
    )


def release_due(case: Case, due: ReleaseDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """Look once more before the first letter; where that has gone already, only this member hears something."""
    request = case.request(due.request)
    if request.standing is not Standing.WAITING:
        return NOTHING
    if case.contact is Contact.NONE or case.stage is Stage.REMEDIED:
        return wanted(fx.LookAtPost(Occasion.RELEASE, due.request))
    return _released(case, due, policy, now)


def release_looked(case: Case, seen: Looked, policy: OutreachPolicy, now: datetime) -> Decision:
    """Fixed meanwhile: nothing is sent. Otherwise the letter goes, or silence where it must not (F20)."""
    if seen.occasion is not Occasion.RELEASE:
        return NOTHING
    request = case.request(seen.request)
    if request.standing is not Standing.WAITING:
        return NOTHING
    if seen.remedy in (Remedy.FIXED, Remedy.GONE):
        gone = "1" if seen.remedy is Remedy.GONE else ""
        ended = wanted(tell_member(request.id, "sent_not_needed", **asked(case), gone=gone))
        return close_if_done(case, ended.then(end(request, Ending.REMEDIED)), Ending.REMEDIED, policy, now)
    told = _released(case, ReleaseDue(request.id), policy, now)
    if case.contact is not Contact.NONE:
        return told
    first = _first_contact(case, policy, now) if seen.may_contact else Decision((ev.ContactWithheld(now),))
    return first.then(told).then(wanted(fx.SetTimer(fx.Timer.CHECK, now + policy.check_every)))


def _first_contact(case: Case, policy: OutreachPolicy, now: datetime) -> Decision:
    remind = () if may_only(case) else (fx.SetTimer(fx.Timer.REMIND, now + policy.remind_after),)
    letter = tell_author("first_contact", **about(case), **asked(case))
    return Decision((ev.Contacted(now),), (letter, *remind))


def _released(case: Case, due: ReleaseDue, policy: OutreachPolicy, now: datetime) -> Decision:
    return Decision(
        (ev.RequestReleased(due.request),),
        (
            tell_member(due.request, "time_has_come"),
            fx.SetTimer(fx.Timer.GIVE_UP, now + policy.give_up_after, due.request),
        ),
    )
