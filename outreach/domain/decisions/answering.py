"""What an author's answer means. Questions are answered at once, alike for everybody; nothing names a reporter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Request, Stage, Standing
from outreach.domain.decisions import respondents
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    all_of,
    asked,
    close_if_done,
    end,
    happened,
    may_only,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.decisions.handling import response_clock
from outreach.domain.inputs import Answer, AuthorSaid, Ending, Occasion
from outreach.domain.policy import OutreachPolicy

_Meaning = Callable[[Case, AuthorSaid, OutreachPolicy, datetime], Decision]

#: A relayed text is cut here (F15).
LONGEST_RELAY = 1000


def author_said(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """One answer; after `stop` nothing but `start` and a human is answered any more."""
    if case.post is None or said.answer is Answer.APPEAL:
        return _to_moderators(case, said, policy, now)
    said = AuthorSaid(said.answer, said.text[:LONGEST_RELAY])
    return happened(ev.AuthorAnswered(said.answer, said.text, now)).then(
        _MEANINGS[said.answer](case, said, policy, now)
    )


def author_said_after(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """The matter is over for the author too; questions, opting out and a human stay within reach."""
    if case.post is None or said.answer is Answer.APPEAL:
        return _to_moderators(case, said, policy, now)
    if said.answer is Answer.SEEN:
        return NOTHING
    if said.answer in _LASTING:
        return _MEANINGS[said.answer](case, said, policy, now)
    if said.answer is Answer.TEXT and case.before_staff:
        return _text(case, AuthorSaid(said.answer, said.text[:LONGEST_RELAY]), policy, now)
    return wanted(tell_author("over"))


def _to_moderators(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """Reports are moderators' cases alone; an appeal is theirs wherever something was decided, else mere words."""
    said = AuthorSaid(said.answer, said.text[:LONGEST_RELAY], said.person)
    if case.post is None or case.measures:
        return respondents.respondent_said(case, said, policy, now)
    over = case.stage in (Stage.REMEDIED, Stage.CLOSED)
    return (author_said_after if over else author_said)(case, AuthorSaid(Answer.TEXT, said.text), policy, now)


#: What means the same after the end; a human can always be reached (promise 6).
_LASTING = (
    Answer.HOW,
    Answer.WHY,
    Answer.WHO,
    Answer.WHAT,
    Answer.STOP,
    Answer.START,
    Answer.DISTRESS,
    Answer.HUMAN,
    Answer.ABUSE,
)


