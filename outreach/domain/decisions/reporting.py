"""How a case is born as a report, and how further reports join it (R128). Nothing here writes to who was reported."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case
from outreach.domain.decisions.decision import Decision, happened, tell_member, tell_staff, wanted
from outreach.domain.decisions.handling import response_clock
from outreach.domain.errors import NotNow
from outreach.domain.evidence import masked
from outreach.domain.identity import Alias, RequestId
from outreach.domain.inputs import Concern, PictureRefused, Reported, ReportJoined
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy
from outreach.domain.reports import NEVER_COPIED, Report, Source, storable

#: Further reports are shown one by one so often; after that the card counts them, and the room stays readable.
SHOWN_ONE_BY_ONE = 5

#: Whoever reports there is named in the server's own list, which its staff can read.
_NAMED = (Source.FEDIVERSE, Source.MATRIX)
#: Whoever is on call is called for these (R010, R011).
_URGENT = NEVER_COPIED
_BORN_OF_REPORTS = (Concern.REPORT, Concern.SUPPORT)


def reported(case: Case, said: Reported, policy: OutreachPolicy, now: datetime) -> Decision:
    """Born before staff: stored first, and in the same breath queued for the room and for whoever reported (R030)."""
    opened = happened(ev.ReportOpened(said.case_alias, said.concern, str(said.report.platform), now))
    ping = fx.Ping.ONCALL if said.report.category in _URGENT else fx.Ping.NOBODY
    card = fx.Message(fx.ToStaff(fx.Post.CARD, ping), Letter("card_report"))
    filed = _filed(said.report, said.request, said.alias, policy, now, known=False)
    return opened.then(filed).then(wanted(card, *response_clock(policy, now)))


def report_joined(case: Case, said: ReportJoined, policy: OutreachPolicy, now: datetime) -> Decision:
    """A second report on the same post or person. Each reporter keeps an alias, an acknowledgement and answers."""
    if case.concern not in _BORN_OF_REPORTS:
        raise NotNow
    known = any(r.id == said.request and r.open for r in case.requests)
    filed = _filed(said.report, said.request, said.alias, policy, now, known=known)
    told: tuple[fx.Effect, ...] = (tell_staff(fx.Post.CARD, "card_report"),)
    if len(case.reports) <= SHOWN_ONE_BY_ONE:
        told = (tell_staff(fx.Post.THREAD, "report_again", text=masked(said.report.text)), *told)
    return filed.then(wanted(*told))


def picture_refused(case: Case, said: PictureRefused, policy: OutreachPolicy, now: datetime) -> Decision:
    """The card counts one fewer, and whoever sent it is told why: they believe that moderators see it."""
    request = next((r for r in case.requests if r.id == said.request), None)
    if request is None or not any(f.request == said.request and f.report.pictures for f in case.reports):
        raise NotNow
    told = tell_member(said.request, "picture_refused", number=str(said.number), fault=str(said.why))
    return Decision((ev.PictureUnfit(said.request),), (told, tell_staff(fx.Post.CARD, "card_report")))


def _filed(
    report: Report, request: RequestId, alias: Alias, policy: OutreachPolicy, now: datetime, *, known: bool
) -> Decision:
    """Kept with the case; whoever can be answered gets an own request, acknowledged once for each report."""
    filed = happened(ev.ReportFiled(request, storable(report), now))
    if not request:
        return filed
    if not known:
        filed = filed.then(happened(ev.RequestAdded(request, alias, now), ev.RequestEscalated(request, now)))
    wait = str(int(policy.first_response.total_seconds()))
    named = "1" if report.source in _NAMED else ""
    return filed.then(wanted(tell_member(request, "report_received", alias=str(alias), wait=wait, named=named)))
