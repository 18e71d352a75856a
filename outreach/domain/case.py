"""One matter from first request to end, and its fold over events. Decides nothing and asks the world for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from outreach.domain import events as ev
from outreach.domain.asks import Ask, Strength
from outreach.domain.errors import BrokenHistory, NotYours
from outreach.domain.identity import Account, Alias, CaseId, RelayId, RequestId
from outreach.domain.inputs import Answer, Concern, Ending
from outreach.domain.posts import Post, Remedy
from outreach.domain.reports import NEVER_COPIED, Report, distinct
from outreach.domain.talks import Talk


class Stage(StrEnum):
    """Where a case stands (design, section 3). The later ones are filled by later issues."""

    WAITING = "waiting"
    CONTACTED = "contacted"
    IN_DIALOGUE = "in_dialogue"
    REMEDIED = "remedied"
    UNRESOLVED = "unresolved"
    REPORTED = "reported"
    IN_HANDS = "in_hands"
    MEDIATION = "mediation"
    CHARGED = "charged"
    VOTING = "voting"
    DECIDED = "decided"
    RUNNING = "running"
    CLOSED = "closed"


#: Stages of a case that moderators have.
WITH_STAFF = (Stage.REPORTED, Stage.IN_HANDS, Stage.MEDIATION)


class Standing(StrEnum):
    """Where one request stands within its case."""

    WAITING = "waiting"
    ASKED = "asked"
    UNDECIDED = "undecided"  #: the member was asked what next
    ESCALATED = "escalated"
    OVER = "over"


class Contact(StrEnum):
    """Whether the author was written to."""

    NONE = "none"
    MADE = "made"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Request:
    """One reporter's wish, with its own alias, consent, clock and end (F3)."""

    id: RequestId
    alias: Alias
    release_at: datetime
    standing: Standing = Standing.WAITING
    reason: str = ""
    ending: Ending | None = None
    heard: bool = False  #: the author said something after this request's own time (F3)
    answer: Answer | None = None  #: what they said since then, and their words; nothing from before is this one's
    answer_text: str = ""
    agreed: bool = False  #: its member let moderators have the case, once and for all
    muted: bool = False  #: moderators hear no more of its member in this case

    @property
    def open(self) -> bool:
        """Whether its member may still hear of it."""
        return self.standing is not Standing.OVER


