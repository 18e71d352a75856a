"""A moderator's words to one side: shown first under "To: …", sent once, when an enrolled moderator confirms.

Confirmed by ✅ on the preview or by the very same command again, and only after the preview stood in the room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outreach.domain.case import Case
from outreach.domain.errors import IncompleteLetter, Refusal
from outreach.domain.identity import Account
from outreach.domain.inputs import AskerAddressed, AuthorAddressed, Input, LetterConfirmed, TalkOffered
from outreach.domain.letters import Audience, Letter
from outreach.domain.state_machine import decide
from outreach.ports import Chance, Clock, Renderer
from outreach.ports.store import Enclosure, Transaction
from outreach.services.casework import Casework
from outreach.services.desk import lettering
from outreach.services.desk.commands import Verb, usage
from outreach.services.desk.finding import Finder
from outreach.services.desk.lettering import Lettering, addressed, key_of
from outreach.services.desk.mediating import read_plan
from outreach.services.desk.naming import names_somebody
from outreach.services.desk.pending import CONFIRM, Pending, Pendings
from outreach.services.desk.room import Heard, Room
from outreach.services.desk.roster import shown
from outreach.services.languages import of_author, post_by

_EXPIRES = timedelta(hours=24)
_TO_AUTHOR = (Verb.AUTHOR, Verb.LETTER, Verb.MEDIATE)
#: So many other cases about somebody are named.
_MOST = 5
_PREVIEWS = dict.fromkeys(_TO_AUTHOR, "to_author_preview") | {Verb.ASKER: "to_asker_preview"}


class _Unclear(Exception):
    """The command does not say what it has to; `shown` is how it is written."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self.shown = shown


