"""A member's own matters: their requests with the case each is part of. Reads only, and only through the link table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outreach.domain.case import Case, Request, Standing
from outreach.domain.identity import Alias
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
        if alias:
            return [m for m in found if _names(alias, m.link.alias)]
        told = tx.registers.told(parent) if parent else None
        if told is not None and told.request:
            return [m for m in found if m.request.id == told.request]
        return found

    def named(self, tx: Transaction, member: Conversation, words: str) -> bool:
        """Whether words behind a command are meant for a name: one of this member's, or spelled like one."""
        matters = self.all(tx, member)
        return any(_names(words, m.link.alias) for m in matters) or (bool(matters) and _like_a_name(words))

    def addressed(self, tx: Transaction, member: Conversation, words: str) -> tuple[Matter | None, str]:
        """The matter whose name begins some words, whole or as far as its second half, and what follows the name."""
        first, _, rest = words.partition(" ")
        second, _, after = rest.partition(" ")
        for name, text in ((f"{first} {second}", after), (first, rest)):
            found = [m for m in self.all(tx, member) if "-" in _name(name) and _names(name, m.link.alias)]
            if len(found) == 1:
                return found[0], text.strip()
        return None, words

    def one_of(self, aliases: Sequence[str], words: str) -> str:
        """The one of some aliases that words name, or ""."""
        found = [alias for alias in aliases if _names(words, Alias(alias))]
        return found[0] if len(found) == 1 else ""

    def status_line(self, matter: Matter, languages: Sequence[str]) -> Enclosure:
        """One line of the status, to be shown within a letter."""
        letter = self.casebook.status(matter.case, matter.request, matter.link.alias)
        return Enclosure("lines", Audience.MEMBER, letter, tuple(languages))

    def answer(self, matters: Sequence[Matter], languages: Sequence[str]) -> tuple[tuple[Enclosure, ...], str]:
        """A whole status: a line for each, and in which of its forms the words that may follow are named."""
        still = [m for m in matters if m.request.open]
        now = "over" if not still else _now(still[0]) if len(still) == 1 else "several"
        return tuple(self.status_line(m, languages) for m in matters), now

    def choices(self, matters: Sequence[Matter]) -> str:
        """Several matters to choose from, a line each: alias, and of a post its day and what was asked for."""
        return "\n".join(_choice(m) for m in matters)


def _now(matter: Matter) -> str:
    match matter.request.standing:
        case Standing.WAITING:
            return "waiting"
        case Standing.ESCALATED:
            return "with_moderators"
        case Standing.UNDECIDED if not matter.request.answer_text or not matter.request.heard:
            return "undecided"
        case _:
            return "answered" if matter.request.heard and matter.request.answer_text else "asked"


def _choice(matter: Matter) -> str:
    case = matter.case
    about = f"{case.post.day} {case.ask} {case.label}" if case.post else ""
    return f"{matter.link.alias} {about}".strip()


def _name(words: str) -> str:
    """A name as it may be written on a phone or dictated: capitals, a blank for the hyphen, a full stop behind."""
    return "-".join(words.lower().strip(" .,;:!?“”\"'").replace("-", " ").split())


def _names(words: str, alias: Alias) -> bool:
    return bool(_name(words)) and alias.startswith(_name(words))


def _like_a_name(words: str) -> bool:
    return " " not in words.strip() and _name(words).count("-") == 1
