"""What may be told about a case: to staff on its card, to a member as status. Reads only; never names a reporter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from outreach.domain.case import Case, Contact, Request, Stage, Standing
from outreach.domain.decisions.handling import response_by
from outreach.domain.evidence import MASK, Evidence, masked
from outreach.domain.identity import Platform
from outreach.domain.inputs import Answer, Concern, Ending
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.domain.policy import next_slot
from outreach.domain.posts import Post
from outreach.ports.store import Transaction
from outreach.services.settings import Branch, Settings


@dataclass(frozen=True, slots=True)
class Casebook:
    """Fills the gaps of letters from a case."""

    settings: Settings

    def room_for(self, tx: Transaction, case: Case) -> str:
        """Where a case is worked on: by its branch (R079), or by all; by the others if the author is a moderator (F30).

        "" if no room is free of them.
        """
        if case.author_in_room or self.involves_staff(tx, case):
            return "alternate" if self.settings.alternate_room else ""
        branch = None if case.open_to_all else self.branch(case)
        return f"branch:{branch.name}" if branch and branch.room and not branch.opted_out else "staff"

    def branch(self, case: Case) -> Branch | None:
        """The branch that leads: where it was handed to, else that of the post's language."""
        if case.branch:
            return self.settings.branch(case.branch)
        posts = (*((case.post,) if case.post is not None else ()), *case.reported_posts)
        return next((found for post in posts if (found := self.settings.branch_of(post.language))), None)

    def involves_staff(self, tx: Transaction, case: Case) -> bool:
        """Whether the post's author, or anybody who was reported, is a moderator."""
        roster = frozenset(tx.registers.enrolled())
        return any(self.settings.is_staff(one, roster) for one in case.respondents)

    def filled(self, tx: Transaction, case: Case, letter: Letter) -> Letter:
        """A staff letter with everything it may say about the case; what the letter already says stands."""
        facts = self._facts(case) | dict(letter.values)
        return Letter(letter.name, {k: v for k, v in facts.items() if k in LETTERS[Audience.STAFF][letter.name]})

    def card(self, case: Case) -> Letter:
        """The card as staff would see it now; what a member consents to is rendered from the very same values."""
        name = _card_of(case)
        facts = self._facts(case)
        return Letter(name, {k: v for k, v in facts.items() if k in LETTERS[Audience.STAFF][name]})

    def _facts(self, case: Case) -> dict[str, str]:
        facts = {
            "alias": str(case.alias),
            "stage": str(case.stage),
            "platform": case.platform,
            "link": case.link,
            "links": case.link,
            "due": self._due(case),
            "steps": self._steps(case),
            "outcome": "" if case.called_after else str(case.ending or ""),
            "kind": str(case.staff_called or ""),
            "text": case.answer_text,
            "lead": case.lead.lstrip("@"),
            "reader": case.reader.lstrip("@"),
            "read_until": case.read_until.isoformat() if case.read_until else "",
            "notes": str(len(case.notes) or ""),
            "colleagues": case.colleagues_until.isoformat() if case.colleagues_until else "",
            "talk": _talk(case),
        }
        return facts | self._outreach(case) | self._reports(case)

    def _reports(self, case: Case) -> dict[str, str]:
        """What its reports say, people who are no subject as numbers and private data hidden (R010, F26)."""
        if not case.reports:
            return {}
        first = case.reports[0].report
        categories = dict.fromkeys(str(filed.report.category) for filed in case.reports)
        return {
            "source": "support" if case.concern is Concern.SUPPORT else str(first.source),
            "author": ", ".join(one.address.lstrip("@") for one in case.respondents[:_MOST_NAMED]),
            "more": str(max(0, len(case.respondents) - _MOST_NAMED) or ""),
            "category": " ".join(categories),
            "links": "\n".join(post.link for post in case.reported_posts[:_MOST_NAMED]),
            "text": masked(_shortened(first.text)),
            "count": str(len(case.reports)),
            "pictures": str(case.pictures or ""),
            "unreadable": "1" if any(filed.report.unreadable for filed in case.reports) else "",
            "asker_may_be_asked": "1" if case.escalated else "",
            "remote": "1" if any(not self.settings.is_local(one) for one in case.respondents) else "",
        }

    def _outreach(self, case: Case) -> dict[str, str]:
        if case.post is None:
            return {}
        asked, answer, words = _so_far(case)
        return {
            "author": case.post.author.address.lstrip("@"),
            "post_day": case.post.day,
            "ask": str(case.ask),
            "label": case.label,
            "strength": str(case.strength),
            "post_state": "gone" if case.remedy == "gone" else "fixed" if case.remedy else "unchanged",
            "asked_day": asked.date().isoformat() if asked else "",
            "answer": str(answer or ""),
            "answer_text": words,
            "asker_may_be_asked": "1",
            "remote": "" if self.settings.is_local(case.post.author) else "1",
        }

    def line(self, case: Case) -> Letter:
        """One case in a list: what it is called, where it stands, who has it, when the first word is due."""
        facts = self._facts(case)
        return Letter("case_line", {name: facts[name] for name in LETTERS[Audience.STAFF]["case_line"]})

    def buttons(self, case: Case) -> tuple[str, ...]:
        """The reactions that can be used on a card as it stands now."""
        return ("👀", "✋") if case.stage is Stage.REPORTED else ()

    def _due(self, case: Case) -> str:
        due = response_by(case, self.settings.policy)
        return due.isoformat() if due is not None else ""

    def _steps(self, case: Case) -> str:
        """The next two steps, as they are written."""
        if _ended(case):
            return ""
        about = case.post is not None or (case.respondents and case.concern is not Concern.SUPPORT)
        to = "author" if about else "asker"
        if any(not one.done for one in case.measures):
            steps = [f"done {case.alias}", f"close {case.alias} decided"]
        elif case.stage is Stage.MEDIATION:
            steps = [f"mediate {case.alias} end", f"close {case.alias} …"]
        elif case.stage is Stage.REPORTED:
            steps = [f"take {case.alias}", f"{to} {case.alias} …"]
        elif case.reports and about and not case.called_after:
            steps = [f"letter {case.alias}", f"close {case.alias} …"]
        elif case.called_after:
            steps = [f"{to} {case.alias} …"]
        else:
            steps = [f"{to} {case.alias} …", f"close {case.alias} …"]
        return "\n".join(self.settings.prefix + step for step in steps)

    def evidence(self, case: Case, one: Evidence, *, hidden: bool = True) -> Letter:
        """A post and its neighbours; `hidden`: with private data masked (R010). People beside it are numbers (F26)."""

        def said(text: str) -> str:
            return masked(text) if hidden else text

        around = [_line(post, said) for post in (*one.before, *one.after)]
        values = {
            "author": one.post.author.address.lstrip("@"),
            "post_day": one.post.day,
            "link": one.post.link,
            "warning": said(one.post.warning),
            "text": said(one.post.text),
            "media": "\n".join(f"{item.kind} {said(item.alt)}" for item in one.post.media),
            "sensitive": "1" if one.post.sensitive else "",
            "visibility": str(one.post.visibility),
            "edited": one.post.edited if one.post.platform is Platform.FEDIVERSE else "",
            "before": "\n".join(around[: len(one.before)]),
            "after": "\n".join(around[len(one.before) :]),
            "unreadable": "1" if one.unverified else "",
        }
        shown = "".join((values["text"], values["warning"], values["media"], values["before"], values["after"]))
        return Letter("evidence", values | {"alias": str(case.alias), "hidden": "1" if MASK in shown else ""})

    def status(self, case: Case, request: Request, alias: str) -> Letter:
        """One line of a member's status, in the words of F20 alone: it changes only when the member was told."""
        values = {
            "alias": alias,
            "post_day": case.post.day if case.post else "",
            "ask": str(case.ask) if case.post else "",
            "label": case.label,
            "strength": str(case.strength) if case.post else "",
            "state": _state(request),
            "moment": self._moment(request),
        }
        return Letter("status_line", values)

    def _moment(self, request: Request) -> str:
        if request.standing is not Standing.WAITING:
            return ""
        return next_slot(request.release_at, self.settings.policy.slot).isoformat()


