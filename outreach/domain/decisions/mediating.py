"""A talk between both sides (R022, R042): offered, agreed to by all or called off, held in a room of its own.

A refusal is neutral: nothing follows from it, and nothing says whose it was. Before everybody has agreed, nothing of
whoever asked leaves; who that is only those learn who come to the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from outreach.domain import effects as fx
from outreach.domain import events as ev
from outreach.domain.case import Case, Request, Standing
from outreach.domain.decisions.decision import (
    NOTHING,
    Decision,
    all_of,
    fold,
    happened,
    must_be_writable,
    tell_author,
    tell_member,
    tell_staff,
    wanted,
)
from outreach.domain.decisions.handling import shown
from outreach.domain.errors import NotNow
from outreach.domain.inputs import (
    Answer,
    AuthorSaid,
    Input,
    TalkAnswered,
    TalkEnded,
    TalkFailed,
    TalkLapsed,
    TalkOffDue,
    TalkOffered,
    TalkOpened,
    TalkRoomMade,
    Undelivered,
)
from outreach.domain.letters import Letter
from outreach.domain.policy import OutreachPolicy, relay_time
from outreach.domain.talks import Side, Talk

_Decide = Callable[[Case, Any, OutreachPolicy, datetime], Decision]

#: Words with which somebody leaves every talk about the matter.
_LEAVES = frozenset({Answer.STOP, Answer.DISTRESS})
_CARD = tell_staff(fx.Post.CARD, "card")


def asker_of(case: Case) -> Request:
    """Who is asked: the first who let moderators have the case. Raises `NotNow` where nobody has."""
    if not case.escalated:
        raise NotNow
    return case.escalated[0]


def offer(mediator: str, guests: Iterable[str], until: datetime) -> dict[str, str]:
    """What the letters to both sides have in common."""
    people = ", ".join(map(shown, guests))
    return {"who": shown(mediator), "names": people, "moment": until.isoformat(timespec="seconds")}


def offered(case: Case, said: TalkOffered, policy: OutreachPolicy, now: datetime) -> Decision:
    """Both are asked at once and in the same words; to each it is also moderators' word."""
    must_be_writable(case, said.person)
    asker, values = asker_of(case), offer(said.mediator, said.guests, said.until)
    happened_ = (
        ev.StaffWrote(now, said.by),
        ev.AuthorTold("mediation_offer", said.by, now, said.person),
        ev.TalkProposed(asker.id, said.person, said.mediator, said.until, said.by, now, said.guests),
    )
    effects = (
        tell_member(asker.id, "mediation_offer", alias=str(asker.alias), **values),
        tell_author("mediation_offer", said.person, role="team", **values),
        fx.ClearTimer(fx.Timer.RESPOND),
        fx.ClearTimer(fx.Timer.BRANCH),
        fx.SetTimer(fx.Timer.TALK, said.until),
        fx.ClearTimer(fx.Timer.TALK_OFF),
    )
    led_by_another = said.mediator != said.by
    to = fx.ToStaff(fx.Post.THREAD, fx.Ping.PERSON if led_by_another else fx.Ping.NOBODY, said.mediator)
    letter = Letter("talk", {"news": "asked", "who": shown(said.mediator), "moment": values["moment"]})
    return Decision(happened_, (*effects, fx.Message(to, letter), _CARD))


def answered(case: Case, said: TalkAnswered, policy: OutreachPolicy, now: datetime) -> Decision:
    """May be taken back until the room exists; from then on everybody is free to stay away or to leave."""
    talk = _talk_of(case)
    if talk.room:
        return _tell(case, talk, said.side, "made")
    if not said.wants:
        return _tell(case, talk, said.side, "no").then(_off(case, talk, policy, now, but=said.side))
    noted = _tell(case, talk, said.side, "yes")
    if said.side in talk.agreed:
        return noted
    agreed = happened(ev.TalkAgreed(said.side)).then(noted)
    after = fold(case, agreed)
    return agreed.then(wanted(fx.MakeRoom())) if after.talk is not None and after.talk.is_agreed else agreed


def lapsed(case: Case, due: TalkLapsed, policy: OutreachPolicy, now: datetime) -> Decision:
    """Silence is a no, without blame."""
    talk = case.talk
    return NOTHING if talk is None or talk.is_agreed else _off(case, talk, policy, now)


def off_due(case: Case, due: TalkOffDue, policy: OutreachPolicy, now: datetime) -> Decision:
    """In a slot, so that no moment at which somebody declined, or withdrew, can be read from it (F9, leak 16)."""
    if case.talk_untold is None:
        raise NotNow
    told = tell_author("talk", case.talk_untold, news="off")
    return happened(ev.TalkOffTold()).then(wanted(told, fx.ClearTimer(fx.Timer.TALK_OFF)))


