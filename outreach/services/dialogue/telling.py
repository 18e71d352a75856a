"""`report`, `support`, `second look`: a member tells moderators what happened, in many messages or one, until `end`.

Shown first, to the letter, and filed on `send` alone. Writes to nobody else; a link is looked at as for any request
(F7). What cannot be seen stops nothing: who wrote it is then as far known as the link says. Pictures go along only with
a `yes` of their own, and none is fetched before `send`; of suspected material of minors none ever is (R011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from outreach.domain.case import Case
from outreach.domain.draft import Draft, Step
from outreach.domain.events import ReportFiled, ReportOpened, RequestAdded, RequestEscalated
from outreach.domain.evidence import without_people
from outreach.domain.identity import Alias, CaseId, RequestId
from outreach.domain.inputs import Concern
from outreach.domain.letters import Audience, Letter
from outreach.domain.pictures import MOST_PICTURES
from outreach.domain.posts import Observation
from outreach.domain.reports import LONGEST_REPORT, Category, Report, Source, storable
from outreach.ports.store import Conversation, Enclosure, Transaction
from outreach.services.citing import account_of, handles_in, post_at
from outreach.services.dialogue.answering import Answers
from outreach.services.dialogue.drafting import MOST_LINKS, Drafting
from outreach.services.dialogue.matters import Matter, Matters
from outreach.services.dialogue.reading import Reading
from outreach.services.reporting import Reporting, second_look
from outreach.services.settings import Settings

#: Drafts of this part, by the word that began them.
CONCERNS = {"report": Concern.REPORT, "support": Concern.SUPPORT, "second-look": Concern.REPORT}
#: Words that mean something while somebody tells, if they are all of a message.
_LEAVE = frozenset({"cancel", "stop", "human", "help", "status", "forget me", "language"})
#: What answers a question that was not asked yet, or another one; it tells moderators nothing.
_ANSWERS = frozenset({"send", "yes", "no", "end", "rest", "agree"})


@dataclass(frozen=True, slots=True)
class Telling:
    """Listens, shows, files."""

    settings: Settings
    answers: Answers
    drafting: Drafting
    matters: Matters
    reporting: Reporting

    def begin(self, tx: Transaction, member: Conversation, said: Reading) -> None:
        """The word alone asks to go on; with anything behind it, it may be the whole of it."""
        member = self.answers.drop(tx, member)
        draft = self._with(Draft(Step.TELL, kind=said.command), said, said.rest)
        if not (draft.text or draft.links or draft.people):
            self.answers.ask(tx, member, draft, "tell_on", kind=draft.kind)
            return None
        return self._show(tx, member, draft)

    def second_look(self, tx: Transaction, member: Conversation, matter: Matter, words: str) -> None:
        """About the moderators who had a case of theirs (R078)."""
        member = self.answers.drop(tx, member)
        draft = Draft(Step.TELL, kind="second-look", request=matter.request.id, text=words[:LONGEST_REPORT])
        if words:
            return self._show(tx, member, draft)
        self.answers.ask(tx, member, draft, "tell_on", kind=draft.kind)
        return None

    def goes_on(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """One more message of a telling, or what ends it. False for a word that means what it always does."""
        alone = bool(said.command) and not said.rest and not said.links
        if alone and said.command in _LEAVE:
            return False
        if draft.step is Step.PICTURES and self._decides(tx, member, draft, said):
            return True
        if draft.step is Step.TELL:
            if alone and said.command in ("end", "send"):
                self._show(tx, member, self._with(draft, said, ""))
            else:
                self.answers.ask(tx, member, self._with(draft, said, said.words), "tell_noted", kind=draft.kind)
            return True
        if alone and said.command == "send" and draft.step is Step.TOLD and not said.pictures:
            return False
        if alone and said.command == "change":
            self.answers.ask(
                tx,
                member,
                Draft(Step.TELL, kind=draft.kind, request=draft.request),
                "tell_on",
                kind=draft.kind,
            )
        elif alone and said.command in ("no", "rest", "end") and draft.step is Step.TOLD:
            self.answers.reply(tx, self.answers.drop(tx, member), "cancelled", kept="")
        else:
            self._show(tx, member, self._with(draft, said, "" if alone and said.command in _ANSWERS else said.words))
        return True

    def _decides(self, tx: Transaction, member: Conversation, draft: Draft, said: Reading) -> bool:
        """Whether pictures may be shown: an answer counts only to a question that was delivered."""
        if said.pictures or not draft.shown:
            return False
        number = said.number if len(said.words.split()) == 1 else 0  # "1 more thing" is a thing, and no consent
        if said.command == "yes" or number == 1:
            self._preview(tx, member, replace(draft, agreed=draft.pictures))
        elif said.command == "no" or number == 2:
            self._preview(tx, member, replace(draft, pictures=(), agreed=()))
        else:
            return False
        return True

    def _with(self, draft: Draft, said: Reading, words: str) -> Draft:
        """What a message adds: links, handles, words."""
        text = "\n".join(filter(None, (draft.text, words.strip())))[:LONGEST_REPORT]
        links = tuple(dict.fromkeys((*draft.links, *said.links)))[:MOST_LINKS]
        people = tuple(dict.fromkeys((*draft.people, *handles_in(words))))[:MOST_LINKS]
        pictures = tuple(dict.fromkeys((*draft.pictures, *said.pictures)))[: MOST_PICTURES + 1]
        return replace(draft, text=text, links=links, people=people, pictures=pictures)

    # looking, showing

    def _show(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """A link is looked at first: who wrote it decides which room may read of it (F30)."""
        if not (draft.text or draft.links or draft.people):
            self.answers.ask(tx, member, replace(draft, step=Step.TELL), "tell_on", kind=draft.kind)
            return
        if draft.kind == "report" and draft.links != draft.looked:
            draft = replace(draft, posts=(), looked=draft.links, told=draft.text)
            if self.reporting.judged(self._report(tx, member, draft)).category is Category.MINORS:
                self._preview(tx, member, replace(draft, posts=tuple(post_at(link, None) for link in draft.links)))
            else:
                self.drafting.look(tx, member, draft)
        else:
            self._preview(tx, member, draft)

    def looked(self, tx: Transaction, member: Conversation, seen: Sequence[Observation | None]) -> None:
        """The errand's answer."""
        draft = member.draft
        if draft is None:
            return
        found = (one.post if one is not None else None for one in (*seen, *([None] * len(draft.links))))
        posts = tuple(post_at(link, post) for link, post in zip(draft.links, found, strict=False))
        self._preview(tx, member, replace(draft, posts=posts, text=draft.told))

    def _preview(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        never = self._about_minors(draft) and bool(draft.pictures)
        if never:
            draft = replace(draft, pictures=(), agreed=())
        if draft.pictures != draft.agreed:
            return self._ask(tx, member, draft)
        return self._show_card(tx, member, draft, never=never)

    def _ask(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """What a picture gives away is said before anybody may look at it."""
        more = str(MOST_PICTURES) if len(draft.pictures) > MOST_PICTURES else ""
        draft = replace(draft, step=Step.PICTURES, pictures=draft.pictures[:MOST_PICTURES])
        self.answers.ask(tx, member, draft, "pictures_question", count=str(len(draft.pictures)), limit=more)

    def _about_minors(self, draft: Draft) -> bool:
        return self.reporting.about_minors(draft.text)

    def _show_card(self, tx: Transaction, member: Conversation, draft: Draft, *, never: bool) -> None:
        alias, now = Alias(self.answers.chance.alias()), self.answers.clock.now()
        report, _ = without_people(self._report(tx, member, draft))
        case = Case(CaseId("")).after(ReportOpened(alias, CONCERNS[draft.kind], str(report.platform), now))
        nobody = RequestId("-")
        for event in (
            ReportFiled(nobody, storable(report), now),
            RequestAdded(nobody, alias, now),
            RequestEscalated(nobody, now),
        ):
            case = case.after(event)
        casework = self.reporting.casework
        casebook = casework.casebook
        if not casebook.room_for(tx, case) and not casework.owners_apart(case):
            return self.answers.reply(tx, self.answers.drop(tx, member), "no_moderators_free")
        card = _without_moderators(draft, casebook.card(replace(case, staff_since=None)))
        shown = Enclosure("card", Audience.STAFF, card, self.settings.languages, "translation")
        values = {"never": "1" if never else ""}
        self.answers.ask(tx, member, replace(draft, step=Step.TOLD, word=alias), "tell_preview", (shown,), **values)
        return None

    def file(self, tx: Transaction, member: Conversation, draft: Draft) -> None:
        """The member confirmed the card; the acknowledgement is the case's own."""
        kept = self.answers.drop(tx, member)
        report, concern = self._report(tx, kept, draft), CONCERNS[draft.kind]
        self.reporting.take(tx, kept, kept.account, report, concern, draft.word, draft.agreed)

    def _report(self, tx: Transaction, member: Conversation, draft: Draft) -> Report:
        """Support is about nobody: nothing said in it can lead to anyone being written to (R021)."""
        if draft.kind == "second-look":
            matter = self.matters.of(tx, member, draft.request)
            told = second_look(matter.case if matter is not None else None, draft.text)
            return replace(told, pictures=len(draft.agreed))
        if draft.kind == "support":
            words = "\n".join(filter(None, (draft.text, *draft.links)))
            return Report(Source.MEMBER, member.platform, text=words, pictures=len(draft.agreed))
        people = tuple(account_of(one) for one in draft.people)
        mine = Report(Source.MEMBER, member.platform, people, draft.posts, text=draft.text, pictures=len(draft.agreed))
        return self.reporting.judged(mine)


def _without_moderators(draft: Draft, card: Letter) -> Letter:
    """Whom a second look is about, staff are shown and its member is not: moderators answer as a team."""
    return replace(card, values={**card.values, "author": "", "more": ""}) if draft.kind == "second-look" else card