def _line(post: Post, said: Callable[[str], str]) -> str:
    """`WHO WORDS` on one line: of neighbours a number is kept alone, 0 for somebody the case is about."""
    words = " ".join(filter(None, (f"({said(post.warning)})" if post.warning else "", said(post.text))))
    return f"{post.author.address} {_shortened(' '.join(words.split()))}"


#: So many people and posts of one case stand on its card; the others in its thread.
_MOST_NAMED = 5
_LONGEST_ON_CARD = 600


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ON_CARD else text[:_LONGEST_ON_CARD].rstrip() + " …"


def card_name(room: str) -> str:
    """Under which name a card is remembered: a case that moved has one in each room, the older ones out of use."""
    return "card" if room == "staff" else f"card {room}"


def card_in(tx: Transaction, room: str, case: str) -> str:
    """The native id of the case's card in a room; "" if it has none there."""
    return tx.registers.last_told("staff", case, card_name(room))


def lose_card(tx: Transaction, event: str) -> None:
    """A card is gone, or where it serves nobody any more; the next one is a new message."""
    told = tx.registers.told(event) if event else None
    if told is not None:
        tx.registers.remember_told(event, replace(told, letter="lost card", version=0))


def _so_far(case: Case) -> tuple[datetime | None, Answer | None, str]:
    """When the author was asked and what they said, as those know it who let moderators have the case (F3).

    Where the author called moderators themselves, it is as the author knows it.
    """
    agreed = [request for request in case.requests if request.agreed]
    if case.staff_called is not None or not agreed:
        asked = case.contacted_at if case.contact is not Contact.NONE else None
        return asked, case.answer, case.answer_text
    first = min(agreed, key=lambda request: request.release_at)
    return first.release_at, first.answer, first.answer_text


def _talk(case: Case) -> str:
    """Until when both sides can answer, or that they talk; never who has answered, or what."""
    if case.talk is None:
        return ""
    return "begun" if case.talk.begun else case.talk.until.isoformat()


def _ended(case: Case) -> bool:
    """Whether staff have nothing left to do."""
    return case.stage is Stage.CLOSED and not case.called_after


def _card_of(case: Case) -> str:
    """An author's call for a human shows their side alone, never that anybody agreed to more (F19)."""
    if case.reports:
        return "card_report"
    if case.concern is not None:
        return "card_danger" if case.concern is Concern.DANGER else "card_human"
    agreed = any(request.agreed for request in case.requests)
    return "card_recipient" if case.staff_called is not None and not agreed else "card"


def _state(request: Request) -> str:
    if request.standing is Standing.WAITING:
        return "waiting"
    if request.ending is Ending.REMEDIED:
        return "fixed"
    if request.standing is Standing.OVER:
        return "over"
    if request.standing is Standing.UNDECIDED and request.reason == "unanswered":
        return "nothing_heard"
    return "answered" if request.heard else "asked"
