"""What is left to the moderators of another server: a human asks them, the case keeps the time (R068).

Sends nothing there: who watches which account nobody can tell from outside, so a person writes. Derives nothing from
silence, either; it names what could come next, to those who have the case.
"""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case
from outreach.domain.decisions.decision import NOTHING, Decision, happened, tell_staff, wanted
from outreach.domain.decisions.handling import is_over, shown
from outreach.domain.errors import NotNow
from outreach.domain.identity import Platform
from outreach.domain.inputs import ColleaguesAnswered, ColleaguesAsked, ColleaguesDue
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy


def asked(case: Case, said: ColleaguesAsked, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator writes to the other server's moderators; the time they are given begins."""
    if not policy.remote_contact or not said.host or is_over(case) or case.colleagues_until is not None:
        raise NotNow
    until = now + policy.remote_adequate
    values = {"who": shown(said.by), "host": said.host, "due": until.isoformat(), "page": _page(said)}
    told = tell_staff(fx.Post.THREAD, "colleagues_asked", **values)
    return Decision(
        (ev.ColleaguesAsked(said.host, said.platform, said.by, now, until),),
        (told, fx.SetTimer(fx.Timer.COLLEAGUES, until), _CARD),
    )


def answered(case: Case, said: ColleaguesAnswered, policy: OutreachPolicy, now: datetime) -> Decision:
    """They have answered; what they said is a note, if anything."""
    if case.colleagues_until is None:
        raise NotNow
    told = tell_staff(fx.Post.THREAD, "colleagues_answered", who=shown(said.by), host=case.colleagues)
    return Decision((ev.ColleaguesAnswered(said.by, now),), (told, fx.ClearTimer(fx.Timer.COLLEAGUES), _CARD))


def due(case: Case, said: ColleaguesDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """Nobody noted an answer in time: whoever has the case hears of it once, and what can be done about that server."""
    if case.colleagues_until is None or is_over(case):
        return NOTHING
    values = {"host": case.colleagues, "due": case.colleagues_until.isoformat(), "platform": case.colleagues_platform}
    called = fx.Message(fx.ToStaff(fx.Post.THREAD, fx.Ping.LEAD_OR_ONCALL), Letter("colleagues_due", values))
    return happened(ev.ColleaguesSilent(now)).then(wanted(called, _CARD))


def _page(said: ColleaguesAsked) -> str:
    """Where a server says whom to write to: its own page, or what MSC1929 asks of a homeserver."""
    return f"{said.host}/.well-known/matrix/support" if said.platform == Platform.MATRIX else f"{said.host}/about"


_CARD = tell_staff(fx.Post.CARD, "card")