class _Names(Exception):
    """The words name somebody else (F2)."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a command would send, and to whom; None for whoever asked, of whom nothing is known here."""

    said: Input
    to: Account | None = None
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Previewing:
    """Shows and sends."""

    clock: Clock
    chance: Chance
    casework: Casework
    finder: Finder
    room: Room
    renderer: Renderer

    def write(self, tx: Transaction, heard: Heard, verb: Verb, case: Case, text: str) -> None:
        """Show it, or send what was shown already. A refusal comes before the preview, not after it."""
        pendings, topic = Pendings(self.clock), (str(verb), str(case.id), text)
        try:
            meant = self._meant(tx, verb, case, text, heard.sender.address)
            before = pendings.same(tx, topic)
            if before is not None and self._stood_there(tx, before):
                return self._send(tx, heard, before)
            decide(case, meant.said, self.casework.settings.policy, self.clock.now())
        except _Names:
            return self.room.answer(tx, heard, "names_somebody")
        except _Unclear as unclear:
            return self.room.answer(tx, heard, "wrong_use", usage=unclear.shown)
        except IncompleteLetter as lacking:
            return self._lacks(tx, heard, case, lacking)
        except Refusal:
            return self._not_now(tx, heard, case)
        now, nonce = self.clock.now(), self.chance.token()
        until = (now + _EXPIRES).isoformat()
        pendings.put(tx, Pending(verb, text, heard.sender.address, now.isoformat(), until, nonce, case.id))
        letter, inside = self._preview(tx, verb, case, meant, text)
        self._warn(tx, heard, case, meant)
        return self.room.about(tx, heard, case, letter, nonce, inside)

    def react(self, tx: Transaction, heard: Heard) -> None:
        """✅ on a preview that still waits; on anything else it is a reaction among moderators."""
        before = self._waiting(tx, heard)
        if before is not None:
            self._send(tx, heard, before)

    def confirms(self, tx: Transaction, heard: Heard) -> bool:
        """Whether a reaction would send something."""
        return self._waiting(tx, heard) is not None

    def _waiting(self, tx: Transaction, heard: Heard) -> Pending | None:
        told = tx.registers.told(heard.incoming.parent) if heard.incoming.parent else None
        if heard.incoming.text != CONFIRM or told is None or told.letter not in _PREVIEWS.values():
            return None
        return Pendings(self.clock).of(tx, told.relay)

    def _send(self, tx: Transaction, heard: Heard, confirmed: Pending) -> None:
        case = tx.cases.load(confirmed.case)
        if case is None or not self.finder.may_rule(tx, heard, case):
            return
        self._used(tx, confirmed)
        try:
            meant = self._meant(tx, Verb(confirmed.kind), case, confirmed.text, heard.sender.address)
            after = self.casework.apply(tx, case.id, meant.said)
        except (Refusal, IncompleteLetter, _Unclear, _Names):  # the case has changed under what was shown
            self._not_now(tx, heard, case)
        else:
            if not case.staff_wrote:
                self.room.refresh(tx, heard.room, after)

    def _used(self, tx: Transaction, confirmed: Pending) -> None:
        """One contact at a time: what others were about to write to the author has to be looked at anew (R126)."""
        pendings = Pendings(self.clock)
        pendings.drop(tx, confirmed)
        if confirmed.kind in _TO_AUTHOR:
            for other in self._unsent(tx, confirmed.case):
                pendings.drop(tx, other)

    def _unsent(self, tx: Transaction, case: str) -> list[Pending]:
        """What waits to be sent to the author, or to any of those a case is about."""
        return [one for one in Pendings(self.clock).all(tx) if one.case == case and one.kind in _TO_AUTHOR]

    def _warn(self, tx: Transaction, heard: Heard, case: Case, meant: Meant) -> None:
        """Before anything is written to somebody, who else is about to, and which open case is about them (R126)."""
        if meant.to is None:
            return
        others = dict.fromkeys(one.by for one in self._unsent(tx, case.id) if one.by != heard.sender.address)
        cases = (tx.cases.load(one) for one in tx.cases.reported([f"person:{meant.to.key}"]))
        names = [str(one.alias) for one in cases if one and one.id != case.id and self.finder.may_rule(tx, heard, one)]
        if others or names:
            values = {"alias": str(case.alias), "who": ", ".join(map(shown, others)), "names": ", ".join(names[:_MOST])}
            self.room.about(tx, heard, case, Letter("also_writing", values))

    def _stood_there(self, tx: Transaction, before: Pending) -> bool:
        """Two equal lines in one breath are one: the newest preview in the room has to be this one."""
        told = tx.registers.told(tx.registers.last_told("staff", before.case, _PREVIEWS[Verb(before.kind)]))
        return told is not None and told.relay == before.nonce

    def _not_now(self, tx: Transaction, heard: Heard, case: Case) -> None:
        letter = Letter("not_now", {"alias": str(case.alias), "stage": str(case.stage)})
        self.room.about(tx, heard, case, letter)

    def _lacks(self, tx: Transaction, heard: Heard, case: Case, lacking: IncompleteLetter) -> None:
        name = lacking.letter.rpartition("/")[2]
        values = {"letter": name, "part": lacking.part, "usage": self._written(case, name)}
        self.room.about(tx, heard, case, Letter("letter_lacks", values))

    # what a command means

    def _meant(self, tx: Transaction, verb: Verb, case: Case, text: str, by: str) -> Meant:
        if verb is Verb.ASKER:
            if names_somebody(text):
                raise _Names
            return Meant(AskerAddressed(text, by))
        if verb is Verb.MEDIATE:
            return Meant(*read_plan(text).offered(case, by, self.clock.now()))
        return self._letter(tx, case, text, by) if verb is Verb.LETTER else self._words(tx, case, text, by)

    def _words(self, tx: Transaction, case: Case, text: str, by: str) -> Meant:
        to, words = addressed(case, text)
        self._must_be_free_to_write(case, to)
        post = post_by(tx, case, to) if to is not None else None
        if names_somebody(words, post, to):
            raise _Names
        if len(case.respondents) > 1 and (to is None or not words):
            people = "|".join(one.address.lstrip("@") for one in case.respondents)
            raise _Unclear(f"{self.casework.settings.prefix}{Verb.AUTHOR} {case.alias} {people} …")
        return Meant(AuthorAddressed(words, key_of(case, to) if to is not None else "", by), to)

    def _letter(self, tx: Transaction, case: Case, text: str, by: str) -> Meant:
        asked = lettering.read(text)
        if asked.name not in lettering.NAMES:
            raise _Unclear("\n".join((usage(Verb.LETTER, self.casework.settings.prefix), "", *lettering.NAMES)))
        to, _ = addressed(case, asked.words)
        self._must_be_free_to_write(case, to)
        if to is None or (not asked.fields and any(lettering.written(asked.name))):
            raise _Unclear(self._written(case, asked.name))
        post = post_by(tx, case, to)
        if any(names_somebody(words, post, to) for words in asked.fields.values()):
            raise _Names
        letter = Lettering(self.casework.settings).compose(case, to, post, asked, self.clock.now())
        return Meant(LetterConfirmed(letter, by, key_of(case, to)), to, letter)

    def _must_be_free_to_write(self, case: Case, to: Account | None) -> None:
        """Where nobody may be written to, that is the first thing to say, whatever else is wrong with the words."""
        anybody = to or next(iter(case.respondents), None)
        said = AuthorAddressed("…", key_of(case, anybody) if anybody is not None else "")
        decide(case, said, self.casework.settings.policy, self.clock.now())

    def _written(self, case: Case, name: str) -> str:
        """How that letter is written in this case."""
        several = len(case.respondents) > 1
        who = " " + "|".join(one.address.lstrip("@") for one in case.respondents) if several else ""
        first = f"{self.casework.settings.prefix}{Verb.LETTER} {case.alias} {name}{who}"
        return "\n".join((first, *lettering.written(name)))

    def _preview(
        self, tx: Transaction, verb: Verb, case: Case, meant: Meant, text: str
    ) -> tuple[Letter, tuple[Enclosure, ...]]:
        """What the room is shown; a whole letter in its reader's language, and beside it in the room's."""
        values = {"alias": str(case.alias), "text": text}
        if meant.to is not None:
            values["who"] = meant.to.address.lstrip("@")
        if isinstance(meant.said, TalkOffered):
            values |= {"lead": shown(meant.said.mediator), "names": ", ".join(map(shown, meant.said.guests))}
        if isinstance(meant.said, AuthorAddressed):
            values["text"] = meant.said.text
        if meant.letter is None or meant.to is None:
            return Letter(_PREVIEWS[verb], values), ()
        known = next((one for one in tx.conversations.of_authors(case.id) if one.account.key == meant.to.key), None)
        post, chosen = post_by(tx, case, meant.to), known.language if known is not None else ""
        tongues = of_author(post, chosen, self.casework.settings, self.renderer)
        inside = Enclosure(
            "letter", Audience.RECIPIENT, meant.letter, tongues.chain, translation="translation", sure=tongues.sure
        )
        return Letter(_PREVIEWS[verb], values | {"text": ""}), (inside,)
