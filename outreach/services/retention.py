"""Forgetting on time: the reporter's link first, then the case with its key. Keeps nothing back for later."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.ports import Clock
from outreach.ports.store import Conversation, Errand, Transaction


def let_go(tx: Transaction, gone: Conversation) -> None:
    """Have the gateway's memory follow, once this is committed."""
    if gone.place.room:
        tx.outbox.add_errand(Errand("forget", {"room": gone.place.room}))


@dataclass(frozen=True, slots=True)
class Retention:
    """Forgets."""

    clock: Clock

    def unlink(self, tx: Transaction, case_id: str) -> None:
        """From here on nobody can tell who asked; the alias is the only receipt (design 5.2, `reporter_link`)."""
        case = tx.cases.load(case_id)
        for request in case.requests if case is not None else ():
            tx.links.forget(request.id)

    def purge(self, tx: Transaction, case_id: str) -> None:
        """The case goes with its key, its conversation with the author, and what delivery remembers of it."""
        self.unlink(tx, case_id)
        for author in tx.conversations.of_authors(case_id):
            tx.conversations.forget(author.id)
            let_go(tx, author)
        if (talk := tx.conversations.of_talk(case_id)) is not None:
            tx.conversations.forget(talk.id)
            let_go(tx, talk)
        tx.cases.forget(case_id, self.clock.now().date())
