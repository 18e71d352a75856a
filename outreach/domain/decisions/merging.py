"""Two reports that are one matter become one case (R128). Whoever reported keeps their name for it and their answers.

Merges nothing by itself: a moderator says so. What was said to anybody stays where it was said.
"""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Stage
from outreach.domain.decisions import mediating
from outreach.domain.decisions.decision import Decision, close, happened, tell_staff, wanted
from outreach.domain.decisions.handling import shown
from outreach.domain.errors import NotNow
from outreach.domain.inputs import Concern, Ending, MergedFrom, MergedInto
from outreach.domain.policy import OutreachPolicy


def may_merge(into: Case, other: Case) -> bool:
    """Two open reports; support is about nobody, and an outreach has its own way."""
    both = all(one.concern is Concern.REPORT and one.stage in (Stage.REPORTED, Stage.IN_HANDS) for one in (into, other))
    return both and into.id != other.id


def merged_from(case: Case, said: MergedFrom, policy: OutreachPolicy, now: datetime) -> Decision:
    """The case that goes on takes over the reports of the other, and everybody who can be answered."""
    if case.concern is not Concern.REPORT:
        raise NotNow
    reports = tuple(ev.ReportFiled(filed.request, filed.report, filed.at) for filed in said.reports)
    people = tuple(
        event
        for request in said.requests
        for event in (
            ev.RequestAdded(request.id, request.alias, request.release_at),
            ev.RequestEscalated(request.id, now),
        )
    )
    return Decision((*reports, *people), (tell_staff(fx.Post.CARD, "card"),))


def merged_into(case: Case, said: MergedInto, policy: OutreachPolicy, now: datetime) -> Decision:
    """The other ends without a word to anybody outside: for them it goes on."""
    if case.concern is not Concern.REPORT:
        raise NotNow
    ended = mediating.over_with(case, policy, now).then(close(case, Ending.MERGED, policy, now))
    told = tell_staff(fx.Post.THREAD, "merged", into=str(said.alias), who=shown(said.by))
    return happened(ev.RequestsMoved()).then(ended).then(wanted(tell_staff(fx.Post.CARD, "card"), told))