@dataclass(frozen=True, slots=True)
class Relay:
    """Words of a member for the author. `due` is None until they may go."""

    id: RelayId
    request: RequestId
    phrase: str
    text: str
    due: datetime | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """One report within a case, and the request of whoever made it, "" where nobody can be answered."""

    request: RequestId
    report: Report
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What one moderator noted for the others."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """Something decided against `person` (an account's key, "" for a post's author); `done` once carried out."""

    kinds: str
    person: str
    at: datetime
    until: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The state that all decisions read. Made only by folding events."""

    id: CaseId
    stage: Stage = Stage.WAITING
    alias: Alias = Alias("")
    post: Post | None = None
    ask: Ask = Ask.CW
    label: str = ""
    strength: Strength = Strength.MAY
    policy: str = ""
    concern: Concern | None = None
    platform: str = ""
    link: str = ""
    requests: tuple[Request, ...] = ()
    reports: tuple[Filed, ...] = ()
    relays: tuple[Relay, ...] = ()
    contact: Contact = Contact.NONE
    contacted_at: datetime | None = None
    answers: int = 0
    answer: Answer | None = None
    answer_text: str = ""
    seen: bool = False
    own_life: bool = False
    frozen: bool = False
    staff_called: Answer | None = None
    staff_since: datetime | None = None
    staff_wrote: bool = False
    called_after: bool = False  #: the author asked for moderators when everything else was over
    sighted: bool = False
    remedy: Remedy | None = None
    last_relay: datetime | None = None
    lead: str = ""
    lead_since: datetime | None = None
    reader: str = ""
    read_until: datetime | None = None
    notes: tuple[Note, ...] = ()
    hands: tuple[str, ...] = ()  #: moderators who had it, wrote, decided or led a talk, each once (R078)
    told: frozenset[str] = frozenset()  #: keys of those whom moderators have written to, "" for a post's author
    measures: tuple[Measure, ...] = ()
    author_in_room: bool = False
    branch: str = ""
    open_to_all: bool = False
    help_wanted: int | None = None  #: how many helpers were asked for; 0 for any number
    helpers: tuple[str, ...] = ()
    deferred: str = ""
    deferred_until: datetime | None = None
    colleagues: str = ""  #: the server whose moderators were asked last (R068)
    colleagues_platform: str = ""
    colleagues_until: datetime | None = None  #: while an answer of theirs is hoped for
    talk: Talk | None = None
    talk_untold: str | None = None  #: which respondent has not heard yet that a talk does not take place
    ending: Ending | None = None
    version: int = 0

    def request(self, request: RequestId) -> Request:
        """The request of that id; raises `NotYours` where the case has none."""
        for one in self.requests:
            if one.id == request:
                return one
        raise NotYours

    def relay(self, relay: RelayId) -> Relay:
        """The relay of that id; raises `NotYours` where the case has none."""
        for one in self.relays:
            if one.id == relay:
                return one
        raise NotYours

    @property
    def respondents(self) -> tuple[Account, ...]:
        """Everybody the case is about: the author of its post, or whom its reports name (R006), each once."""
        named = (one for filed in self.reports for one in filed.report.people)
        people = (*((self.post.author,) if self.post is not None else ()), *named)
        return tuple({one.key: one for one in people}.values())

    def respondent(self, person: str) -> Account | None:
        """Whom a letter to `person` is for: the one with that key, or for "" the only one there is."""
        if person:
            return next((one for one in self.respondents if one.key == person), None)
        return self.respondents[0] if len(self.respondents) == 1 else None

    @property
    def reported_posts(self) -> tuple[Post, ...]:
        """The posts its reports are about, each once."""
        return distinct(post for filed in self.reports for post in filed.report.posts)

    @property
    def pictures(self) -> int:
        """How many screenshots belong to it; some may still be on their way."""
        return sum(filed.report.pictures for filed in self.reports)

    @property
    def never_copied(self) -> bool:
        """Whether it may be about what nobody may copy (R011)."""
        return any(filed.report.category in NEVER_COPIED for filed in self.reports)

    @property
    def subjects(self) -> frozenset[str]:
        """By what a further report is known to belong here (R128)."""
        return frozenset(one for filed in self.reports for one in filed.report.subjects)

    @property
    def released(self) -> tuple[Request, ...]:
        """Open requests whose own time has come: the only ones whose members may be told anything."""
        return tuple(r for r in self.requests if r.open and r.standing is not Standing.WAITING)

    @property
    def escalated(self) -> tuple[Request, ...]:
        """Requests whose members let moderators have the case."""
        return tuple(r for r in self.requests if r.standing is Standing.ESCALATED)

    @property
    def before_staff(self) -> bool:
        """Whether staff may see and write in this case."""
        return self.stage in WITH_STAFF or self.staff_called is not None

    def after(self, event: ev.Event) -> Case:
        """The case as it is once `event` has happened."""
        return replace(_fold(self, event), version=self.version + 1)


