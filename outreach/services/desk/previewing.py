"""A moderator's words to one side: shown first under "To: …", sent once, when an enrolled moderator confirms.

Confirmed by ✅ on the preview or by the very same command again, and only after the preview stood in the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.domain.inputs import AskerAddressed, AuthorAddressed
from outreach.domain.letters import Letter
from outreach.domain.state_machine import decide
from outreach.ports import Chance, Clock
from outreach.ports.store import Transaction
from outreach.services.casework import Casework
from outreach.services.desk.commands import Verb
from outreach.services.desk.finding import Finder
from outreach.services.desk.naming import names_somebody
from outreach.services.desk.pending import Pending, Pendings
from outreach.services.desk.room import Heard, Room

#: The reaction with the effect of the command.
CONFIRM = "✅"
_EXPIRES = timedelta(hours=24)
_PREVIEWS = {Verb.AUTHOR: "to_author_preview", Verb.ASKER: "to_asker_preview"}


@dataclass(frozen=True, slots=True)
class Previewing:
    """Shows and sends."""

    clock: Clock
    chance: Chance
    casework: Casework
    finder: Finder
    room: Room

    def write(self, tx: Transaction, heard: Heard, verb: Verb, case: Case, text: str) -> None:
        """Show it, or send what was shown already. A refusal comes before the preview, not after it."""
        if names_somebody(text, case.post if verb is Verb.AUTHOR else None):
            return self.room.answer(tx, heard, "names_somebody")
        pendings, topic = Pendings(self.clock), (str(verb), str(case.id), text)
        before = pendings.same(tx, topic)
        if before is not None and self._stood_there(tx, before):
            return self._send(tx, heard, before)
        try:
            decide(case, _said(verb, text), self.casework.settings.policy, self.clock.now())
        except Refusal:
            return self._not_now(tx, heard, case)
        now, nonce = self.clock.now(), self.chance.token()
        until = (now + _EXPIRES).isoformat()
        shown = Pending(verb, text, heard.sender.address, now.isoformat(), until, nonce, case.id)
        pendings.put(tx, shown)
        return self.room.about(tx, heard, case, _preview(verb, case, text), nonce)

    def react(self, tx: Transaction, heard: Heard) -> None:
        """✅ on a preview that still waits; on anything else it is a reaction among moderators."""
        before = self._meant(tx, heard)
        if before is not None:
            self._send(tx, heard, before)

    def confirms(self, tx: Transaction, heard: Heard) -> bool:
        """Whether a reaction would send something."""
        return self._meant(tx, heard) is not None

    def _meant(self, tx: Transaction, heard: Heard) -> Pending | None:
        told = tx.registers.told(heard.incoming.parent) if heard.incoming.parent else None
        if heard.incoming.text != CONFIRM or told is None or told.letter not in _PREVIEWS.values():
            return None
        return Pendings(self.clock).of(tx, told.relay)

    def _send(self, tx: Transaction, heard: Heard, confirmed: Pending) -> None:
        case = tx.cases.load(confirmed.case)
        if case is None or not self.finder.may_rule(tx, heard, case):
            return
        Pendings(self.clock).drop(tx, confirmed)
        try:
            after = self.casework.apply(tx, case.id, _said(Verb(confirmed.kind), confirmed.text))
        except Refusal:
            self._not_now(tx, heard, case)
        else:
            if not case.staff_wrote:
                self.room.refresh(tx, heard.room, after)

    def _stood_there(self, tx: Transaction, before: Pending) -> bool:
        """Two equal lines in one breath are one: the newest preview in the room has to be this one."""
        told = tx.registers.told(tx.registers.last_told("staff", before.case, _PREVIEWS[Verb(before.kind)]))
        return told is not None and told.relay == before.nonce

    def _not_now(self, tx: Transaction, heard: Heard, case: Case) -> None:
        letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
        self.room.about(tx, heard, case, letter)


def _said(verb: Verb, text: str) -> AuthorAddressed | AskerAddressed:
    return AuthorAddressed(text) if verb is Verb.AUTHOR else AskerAddressed(text)


def _preview(verb: Verb, case: Case, text: str) -> Letter:
    values = {"alias": str(case.alias), "text": text}
    if verb is Verb.AUTHOR and case.post is not None:
        values["who"] = case.post.author.address.lstrip("@")
    return Letter(_PREVIEWS[verb], values)
