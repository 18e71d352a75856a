"""Looking for the remedy: seen twice over the settling time before it counts. Reminds once; never punishes."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Contact, Stage, Standing
from outreach.domain.decisions import opening
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    about,
    all_of,
    asked,
    close,
    end,
    happened,
    may_only,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.inputs import (
    CheckDue,
    CloseDue,
    Ending,
    Looked,
    Occasion,
    RemindDue,
    SettleDue,
    Undelivered,
)
from outreach.domain.policy import OutreachPolicy
from outreach.domain.posts import Remedy


def check_due(case: Case, due: CheckDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """A routine look, on a schedule that no member's act moves (leak 39)."""
    return wanted(fx.LookAtPost(Occasion.CHECK))


def settle_due(case: Case, due: SettleDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """The second look."""
    return wanted(fx.LookAtPost(Occasion.SETTLE))


def looked(case: Case, seen: Looked, policy: OutreachPolicy, now: datetime) -> Decision:
    """What one look means, by the occasion on which it was taken."""
    if seen.occasion is Occasion.RELEASE:
        return opening.release_looked(case, seen, policy, now)
    fixed = seen.remedy in (Remedy.FIXED, Remedy.GONE)
    if seen.occasion is Occasion.CHECK:
        return _sighted(case, seen, policy, now) if fixed else _again(case, policy, now)
    if fixed:
        return _remedied(case, seen, policy, now)
    if seen.occasion is Occasion.DONE:
        return wanted(tell_author("not_yet_visible", **asked(case)))
    return happened(ev.RemedyLost()).then(_again(case, policy, now))


def _again(case: Case, policy: OutreachPolicy, now: datetime) -> Decision:
    return wanted(fx.SetTimer(fx.Timer.CHECK, now + policy.check_every))


def _sighted(case: Case, seen: Looked, policy: OutreachPolicy, now: datetime) -> Decision:
    return Decision((ev.RemedySighted(seen.remedy),), (fx.SetTimer(fx.Timer.SETTLE, now + policy.settle),))


def _remedied(case: Case, seen: Looked, policy: OutreachPolicy, now: datetime) -> Decision:
    gone = "1" if seen.remedy is Remedy.GONE else ""
    thanks: tuple[fx.Effect, ...] = ()
    if case.contact is Contact.MADE and case.post is not None:
        about = {"post_day": case.post.day, "platform": str(case.post.platform), **asked(case)}
        thanks = (tell_author("thanks", **about, gone=gone),)
    members = tuple(tell_member(r.id, "fixed", **asked(case), warning=seen.warning, gone=gone) for r in case.released)
    ended = all_of(end(r, Ending.REMEDIED) for r in case.released if r.standing is not Standing.ESCALATED)
    first = Decision((ev.Remedied(seen.remedy, seen.warning),), (*thanks, *members))
    return first.then(ended).then(_at_rest(case, policy, now, gone))


def _at_rest(case: Case, policy: OutreachPolicy, now: datetime, gone: str) -> Decision:
    running = (fx.Timer.CHECK, fx.Timer.SETTLE, fx.Timer.REMIND)
    cleared = wanted(*(fx.ClearTimer(timer) for timer in running))
    if case.before_staff:
        update = tell_staff(fx.Post.THREAD, "fixed_update", gone=gone)
        return cleared.then(wanted(update, tell_staff(fx.Post.CARD, "card")))
    return cleared.then(wanted(fx.SetTimer(fx.Timer.CLOSE, now + policy.consent_within)))


def close_due(case: Case, due: CloseDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """A case that is over for everybody is laid to rest; a request that has not had its time yet keeps it open."""
    if case.before_staff:
        return NOTHING
    if any(r.open for r in case.requests):
        return wanted(fx.SetTimer(fx.Timer.CLOSE, now + policy.consent_within)) if case.remedy else NOTHING
    ending = Ending.REMEDIED if case.remedy else case.requests[-1].ending
    return close(case, ending or Ending.DROPPED, policy, now)


def remind_due(case: Case, due: RemindDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """The one reminder: not for a suggestion, not after any sign of having read it, not in doubt."""
    quiet = case.seen or case.contact is not Contact.MADE or case.frozen or case.sighted
    if quiet or may_only(case) or not case.released:
        return NOTHING
    return Decision((ev.Reminded(),), (tell_author("reminder", **about(case), **asked(case)),))


def undelivered(case: Case, news: Undelivered, policy: OutreachPolicy, now: datetime) -> Decision:
    """The author cannot be reached: to members the same as silence (F20); to staff a fact of their case."""
    if case.contact is Contact.WITHHELD:
        return NOTHING
    account = case.respondent(news.person) if news.person and len(case.respondents) > 1 else None
    who = account.address.lstrip("@") if account is not None else ""
    told = wanted(tell_staff(fx.Post.THREAD, "undeliverable", who=who)) if case.before_staff else NOTHING
    if case.stage is Stage.CLOSED:
        return told
    return happened(ev.ContactWithheld(now)).then(told)