def _fold(case: Case, event: ev.Event) -> Case:
    match event:
        case ev.OutreachOpened():
            return _opened(case, event)
        case ev.HelpOpened():
            return _help_opened(case, event)
        case ev.ReportOpened():
            return _report_opened(case, event)
        case ev.ReportFiled(request, report, at):
            return replace(case, reports=(*case.reports, Filed(request, report, at)))
        case ev.PictureUnfit(request):
            return _picture_less(case, request)
        case ev.RequestAdded(request, alias, release_at):
            return replace(case, requests=(*case.requests, Request(request, alias, release_at)))
        case ev.RequestReleased(request):
            return _standing(case, request, Standing.ASKED)
        case ev.Contacted(at):
            return replace(case, stage=Stage.CONTACTED, contact=Contact.MADE, contacted_at=at)
        case ev.ContactWithheld(at):
            asked = replace(case, contact=Contact.WITHHELD, contacted_at=case.contacted_at or at)
            return replace(asked, stage=Stage.CONTACTED) if case.stage is Stage.WAITING else asked
        case ev.AuthorAnswered():
            return _answered(case, event)
        case ev.Reminded():
            return case
        case ev.RemedySighted():
            return replace(case, sighted=True)
        case ev.RemedyLost():
            return replace(case, sighted=False)
        case ev.Remedied(remedy, _):
            return replace(_unless_with_staff(case, Stage.REMEDIED), remedy=remedy, sighted=False)
        case ev.ConsentAsked(request, reason):
            undecided = _standing(case, request, Standing.UNDECIDED, reason=reason)
            return _unless_with_staff(undecided, Stage.UNRESOLVED)
        case ev.RequestEscalated(request, at):
            shown = _standing(case, request, Standing.ESCALATED)
            return replace(_unless_with_staff(shown, Stage.REPORTED), staff_since=case.staff_since or at)
        case ev.StaffCalled(kind, at):
            return _staff_called(case, kind, at)
        case ev.RequestEnded(request, ending):
            return _standing(case, request, Standing.OVER, ending=ending)
        case ev.RelayOffered(relay, request, phrase, text):
            return replace(case, relays=(*case.relays, Relay(relay, request, phrase, text)))
        case ev.RelayPassed(relay, text, at):
            return _relay(case, relay, text=text, due=at)
        case ev.RelayStopped(relay):
            return _relay(case, relay, done=True)
        case ev.RelaySent(relay, at):
            return replace(_relay(case, relay, done=True), last_relay=at)
        case ev.Halted():
            return replace(case, frozen=True, contact=Contact.WITHHELD)
        case ev.StaffWrote(by=by):
            written = replace(case, staff_wrote=True, hands=_with(case.hands, by))
            return replace(written, stage=Stage.IN_HANDS) if case.stage is Stage.REPORTED else written
        case ev.AuthorTold(_, _, _, person):
            return replace(case, told=case.told | {person})
        case ev.MeasureDecided(kinds, by, at, person, until):
            measures = (*case.measures, Measure(kinds, person, at, until))
            return replace(case, measures=measures, hands=_with(case.hands, by))
        case ev.MeasureCarriedOut(number):
            measures = tuple(replace(m, done=m.done or n == number) for n, m in enumerate(case.measures))
            return replace(case, measures=measures)
        case ev.CaseTaken(who, _, at):
            hands = _with(case.hands, who)
            taken = replace(case, lead=who, lead_since=at, reader="", read_until=None, hands=hands)
            return replace(taken, stage=Stage.IN_HANDS) if case.stage is Stage.REPORTED else taken
        case ev.CaseReleased():
            free = replace(case, lead="", lead_since=None)
            return replace(free, stage=Stage.REPORTED) if case.stage is Stage.IN_HANDS else free
        case ev.CaseLookedAt(who, until):
            return replace(case, reader=who, read_until=until)
        case ev.NoteAdded(who, text, at):
            return replace(case, notes=(*case.notes, Note(who, text, at)))
        case ev.CaseDeferred(_, why, until):
            return replace(case, deferred=why, deferred_until=until)
        case ev.CaseReopened(_, _, at):
            return replace(case, stage=Stage.IN_HANDS, ending=None, staff_since=case.staff_since or at)
        case ev.BranchChanged(branch):
            moved = replace(case, branch=branch, open_to_all=not branch, lead="", lead_since=None)
            return replace(moved, stage=Stage.REPORTED) if case.stage is Stage.IN_HANDS else moved
        case ev.AuthorInRoom():
            return replace(case, author_in_room=True)
        case ev.OpenedToAll():
            return replace(case, open_to_all=True)
        case ev.HelpWanted(_, count):
            return replace(case, help_wanted=count, helpers=())
        case ev.HelpGiven(who):
            return replace(case, helpers=(*case.helpers, who))
        case ev.RequestMuted(request):
            muted = tuple(replace(r, muted=True) if r.id == request else r for r in case.requests)
            return replace(case, requests=muted)
        case ev.ColleaguesAsked(host, platform, _, _, until):
            return replace(case, colleagues=host, colleagues_platform=platform, colleagues_until=until)
        case ev.ColleaguesAnswered() | ev.ColleaguesSilent():
            return replace(case, colleagues_until=None)
        case ev.RequestsMoved():
            return replace(case, requests=())
        case ev.IdentityRevealed():
            return case
        case ev.TalkProposed(request, person, mediator, until, _, _, guests):
            talk = Talk(request, person, mediator, until, guests)
            return replace(case, stage=Stage.MEDIATION, talk=talk, talk_untold=None)
        case ev.TalkAgreed() | ev.TalkRoomSet():
            return replace(case, talk=_talk(case, event))
        case ev.TalkBegun():
            talk = _talk(case, event)
            return replace(case, talk=talk, hands=_with(case.hands, talk.mediator))
        case ev.TalkCalledOff(_, untold):
            return replace(case, stage=Stage.IN_HANDS, talk=None, talk_untold=untold)
        case ev.TalkOffTold():
            return replace(case, talk_untold=None)
        case ev.TalkOver():
            return replace(case, stage=Stage.IN_HANDS, talk=None)
        case ev.CaseClosed(ending, _):
            return replace(case, stage=Stage.CLOSED, ending=ending)
        case _:
            assert_never(event)


def _with(people: tuple[str, ...], who: str) -> tuple[str, ...]:
    return people if not who or who in people else (*people, who)


def _picture_less(case: Case, request: RequestId) -> Case:
    """One fewer in the first report of theirs that has any."""
    reports = list(case.reports)
    for place, filed in enumerate(reports):
        if filed.request == request and filed.report.pictures:
            fewer = replace(filed.report, pictures=filed.report.pictures - 1)
            reports[place] = replace(filed, report=fewer)
            break
    return replace(case, reports=tuple(reports))


