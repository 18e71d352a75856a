"""What moderators may do with a case in this version: write to each side, say what was decided, and close.

Carries nothing out: what is decided is a moderator's own hand on the server, and said to be so.
"""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Standing
from outreach.domain.decisions import mediating
from outreach.domain.decisions.decision import (
    Decision,
    all_of,
    close,
    end,
    fold,
    happened,
    must_be_writable,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.errors import NotNow
from outreach.domain.inputs import (
    AskerAddressed,
    AuthorAddressed,
    Concern,
    Ending,
    LetterConfirmed,
    MeasureDone,
    StaffClosed,
)
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy, appeal_until
from outreach.domain.posts import Post

#: What an outcome is called to those who reported (R038).
_RESULTS = {Ending.NO_VIOLATION: "no_violation", Ending.AGREED: "settled", Ending.DECIDED: "acted"}
OUTCOMES_TOLD = frozenset(_RESULTS)


def author_addressed(case: Case, said: AuthorAddressed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator's words to the author in the thread the author knows, or to one of those a report is about."""
    must_be_writable(case, said.person)
    letter = tell_author("moderator_writes", said.person, text=said.text)
    told = (ev.StaffWrote(now, said.by), ev.AuthorTold("moderator_writes", said.by, now, said.person))
    return Decision(told, (letter, *_FIRST_WORD))


def letter_confirmed(case: Case, said: LetterConfirmed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A whole letter to the author; one that tells of a decision leaves before anything is carried out (design 7)."""
    must_be_writable(case, said.person)
    told = happened(ev.StaffWrote(now, said.by), ev.AuthorTold(said.letter.name, said.by, now, said.person))
    sent = told.then(wanted(fx.Message(fx.ToRecipient(said.person), said.letter), *_FIRST_WORD))
    return sent.then(_decided(case, said, now)) if said.letter.name == "decision" else sent


def _decided(case: Case, said: LetterConfirmed, now: datetime) -> Decision:
    """The room is told by which step it is carried out, and asked to say when it was."""
    values = said.letter.values
    kinds, until = values["measure"], values.get("until", "")
    account = case.respondent(said.person)
    assert account is not None  # noqa: S101  `must_be_writable` has looked
    step = {"who": account.address.lstrip("@"), "measure": kinds, "platform": str(account.platform)}
    to = fx.ToStaff(fx.Post.THREAD, subject=str(len(case.measures)))
    return Decision(
        (ev.MeasureDecided(kinds, said.by, now, said.person, until),),
        (fx.Message(to, Letter("measure_step", step)), tell_staff(fx.Post.CARD, "card")),
    )


def measure_done(case: Case, said: MeasureDone, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator has carried it out; the card no longer asks for it."""
    waiting = [number for number, one in enumerate(case.measures) if not one.done]
    number = said.number if said.number is not None else next(iter(waiting), None)
    if number not in waiting:
        raise NotNow
    one = case.measures[number]
    account = case.respondent(one.person)
    who = account.address.lstrip("@") if account is not None else ""
    return Decision(
        (ev.MeasureCarriedOut(number, said.by, now),),
        (
            tell_staff(fx.Post.THREAD, "measure_done", who=who, measure=one.kinds, by=said.by.lstrip("@")),
            tell_staff(fx.Post.CARD, "card"),
        ),
    )


def asker_addressed(case: Case, said: AskerAddressed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator's words to those who let moderators have the case; to nobody else (F19)."""
    if not case.escalated:
        raise NotNow
    letters = tuple(tell_member(r.id, "moderator_writes", alias=r.alias, text=said.text) for r in case.escalated)
    return Decision((ev.StaffWrote(now, said.by),), (*letters, *_FIRST_WORD))


_FIRST_WORD = (tell_staff(fx.Post.THREAD, "sent"), fx.ClearTimer(fx.Timer.RESPOND), fx.ClearTimer(fx.Timer.BRANCH))


def closed(case: Case, said: StaffClosed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator ends the case; each request hears as much of the outcome as this community tells (R038, R039)."""
    if not case.before_staff:
        raise NotNow
    ended = all_of(_told(case, r.id, said, policy, now) for r in case.requests if r.open)
    if said.ending is Ending.NO_VIOLATION:
        ended = ended.then(_cleared(case))
    after = fold(case, ended)
    ended = ended.then(mediating.over_with(after, policy, now))
    done = ended.then(close(fold(case, ended), said.ending, policy, now))
    return done.then(
        wanted(tell_staff(fx.Post.CARD, "card"), tell_staff(fx.Post.THREAD, "closed", outcome=str(said.ending)))
    )


def _cleared(case: Case) -> Decision:
    """Whoever was written to is told that nothing follows; nobody else ever learns that there was something (R039)."""
    posts = {post.author.key: post for post in (*case.reported_posts, *((case.post,) if case.post else ()))}
    written_to = case.told | ({""} if case.staff_called is not None and case.post is not None else frozenset())
    people = [(person, case.respondent(person)) for person in sorted(written_to)]
    about = [(person, posts.get(one.key)) for person, one in people if one is not None]
    return wanted(*(_no_violation(person, post) for person, post in about if post is not None and post.day))


def _no_violation(person: str, post: Post) -> fx.Effect:
    return tell_author("no_violation", person, post_day=post.day, platform=str(post.platform))


def _told(case: Case, request_id: str, said: StaffClosed, policy: OutreachPolicy, now: datetime) -> Decision:
    request = next(r for r in case.requests if r.id == request_id)
    over = end(request, said.ending)
    if request.standing is Standing.WAITING:
        return over
    if request.standing is not Standing.ESCALATED:
        return wanted(tell_member(request.id, "stopped_kindly")).then(over)
    decided = case.concern in (None, Concern.REPORT)  # of a talk there is nothing to decide
    result = _RESULTS.get(said.ending, "") if decided else ""
    if not result:
        return wanted(tell_member(request.id, "closed_by_moderators", alias=str(request.alias))).then(over)
    values = {"alias": str(request.alias), "result": result} | _as_much(case, said, policy, now)
    return wanted(tell_member(request.id, "decision", **values)).then(over)


def _as_much(case: Case, said: StaffClosed, policy: OutreachPolicy, now: datetime) -> dict[str, str]:
    """What a community tells of a decision: nothing, its kind, or all of it where there is a reason to tell (R038)."""
    measures = " ".join(dict.fromkeys(kind for one in case.measures for kind in one.kinds.split()))
    full = policy.reporter_outcome == "full" and said.why and (measures or said.ending is not Ending.DECIDED)
    detail = "full" if full else "generic" if policy.reporter_outcome != "none" else "none"
    more = {"measure": measures, "why": said.why} if full else {}
    return {"detail": detail, **more, **redress(policy, now)}


def redress(policy: OutreachPolicy, now: datetime) -> dict[str, str]:
    """What can be done against a decision: an appeal to other moderators, and the courts (DSA Art. 16(5), 17(3)(f))."""
    return {"redress": "internal court", "appeal_until": appeal_until(now, policy).isoformat()}
