"""A member's own matters: their requests with the case each is part of. Reads only, and only through the link table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outreach.domain.case import Case, Request
from outreach.domain.letters import Audience
from outreach.ports.store import Conversation, Enclosure, Link, Transaction
from outreach.services.casebook import Casebook


@dataclass(frozen=True, slots=True)
class Matter:
    """One request of this member."""

    link: Link
    case: Case
    request: Request


@dataclass(frozen=True, slots=True)
class Matters:
    """Finds what a member's word is about."""

    casebook: Casebook

    def all(self, tx: Transaction, member: Conversation) -> list[Matter]:
        """All that are still kept."""
        found = []
        for link in tx.links.of_member(member.id):
            case = tx.cases.load(link.case)
            if case is not None:
                found.append(Matter(link, case, case.request(link.request)))
        return found

    def of(self, tx: Transaction, member: Conversation, request: str) -> Matter | None:
        """By request."""
        return next((m for m in self.all(tx, member) if m.request.id == request), None)

    def find(self, tx: Transaction, member: Conversation, case: str, request: str) -> Matter | None:
        """By case and request, as a sent message remembers them."""
        return next((m for m in self.all(tx, member) if (m.case.id, m.request.id) == (case, request)), None)

    def fitting(
        self,
        tx: Transaction,
        member: Conversation,
        alias: str,
        parent: str,
        fits: Callable[[Case, Request], bool],
    ) -> list[Matter]:
        """Matters to which a word can now be said, narrowed by the message replied to or by an alias."""
        found = [m for m in self.all(tx, member) if fits(m.case, m.request)]
        told = tx.registers.told(parent) if parent else None
        if told is not None and told.request:
            narrowed = [m for m in found if m.request.id == told.request]
            found = narrowed or found
        named = [m for m in found if alias and m.link.alias.startswith(alias.split()[0].lower())]
        return named or ([] if alias and _is_alias(alias) else found)

    def status_line(self, matter: Matter, languages: Sequence[str]) -> Enclosure:
        """One line of the status, to be shown within a letter."""
        letter = self.casebook.status(matter.case, matter.request, matter.link.alias)
        return Enclosure("lines", Audience.MEMBER, letter, tuple(languages))

    def choices(self, matters: Sequence[Matter]) -> str:
        """Several matters to choose from: alias and day, a line each."""
        return "\n".join(f"{m.link.alias} {m.case.post.day if m.case.post else ''}" for m in matters)


def _is_alias(word: str) -> bool:
    first = word.split()[0]
    return "-" in first
