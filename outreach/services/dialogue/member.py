"""What a member's line means, and its one answer. Nothing here reaches an author except through a confirmed preview."""

from __future__ import annotations

from dataclasses import dataclass, replace

from outreach.domain.case import Standing
from outreach.domain.draft import CONFIRMABLE, TELLING, Draft, Step
from outreach.domain.errors import Refusal
from outreach.domain.inputs import MemberInDistress, NotAllRight
from outreach.domain.letters import PHRASES
from outreach.ports import Incoming, Renderer
from outreach.ports.store import Conversation, Transaction
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.commanding import MemberCommands
from outreach.services.dialogue.confirming import Confirming
from outreach.services.dialogue.consenting import Consenting
from outreach.services.dialogue.drafting import Drafting
from outreach.services.dialogue.matters import Matters
from outreach.services.dialogue.reading import WITH_ALIAS, Reading, read
from outreach.services.dialogue.telling import Telling
from outreach.services.settings import NOTICE_VERSION, Settings


@dataclass(frozen=True, slots=True)
class MemberDialogue:
    """Hears members."""

    settings: Settings
    renderer: Renderer
    answers: Answers
    drafting: Drafting
    confirming: Confirming
    matters: Matters
    commands: MemberCommands
    telling: Telling

    def hear(self, tx: Transaction, member: Conversation, incoming: Incoming) -> None:
        """One line, one answer."""
        member = self._in_their_language(tx, member, incoming)
        said = read(incoming, self.renderer, self.languages(member))
        if self.is_distress(said.text):
            return self.distress(tx, member)
        consenting = Consenting(self.confirming.casework, self.answers)
        if consenting.member(tx, member, self.matters, said.command, incoming):
            return None
        draft = member.draft
        if draft is not None and draft.step in TELLING and self.telling.goes_on(tx, member, draft, said):
            return None
        if said.command in WITH_ALIAS and said.rest and not self.matters.named(tx, member, said.rest):
            said = replace(said, command="", rest="")
        command = self.commands.table().get(said.command)
        if command is not None:
            return command(tx, member, said, incoming)
        if member.draft is not None and self._answers_draft(tx, member, member.draft, said, incoming):
            return None
        if said.links:
            return self.drafting.begin(tx, member, said, incoming)
        return self._anything_else(tx, member, said, incoming)

    def languages(self, member: Conversation) -> tuple[str, ...]:
        """In which languages their words are understood."""
        return self.drafting.languages(member)

    def is_distress(self, text: str) -> bool:
        """Whether words sound like self-harm (promise 6); that goes before everything else they may mean."""
        return "self_harm" in self.renderer.alarms(text, self.settings.languages)

    def is_busy(self, tx: Transaction, member: Conversation) -> bool:
        """Whether a word of theirs may mean a matter of their own: a draft, or an open request."""
        return member.draft is not None or any(m.request.open for m in self.matters.all(tx, member))

    def _in_their_language(self, tx: Transaction, member: Conversation, incoming: Incoming) -> Conversation:
        """From their text, never from its tag; once known it stays until they choose another."""
        if member.language or not incoming.text:
            return member
        language = self.renderer.language_of(incoming.text)
        return tx.conversations.save(replace(member, language=language)) if language else member

    def _answers_draft(
        self, tx: Transaction, member: Conversation, draft: Draft, said: Reading, line: Incoming
    ) -> bool:
        if said.links and draft.step is not Step.NOTICE:
            return False
        if draft.step in CONFIRMABLE:
            return self._answers_preview(tx, member, draft, said)
        return self._answers_question(tx, member, draft, said, line)

    def _answers_preview(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.command == "send" and draft.shown and draft.step is Step.TOLD:
            self.telling.file(tx, member, draft)
        elif said.command == "send" and draft.shown:
            self.confirming.send(tx, member, draft)
        elif said.command == "change" and draft.step is Step.PREVIEW:
            self.drafting.advance(tx, member, replace(draft, ask=None, label="", passed=draft.passed - {"lived"}))
        elif said.command == "change" and draft.step in (Step.SAY, Step.HUMAN_LINE):
            self._words_anew(tx, member, draft)
        elif draft.step is Step.PREVIEW and draft.post is not None and (said.ask is not None or said.label):
            self.drafting.advance(tx, member, replace(draft, ask=said.ask, label=said.label, word=said.unknown))
        elif said.command == "no":
            self.commands.drop(tx, member)
        else:
            return False
        return True

    def _words_anew(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        matter = self.matters.of(tx, member, draft.request)
        if matter is None:
            return self.answers.reply(tx, self.answers.drop(tx, member), "nothing_open")
        return self.confirming.preview_say(tx, member, matter, "")

    def _answers_question(
        self, tx: Transaction, member: Conversation, draft: Draft, said: Reading, line: Incoming
    ) -> bool:
        match draft.step:
            case Step.NOTICE:
                return self._agreed(tx, member, draft, said)
            case Step.MENU:
                return self._menu(tx, member, draft, said)
            case Step.CHANGE:
                return self.drafting.changed(tx, member, draft, said)
            case Step.LABEL:
                return self.drafting.labelled(tx, member, draft, said)
            case Step.LIVED:
                return self._lived(tx, member, draft, said)
            case Step.AUDIENCE | Step.OLD:
                return self._goes_on(tx, member, draft, said)
            case Step.ANSWER:
                return self._phrase(tx, member, draft, said)
            case Step.FORGET:
                return self._forgets(tx, member, said)
            case Step.WHICH:
                return self._which(tx, member, draft, said, line)
            case _:
                return False

    def _agreed(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.command not in ("agree", "yes") and said.number != 1:
            return False
        member = tx.conversations.save(replace(member, notice=NOTICE_VERSION))
        self.drafting.agreed(tx, member, draft)
        return True

    def _menu(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.number == 6:
            self.confirming.preview_human(tx, member)
            return True
        return self.drafting.chosen(tx, member, draft, said)

    def _lived(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.command == "yes" or said.number == 1:
            self.answers.reply(tx, self.answers.drop(tx, member), "lived_stays")
        elif said.command == "no" or said.number == 2:
            self.drafting.advance(tx, member, replace(draft, passed=draft.passed | {"lived"}))
        else:
            return False
        return True

    def _goes_on(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.command == "yes" or said.number == 1:
            passed = draft.passed | {"audience" if draft.step is Step.AUDIENCE else "old"}
            self.drafting.advance(tx, member, replace(draft, passed=passed))
        elif said.command == "no" or said.number == 2:
            self.commands.drop(tx, member)
        else:
            return False
        return True

    def _phrase(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if not 0 < said.number <= len(PHRASES):
            return False
        matter = self.matters.of(tx, member, draft.request)
        if matter is None:
            return False
        phrase = PHRASES[said.number - 1]
        member = self.answers.drop(tx, member)
        try:
            self.confirming.casework.say(tx, matter.case.id, matter.request.id, phrase=phrase)
        except Refusal:
            self.answers.reply(tx, member, "say_not_now")
        else:
            self.answers.reply(tx, member, "say_queued", approval="")
        return True

    def _forgets(self, tx: Transaction, member: Conversation, said: Reading) -> bool:
        if said.command not in ("send", "yes", "forget me") and said.number != 1:
            if said.command == "no":
                self.commands.drop(tx, member)
                return True
            return False
        self.confirming.forget(tx, member)
        return True

    def _which(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading, line: Incoming) -> bool:
        names, _, words = draft.text.partition("\n")
        aliases = names.split()
        if 0 < said.number <= len(aliases):
            chosen = aliases[said.number - 1]
        else:
            chosen = self.matters.one_of(aliases, said.words)
        if not chosen:
            return False
        again = replace(said, command=draft.word, rest=f"{chosen} {words}".strip(), number=0)
        self.commands.table()[draft.word](tx, self.answers.drop(tx, member), again, line)
        return True

    def _anything_else(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        told = tx.registers.told(line.parent) if line.parent else None
        matters = [m for m in self.matters.all(tx, member) if m.request.open]
        with_staff = [m for m in matters if m.request.standing is Standing.ESCALATED]
        if told is not None and told.letter == "fixed" and said.command == "no":
            return self._not_all_right(tx, member, told.case, told.request)
        if member.draft is not None and not said.links and self._again(tx, member, member.draft, said):
            return None
        if member.draft is None and said.text and len(with_staff) == 1 and len(matters) == 1 and not said.command:
            return self.confirming.preview_say(tx, member, with_staff[0], said.text)
        if said.command in ("send", "agree", "yes", "change"):
            return self.answers.reply(tx, member, "nothing_to_send")
        if matters:
            return self.commands.stand(tx, member, matters)
        if not self.answers.may_speak_unprompted(tx, member):
            return None
        if said.handle or said.ask is not None:
            return self.answers.reply(tx, member, "no_link", word=said.handle)
        name = "help" if member.notice == 0 else "welcome" if said.command == "thanks" else "not_understood"
        values = {"platform": str(member.platform)} if name == "help" else {}
        return self.answers.reply(tx, member, name, **values)

    def _again(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """Whatever else is said while a question waits gets the question again; a preview its words."""
        match draft.step:
            case Step.FORGET:
                self.commands.ask_to_forget(tx, member)
            case Step.WHICH:
                names = draft.text.partition("\n")[0].split()
                found = [m for m in self.matters.all(tx, member) if m.link.alias in names]
                self.commands.which_one(tx, member, draft, found, draft.word)
            case step if step in CONFIRMABLE:
                self.answers.reply(tx, member, "draft_nudge")
            case _:
                return self.drafting.again(tx, member, draft, said)
        return True

    def _not_all_right(self, tx: Transaction, member: Conversation, case: str, request: str) -> None:
        matter = self.matters.find(tx, member, case, request)
        if matter is None:
            return self.answers.reply(tx, member, "nothing_open")
        try:
            self.confirming.casework.apply(tx, matter.case.id, NotAllRight(matter.request.id))
        except Refusal:
            self.answers.reply(tx, member, "kept_as_is")
        return None

    def distress(self, tx: Transaction, member: Conversation) -> None:
        """Everything of theirs stops, and they are answered warmly, wherever they said it."""
        for matter in self.matters.all(tx, member):
            if matter.request.open:
                self.confirming.casework.apply(tx, matter.case.id, MemberInDistress(matter.request.id))
        self.answers.reply(tx, self.answers.drop(tx, member), "self_harm")