def _talk(case: Case, event: ev.TalkAgreed | ev.TalkRoomSet | ev.TalkBegun) -> Talk:
    if case.talk is None:
        raise BrokenHistory("a talk that nobody offered went on")
    match event:
        case ev.TalkAgreed(side):
            return replace(case.talk, agreed=case.talk.agreed | {side})
        case ev.TalkRoomSet(room):
            return replace(case.talk, room=room)
        case ev.TalkBegun():
            return replace(case.talk, begun=True)


def _staff_called(case: Case, kind: Answer, at: datetime) -> Case:
    if case.stage is Stage.CLOSED:
        return replace(case, staff_called=kind, staff_since=at, staff_wrote=False, called_after=True)
    return replace(case, staff_called=kind, staff_since=case.staff_since or at)


def _unless_with_staff(case: Case, stage: Stage) -> Case:
    """A case that moderators have stays theirs."""
    return case if case.stage in WITH_STAFF else replace(case, stage=stage)


def _opened(case: Case, event: ev.OutreachOpened) -> Case:
    if case.version:
        raise BrokenHistory("an opened case was opened again")
    return replace(
        case,
        alias=event.alias,
        post=event.post,
        ask=event.ask,
        label=event.label,
        strength=event.strength,
        policy=event.policy,
        platform=str(event.post.platform),
        link=event.post.link,
    )


def _help_opened(case: Case, event: ev.HelpOpened) -> Case:
    if case.version:
        raise BrokenHistory("an opened case was opened again")
    return replace(
        case,
        stage=Stage.REPORTED,
        alias=event.alias,
        concern=event.concern,
        platform=event.platform,
        link=event.link,
        staff_since=event.at,
    )


def _report_opened(case: Case, event: ev.ReportOpened) -> Case:
    if case.version:
        raise BrokenHistory("an opened case was opened again")
    return replace(
        case,
        stage=Stage.REPORTED,
        alias=event.alias,
        concern=event.concern,
        platform=event.platform,
        staff_since=event.at,
    )


def _answered(case: Case, event: ev.AuthorAnswered) -> Case:
    if event.answer is Answer.SEEN:
        return replace(case, seen=True)
    stage = Stage.IN_DIALOGUE if case.stage is Stage.CONTACTED else case.stage
    words = event.answer in (Answer.TEXT, Answer.NO)
    return replace(
        case,
        stage=stage,
        requests=tuple(_heard(r, event, words=words) if r in case.released else r for r in case.requests),
        seen=True,
        answer=_weightier(case.answer, event.answer),
        answers=case.answers + words,
        answer_text=event.text or case.answer_text,
        own_life=case.own_life or event.answer is Answer.MINE,
        frozen=case.frozen or event.answer in (Answer.ABUSE, Answer.STOP, Answer.DISTRESS),
    )


def _heard(request: Request, event: ev.AuthorAnswered, *, words: bool) -> Request:
    return replace(
        request,
        heard=request.heard or words,
        answer=_weightier(request.answer, event.answer),
        answer_text="\n".join(filter(None, (request.answer_text, event.text)))[-_LONGEST_WORDS:],
    )


#: So much of what an author wrote in several messages is kept for whoever may read it; the newest of it.
_LONGEST_WORDS = 3000


_QUESTIONS = frozenset({Answer.HOW, Answer.WHY, Answer.WHO, Answer.WHAT, Answer.START})


def _weightier(before: Answer | None, now: Answer) -> Answer | None:
    """What a card names as the author's answer: never a question, and a "no" stands under words said besides."""
    if now in _QUESTIONS or (now is Answer.TEXT and before not in (None, Answer.DONE)):
        return before
    return now


def _standing(
    case: Case, request: RequestId, standing: Standing, *, reason: str = "", ending: Ending | None = None
) -> Case:
    case.request(request)
    changed = tuple(
        replace(
            r,
            standing=standing,
            reason=reason or r.reason,
            ending=ending or r.ending,
            agreed=r.agreed or standing is Standing.ESCALATED,
        )
        if r.id == request
        else r
        for r in case.requests
    )
    return replace(case, requests=changed)


def _relay(
    case: Case, relay: RelayId, *, text: str | None = None, due: datetime | None = None, done: bool = False
) -> Case:
    old = case.relay(relay)
    new = replace(old, text=old.text if text is None else text, due=due or old.due, done=done)
    return replace(case, relays=tuple(new if r.id == relay else r for r in case.relays))