def room_made(case: Case, said: TalkRoomMade, policy: OutreachPolicy, now: datetime) -> Decision:
    """Kept before anybody is invited to it (F11); where somebody has taken their word back, there is to be none."""
    talk = _talk_of(case)
    if not talk.is_agreed or talk.room:
        raise NotNow
    return happened(ev.TalkRoomSet(said.room))


def opened(case: Case, said: TalkOpened, policy: OutreachPolicy, now: datetime) -> Decision:
    """Everybody is told where it takes place, and in the room what holds there."""
    talk = _talk_of(case)
    if not talk.room or talk.begun:
        raise NotNow
    sides = all_of(_tell(case, talk, side, "made") for side in Side)
    opening = fx.Message(fx.ToTalk(), Letter("talk_opening", {"who": shown(talk.mediator)}))
    told = wanted(opening, fx.ClearTimer(fx.Timer.TALK), tell_staff(fx.Post.THREAD, "talk", news="made"), _CARD)
    return happened(ev.TalkBegun(now)).then(sides).then(told)


def failed(case: Case, said: TalkFailed, policy: OutreachPolicy, now: datetime) -> Decision:
    """The sides hear that it does not take place, moderators also that it is no side's doing."""
    talk = _talk_of(case)
    if talk.begun:
        raise NotNow
    leave = wanted(_GOODBYE) if talk.room else NOTHING
    return _off(case, talk, policy, now, news="failed").then(leave)


def ended(case: Case, said: TalkEnded, policy: OutreachPolicy, now: datetime) -> Decision:
    """Moderators have taken the offer back, or the talk is over; it is told in the room itself."""
    talk = _talk_of(case)
    if not talk.room:
        return _off(case, talk, policy, now)
    told = wanted(_GOODBYE, fx.ClearTimer(fx.Timer.TALK), tell_staff(fx.Post.THREAD, "talk", news="over"), _CARD)
    return happened(ev.TalkOver(now)).then(told)


def over_with(case: Case, policy: OutreachPolicy, now: datetime) -> Decision:
    """With the case an offer ends, too, or a talk; whoever asked reads of it in the letter that ends theirs."""
    talk = case.talk
    if talk is None:
        return NOTHING if case.talk_untold is None else off_due(case, TalkOffDue(), policy, now)
    if talk.room:
        return happened(ev.TalkOver(now)).then(wanted(_GOODBYE))
    return happened(ev.TalkCalledOff(now)).then(_tell(case, talk, Side.RESPONDENT, "off"))


def unless_gone(decide: _Decide) -> _Decide:
    """The same decision; and where one side thereby leaves the matter, an offer that still waits for them is over."""

    def decided(case: Case, said: Input, policy: OutreachPolicy, now: datetime) -> Decision:
        so_far = decide(case, said, policy, now)
        after = fold(case, so_far)
        gone = _gone(after, said)
        if after.talk is None or after.talk.room or gone is None:
            return so_far
        return so_far.then(_off(after, after.talk, policy, now, but=gone))

    return decided


def _gone(case: Case, said: Input) -> Side | None:
    talk = case.talk
    if talk is None:
        return None
    if case.request(talk.request).standing is not Standing.ESCALATED:
        return Side.ASKER
    leaves = isinstance(said, Undelivered) or (isinstance(said, AuthorSaid) and said.answer in _LEAVES)
    person = said.person if isinstance(said, (Undelivered, AuthorSaid)) else ""
    return Side.RESPONDENT if leaves and case.respondent(person) == case.respondent(talk.person) else None


def _off(
    case: Case, talk: Talk, policy: OutreachPolicy, now: datetime, *, but: Side | None = None, news: str = "off"
) -> Decision:
    """`but` has had a word of their own already, or wants none. The respondent hears it in a slot, whatever it was."""
    asker = NOTHING if but is Side.ASKER else _tell(case, talk, Side.ASKER, "off")
    staff = wanted(fx.ClearTimer(fx.Timer.TALK), tell_staff(fx.Post.THREAD, "talk", news=news), _CARD)
    if but is Side.RESPONDENT:
        return happened(ev.TalkCalledOff(now)).then(asker).then(staff)
    later = wanted(fx.SetTimer(fx.Timer.TALK_OFF, relay_time(now, None, policy)))
    return happened(ev.TalkCalledOff(now, talk.person)).then(asker).then(staff).then(later)


def _tell(case: Case, talk: Talk, side: Side, news: str) -> Decision:
    values = {"news": news, "who": shown(talk.mediator)}
    if side is Side.RESPONDENT:
        return wanted(tell_author("talk", talk.person, **values))
    return wanted(tell_member(talk.request, "talk", alias=str(case.request(talk.request).alias), **values))


def _talk_of(case: Case) -> Talk:
    if case.talk is None:
        raise NotNow
    return case.talk


_GOODBYE = fx.Message(fx.ToTalk(), Letter("talk_over"))