def _explains(name: str) -> _Meaning:
    def explain(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
        match name:
            case "how":
                return wanted(tell_author("how", platform=case.platform, software="", **asked(case)))
            case "why":
                return wanted(tell_author("why", **asked(case)))
            case _:
                return wanted(tell_author(name))

    return explain


def _seen(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    return wanted(fx.ClearTimer(fx.Timer.REMIND))


def _done(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    return wanted(fx.LookAtPost(Occasion.DONE), fx.ClearTimer(fx.Timer.REMIND))


def _no(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    answered = wanted(tell_author("answered_no", **asked(case)), fx.ClearTimer(fx.Timer.REMIND))
    if case.before_staff:
        return answered.then(_tell_room(case, said))
    open_now = [r for r in case.released if r.standing is Standing.ASKED]
    if may_only(case):
        ended = all_of(_let_go(r, "declined_may", Ending.DECLINED) for r in open_now)
        return close_if_done(case, answered.then(ended), Ending.DECLINED, policy, now)
    return answered.then(all_of(ask_what_next(case, r, "declined", policy, now) for r in open_now))


def ask_what_next(case: Case, request: Request, reason: str, policy: OutreachPolicy, now: datetime) -> Decision:
    """A recommendation or obligation was not followed: the member decides, and silence lets it rest."""
    return Decision(
        (ev.ConsentAsked(request.id, reason),),
        (
            tell_member(request.id, "unresolved", **asked(case), reason=reason),
            fx.ClearTimer(fx.Timer.GIVE_UP, request.id),
            fx.SetTimer(fx.Timer.CONSENT, now + policy.consent_within, request.id),
        ),
    )


def _let_go(request: Request, letter: str, ending: Ending) -> Decision:
    return wanted(tell_member(request.id, letter)).then(end(request, ending))


def _mine(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    answered = wanted(tell_author("answered_mine"), fx.ClearTimer(fx.Timer.REMIND))
    if case.before_staff:
        return answered.then(_tell_room(case, said))
    ended = all_of(_let_go(r, "own_life", Ending.DROPPED) for r in case.released)
    return close_if_done(case, answered.then(ended), Ending.DROPPED, policy, now)


def _stop(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    withheld = () if case.stage is Stage.CLOSED else (ev.ContactWithheld(now),)
    return Decision(withheld, (tell_author("answered_stop"), fx.OptOut(), fx.ClearTimer(fx.Timer.REMIND)))


def _start(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    return wanted(tell_author("answered_start"), fx.OptOut(wanted=False))


def _text(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """Relayed, folded. An author reads the same where nobody listens any more, or they would feel the moment."""
    quiet = fx.ClearTimer(fx.Timer.REMIND)
    if case.before_staff:
        return wanted(tell_author("passed_on"), quiet).then(_tell_room(case, said))
    if case.frozen:
        return wanted(tell_author("not_passed_on"), quiet)
    members = tuple(tell_member(r.id, "author_wrote") for r in case.released)
    return wanted(tell_author("passed_on"), *members, quiet)


def _call_staff(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    answered = wanted(tell_author(f"answered_{said.answer}"), fx.ClearTimer(fx.Timer.REMIND))
    if case.before_staff:
        return answered.then(_tell_room(case, said))
    card = tell_staff(fx.Post.CARD, "card_recipient")
    called = Decision((ev.StaffCalled(said.answer, now),), (card, *response_clock(policy, now)))
    return answered.then(called)


def _tell_room(case: Case, said: AuthorSaid) -> Decision:
    update = tell_staff(fx.Post.THREAD, "answer_update", answer=str(said.answer), text=said.text)
    return wanted(update)


def _distress(case: Case, said: AuthorSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    answered = wanted(tell_author("self_harm"))
    return answered if case.stage is Stage.CLOSED else answered.then(halt(case, policy, now))


def halt(case: Case, policy: OutreachPolicy, now: datetime) -> Decision:
    """Words of self-harm, from anyone, stop outreach, reminders and relay (promise 6)."""
    stopped = happened(ev.Halted())
    waiting = all_of(end(r, Ending.DROPPED) for r in case.requests if r.standing is Standing.WAITING)
    told = all_of(
        _let_go(r, "stopped_kindly", Ending.DROPPED) for r in case.released if r.standing is not Standing.ESCALATED
    )
    running = (fx.Timer.CHECK, fx.Timer.SETTLE, fx.Timer.REMIND)
    relays = tuple(fx.ClearTimer(fx.Timer.RELAY, r.id) for r in case.relays if not r.done)
    cleared = wanted(*(fx.ClearTimer(timer) for timer in running), *relays)
    return close_if_done(case, stopped.then(waiting).then(told).then(cleared), Ending.DROPPED, policy, now)


_MEANINGS: dict[Answer, _Meaning] = {
    Answer.DONE: _done,
    Answer.NO: _no,
    Answer.MINE: _mine,
    Answer.HOW: _explains("how"),
    Answer.WHY: _explains("why"),
    Answer.WHO: _explains("who"),
    Answer.WHAT: _explains("what"),
    Answer.HUMAN: _call_staff,
    Answer.ABUSE: _call_staff,
    Answer.STOP: _stop,
    Answer.START: _start,
    Answer.TEXT: _text,
    Answer.SEEN: _seen,
    Answer.DISTRESS: _distress,
}
