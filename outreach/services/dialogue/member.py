"""What a member's line means, and its one answer. Nothing here reaches an author except through a confirmed preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from outreach.domain.case import Case, Request, Standing
from outreach.domain.draft import CONFIRMABLE, Draft, Step
from outreach.domain.errors import Refusal
from outreach.domain.inputs import MemberInDistress, NotAllRight, Rested, Withdrawn
from outreach.domain.letters import PHRASES
from outreach.ports import Incoming, Renderer
from outreach.ports.store import Conversation, Transaction
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.confirming import Confirming
from outreach.services.dialogue.drafting import Drafting
from outreach.services.dialogue.matters import Matter, Matters
from outreach.services.dialogue.reading import Reading, read
from outreach.services.settings import NOTICE_VERSION, Settings

#: Words whose issue has not come yet: answered with a human, never listed (design 5.3).
LATER = frozenset({"report", "support", "second-look", "index", "appeal", "export"})

_Handler = Callable[[Transaction, Conversation, Reading, Incoming], None]


@dataclass(frozen=True, slots=True)
class MemberDialogue:
    """Hears members."""

    settings: Settings
    renderer: Renderer
    answers: Answers
    drafting: Drafting
    confirming: Confirming
    matters: Matters

    def hear(self, tx: Transaction, member: Conversation, incoming: Incoming) -> None:
        """One line, one answer."""
        member = self._in_their_language(tx, member, incoming)
        said = read(incoming, self.renderer, self.languages(member))
        if "self_harm" in self.renderer.alarms(said.text, self.languages(member)):
            return self._distress(tx, member)
        command = self._commands().get(said.command)
        if command is not None:
            return command(tx, member, said, incoming)
        if member.draft is not None and self._answers_draft(tx, member, member.draft, said, incoming):
            return None
        if said.links:
            return self.drafting.begin(tx, member, said, incoming)
        return self._anything_else(tx, member, said, incoming)

    def languages(self, member: Conversation) -> tuple[str, ...]:
        """In which languages their words are understood: their own, then the community's."""
        return tuple(dict.fromkeys((*filter(None, (member.language,)), *self.settings.languages)))

    def _in_their_language(self, tx: Transaction, member: Conversation, incoming: Incoming) -> Conversation:
        """From their text, never from its tag; once known it stays until they choose another."""
        if member.language or not incoming.text:
            return member
        language = self.renderer.language_of(incoming.text)
        return tx.conversations.save(replace(member, language=language)) if language else member

    def _commands(self) -> dict[str, _Handler]:
        later: dict[str, _Handler] = dict.fromkeys(LATER, self._later)
        now: dict[str, _Handler] = {
            "help": self._help,
            "status": self._status,
            "language": self._language,
            "withdraw": self._withdraw,
            "escalate": self._escalate,
            "rest": self._rest,
            "say": self._say,
            "more": self._more,
            "human": self._human,
            "forget me": self._forget,
            "genuine": self._genuine,
        }
        return later | now

    # drafts

    def _answers_draft(
        self, tx: Transaction, member: Conversation, draft: Draft, said: Reading, line: Incoming
    ) -> bool:
        word = said.command
        if said.links and draft.step is not Step.NOTICE:
            return False
        if word in ("cancel", "stop", "end"):
            self.answers.reply(tx, self.answers.drop(tx, member), "cancelled")
            return True
        if draft.step in CONFIRMABLE:
            return self._answers_preview(tx, member, draft, said)
        return self._answers_question(tx, member, draft, said, line)

    def _answers_preview(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        if said.command == "send" and draft.shown:
            self.confirming.send(tx, member, draft)
        elif said.command == "change" and draft.step is Step.PREVIEW:
            self.drafting.advance(tx, member, replace(draft, ask=None, label="", passed=draft.passed - {"lived"}))
        elif said.command == "change" and draft.step is Step.SAY:
            self.answers.reply(tx, self.answers.drop(tx, member), "say_how", phrases=" ".join(PHRASES))
        elif draft.step is Step.PREVIEW and draft.post is not None and (said.ask is not None or said.label):
            self.drafting.advance(tx, member, replace(draft, ask=said.ask, label=said.label, word=said.unknown))
        elif said.command in ("no",):
            self.answers.reply(tx, self.answers.drop(tx, member), "cancelled")
        else:
            return False
        return True

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
        self.drafting.look(tx, member, draft)
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
            self.answers.reply(tx, self.answers.drop(tx, member), "cancelled")
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
                self.answers.reply(tx, self.answers.drop(tx, member), "cancelled")
                return True
            return False
        self.confirming.forget(tx, member)
        return True

    def _which(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading, line: Incoming) -> bool:
        aliases = draft.text.split()
        if not 0 < said.number <= len(aliases):
            return False
        again = replace(said, command=draft.word, rest=aliases[said.number - 1], number=0)
        self._commands()[draft.word](tx, self.answers.drop(tx, member), again, line)
        return True

    # words that always work

    def _help(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.answers.reply(tx, member, "help", platform=str(member.platform))

    def _later(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.answers.reply(tx, member, "not_yet_here")

    def _status(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matters = [m for m in self.matters.all(tx, member) if not said.rest or m.link.alias.startswith(said.rest)]
        if not matters:
            return self.answers.reply(tx, member, "status_none")
        lines = tuple(self.matters.status_line(m, self.languages(member)) for m in matters)
        return self.answers.reply(tx, member, "status", lines)

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
        matter = self._pick(tx, member, said, line, lambda case, request: request.open)
        if matter is None:
            return
        late = matter.request.standing is not Standing.WAITING
        self.confirming.casework.apply(tx, matter.case.id, Withdrawn(matter.request.id))
        self.answers.reply(tx, member, "withdrawn_late" if late else "withdrawn")

    def _rest(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter = self._pick(tx, member, said, line, _can_rest)
        if matter is None:
            return
        self.confirming.casework.apply(tx, matter.case.id, Rested(matter.request.id))
        self.answers.reply(tx, self.answers.drop(tx, member), "rested")

    def _escalate(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        matter = self._pick(tx, member, said, line, _undecided)
        if matter is not None:
            self.confirming.preview_card(tx, member, matter)

    def _say(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        named = [m for m in self.matters.all(tx, member) if said.rest.startswith(f"{m.link.alias} ")]
        if named:
            said = replace(said, rest=said.rest.removeprefix(f"{named[0].link.alias} ").strip())
            return self.confirming.preview_say(tx, member, named[0], said.rest)
        matter = self._pick(tx, member, replace(said, rest=""), line, _can_say)
        return None if matter is None else self.confirming.preview_say(tx, member, matter, said.rest)

    def _more(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        if member.draft is not None and member.draft.step is Step.NOTICE:
            return self.answers.reply(tx, member, "notice_more")
        matter = self._pick(tx, member, said, line, lambda case, request: request.heard and bool(case.answer_text))
        return None if matter is None else self.confirming.show_words(tx, member, matter)

    def _human(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        self.confirming.preview_human(tx, member)

    def _forget(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        if member.draft is not None and member.draft.step is Step.FORGET:
            return self.confirming.forget(tx, member)
        still_open = sum(m.request.open for m in self.matters.all(tx, member))
        self.answers.ask(tx, member, Draft(Step.FORGET), "forget_question", open=str(still_open))
        return None

    # everything else

    def _anything_else(self, tx: Transaction, member: Conversation, said: Reading, line: Incoming) -> None:
        told = tx.registers.told(line.parent) if line.parent else None
        matters = [m for m in self.matters.all(tx, member) if m.request.open]
        with_staff = [m for m in matters if m.request.standing is Standing.ESCALATED]
        if told is not None and told.letter == "fixed" and said.command in ("", "no"):
            return self._not_all_right(tx, member, told.case, told.request)
        if member.draft is None and said.text and len(with_staff) == 1 and len(matters) == 1 and not said.command:
            return self.confirming.preview_say(tx, member, with_staff[0], said.text)
        if said.command in ("send", "agree", "yes", "change"):
            return self.answers.reply(tx, member, "nothing_to_send")
        if matters:
            lines = tuple(self.matters.status_line(m, self.languages(member)) for m in matters)
            return self.answers.reply(tx, member, "status", lines)
        if not self.answers.may_speak_unprompted(tx, member):
            return None
        if said.handle or said.ask is not None:
            return self.answers.reply(tx, member, "no_link", word=said.handle)
        name = "help" if member.notice == 0 else "not_understood"
        values = {"platform": str(member.platform)} if name == "help" else {}
        return self.answers.reply(tx, member, name, **values)

    def _not_all_right(self, tx: Transaction, member: Conversation, case: str, request: str) -> None:
        matter = self.matters.find(tx, member, case, request)
        if matter is None:
            return self.answers.reply(tx, member, "nothing_open")
        try:
            self.confirming.casework.apply(tx, matter.case.id, NotAllRight(matter.request.id))
        except Refusal:
            self.answers.reply(tx, member, "kept_as_is")
        return None

    def _distress(self, tx: Transaction, member: Conversation) -> None:
        for matter in self.matters.all(tx, member):
            if matter.request.open:
                self.confirming.casework.apply(tx, matter.case.id, MemberInDistress(matter.request.id))
        self.answers.reply(tx, self.answers.drop(tx, member), "self_harm")

    def _pick(
        self,
        tx: Transaction,
        member: Conversation,
        said: Reading,
        line: Incoming,
        fits: Callable[[Case, Request], bool],
    ) -> Matter | None:
        """The matter a word is about: the message replied to, else the alias, else the only one it fits."""
        found = self.matters.fitting(tx, member, said.rest, line.parent, fits)
        if len(found) == 1:
            return found[0]
        if not found:
            self.answers.reply(tx, member, "nothing_open")
            return None
        aliases = [m.link.alias for m in found]
        draft = Draft(Step.WHICH, word=said.command, text=" ".join(aliases))
        choices = self.matters.choices(found)
        self.answers.ask(tx, member, draft, "which_one", choices=choices, word=said.words)
        return None


def _undecided(case: Case, request: Request) -> bool:
    return request.standing is Standing.UNDECIDED


def _can_rest(case: Case, request: Request) -> bool:
    return request.standing in (Standing.UNDECIDED, Standing.ASKED)


def _can_say(case: Case, request: Request) -> bool:
    return request.open and (request.heard or request.standing is Standing.ESCALATED)
