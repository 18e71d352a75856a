"""Whose case it is among branches: handed on, opened to volunteers, helped with (R079 to R087). Writes to no side.

Which branch leads at first follows from the post's language and is not decided here.
"""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case
from outreach.domain.decisions.decision import NOTHING, Decision, tell_staff
from outreach.domain.decisions.handling import is_over, shown
from outreach.domain.errors import NotNow
from outreach.domain.inputs import BranchDue, HelpAsked, HelpOffered, Transferred
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy


def transferred(case: Case, said: Transferred, policy: OutreachPolicy, now: datetime) -> Decision:
    """The other branch's room gets the card and its own time to answer; nobody leads until somebody there takes it."""
    if is_over(case) or (case.branch == said.branch and (case.branch or case.open_to_all)):
        raise NotNow
    return Decision(
        (ev.BranchChanged(said.branch, said.by, now),),
        (tell_staff(fx.Post.CARD, "card"), fx.SetTimer(fx.Timer.BRANCH, now + policy.branch_response)),
    )


def branch_due(case: Case, due: BranchDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """Nobody of the branch took it or wrote: everybody may (R084). Once, and never after somebody did."""
    if is_over(case) or case.lead or case.staff_wrote or case.open_to_all:
        return NOTHING
    call = fx.Message(fx.ToStaff(fx.Post.THREAD, fx.Ping.ALL), Letter("volunteers"))
    return Decision((ev.OpenedToAll(now),), (tell_staff(fx.Post.CARD, "card"), call))


def help_asked(case: Case, said: HelpAsked, policy: OutreachPolicy, now: datetime) -> Decision:
    """One colleague, a number of them, or all are called (R083, R086)."""
    if is_over(case):
        raise NotNow
    ping = fx.Ping.PERSON if said.who else fx.Ping.ALL
    letter = Letter("help_wanted", {"who": shown(said.by), "count": str(said.count)})
    call = fx.Message(fx.ToStaff(fx.Post.THREAD, ping, said.who), letter)
    return Decision((ev.HelpWanted(said.by, 1 if said.who else said.count),), (call,))


def help_offered(case: Case, said: HelpOffered, policy: OutreachPolicy, now: datetime) -> Decision:
    """Counted until there are enough."""
    wanted = case.help_wanted
    if is_over(case) or wanted is None or said.who in (*case.helpers, case.lead):
        raise NotNow
    if wanted and len(case.helpers) >= wanted:
        raise NotNow
    people = ", ".join(map(shown, (*case.helpers, said.who)))
    complete = "1" if len(case.helpers) + 1 == wanted else ""
    told = tell_staff(fx.Post.THREAD, "help_given", people=people, complete=complete)
    return Decision((ev.HelpGiven(said.who),), (told,))
