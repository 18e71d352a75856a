"""`!report`: a moderator records what reached them elsewhere; it becomes or joins a case like any other (R029).

Who told them has no place here: there is nobody to be answered, and so nobody to be named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation
from outreach.domain.reports import LONGEST_REPORT, Category, Report, Source
from outreach.ports import Renderer
from outreach.ports.store import Errand, Transaction
from outreach.services.citing import account_of, handles_in, post_at
from outreach.services.desk.commands import Command, Verb, usage
from outreach.services.desk.room import Heard, Room
from outreach.services.dialogue.reading import read
from outreach.services.reporting import Reporting

#: So many posts of one report are looked at.
MOST_LINKS = 5
ERRAND = "record"


@dataclass(frozen=True, slots=True)
class Recording:
    """Takes a moderator's report in."""

    reporting: Reporting
    renderer: Renderer
    room: Room

    def report(self, tx: Transaction, heard: Heard, said: Command) -> None:
        """Links are looked at first: who wrote a post decides which room may read of it (F30)."""
        seen = read(heard.incoming, self.renderer, self.room.settings.languages)
        links, people = seen.links[:MOST_LINKS], handles_in(said.text)
        if not links and not people:
            return self.room.answer(tx, heard, "wrong_use", usage=usage(Verb.REPORT, self.room.settings.prefix))
        facts = {"links": "\n".join(links), "people": "\n".join(people), "text": said.text[:LONGEST_REPORT]}
        if not links or self._report(facts, ()).category is Category.MINORS:
            return self.file(tx, facts, ())
        return tx.outbox.add_errand(Errand(ERRAND, facts))

    def file(self, tx: Transaction, facts: dict[str, str], seen: Sequence[Observation | None]) -> None:
        """Once its posts were looked at, as far as they could be seen."""
        report = self._report(facts, seen)
        self.reporting.take(tx, None, Account(report.platform, ""), report)

    def _report(self, facts: dict[str, str], seen: Sequence[Observation | None]) -> Report:
        links, people = facts["links"].split("\n"), facts["people"].split("\n")
        looked = [one.post if one is not None else None for one in seen] + [None] * len(links)
        posts = tuple(post_at(link, post) for link, post in zip(links, looked, strict=False) if link)
        respondents = tuple(account_of(one) for one in people if one)
        first = next(iter((*(post.author for post in posts), *respondents)), None)
        platform = first.platform if first is not None else Platform.FEDIVERSE
        return self.reporting.judged(Report(Source.STAFF, platform, respondents, posts, text=facts["text"]))
