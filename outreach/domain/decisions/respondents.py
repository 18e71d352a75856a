"""What those say about whom a report is (R006): moderators have the case, so every word is theirs to answer.

Explains nothing by itself and asks nobody for anything: there is no request that an answer could fit.
"""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Stage
from outreach.domain.decisions.decision import NOTHING, Decision, happened, tell_author, tell_staff, wanted
from outreach.domain.inputs import Answer, AuthorSaid
from outreach.domain.letters import Letter
from outreach.domain.policy import APPEAL_WITHIN, OutreachPolicy

#: What is answered with a letter of its own; all else is passed on.
_ANSWERED = {
    Answer.HUMAN: "answered_human",
    Answer.ABUSE: "answered_abuse",
    Answer.STOP: "answered_stop",
    Answer.START: "answered_start",
    Answer.DISTRESS: "self_harm",
}
_KEPT_FROM_ROOM = (Answer.STOP, Answer.START)


def respondent_said(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """One answer of one of them, in a place of their own."""
    if said.answer is Answer.SEEN:
        return NOTHING
    if said.answer is Answer.APPEAL:
        return appealed(case, said, policy, now)
    answered = wanted(tell_author(_ANSWERED.get(said.answer, "passed_on"), said.person))
    if said.answer in _KEPT_FROM_ROOM:
        return answered.then(wanted(fx.OptOut(wanted=said.answer is Answer.STOP, person=said.person)))
    if case.stage is Stage.CLOSED and said.answer in (Answer.HUMAN, Answer.ABUSE):
        answered = answered.then(happened(ev.StaffCalled(said.answer, now)))
    urgent = said.answer is Answer.DISTRESS
    return answered.then(told_room(case, said, fx.Ping.LEAD_OR_ONCALL if urgent else fx.Ping.NOBODY))


def appealed(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """Somebody a decision was made about wants it looked at again; who has the case is called (R115)."""
    if not case.measures:
        return wanted(tell_author("passed_on", said.person)).then(told_room(case, said))
    wait = str(int(APPEAL_WITHIN.total_seconds()))
    received = wanted(tell_author("appeal_received", said.person, day=now.date().isoformat(), wait=wait))
    called = happened(ev.StaffCalled(said.answer, now)) if case.stage is Stage.CLOSED else NOTHING
    return received.then(called).then(told_room(case, said, fx.Ping.LEAD_OR_ONCALL))


def told_room(case: Case, said: AuthorSaid, ping: fx.Ping = fx.Ping.NOBODY) -> Decision:
    """The answer stands below the card, with a name where several people could have given it."""
    account = case.respondent(said.person)
    several = account is not None and len(case.respondents) > 1
    who = account.address.lstrip("@") if account is not None and several else ""
    letter = Letter("answer_update", {"answer": str(said.answer), "text": said.text, "who": who})
    return wanted(fx.Message(fx.ToStaff(fx.Post.THREAD, ping), letter), tell_staff(fx.Post.CARD, "card"))
