"""Reports that a server's own list held: each becomes or joins a case before staff, and who made it hears of it once.

Stored first, shown then. Asks no server; what could not be fetched has stopped nothing by the time it gets here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.domain.evidence import Persons, snapshot, without_people
from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.domain.inputs import Answer, AuthorSaid, Concern
from outreach.domain.reports import MOST_POSTS, NEVER_COPIED, Category, Report, Source
from outreach.ports import Chance, Clock, Incoming, Place, Renderer
from outreach.ports.store import Conversation, Errand, Told, Transaction
from outreach.services import picturing
from outreach.services.casework import Casework
from outreach.services.settings import Settings

log = structlog.get_logger()

#: The alarm by which words about suspected material of minors are known (R011).
MINORS = "minors"


@dataclass(frozen=True, slots=True)
class Reporting:
    """Takes reports in."""

    settings: Settings
    clock: Clock
    chance: Chance
    casework: Casework
    renderer: Renderer

    def hear(self, tx: Transaction, incoming: Incoming) -> None:
        """One report of a server's list."""
        if incoming.report is None:
            return
        self.take(tx, self._reporter(tx, incoming), incoming.sender, self.judged(incoming.report))

    def take(
        self,
        tx: Transaction,
        member: Conversation | None,
        who: Account,
        report: Report,
        concern: Concern = Concern.REPORT,
        shown: str = "",
        pictures: Sequence[str] = (),
    ) -> None:
        """A report by `who`, to be answered in `member`'s chat if there is one; `shown` is the name they saw it under.

        `pictures` are where those are that may be shown with it.

        What an author reports of our letter to them calls moderators into that case; all else is a case of its own.
        """
        report, told = self._without_own(tx, report)
        if told is None or not self._author_reports(tx, told, who):
            self._file(tx, member, report, concern, shown, pictures)

    def _file(
        self,
        tx: Transaction,
        member: Conversation | None,
        report: Report,
        concern: Concern,
        shown: str,
        pictures: Sequence[str],
    ) -> None:
        """A report becomes or joins a case; what its posts looked like is kept with it."""
        report, persons = without_people(report)
        case = self.casework.file_report(tx, member, report, concern, shown)
        if not self.casework.casebook.room_for(tx, case):
            log.error("a case about a moderator has no room; set matrix.alternate_room")
        self._keep_evidence(tx, case, report, persons)
        if member is not None and pictures:
            (link, *_) = tx.links.among([one.id for one in case.escalated], member.id)
            picturing.wanted(tx, member.platform, link.request, pictures)

    def judged(self, report: Report) -> Report:
        """Words of the reporter may say that it is about minors: then of the posts only where they are is kept."""
        return replace(report, category=Category.MINORS) if self.about_minors(report.text) else report

    def about_minors(self, text: str) -> bool:
        """Whether words sound like suspected material of minors (R011)."""
        return MINORS in self.renderer.alarms(text, self.settings.languages)

    def _keep_evidence(self, tx: Transaction, case: Case, report: Report, persons: Persons) -> None:
        """The snapshot at intake; what stands around it is looked for afterwards (R047)."""
        known = {one.post.uri for one in tx.exhibits.of(case.id)}
        seen = (post for post in report.posts[:MOST_POSTS] if post.native)
        new = [post for post in seen if post.uri not in known]
        words = report.category not in NEVER_COPIED
        for post in new:
            tx.exhibits.keep(case.id, snapshot(post, self.clock.now(), words=words, unverified=report.unreadable))
        if words and new:
            facts = {"posts": "\n".join(one.uri for one in new), "people": json.dumps(persons.numbers)}
            tx.outbox.add_errand(Errand("surroundings", facts, case=case.id))

    # who reports

    def _reporter(self, tx: Transaction, incoming: Incoming) -> Conversation | None:
        """The private chat in which whoever reported can be answered; None for servers, bots and people elsewhere."""
        who = incoming.sender
        if not who.address or who.bot or not self.settings.is_local(who) or who.key in self.settings.bots:
            return None
        known = tx.conversations.of_member(who)
        if known is not None:
            return known
        language = self.renderer.language_of(incoming.report.text) if incoming.report else None
        new = Conversation(
            ConversationId(self.chance.token()), who.platform, Role.MEMBER, replace(who, name=""), Place()
        )
        return tx.conversations.save(replace(new, language=language or ""))

    # reports about what the bot itself wrote

    def _without_own(self, tx: Transaction, report: Report) -> tuple[Report, Told | None]:
        """Our own messages are no evidence, and the bot is no person a case is about."""
        own = [post for post in report.posts if post.author.key in self.settings.bots]
        told = next((found for post in own if (found := tx.registers.told(post.native)) is not None), None)
        posts = tuple(post for post in report.posts if post not in own)
        return replace(report, posts=posts), told

    def _author_reports(self, tx: Transaction, told: Told, who: Account) -> bool:
        """An author who reports our letter to them calls moderators: their side of that case alone is shown (F19)."""
        author = tx.conversations.get(told.conversation)
        if author is None or author.role is not Role.RECIPIENT or author.case is None:
            return False
        if not author.account.same_as(who):
            return False
        try:
            self.casework.apply(tx, author.case, AuthorSaid(Answer.ABUSE))
        except Refusal:
            return False
        return True


def second_look(case: Case | None, words: str) -> Report:
    """Words about the moderators who had a case, for those who had not (R078); they hear which case it is."""
    moderators = tuple(Account(Platform.MATRIX, who) for who in case.hands) if case is not None else ()
    text = f"{case.alias}: {words}" if case is not None else words
    return Report(Source.SECOND_LOOK, Platform.MATRIX, moderators, text=text)
