"""A yes or no to the offer of a talk (R042), told apart from every other yes and no.

It counts only in reply to the offer, or while the offer is the last thing they were asked; anything else means what it
always does. Decides nothing about the talk.
"""

from __future__ import annotations

from dataclasses import dataclass

from outreach.domain.case import Case
from outreach.domain.decisions.mediating import offer
from outreach.domain.errors import Refusal
from outreach.domain.inputs import TalkAnswered, TalkOffDue
from outreach.domain.talks import Side
from outreach.ports import Incoming
from outreach.ports.store import Conversation, Told, Transaction
from outreach.services.casework import Casework
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.matters import Matter, Matters
from outreach.services.talking import leads_themselves

_OFFER = "mediation_offer"
_WANTS = {"yes": True, "no": False}
#: Letters after which an offer is still the last thing that was asked: they only answer, and ask nothing themselves.
_ANSWERS_ONLY = frozenset(
    {"talk", "heard", "how", "why", "who", "what", "passed_on", "genuine_yes", "genuine_no", "language_set"}
    | {"language_unknown", "original", "status", "help", "human_called", "human_line_sent", "unreadable", "quiet_now"}
)


@dataclass(frozen=True, slots=True)
class Consenting:
    """Hears both sides. Each method says whether the line was an answer to an offer."""

    casework: Casework
    answers: Answers

    def member(self, tx: Transaction, member: Conversation, matters: Matters, command: str, line: Incoming) -> bool:
        """Whoever asked. While another question of theirs waits, only a reply to the offer is an answer to it."""
        if command not in _WANTS or (member.draft is not None and not line.parent):
            return False
        mine = [one for one in matters.all(tx, member) if _is_asked(one)]
        told = self._asked(tx, member, line, [one.case.id for one in matters.all(tx, member)])
        if told is None:
            return not line.parent and member.draft is None and self._again(tx, member, mine)
        meant = [one for one in mine if told.request in ("", one.request.id)]
        if len(meant) != 1:
            self.answers.reply(tx, member, "talk", news="off", alias=_name_of(tx, told))
            return True
        wants = _WANTS[command] and not leads_themselves(self.casework.settings, meant[0].case, member.account)
        self.casework.apply(tx, meant[0].case.id, TalkAnswered(Side.ASKER, wants))
        return True

    def author(self, tx: Transaction, author: Conversation, word: str | None, line: Incoming) -> bool:
        """The other side, in the case's own chat; a `no` to what was asked of their post is none to the talk."""
        if word not in _WANTS or author.case is None:
            return False
        if self._asked(tx, author, line, [author.case]) is None:
            return False
        case = tx.cases.load(author.case)
        is_open = case is not None and _is_offered_to(case, author)
        said = TalkAnswered(Side.RESPONDENT, _WANTS[word]) if is_open else TalkOffDue()
        try:
            self.casework.apply(tx, author.case, said)
        except Refusal:
            self.answers.reply(tx, author, "talk", news="off")
        return True

    def _asked(self, tx: Transaction, to: Conversation, line: Incoming, cases: list[str]) -> Told | None:
        """The offer that a yes or no answers, if it answers one."""
        if line.parent:
            told = tx.registers.told(line.parent)
            told = told if told is not None and told.conversation == to.id else None
        else:
            told = tx.registers.newest_told(to.id, list(dict.fromkeys(cases)), _ANSWERS_ONLY)
        return told if told is not None and told.letter == _OFFER else None

    def _again(self, tx: Transaction, member: Conversation, mine: list[Matter]) -> bool:
        """Something else was said meanwhile: the offer is put once more, so that nobody agrees by mistake."""
        if len(mine) != 1 or mine[0].case.talk is None or mine[0].case.talk.room:
            return False
        talk = mine[0].case.talk
        values = offer(talk.mediator, talk.guests, talk.until)
        self.answers.reply(tx, member, _OFFER, alias=str(mine[0].link.alias), **values)
        return True


def _is_asked(matter: Matter) -> bool:
    return matter.case.talk is not None and matter.case.talk.request == matter.request.id


def _is_offered_to(case: Case, author: Conversation) -> bool:
    to = case.respondent(case.talk.person) if case.talk is not None else None
    return to is not None and to.key == author.account.key


def _name_of(tx: Transaction, told: Told) -> str:
    link = tx.links.of_request(told.request) if told.request else None
    return str(link.alias) if link is not None else ""
