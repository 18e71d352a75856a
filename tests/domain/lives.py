"""Random lives of a case: any input in any order, folded as in production. Shared by the domain's properties."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from outreach.domain import effects as fx
from outreach.domain import inputs as i
from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case, Filed, Request, Stage
from outreach.domain.decisions.decision import Decision
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, Alias, CaseId, Platform, RelayId, RequestId
from outreach.domain.letters import Letter
from outreach.domain.pictures import Unfit
from outreach.domain.policy import OutreachPolicy
from outreach.domain.posts import Post, Remedy, Visibility
from outreach.domain.reports import Category, Report, Source
from outreach.domain.state_machine import TRANSITIONS, decide
from outreach.domain.talks import Side

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
POST = Post(
    Platform.FEDIVERSE,
    "https://x.example/1",
    "https://x.example/@dave/1",
    "1",
    Account(Platform.FEDIVERSE, "dave@x.example"),
    "2026-03-02",
    Visibility.PUBLIC,
    text="soup",
)
REPORTS = [
    Report(Source.FEDIVERSE, Platform.FEDIVERSE, (POST.author,), (POST,), Category.SPAM, "words"),
    Report(Source.MEMBER, Platform.MATRIX, pictures=2),
]
REQUESTS = [RequestId("a"), RequestId("b")]
RELAYS = [RelayId("r"), RelayId("s")]
#: Two whole letters of the moderators; the second tells of a measure.
LETTERS = [
    Letter("demand", {"role": "team", "text": "soup"}),
    Letter(
        "decision",
        {"role": "team", "measure": "freeze", "territory": "server", "term": "permanent", "facts": "soup"}
        | {"trigger": "notice", "automation": "none", "ground": "rules", "rule": "no soup", "why": "soup"}
        | {"redress": "court"},
    ),
]
FILED = Filed(RequestId("z"), REPORTS[0], START)
OTHER = Request(RequestId("z"), Alias("zany-yak"), START)
MODERATORS = ["@mia:x.example", "@noa:x.example"]
#: What carries a sanction in this vocabulary; no stage of this version may lead there.
SANCTIONS = frozenset({Stage.CHARGED, Stage.VOTING, Stage.DECIDED, Stage.RUNNING})


def births() -> st.SearchStrategy[i.Input]:
    """A case is born as an outreach or before staff."""
    return st.one_of(
        st.builds(
            i.Requested,
            st.just(REQUESTS[0]),
            st.just(Alias("amber-otter")),
            st.just(Alias("calm-lynx")),
            st.just(POST),
            st.sampled_from(Ask),
            st.sampled_from(["", "food", "violence"]),
            st.sampled_from(Strength),
            st.floats(0, 0.99),
        ),
        st.builds(
            i.HelpCalled,
            st.just(REQUESTS[0]),
            st.just(Alias("amber-otter")),
            st.just(Alias("calm-lynx")),
            st.sampled_from([i.Concern.HUMAN, i.Concern.DANGER]),
            st.just("matrix"),
        ),
        st.builds(
            i.Reported,
            st.sampled_from([REQUESTS[0], RequestId("")]),
            st.just(Alias("amber-otter")),
            st.just(Alias("calm-lynx")),
            st.sampled_from(REPORTS),
            st.sampled_from([i.Concern.REPORT, i.Concern.SUPPORT]),
        ),
    )


def inputs() -> st.SearchStrategy[i.Input]:
    """Anything else that can reach a case."""
    request, relay, text = st.sampled_from(REQUESTS), st.sampled_from(RELAYS), st.text(max_size=20)
    who = st.sampled_from(MODERATORS)
    return st.one_of(
        births(),
        st.builds(i.ReportJoined, request, st.just(Alias("bold-crow")), st.sampled_from(REPORTS)),
        st.builds(i.PictureRefused, request, st.integers(1, 4), st.sampled_from(Unfit)),
        st.builds(i.JoinRequested, st.just(REQUESTS[1]), st.just(Alias("bold-crow")), st.floats(0, 0.99)),
        st.builds(
            i.Looked, st.sampled_from(i.Occasion), st.sampled_from(Remedy), st.booleans(), st.just("food"), request
        ),
        st.builds(i.AuthorSaid, st.sampled_from(i.Answer), text, st.sampled_from(["", POST.author.key])),
        st.just(i.Undelivered()),
        st.builds(i.ReleaseDue, request),
        st.just(i.CheckDue()),
        st.just(i.SettleDue()),
        st.just(i.RemindDue()),
        st.just(i.CloseDue()),
        st.builds(i.GiveUpDue, request),
        st.builds(i.ConsentLapsed, request),
        st.builds(i.RelayDue, relay),
        st.builds(i.Withdrawn, request),
        st.builds(i.Rested, request),
        st.builds(i.Escalated, request),
        st.builds(i.NotAllRight, request),
        st.builds(i.MemberSaid, request, relay, st.sampled_from(["", "thanks"]), text),
        st.builds(i.AskerSaid, request, text, st.booleans()),
        st.builds(i.MemberInDistress, request),
        st.builds(i.RelayApproved, relay, text),
        st.builds(i.RelayRefused, relay, text),
        st.builds(i.AuthorAddressed, text, st.sampled_from(["", POST.author.key])),
        st.builds(i.AskerAddressed, text),
        st.builds(i.LetterConfirmed, st.sampled_from(LETTERS), who, st.sampled_from(["", POST.author.key])),
        st.builds(i.MeasureDone, who, st.sampled_from([None, 0, 1])),
        st.builds(i.StaffClosed, st.sampled_from(i.Ending)),
        st.builds(i.Taken, who, st.sampled_from(["", *MODERATORS])),
        st.builds(i.ColleaguesAsked, who, st.just("far.example"), st.just("fediverse")),
        st.builds(i.ColleaguesAnswered, who),
        st.builds(i.ColleaguesDue),
        st.builds(i.HandedBack, who),
        st.builds(i.LookedInto, who),
        st.builds(i.Noted, who, text),
        st.builds(i.Deferred, who, text),
        st.just(i.ResponseDue()),
        st.builds(i.StaffReopened, who, text),
        st.just(i.AskerMuted()),
        st.builds(i.Revealed, who, who, text),
        st.just(i.MergedFrom((FILED,), (OTHER,))),
        st.just(i.MergedInto(Alias("bold-crow"), MODERATORS[0])),
        st.builds(i.Transferred, st.sampled_from(["", "fr"]), who),
        st.just(i.BranchDue()),
        st.just(i.AuthorSeenInRoom()),
        st.builds(i.HelpAsked, who, st.sampled_from([0, 1, 2])),
        st.builds(i.HelpOffered, who),
        st.builds(i.TalkOffered, who, who, st.just(START + timedelta(days=9)), st.sampled_from(["", POST.author.key])),
        st.builds(i.TalkAnswered, st.sampled_from(Side), st.booleans()),
        st.just(i.TalkLapsed()),
        st.just(i.TalkOffDue()),
        st.just(i.TalkRoomMade("!talk:x.example")),
        st.just(i.TalkOpened()),
        st.just(i.TalkFailed()),
        st.builds(i.TalkEnded, who),
    )


@dataclass
class Life:
    """One case lived through a list of inputs, a while apart; refusals are allowed and change nothing."""

    said: list[i.Input]
    policy: OutreachPolicy = field(default_factory=lambda: OutreachPolicy(remote_contact=True))

    def steps(self) -> Iterator[tuple[Case | None, i.Input, Decision | None, Case | None]]:
        """Each step: the case before, the input, the decision (None if refused), the case after."""
        case: Case | None = None
        now = START
        for said in self.said:
            now += timedelta(hours=7)
            before = case
            try:
                decision = decide(case, said, self.policy, now, born_as=Case(CaseId("c")))
            except Refusal:
                yield before, said, None, case
                continue
            case = case or Case(CaseId("c"))
            for event in decision.events:
                case = case.after(event)
            yield before, said, decision, case


def messages(decision: Decision) -> list[fx.Message]:
    """The messages a decision asks for."""
    return [effect for effect in decision.effects if isinstance(effect, fx.Message)]


def _all_inputs() -> list[i.Input]:
    """A hand of every input; those that carry a story on lie in it more than once."""
    a, b = REQUESTS
    looks = [i.Looked(o, r, m, "food", q) for o in i.Occasion for r in Remedy for m in (True, False) for q in (a, b)]
    answers: list[i.Input] = [i.AuthorSaid(answer, "words") for answer in i.Answer]
    of_request = [form(q) for q in (a, b) for form in _OF_REQUEST]
    relays: list[i.Input] = [i.MemberSaid(a, RELAYS[0], "thanks"), i.MemberSaid(a, RELAYS[1], "", "please")]
    rulings: list[i.Input] = [i.AuthorAddressed("x"), i.AskerAddressed("x"), i.StaffClosed(i.Ending.AGREED)]
    rulings += [i.LetterConfirmed(letter, MODERATORS[0]) for letter in LETTERS]
    rulings += [i.MeasureDone(MODERATORS[0]), i.StaffClosed(i.Ending.NO_VIOLATION, "soup")]
    later: list[i.Input] = [
        i.RelayDue(RELAYS[0]),
        i.RelayDue(RELAYS[1]),
        i.RelayApproved(RELAYS[1]),
        i.RelayRefused(RELAYS[1], "no"),
    ]
    join = i.JoinRequested(b, Alias("bold-crow"), 0.5)
    plain: list[i.Input] = [i.Undelivered(), i.CheckDue(), i.SettleDue(), i.RemindDue(), i.CloseDue()]
    go_on: list[i.Input] = [i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, True, "", q) for q in (a, a, a, a, b)]
    mia, noa = MODERATORS
    handling: list[i.Input] = [
        i.ColleaguesAsked(mia, "far.example", "fediverse"),
        i.ColleaguesAnswered(mia),
        i.ColleaguesDue(),
        i.Taken(mia),
        i.Taken(noa),
        i.Taken(noa, mia),
        i.HandedBack(mia),
        i.HandedBack(noa),
        i.LookedInto(mia),
        i.Noted(mia, "known"),
        i.Deferred(mia, "later"),
        i.ResponseDue(),
        i.StaffReopened(noa, "again"),
        i.AskerMuted(),
        i.Revealed(mia, noa, "danger"),
        i.MergedFrom((FILED,), (OTHER,)),
        i.MergedInto(Alias("bold-crow"), mia),
        i.Transferred("fr", mia),
        i.Transferred("", noa),
        i.BranchDue(),
        i.AuthorSeenInRoom(),
        i.HelpAsked(mia, 2),
        i.HelpOffered(noa),
        i.TalkOffered(mia, mia, START + timedelta(days=9)),
        i.TalkOffered(mia, noa, START + timedelta(days=9), POST.author.key),
        *(i.TalkAnswered(side, wants) for side in Side for wants in (True, True, False)),
        i.TalkLapsed(),
        i.TalkOffDue(),
        i.TalkRoomMade("!talk:x.example"),
        i.TalkOpened(),
        i.TalkFailed(),
        i.TalkEnded(mia),
    ]
    return [
        *looks,
        *handling,
        *answers,
        *(3 * of_request),
        *(6 * relays),
        *(2 * rulings),
        *(4 * later),
        join,
        join,
        *(i.ReportJoined(q, Alias("bold-crow"), REPORTS[0]) for q in (a, b)),
        *(i.ReportJoined(q, Alias("bold-crow"), REPORTS[1]) for q in (a, b)),
        *(i.PictureRefused(q, 1, Unfit.BROKEN) for q in (a, b)),
        *plain,
        *go_on,
    ]


_OF_REQUEST = (
    i.ReleaseDue,
    i.GiveUpDue,
    i.GiveUpDue,
    i.ConsentLapsed,
    i.Withdrawn,
    i.Rested,
    i.Escalated,
    i.Escalated,
    i.NotAllRight,
    i.MemberInDistress,
    lambda request: i.AskerSaid(request, "words"),
)


_HAND = _all_inputs()
#: What a community may switch on is on.
_EVERYTHING = OutreachPolicy(reveal=True, remote_contact=True)


_BY_KIND: dict[type, list[i.Input]] = {}
for _one in _HAND:
    _BY_KIND.setdefault(type(_one), []).append(_one)


def wandering(steps: int) -> Iterator[tuple[Stage | None, type, Stage]]:
    """Cases by a fixed die, each step from a case of a stage drawn first, so that rare stages are lived in too."""
    die = random.Random(7)
    pools: dict[Stage, list[Case]] = {}
    for case in _born():
        if case.stage in (Stage.WAITING, Stage.REPORTED):
            yield None, _birth(case), case.stage
        pools.setdefault(case.stage, []).append(case)
    for number in range(steps):
        before = die.choice(pools[die.choice(list(pools))])
        kinds = [said for stage, said in TRANSITIONS if stage is before.stage]
        said = die.choice(_BY_KIND[die.choice(kinds)] if number % 2 else _HAND)
        try:
            decision = decide(
                before, said, OutreachPolicy(reveal=True, remote_contact=True), START + timedelta(hours=number)
            )
        except Refusal:
            continue
        after = before
        for event in decision.events:
            after = after.after(event)
        yield before.stage, type(said), after.stage
        pool = pools.setdefault(after.stage, [])
        if _station(after) != _station(before):
            pool.insert(die.randrange(len(pool) + 1), after)
            del pool[400:]


def _birth(case: Case) -> type:
    if case.reports:
        return i.Reported
    return i.Requested if case.concern is None else i.HelpCalled


def _station(case: Case) -> Case:
    """What a story can go on from: a further note or glance is no new one."""
    return replace(case, version=0, notes=(), reader="", read_until=None, lead_since=None, deferred_until=None)


def _born() -> Iterator[Case]:
    """Newborn cases, and every station of a long friendly talk, so that relays are lived in from all stages."""
    names = (Alias("amber-otter"), Alias("calm-lynx"))
    births: list[i.Input] = [i.Requested(REQUESTS[0], *names, POST, Ask.CW, "food", s, 0.5) for s in Strength]
    births += [i.HelpCalled(REQUESTS[0], *names, concern, "matrix") for concern in (i.Concern.HUMAN, i.Concern.DANGER)]
    births += [i.Reported(request, *names, REPORTS[0]) for request in (REQUESTS[0], RequestId(""))]
    for birth in births:
        yield from _lived(Case(CaseId("c")), [birth])
    yield from _lived(Case(CaseId("c")), [births[1], *_TALK])
    pictured = i.ReportJoined(REQUESTS[1], Alias("bold-crow"), REPORTS[1])
    yield from _lived(Case(CaseId("c")), [births[-2], pictured, _OFFER])
    yield from _lived(Case(CaseId("c")), [births[1], *_ONE_WHO_ASKS])
    yield from _lived(Case(CaseId("c")), [births[1], *_TWO_WHO_ASK])
    joined: list[i.Input] = [i.ReportJoined(REQUESTS[1], names[0], REPORTS[0])] * 10
    yield from _lived(Case(CaseId("c")), [births[-2], *joined, i.AskerAddressed("x"), *joined])


_TALK: list[i.Input] = [
    i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, True, "", REQUESTS[0]),
    i.AuthorSaid(i.Answer.TEXT, "why me"),
    i.MemberSaid(REQUESTS[0], RELAYS[1], "", "please"),
    i.AuthorSaid(i.Answer.NO),
]
_OFFER = i.TalkOffered(MODERATORS[0], MODERATORS[0], START + timedelta(days=9))
#: A case that moderators have, and that somebody else may still join.
_ONE_WHO_ASKS: list[i.Input] = [
    i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, True, "", REQUESTS[0]),
    i.AuthorSaid(i.Answer.NO),
    i.Escalated(REQUESTS[0]),
    i.AskerAddressed("x"),
]
#: One lets moderators have the case while the other has not decided, and a talk comes about meanwhile.
_TWO_WHO_ASK: list[i.Input] = [
    i.JoinRequested(REQUESTS[1], Alias("bold-crow"), 0.5),
    *(i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, True, "", request) for request in REQUESTS),
    i.AuthorSaid(i.Answer.TEXT, "why me"),
    i.MemberSaid(REQUESTS[0], RELAYS[1], "", "please"),
    i.AuthorSaid(i.Answer.NO),
    i.Escalated(REQUESTS[0]),
    i.AskerAddressed("x"),
    _OFFER,
    *(i.TalkAnswered(side, True) for side in Side),
    i.TalkRoomMade("!talk:x.example"),
]


def _lived(case: Case, said: list[i.Input]) -> Iterator[Case]:
    for one in said:
        known = case if case.version else None
        for event in decide(known, one, OutreachPolicy(), START, born_as=case).events:
            case = case.after(event)
        yield case
