"""One input into one case: load, fold, decide, append at the expected version, queue effects. All in one transaction.

The only caller of the transition table. Sends nothing and asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import assert_never

from outreach.domain import effects as fx
from outreach.domain.case import WITH_STAFF, Case
from outreach.domain.decisions.decision import Decision
from outreach.domain.draft import Draft
from outreach.domain.errors import NotNow
from outreach.domain.evidence import Evidence
from outreach.domain.identity import Account, Alias, CaseId, Platform, RelayId, RequestId
from outreach.domain.inputs import (
    Concern,
    HelpCalled,
    Input,
    JoinRequested,
    MemberSaid,
    Reported,
    ReportJoined,
    Requested,
)
from outreach.domain.letters import Audience, Letter
from outreach.domain.reports import Report
from outreach.domain.state_machine import decide
from outreach.ports import Chance, Clock
from outreach.ports.store import Address, Conversation, Enclosure, Errand, Link, Outbound, Rank, Transaction
from outreach.services import duty
from outreach.services.casebook import Casebook, card_in
from outreach.services.filing import Filing
from outreach.services.noticeboard import stir
from outreach.services.settings import Settings, host_of
from outreach.services.whispering import whisper

#: Reports in one case at most: each further one would make the next slower. Then a new case begins.
MOST_REPORTS = 100
#: One member's names are compared with so many of their others; who has more, such as by a flood of reports, has long
#: ones.
MOST_COMPARED = 100
JOINABLE = WITH_STAFF

_WEEK = timedelta(days=7)
_DRAWS, _SHORT_DRAWS = 20, 5

#: So many people of one foreign server who want no such letters within a week, and it gets none for that week (F13).
MOST_STOPS = 2


@dataclass(frozen=True, slots=True)
class Casework:
    """Applies inputs. `casebook` fills what staff letters say about a case."""

    settings: Settings
    clock: Clock
    chance: Chance
    casebook: Casebook

    def apply(self, tx: Transaction, case: str, said: Input) -> Case:
        """Let an input into a case. Raises a domain `Refusal`, and then nothing happened; `NotNow` if unknown."""
        before = tx.cases.load(case)
        if before is None:
            raise NotNow
        return self._decided(tx, before, said)

    def _decided(self, tx: Transaction, before: Case, said: Input) -> Case:
        return self._commit(tx, before, decide(before, said, self.settings.policy, self.clock.now()))

    def _commit(self, tx: Transaction, before: Case, decision: Decision) -> Case:
        after = tx.cases.append(before, decision.events) if decision.events else before
        if before.before_staff or after.before_staff:
            Filing(self.casebook).file(tx, after)
        for effect in decision.effects:
            self._carry_out(tx, after, effect)
        return after

    def _carry_out(self, tx: Transaction, case: Case, effect: fx.Effect) -> None:
        match effect:
            case fx.Message(to, letter):
                self._queue(tx, case, to, letter)
            case fx.LookAtPost(occasion, request):
                tx.outbox.add_errand(Errand("look", {"occasion": str(occasion), "request": request}, case=case.id))
            case fx.MakeRoom():
                tx.outbox.add_errand(Errand("talk", case=case.id))
            case fx.SetTimer(timer, at, subject):
                tx.timers.set(case.id, timer, at, subject)
            case fx.ClearTimer(timer, subject):
                tx.timers.clear(case.id, timer, subject)
            case fx.OptOut(wanted, person):
                self._opt_out(tx, case, person, wanted=wanted)
            case _:
                assert_never(effect)

    def _opt_out(self, tx: Transaction, case: Case, person: str, *, wanted: bool) -> None:
        account = case.respondent(person)
        if account is None:
            return
        tx.registers.set_opted_out(account, wanted)
        if wanted:
            today = self.clock.now().date()
            tx.registers.add_count("stops", host_of(account), today, today + 2 * _WEEK)

    def _queue(self, tx: Transaction, case: Case, to: fx.To, letter: Letter) -> None:
        match to:
            case fx.ToMember(request):
                self._to_member(tx, case, request, letter)
            case fx.ToRecipient(person):
                self._to_author(tx, case, letter, person)
            case fx.ToStaff(post, ping, who, subject):
                self._to_staff(tx, case, post, letter, duty.called(tx, self.settings, case, ping, who), subject)
            case fx.ToTalk():
                self._to_talk(tx, case, letter)
            case _:
                assert_never(to)

    def _to_talk(self, tx: Transaction, case: Case, letter: Letter) -> None:
        room = tx.conversations.of_talk(case.id)
        if room is not None:
            key = tx.cases.derive(case.id, f"talk:{letter.name}")
            tx.outbox.add(
                Outbound(Address(conversation=room.id), Audience.ROOM, letter, key, case=case.id, lane=room.id)
            )

    def _to_member(self, tx: Transaction, case: Case, request: RequestId, letter: Letter) -> None:
        link = tx.links.of_request(request)
        if link is None:
            return
        tx.outbox.add(
            Outbound(
                Address(request=request),
                Audience.MEMBER,
                letter,
                self.chance.token(),
                case=case.id,
                lane=link.conversation,
            )
        )

    def _to_author(self, tx: Transaction, case: Case, letter: Letter, person: str) -> None:
        key = tx.cases.derive(case.id, f"send:{letter.name}")
        to = Address(author_of=case.id, person=person)
        tx.outbox.add(Outbound(to, Audience.RECIPIENT, letter, key, case=case.id, lane=f"author:{case.id}"))
        if letter.name in ("first_contact", "reminder"):
            self._count_letter(tx, case)

    def _count_letter(self, tx: Transaction, case: Case) -> None:
        if case.post is None:
            return
        today = self.clock.now().date()
        for purpose, value in _counted(case):
            tx.registers.add_count(purpose, value, today, today + 2 * _WEEK)

    def _to_staff(
        self,
        tx: Transaction,
        case: Case,
        post: fx.Post,
        letter: Letter,
        pings: tuple[str, ...],
        subject: str = "",
    ) -> None:
        room = self.casebook.room_for(tx, case)
        if not room:
            return self.tell_owners(tx, case)
        filled = self.casebook.card(case) if post is fx.Post.CARD else self.casebook.filled(tx, case, letter)
        if post is fx.Post.CARD:
            stir(tx, room)
        waiting = letter.name == "approval_request"
        shown = card_in(tx, room, case.id) != ""
        tx.outbox.add(
            Outbound(
                Address(staff=room),
                Audience.STAFF,
                filled,
                self.chance.token(),
                case=case.id,
                alias=case.alias,
                stage=str(case.stage) if case.before_staff else "",
                staff_post=str(post),
                pings=pings,
                nonce=case.relays[-1].id if waiting else subject,
                lane=room,
                urgent=True,
                rank=_rank(letter.name, post, shown=shown, calls=bool(pings)),
            )
        )
        return None

    def tell_owners(self, tx: Transaction, case: Case) -> None:
        """No room is free of whom it is about: an owner who is somebody else is told in private, once a week (F30)."""
        today = self.clock.now().date()
        if tx.registers.count("owners-told", case.id, today - _WEEK) > 0:
            return
        tx.registers.add_count("owners-told", case.id, today, today + 2 * _WEEK)
        card = Enclosure("card", Audience.STAFF, self.casebook.card(case), self.settings.languages)
        for owner in self.owners_apart(case):
            whisper(tx, self.chance, owner, Letter("no_free_room"), (card,))

    def owners_apart(self, case: Case) -> list[Account]:
        """Owners whom a case is not about: they hear of it where no room may."""
        owners = (Account(Platform.MATRIX, one.matrix) for one in self.settings.staff if one.owner and one.matrix)
        return [one for one in owners if not any(self.settings.are_one(one, other) for other in case.respondents)]

    def show_again(self, tx: Transaction, case: Case) -> None:
        """The card where it is missing."""
        self._to_staff(tx, case, fx.Post.CARD, Letter("card"), ())

    def show_evidence(self, tx: Transaction, case: Case, evidence: Evidence) -> None:
        """A post as it was when it was reported, below the card."""
        self._to_staff(tx, case, fx.Post.THREAD, self.casebook.evidence(case, evidence), ())

    # births

    def open_outreach(self, tx: Transaction, member: Conversation, draft: Draft) -> Case:
        """A confirmed preview becomes a case, or joins the one that asks the same about the same post (F3)."""
        assert draft.post is not None and draft.ask is not None and draft.strength is not None  # noqa: S101
        joined = self._joinable(tx, draft)
        request = RequestId(self.chance.token())
        if joined is not None:
            alias = self._link(tx, member, joined.id, request)
            draw = tx.cases.draw(joined.id, f"join:{len(joined.requests)}")
            return self.apply(tx, joined.id, JoinRequested(request, alias, draw))
        case = self._new_case(tx)
        alias = self._link(tx, member, case, request)
        said = Requested(
            request,
            alias,
            self._alias(tx),
            draft.post,
            draft.ask,
            draft.label,
            draft.strength,
            tx.cases.draw(case, "hold"),
            self.settings.profile.version,
        )
        return self._born(tx, case, said)

    def call_help(
        self, tx: Transaction, member: Conversation, concern: Concern, link: str = "", shown: str = ""
    ) -> tuple[Case, Alias]:
        """A case before staff at once: a human is wanted, or somebody is in danger (promise 6).

        `shown` is the name under which the member has seen the card.
        """
        case, request = self._new_case(tx), RequestId(self.chance.token())
        alias = self._link(tx, member, case, request)
        name = Alias(shown) if shown and not tx.cases.with_alias(shown) else self._alias(tx)
        said = HelpCalled(request, alias, name, concern, str(member.platform), link)
        return self._born(tx, case, said), alias

    def file_report(
        self,
        tx: Transaction,
        member: Conversation | None,
        report: Report,
        concern: Concern = Concern.REPORT,
        shown: str = "",
    ) -> Case:
        """A report joins the open case about the same post or person (R128), or becomes one. None has no way back.

        `shown` is the name under which a member has seen the card.
        """
        joined = self._open_report(tx, report)
        if joined is not None:
            request, alias = self._reporter(tx, member, joined)
            return self._decided(tx, joined, ReportJoined(request, alias, report))
        case = self._new_case(tx)
        request, alias = self._reporter(tx, member, Case(case))
        name = Alias(shown) if shown and not tx.cases.with_alias(shown) else self._alias(tx)
        return self._born(tx, case, Reported(request, alias, name, report, concern))

    def _open_report(self, tx: Transaction, report: Report) -> Case | None:
        """The newest open case about any of it; one that is full of reports is left to moderators as it is."""
        for candidate in list(tx.cases.reported(report.subjects))[:1]:
            case = tx.cases.load(candidate)
            if case is not None and case.stage in JOINABLE and len(case.reports) < MOST_REPORTS:
                return case
        return None

    def _reporter(self, tx: Transaction, member: Conversation | None, case: Case) -> tuple[RequestId, Alias]:
        """Who reports a second time in one case keeps request and alias."""
        if member is None:
            return RequestId(""), Alias("")
        for link in tx.links.among([r.id for r in case.requests if r.open], member.id):
            return link.request, link.alias
        request = RequestId(self.chance.token())
        return request, self._link(tx, member, case.id, request)

    def say(self, tx: Transaction, case: str, request: RequestId, *, phrase: str = "", text: str = "") -> Case:
        """A member's words for the author."""
        return self.apply(tx, case, MemberSaid(request, RelayId(self.chance.token()), phrase, text))

    def _joinable(self, tx: Transaction, draft: Draft) -> Case | None:
        assert draft.post is not None  # noqa: S101
        for candidate in tx.cases.about(draft.post.uri):
            case = tx.cases.load(candidate)
            if case is not None and (case.ask, case.label) == (draft.ask, draft.label) and not case.remedy:
                return case
        return None

    def _new_case(self, tx: Transaction) -> CaseId:
        case = CaseId(self.chance.token())
        tx.cases.create(case, self.chance.case_secret())
        return case

    def _link(self, tx: Transaction, member: Conversation, case: CaseId, request: RequestId) -> Alias:
        if tx.links.count_of(member.id) < MOST_COMPARED:
            taken = {link.alias for link in tx.links.of_member(member.id)}
            alias = next(a for a in (Alias(self.chance.alias()) for _ in range(_DRAWS)) if a not in taken)
        else:
            alias = Alias(self._long_name())
        tx.links.add(Link(member.id, case, request, alias))
        return alias

    def _alias(self, tx: Transaction) -> Alias:
        """A case alias that no kept case has: of two words, or of three where most of those are in use."""
        short = (self.chance.alias() for _ in range(_SHORT_DRAWS))
        long = (self._long_name() for _ in range(_DRAWS))
        return next(Alias(alias) for alias in chain(short, long) if not tx.cases.with_alias(alias))

    def _long_name(self) -> str:
        """Three words: so many that two hardly ever meet."""
        return f"{self.chance.alias().partition('-')[0]}-{self.chance.alias()}"

    def _born(self, tx: Transaction, case: CaseId, said: Requested | HelpCalled | Reported) -> Case:
        empty = Case(case)
        decision = decide(None, said, self.settings.policy, self.clock.now(), born_as=empty)
        return self._commit(tx, empty, decision)

    # who may be written to

    def may_contact(self, tx: Transaction, case: Case) -> bool:
        """Whether the first letter may leave: opt-out and quotas (F13, F14). Nobody is told if it may not (F20)."""
        if case.post is None or tx.registers.opted_out(case.post.author):
            return False
        today, remote = self.clock.now().date(), not self.settings.is_local(case.post.author)
        stops = tx.registers.count("stops", host_of(case.post.author), today - _WEEK)
        if remote and stops >= MOST_STOPS:
            return False
        return all(
            tx.registers.count(purpose, value, _since(today, purpose)) < self._limit(purpose)
            for purpose, value in _counted(case)
            if purpose != "domain" or remote
        )

    def _limit(self, purpose: str) -> int:
        policy = self.settings.policy
        limits = {
            "recipient": policy.per_recipient_per_week,
            "all": policy.per_day,
            "domain": policy.per_domain_per_day,
        }
        return limits[purpose]


#: What reports bring by themselves; after a flood of them there may be thousands.
_DETAILS = ("card_report", "evidence", "report_again")


def _rank(letter: str, post: fx.Post, *, shown: bool, calls: bool) -> Rank:
    """What a case says never overtakes its own card; of a shown one, details let everything else go first."""
    if shown or letter == "evidence":
        return Rank.DETAIL if letter in _DETAILS else Rank.ANSWER
    alone = post is fx.Post.ROOM or (post is fx.Post.CARD and calls)
    return Rank.ANSWER if alone else Rank.CARD


def _counted(case: Case) -> list[tuple[str, str]]:
    assert case.post is not None  # noqa: S101
    return [("recipient", case.post.author.key), ("all", "*"), ("domain", host_of(case.post.author))]


def _since(today: date, purpose: str) -> date:
    return today - _WEEK if purpose == "recipient" else today
