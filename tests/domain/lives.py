"""Random lives of a case: any input in any order, folded as in production. Shared by the domain's properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from outreach.domain import effects as fx
from outreach.domain import inputs as i
from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case, Stage
from outreach.domain.decisions.decision import Decision
from outreach.domain.errors import Refusal
from outreach.domain.identity import Account, Alias, CaseId, Platform, RelayId, RequestId
from outreach.domain.policy import OutreachPolicy
from outreach.domain.posts import Post, Remedy, Visibility
from outreach.domain.state_machine import decide

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
REQUESTS = [RequestId("a"), RequestId("b")]
RELAYS = [RelayId("r"), RelayId("s")]
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
            st.sampled_from(i.Concern),
            st.just("matrix"),
        ),
    )


def inputs() -> st.SearchStrategy[i.Input]:
    """Anything else that can reach a case."""
    request, relay, text = st.sampled_from(REQUESTS), st.sampled_from(RELAYS), st.text(max_size=20)
    return st.one_of(
        births(),
        st.builds(i.JoinRequested, st.just(REQUESTS[1]), st.just(Alias("bold-crow")), st.floats(0, 0.99)),
        st.builds(
            i.Looked, st.sampled_from(i.Occasion), st.sampled_from(Remedy), st.booleans(), st.just("food"), request
        ),
        st.builds(i.AuthorSaid, st.sampled_from(i.Answer), text),
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
        st.builds(i.AskerSaid, request, text),
        st.builds(i.MemberInDistress, request),
        st.builds(i.RelayApproved, relay, text),
        st.builds(i.RelayRefused, relay, text),
        st.builds(i.AuthorAddressed, text),
        st.builds(i.AskerAddressed, text),
        st.builds(i.StaffClosed, st.sampled_from(i.Ending)),
    )


@dataclass
class Life:
    """One case lived through a list of inputs, a while apart; refusals are allowed and change nothing."""

    said: list[i.Input]
    policy: OutreachPolicy = field(default_factory=OutreachPolicy)

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
