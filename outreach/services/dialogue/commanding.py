"""Words that always work: status, withdraw, escalate, say and their like. One answer each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from outreach.domain.asks import Strength
from outreach.domain.case import Case, Request, Standing
from outreach.domain.draft import Draft, Step
from outreach.domain.inputs import Rested, Withdrawn
from outreach.ports import Incoming, Renderer
from outreach.ports.store import Conversation, Transaction
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.confirming import APPEAL, Confirming, was_decided
from outreach.services.dialogue.drafting import Drafting
from outreach.services.dialogue.matters import Matter, Matters
from outreach.services.dialogue.reading import Reading
from outreach.services.dialogue.telling import Telling
from outreach.services.settings import Settings

#: Words whose issue has not come yet: answered with a human, never listed (design 5.3).
LATER = frozenset({"index", "export"})

Handler = Callable[[Transaction, Conversation, Reading, Incoming], None]


@dataclass(frozen=True, slots=True)
class MemberCommands:
    """Answers commands of members."""

    settings: Settings
    renderer: Renderer
    answers: Answers
    drafting: Drafting
    confirming: Confirming
    matters: Matters
    telling: Telling

    def table(self) -> dict[str, Handler]:
        """What each word does; those of later issues offer a human."""
        later: dict[str, Handler] = dict.fromkeys(LATER, self._later)
        now: dict[str, Handler] = {
            "help": self._help,
            "status": self._status,
            "language": self._language,
            "withdraw": self._withdraw,
            "escalate": self._escalate,
            "rest": self._rest,
            "say": self._say,
            "appeal": self._appeal,
            "second-look": self._second_look,
            "more": self._more,
            "human": self._human,
            "forget me": self._forget,
            "cancel": self._cancel,
            "stop": self._cancel,
            "end": self._cancel,
            "genuine": self._genuine,
            "report": self._tell,
            "support": self._tell,
        }
        return later | now

    def drop(self, tx: Transaction, member: Conversation) -> None:
        """What was being prepared is forgotten; a request that is under way stays as it is, and they are told so."""
        still_open = any(m.request.open for m in self.matters.all(tx, member))
        self.answers.reply(tx, self.answers.drop(tx, member), "cancelled", kept="1" if still_open else "")

    def _help(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.answers.reply(tx, member, "help", platform=str(member.platform))

    def _tell(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.telling.begin(tx, member, said)

    def _later(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.answers.reply(tx, member, "not_yet_here")

    def _status(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matters = self.matters.fitting(tx, member, said.rest, "", lambda case, request: True)
        matters = matters or self.matters.all(tx, member)
        if not matters:
            return self.answers.reply(tx, member, "status_none")
        return self.stand(tx, member, matters)

    def stand(self, tx: Transaction, member: Conversation, matters: list[Matter]) -> None:
        lines, now = self.matters.answer(matters, self.drafting.languages(member))
        self.answers.reply(tx, member, "status", lines, now=now)

    def _language(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        language = self.renderer.supports(said.rest) if said.rest else None
        if language is None:
            return self.answers.reply(tx, member, "language_unknown", languages=" ".join(self.settings.languages))
        return self.answers.reply(tx, tx.conversations.save(replace(member, language=language)), "language_set")

    def _genuine(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        days = tx.registers.days_told(member.account)
        if days:
            return self.answers.reply(tx, member, "genuine_yes", day=days[-1])
        return self.answers.reply(tx, member, "genuine_no")

    def _withdraw(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter = self._pick(tx, member, said, line, _open)
        if matter is not None:
            self._take_back(tx, member, matter)

    def _take_back(self, tx: Transaction, member: Conversation, matter: Matter) -> None:
        late = matter.request.standing is not Standing.WAITING
        self.confirming.casework.apply(tx, matter.case.id, Withdrawn(matter.request.id))
        self.answers.reply(tx, self._about_no(tx, member, matter), "withdrawn_late" if late else "withdrawn")

    def _about_no(self, tx: Transaction, member: Conversation, matter: Matter) -> Conversation:
        """A draft about a request that has just ended goes with it; another one stays."""
        mine = member.draft is not None and member.draft.request == matter.request.id
        return self.answers.drop(tx, member) if mine else member

    def _cancel(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        """What is being prepared first; then a request that has not left yet, or a talk with moderators."""
        if member.draft is not None:
            return self.drop(tx, member)
        first = _with_moderators if said.command == "end" else _waiting
        fits = first if self.matters.fitting(tx, member, said.rest, line.parent, first) else _open
        if not self.matters.fitting(tx, member, said.rest, line.parent, fits):
            return self.answers.reply(tx, member, "nothing_to_send")
        matter = self._pick(tx, member, said, line, fits)
        return None if matter is None else self._take_back(tx, member, matter)

    def _rest(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter = self._pick(tx, member, said, line, _can_rest, _open)
        if matter is None:
            return None
        if not _can_rest(matter.case, matter.request):
            return self._take_back(tx, member, matter)
        self.confirming.casework.apply(tx, matter.case.id, Rested(matter.request.id))
        return self.answers.reply(tx, self.answers.drop(tx, member), "rested")

    def _escalate(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter = self._pick(tx, member, said, line, _undecided, _about_a_post, _suggestion)
        if matter is not None:
            self.confirming.preview_card(tx, member, matter)

    def _say(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter, words = self.matters.addressed(tx, member, said.rest)
        if matter is None:
            matter = self._pick(tx, member, replace(said, rest=""), line, _can_say, keep=said.rest)
        return None if matter is None else self.confirming.preview_say(tx, member, matter, words)

    def _appeal(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        """Against what moderators decided and told them (R115)."""
        matter, words = self.matters.addressed(tx, member, said.rest)
        if matter is None or not _can_appeal(matter.case, matter.request):
            matter = self._pick(tx, member, replace(said, rest=""), line, _can_appeal, keep=said.rest)
        return None if matter is None else self.confirming.preview_say(tx, member, matter, words, APPEAL)

    def _second_look(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        """At how moderators treated whoever asks (R078)."""
        matter, words = self.matters.addressed(tx, member, said.rest)
        if matter is None or not _was_handled(matter.case, matter.request):
            matter = self._pick(tx, member, replace(said, rest=""), line, _was_handled, keep=said.rest)
        return None if matter is None else self.telling.second_look(tx, member, matter, words)

    def _more(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        if member.draft is not None and member.draft.step is Step.NOTICE:
            return self.answers.reply(tx, member, "notice_more")
        matter = self._pick(tx, member, said, line, lambda case, request: bool(request.answer_text))
        return None if matter is None else self.confirming.show_words(tx, member, matter)

    def _human(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        behaviour = member.draft is not None and member.draft.step is Step.BEHAVIOUR
        links = member.draft.links if member.draft is not None and behaviour else ()
        called = [m for m in self.matters.all(tx, member) if m.request.open and m.case.concern is not None]
        if called and not links:
            return self.answers.reply(tx, member, "human_called", alias=called[-1].link.alias)
        return self.confirming.preview_human(tx, member, links)

    def _forget(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        if member.draft is not None and member.draft.step is Step.FORGET:
            return self.confirming.forget(tx, member)
        return self.ask_to_forget(tx, member)

    def ask_to_forget(self, tx: Transaction, member: Conversation) -> None:
        still_open = sum(m.request.open for m in self.matters.all(tx, member))
        self.answers.ask(tx, member, Draft(Step.FORGET), "forget_question", open=str(still_open))

    def _pick(
        self,
        tx: Transaction,
        member: Conversation,
        said: Reading,
        line: Incoming,
        *fits: Callable[[Case, Request], bool],
        keep: str = "",
    ) -> Matter | None:
        """The matter a word is about: by alias, else by the message replied to, else the only one it fits.

        Of several meanings of `fits` the first that has any matter counts; `keep` are words that wait for the choice.
        """
        found: list[Matter] = []
        for fit in fits:
            found = found or self.matters.fitting(tx, member, said.rest, line.parent, fit)
        if len(found) == 1:
            return found[0]
        if not found:
            self.answers.reply(tx, member, "nothing_open")
            return None
        names = " ".join(m.link.alias for m in found)
        self.which_one(
            tx, member, Draft(Step.WHICH, word=said.command, text=f"{names}\n{keep}"), found, said.words.split()[0]
        )
        return None

    def which_one(self, tx: Transaction, member: Conversation, draft: Draft, found: list[Matter], word: str) -> None:
        self.answers.ask(tx, member, draft, "which_one", choices=self.matters.choices(found), word=word)


def _open(case: Case, request: Request) -> bool:
    return request.open


def _waiting(case: Case, request: Request) -> bool:
    return request.standing is Standing.WAITING


def _with_moderators(case: Case, request: Request) -> bool:
    return request.open and case.concern is not None


def _about_a_post(case: Case, request: Request) -> bool:
    return request.open and case.concern is None


def _suggestion(case: Case, request: Request) -> bool:
    return case.concern is None and case.strength is Strength.MAY


def _undecided(case: Case, request: Request) -> bool:
    return request.standing is Standing.UNDECIDED


def _can_rest(case: Case, request: Request) -> bool:
    return request.standing in (Standing.UNDECIDED, Standing.ASKED)


def _can_say(case: Case, request: Request) -> bool:
    asked = request.open and (request.heard or request.standing is Standing.ESCALATED)
    return asked or was_decided(case, request)


def _was_handled(case: Case, request: Request) -> bool:
    return request.agreed and bool(case.hands)


def _can_appeal(case: Case, request: Request) -> bool:
    return was_decided(case, request)
