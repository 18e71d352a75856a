"""Words of the member toward the author: in slots, few, approved where the community wants it (F9, F15, R024)."""

from __future__ import annotations

from datetime import datetime

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Contact, Standing
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    happened,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.errors import NotAllowed, NotNow
from outreach.domain.identity import RelayId, RequestId
from outreach.domain.inputs import MemberSaid, RelayApproved, RelayDue, RelayRefused
from outreach.domain.letters import PHRASES
from outreach.domain.policy import OutreachPolicy, relay_time


def turns_left(case: Case, policy: OutreachPolicy) -> int:
    """How many words may still go: one per answer of the author, `relay_turns` in all; 0 once it is frozen."""
    if case.frozen or case.contact is not Contact.MADE:
        return 0
    return max(0, min(case.answers, policy.relay_turns) - len(case.relays))


def member_said(case: Case, said: MemberSaid, policy: OutreachPolicy, now: datetime) -> Decision:
    """A phrase goes at the next slot; own words wait for a moderator unless the community lets them pass."""
    request = case.request(said.request)
    if request.standing not in (Standing.ASKED, Standing.UNDECIDED) or not turns_left(case, policy):
        raise NotNow
    if said.phrase not in PHRASES and (not said.text or policy.relay == "phrases"):
        raise NotAllowed
    offered = happened(ev.RelayOffered(said.relay, request.id, said.phrase, said.text))
    if said.phrase or policy.relay == "free":
        return offered.then(_pass(case, said.relay, said.text, policy, now))
    return offered.then(wanted(tell_staff(fx.Post.ROOM, "approval_request", text=said.text)))


def _pass(case: Case, relay: RelayId, text: str, policy: OutreachPolicy, now: datetime) -> Decision:
    taken = [r.due for r in case.relays if r.due is not None]
    at = relay_time(now, max(taken, default=None), policy)
    return Decision((ev.RelayPassed(relay, text, at),), (fx.SetTimer(fx.Timer.RELAY, at, relay),))


def approved(case: Case, said: RelayApproved, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator lets the words pass, perhaps reworded; they still wait for their slot."""
    relay = case.relay(said.relay)
    if relay.done or relay.due is not None:
        raise NotNow
    passed = _pass(case, relay.id, said.text or relay.text, policy, now)
    return passed.then(wanted(tell_staff(fx.Post.ROOM, "approved")))


def refused(case: Case, said: RelayRefused, policy: OutreachPolicy, now: datetime) -> Decision:
    """A moderator does not let the words pass and says why; the member reads it."""
    relay = case.relay(said.relay)
    if relay.done or relay.due is not None:
        raise NotNow
    told = _if_open(case, relay.request, "say_refused", text=said.why)
    return Decision((ev.RelayStopped(relay.id),), (*told, tell_staff(fx.Post.ROOM, "refused")))


def relay_due(case: Case, due: RelayDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """The slot has come; if the author has stopped or frozen the relay meanwhile, the words stay here."""
    relay = case.relay(due.relay)
    if relay.done:
        return NOTHING
    if case.frozen or case.contact is not Contact.MADE or not case.request(relay.request).open:
        return happened(ev.RelayStopped(relay.id))
    if relay.phrase:
        letter = tell_author("phrase", phrase=relay.phrase, turns="1")
    else:
        letter = tell_author("relayed_words", text=relay.text)
    return Decision((ev.RelaySent(relay.id, now),), (letter,))


def _if_open(case: Case, request: RequestId, name: str, **values: str) -> tuple[fx.Effect, ...]:
    return (tell_member(request, name, **values),) if case.request(request).open else ()
