"""What moderators may do with a case in this version: write to each side, and close. No sanction exists here."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Stage, Standing
from outreach.domain.decisions.decision import (
    Decision,
    all_of,
    close,
    end,
    fold,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.errors import NotNow
from outreach.domain.inputs import AskerAddressed, AuthorAddressed, StaffClosed
from outreach.domain.policy import OutreachPolicy


def author_addressed(case: Case, said: AuthorAddressed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator's words to the author, in the thread the author knows."""
    if case.post is None or not case.before_staff or (case.stage is Stage.CLOSED and not case.called_after):
        raise NotNow
    letter = tell_author("moderator_writes", text=said.text)
    return Decision((ev.StaffWrote(now),), (letter, *_FIRST_WORD))


def asker_addressed(case: Case, said: AskerAddressed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator's words to those who let moderators have the case; to nobody else (F19)."""
    if not case.escalated:
        raise NotNow
    letters = tuple(tell_member(r.id, "moderator_writes", alias=r.alias, text=said.text) for r in case.escalated)
    return Decision((ev.StaffWrote(now),), (*letters, *_FIRST_WORD))


_FIRST_WORD = (tell_staff(fx.Post.THREAD, "sent"), fx.ClearTimer(fx.Timer.RESPOND), fx.ClearTimer(fx.Timer.BRANCH))


def closed(case: Case, said: StaffClosed, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator ends the case; each request hears it in words that say nothing of measures."""
    if not case.before_staff:
        raise NotNow
    ended = all_of(_told(case, r.id, said) for r in case.requests if r.open)
    after = fold(case, ended)
    done = ended.then(close(after, said.ending, policy, now))
    return done.then(
        wanted(tell_staff(fx.Post.CARD, "card"), tell_staff(fx.Post.THREAD, "closed", outcome=str(said.ending)))
    )


def _told(case: Case, request_id: str, said: StaffClosed) -> Decision:
    request = next(r for r in case.requests if r.id == request_id)
    over = end(request, said.ending)
    if request.standing is Standing.WAITING:
        return over
    letter = "closed_by_moderators" if request.standing is Standing.ESCALATED else "stopped_kindly"
    values = {"alias": str(request.alias)} if request.standing is Standing.ESCALATED else {}
    return wanted(tell_member(request.id, letter, **values)).then(over)
