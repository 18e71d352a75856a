"""Previews of what would be sent or shown, and what happens when they are confirmed. Confirms nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from outreach.domain.asks import Strength
from outreach.domain.case import Case, Request, Stage, Standing
from outreach.domain.decisions.relaying import turns_left
from outreach.domain.decisions.rulings import OUTCOMES_TOLD
from outreach.domain.draft import Draft, Step
from outreach.domain.errors import Refusal
from outreach.domain.events import HelpOpened, RequestEscalated
from outreach.domain.identity import Alias, CaseId, RequestId
from outreach.domain.inputs import AskerSaid, Concern, Escalated, Withdrawn
from outreach.domain.letters import PHRASES, Audience
from outreach.domain.policy import longest_wait
from outreach.ports.store import Conversation, Enclosure, Transaction
from outreach.services.casework import Casework
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.matters import Matter, Matters
from outreach.services.settings import Settings

LONGEST_WORDS = 1000
#: The kind of a draft whose words want a decision looked at again.
APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class Confirming:
    """Shows first, acts on `send`."""

    settings: Settings
    answers: Answers
    casework: Casework
    matters: Matters

    def send(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """The member confirmed a preview that was delivered."""
        member = self.answers.drop(tx, member)
        match draft.step:
            case Step.PREVIEW:
                self.casework.open_outreach(tx, member, draft)
                wait = str(int(longest_wait(self.settings.policy).total_seconds()))
                self.answers.reply(tx, member, "queued", wait=wait)
            case Step.CARD:
                self._escalate(tx, member, draft)
            case Step.HUMAN:
                _, alias = self.casework.call_help(tx, member, Concern.HUMAN, "\n".join(draft.links), draft.word)
                self.answers.reply(tx, member, "human_called", alias=alias)
            case Step.HUMAN_LINE | Step.SAY:
                self._say(tx, member, draft)
            case _:
                self.answers.reply(tx, member, "nothing_to_send")

    def _escalate(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        matter = self.matters.of(tx, member, draft.request)
        try:
            if matter is None:
                raise Refusal
            self.casework.apply(tx, matter.case.id, Escalated(matter.request.id))
        except Refusal:
            return self.answers.reply(tx, member, "nothing_open")
        return self.answers.reply(tx, member, "escalated", alias=matter.link.alias)

    def _say(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        matter = self.matters.of(tx, member, draft.request)
        try:
            if matter is None:
                raise Refusal
            if draft.step is Step.HUMAN_LINE:
                appeal = draft.kind == APPEAL
                self.casework.apply(tx, matter.case.id, AskerSaid(matter.request.id, draft.text, appeal))
                return None if appeal else self.answers.reply(tx, member, "human_line_sent")
            self.casework.say(tx, matter.case.id, matter.request.id, text=draft.text)
        except Refusal:
            return self.answers.reply(tx, member, "say_not_now")
        return self.answers.reply(tx, member, "say_queued", approval=self._approval())

    def _approval(self) -> str:
        return "1" if self.settings.policy.relay == "approved" else ""

    # previews

    def preview_card(self, tx: Transaction, member: Conversation, matter: Matter) -> None:
        """What moderators would see: the very letter, from the very values."""
        if matter.case.strength is Strength.MAY:
            return self.answers.reply(tx, member, "no_escalation_may")
        if matter.request.standing is Standing.ESCALATED:
            return self.answers.reply(tx, member, "escalated", alias=matter.link.alias)
        if matter.request.standing is not Standing.UNDECIDED:
            return self.answers.reply(tx, member, "escalation_later")
        if not self.casework.casebook.room_for(tx, matter.case):
            return self.answers.reply(tx, member, "no_moderators_free")
        draft = Draft(Step.CARD, request=matter.request.id)
        self.answers.ask(
            tx,
            member,
            draft,
            "card_preview",
            (self._card(_escalated(matter.case, matter.request.id, self.answers.clock.now())),),
        )
        return None

    def preview_human(self, tx: Transaction, member: Conversation, links: tuple[str, ...] = ()) -> None:
        """What moderators would see of somebody who wants to talk: neither person nor post, but links given for it."""
        alias, now = Alias(self._placeholder()), self.answers.clock.now()
        case = Case(CaseId("")).after(HelpOpened(alias, Concern.HUMAN, str(member.platform), "\n".join(links), now))
        self.answers.ask(tx, member, Draft(Step.HUMAN, links=links, word=alias), "human_preview", (self._card(case),))

    def _placeholder(self) -> str:
        return self.answers.chance.alias()

    def _card(self, case: Case) -> Enclosure:
        return Enclosure(
            "card", Audience.STAFF, self.casework.casebook.card(case), self.settings.languages, "translation"
        )

    def preview_say(self, tx: Transaction, member: Conversation, matter: Matter, text: str, kind: str = "") -> None:
        """Own words, shown as they would go: to moderators once they have the case, also after it (R038)."""
        text = text[:LONGEST_WORDS]
        if text and (matter.request.standing is Standing.ESCALATED or was_decided(matter.case, matter.request)):
            draft = Draft(Step.HUMAN_LINE, request=matter.request.id, text=text, kind=kind)
            self.answers.ask(tx, member, draft, "human_line_preview", text=text)
            return None
        left = turns_left(matter.case, self.settings.policy)
        if not left or matter.case.stage is Stage.CLOSED:
            return self.answers.reply(tx, member, "say_not_now")
        if not text or self.settings.policy.relay == "phrases":
            kept = self.answers.keep(tx, member, Draft(Step.ANSWER, request=matter.request.id))
            return self.answers.reply(tx, kept, "say_how", phrases=" ".join(PHRASES))
        draft = Draft(Step.SAY, request=matter.request.id, text=text)
        values = {"text": text, "turns": str(left), "approval": self._approval()}
        self.answers.ask(tx, member, draft, "say_preview", **values)
        return None

    def show_words(self, tx: Transaction, member: Conversation, matter: Matter) -> None:
        """The author's words, unfolded, with the closed phrases that may go back."""
        left = turns_left(matter.case, self.settings.policy) if matter.request.open else 0
        own = left if self.settings.policy.relay != "phrases" else 0
        phrases = " ".join(PHRASES) if left else ""
        kept = member
        if left:
            kept = self.answers.keep(tx, member, Draft(Step.ANSWER, request=matter.request.id))
        values = {"text": matter.request.answer_text, "phrases": phrases, "turns": str(own)}
        self.answers.reply(tx, kept, "author_words", **values)

    # forgetting

    def forget(self, tx: Transaction, member: Conversation) -> None:
        """`forget me`: what is open ends, every link goes; the conversation itself goes once this is answered."""
        for matter in self.matters.all(tx, member):
            if matter.request.open:
                self.casework.apply(tx, matter.case.id, Withdrawn(matter.request.id))
            tx.links.forget(matter.request.id)
        member = self.answers.drop(tx, member)
        member = tx.conversations.save(replace(member, notice=0))
        self.answers.reply(tx, member, "forgotten", platform=str(member.platform))


def _escalated(case: Case, request: RequestId, now: datetime) -> Case:
    """The case as it would stand before staff; the moment of the first word is not known yet.

    It is shown as this member knows it: what others who asked have agreed to or heard is not theirs to read (F3).
    """
    own = replace(case, requests=(case.request(request),), staff_called=None)
    return replace(own.after(RequestEscalated(request, now)), staff_since=None)


def was_decided(case: Case, request: Request) -> bool:
    """Whether moderators told somebody the outcome of their case; they may say what they think of it, or appeal."""
    told = case.concern in (None, Concern.REPORT) and request.ending in OUTCOMES_TOLD
    return case.stage is Stage.CLOSED and request.agreed and told
