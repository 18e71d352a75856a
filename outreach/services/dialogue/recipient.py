"""What an author's line means. It counts only from the bound account in the bound place; the caller checked both."""

from __future__ import annotations

from dataclasses import dataclass, replace

from outreach.domain.errors import Refusal
from outreach.domain.inputs import Answer, AuthorSaid
from outreach.ports import Incoming, Renderer
from outreach.ports.store import Conversation, Transaction
from outreach.services.casework import Casework
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.consenting import Consenting
from outreach.services.languages import Tongues, of_author, post_by
from outreach.services.reporting import Reporting, second_look
from outreach.services.settings import Settings

_WORDS = {str(answer): answer for answer in Answer} | {"escalate": Answer.HUMAN}
_NOT_SAID = frozenset({Answer.TEXT, Answer.SEEN, Answer.DISTRESS})
#: What goes on as it was written.
_IN_OWN_WORDS = (Answer.TEXT, Answer.APPEAL)

#: Longer texts are no mere guess at a name, even if they hold one.
_LONGEST_GUESS = 120


@dataclass(frozen=True, slots=True)
class RecipientDialogue:
    """Hears authors."""

    settings: Settings
    renderer: Renderer
    answers: Answers
    casework: Casework
    reporting: Reporting

    def hear(self, tx: Transaction, author: Conversation, incoming: Incoming) -> None:
        """One line, one answer; most of them come from the case's own decision."""
        author = self._in_their_language(tx, author, incoming)
        languages = self.languages(tx, author)
        word = self.renderer.command(incoming.text, languages)
        if word == "genuine":
            return self._genuine(tx, author)
        if (code := self._language(incoming, languages)) is not None:
            return self._speak(tx, author, code)
        if Consenting(self.casework, self.answers).author(tx, author, word, incoming):
            return None
        if (words := self._second_look(incoming.text, word, languages)) is not None:
            return self._look_again(tx, author, words)
        answer = self._answer(incoming.text, word, languages)
        if answer is Answer.TEXT and not incoming.text.strip():
            return None
        return self.apply(tx, author, AuthorSaid(answer, incoming.text if answer in _IN_OWN_WORDS else ""))

    def apply(self, tx: Transaction, author: Conversation, said: AuthorSaid) -> None:
        """Let an answer into the case; a case that is forgotten or in no such stage answers that it is over."""
        assert author.case is not None  # noqa: S101
        case = tx.cases.load(author.case)
        if case is not None and case.post is None:
            said = replace(said, person=author.account.key)
        try:
            self.casework.apply(tx, author.case, said)
        except Refusal:
            if case is not None and said.answer is not Answer.SEEN:
                self.answers.reply(tx, author, "over")

    def _second_look(self, text: str, word: str | None, languages: tuple[str, ...]) -> str | None:
        """The words behind "second look"; None where that is not what they say."""
        if word == "second-look":
            return ""
        for count in (2, 1):
            first, rest = _split(text, count)
            if rest and self.renderer.command(first, languages) == "second-look":
                return rest
        return None

    def _look_again(self, tx: Transaction, author: Conversation, words: str) -> None:
        """Moderators who had no part in it read how others treated them (R078); a human is called if none had."""
        case = tx.cases.load(author.case or "")
        if case is None or not case.hands:
            return self.apply(tx, author, AuthorSaid(Answer.HUMAN))
        if words:
            known = tx.conversations.of_member(author.account)
            self.reporting.take(tx, known, author.account, second_look(case, words))
        return self.answers.reply(tx, author, "second_look", taken="1" if words else "")

    def can_be_said(self, text: str, languages: tuple[str, ...]) -> bool:
        """Whether a whole message is one of an author's words; used where no thread binds it (F8)."""
        word = self.renderer.command(text, languages)
        return word in _WORDS and _WORDS[word] not in _NOT_SAID

    def languages(self, tx: Transaction, author: Conversation) -> tuple[str, ...]:
        """In which languages their words are understood."""
        return self._tongues(tx, author).chain

    def _tongues(self, tx: Transaction, author: Conversation) -> Tongues:
        case = tx.cases.load(author.case or "")
        post = post_by(tx, case, author.account) if case is not None else None
        return of_author(post, author.language, self.settings, self.renderer)

    def _in_their_language(self, tx: Transaction, author: Conversation, incoming: Incoming) -> Conversation:
        """Where their language was open, their own words settle it."""
        if self._tongues(tx, author).sure:
            return author
        language = self.renderer.language_of(incoming.text)
        return tx.conversations.save(replace(author, language=language)) if language else author

    def _answer(self, text: str, word: str | None, languages: tuple[str, ...]) -> Answer:
        alarms = self.renderer.alarms(text, languages)
        if "self_harm" in alarms:
            return Answer.DISTRESS
        if word in _WORDS and _WORDS[word] not in _NOT_SAID:
            return _WORDS[word]
        if self.renderer.command(text.strip().partition(" ")[0].rstrip(":,."), languages) == "appeal":
            return Answer.APPEAL
        if "guess" in alarms and len(text) <= _LONGEST_GUESS:
            return Answer.WHO
        return Answer.TEXT

    def _language(self, incoming: Incoming, languages: tuple[str, ...]) -> str | None:
        first, _, rest = incoming.text.strip().partition(" ")
        return rest.strip() if rest and self.renderer.command(first, languages) == "language" else None

    def _speak(self, tx: Transaction, author: Conversation, code: str) -> None:
        language = self.renderer.supports(code)
        if language is None:
            return self.answers.reply(tx, author, "language_unknown", languages=" ".join(self.settings.languages))
        return self.answers.reply(tx, tx.conversations.save(replace(author, language=language)), "language_set")

    def _genuine(self, tx: Transaction, author: Conversation) -> None:
        days = tx.registers.days_told(author.account)
        if days:
            return self.answers.reply(tx, author, "genuine_yes", day=days[-1])
        return self.answers.reply(tx, author, "genuine_no")


def _split(text: str, words: int) -> tuple[str, str]:
    """The first words of a text, and what follows them."""
    parts = text.split(None, words)
    return " ".join(parts[:words]).rstrip(":,."), parts[words].strip() if len(parts) > words else ""
