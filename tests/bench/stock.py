"""Fills a bot's store with cases as fast as rows can be written, each decided, folded and sealed as the bot does it.

What the transition table decides about reports is stored; only the statements are gathered, many rows to one. Nothing
of it waits in the outbox: it is what stands there after all was said.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from outreach import bootstrap
from outreach.adapters.matrix.links import matrix_to, uri
from outreach.adapters.storage import codec, schema
from outreach.adapters.storage.cases import SqlCases
from outreach.adapters.storage.sealing import Sealer
from outreach.adapters.vault import Vault
from outreach.config import load, load_secrets
from outreach.domain import effects as fx
from outreach.domain import inputs as i
from outreach.domain.case import Case
from outreach.domain.decisions.decision import Decision
from outreach.domain.events import Event
from outreach.domain.evidence import snapshot
from outreach.domain.identity import Account, Alias, CaseId, ConversationId, Platform, RequestId, Role
from outreach.domain.policy import OutreachPolicy
from outreach.domain.posts import Post, Visibility
from outreach.domain.reports import Report, Source
from outreach.domain.state_machine import decide
from outreach.ports import Place
from outreach.ports.store import Conversation, Link, Told, Transaction
from outreach.services.casebook import Casebook
from outreach.services.filing import Filing
from outreach.services.settings import Settings
from tests.bench.programs import Bot

_IN_ONE = 500
_REPORTERS = 200
_MIA = "@mia:localhost"


def fill(bot: Bot, many: int, still_open: int, cards: Sequence[str]) -> list[str]:
    """So many reports, each about another person's message; the newest are still open, and the last of these have
    `cards` that stand in the room. Returns the names of those.
    """
    config = load(bot.folder / "outreach.toml")
    secrets = load_secrets(config.path, config, bot.environment)
    world = bootstrap.real_world()
    keyring = bootstrap.open_keyring(config, secrets, world, database_filled=True)
    database, vault = bootstrap.open_database(config, keyring), Vault(keyring)
    settings = Settings(config.profile, config.outreach_policy(), staff_room=bot.staff, hosts=frozenset({"localhost"}))
    reporters = database.run(_reporters)
    stock = _Stock(vault, settings.policy, reporters, many - still_open, many - len(cards), cards)
    filing = Filing(Casebook(settings))
    names: list[str] = []
    for begin in range(0, many, _IN_ONE):
        cases = [stock.case(number) for number in range(begin, min(many, begin + _IN_ONE))]
        rows = stock.gathered()
        database.sql(lambda sql, rows=rows: _write(sql, rows))  # type: ignore[misc]
        database.run(lambda tx, some=cases: _file(tx, filing, some))  # type: ignore[misc]
        names += [case.alias for case in cases]
    database.close()
    return names[-len(cards) :]


def _file(tx: Transaction, filing: Filing, cases: Iterable[Case]) -> None:
    for case in cases:
        if not case.ending:
            filing.file(tx, case)


def _reporters(tx: Transaction) -> list[ConversationId]:
    """Private chats of the people who reported."""
    found = []
    for number in range(_REPORTERS):
        who = Account(Platform.MATRIX, f"@reporter{number}:localhost")
        place = Place(room=f"!chat{number}:localhost")
        found.append(
            tx.conversations.save(
                Conversation(ConversationId(os.urandom(16).hex()), who.platform, Role.MEMBER, who, place)
            ).id
        )
    return found


def _write(sql: Connection, rows: dict[Table, list[dict[str, Any]]]) -> None:
    for table, some in rows.items():
        sql.execute(insert(table), some)


@dataclass
class _Stock:
    sealer: Sealer
    policy: OutreachPolicy
    reporters: list[ConversationId]
    first_open: int
    first_shown: int
    cards: Sequence[str]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    dice: random.Random = field(default_factory=lambda: random.Random(3))
    _rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def gathered(self) -> dict[Table, list[dict[str, Any]]]:
        """What is to be written now."""
        rows, self._rows = self._rows, defaultdict(list)
        return rows

    def case(self, number: int) -> Case:
        """One report from beginning to where it stands."""
        ended = number < self.first_open
        born = self.now - timedelta(days=self.dice.uniform(1, 80) if ended else self.dice.uniform(0, 0.2))
        case, request = CaseId(os.urandom(16).hex()), RequestId(os.urandom(16).hex())
        alias, name = Alias(f"asker{number}-otter"), Alias(f"{_word(number)}-{_word(number // 7)}-{number}")
        said: list[i.Input] = [i.Reported(request, alias, name, self._report(number))]
        if ended:
            more = (i.Taken(_MIA), i.AskerAddressed("Thank you, we are on it."), i.StaffClosed(i.Ending.NO_VIOLATION))
            said += more
        folded, events = self._decided(Case(case), said, born)
        self._store(folded, events)
        self._beside(folded, request, alias, number)
        return folded

    def _report(self, number: int) -> Report:
        room, event = f"!lounge{number % 50}:localhost", f"$event{number}"
        author = Account(Platform.MATRIX, f"@author{number}:localhost")
        where = uri(room, event), matrix_to(room, event), event
        post = Post(Platform.MATRIX, *where, author, self.now.date().isoformat(), Visibility.ROOM, "words", room=room)
        return Report(Source.MATRIX, Platform.MATRIX, (author,), (post,), text=f"He wrote number {number} of many.")

    def _decided(self, case: Case, said: list[i.Input], at: datetime) -> tuple[Case, list[Event]]:
        happened: list[Event] = []
        for number, one in enumerate(said):
            moment = at + timedelta(hours=number)
            before = None if number == 0 else case
            decision = decide(before, one, self.policy, moment, **({"born_as": case} if number == 0 else {}))
            for event in decision.events:
                case = case.after(event)
            happened += decision.events
            self._timers(case, decision)
        return case, happened

    def _timers(self, case: Case, decision: Decision) -> None:
        rows = self._rows[schema.timers]
        for effect in decision.effects:
            match effect:
                case fx.SetTimer(timer, at, subject) if at > self.now:
                    row = {"owner": case.id, "timer": str(timer), "subject": subject, "due": at.timestamp()}
                    rows.append(row)
                case fx.ClearTimer(timer, subject):
                    gone = (case.id, str(timer), subject)
                    rows[:] = [row for row in rows if (row["owner"], row["timer"], row["subject"]) != gone]
                case _:
                    pass

    def _store(self, case: Case, happened: list[Event]) -> None:
        key, sealer = self.sealer.new_case_key(), self.sealer
        for number, event in enumerate(happened, 1):
            body = sealer.seal(key, codec.encode_event(event), f"event:{case.id}:{number}")
            self._rows[schema.events].append({"case": case.id, "seq": number, "body": body})
        secret = sealer.seal(key, os.urandom(32), f"secret:{case.id}")
        row = {"id": case.id, "wrapped": sealer.wrap(key, f"case:{case.id}"), "secret": secret}
        self._rows[schema.cases].append(row | self._indexes(case))
        for subject in sorted(case.subjects):
            self._rows[schema.subjects].append({"case": case.id, "subject": sealer.index("subject", subject)})
        (post,) = self._report(int(case.alias.rpartition("-")[2])).posts
        name = sealer.link_index(f"exhibit:{case.id}", post.uri)
        body = sealer.seal(key, codec.encode(snapshot(post, self.now)), f"exhibit:{case.id}:{name}")
        self._rows[schema.exhibits].append({"case": case.id, "post": name, "body": body})

    def _indexes(self, case: Case) -> dict[str, Any]:
        """The columns by which a case is found, as the store itself makes them."""
        return SqlCases(None, self.sealer)._indexes(case)  # type: ignore[arg-type]  # it asks no connection for them

    def _beside(self, case: Case, request: RequestId, alias: Alias, number: int) -> None:
        """Who reported, the card and the acknowledgement, and the report's id as one that was seen."""
        chat, sealer = self.dice.choice(self.reporters), self.sealer
        link, asked = Link(chat, case.id, request, alias), sealer.link_index("request", request)
        body = sealer.seal_link(codec.encode(link), f"link:{asked}")
        row = {"request": asked, "member": sealer.link_index("member", chat), "body": body}
        if not case.ending or any(timer["owner"] == case.id for timer in self._rows[schema.timers][-3:]):
            self._rows[schema.links].append(row)
        day = self.now.date().isoformat()
        for one in (
            Told("staff", case.id, letter="card", day=day),
            Told(chat, case.id, request, "report_received", day),
        ):
            real = one.letter == "card" and number >= self.first_shown
            native = self.cards[number - self.first_shown] if real else f"${os.urandom(16).hex()}"
            name = sealer.link_index("native", native)
            body = sealer.seal_link(codec.encode([native, one]), f"told:{name}")
            topic = sealer.link_index("told-case", case.id)
            self._rows[schema.told].append({"native": name, "topic": topic, "body": body})
        self._rows[schema.seen].append({"source": sealer.index("source", f"matrix:{case.id}"), "day": day})


def _word(number: int) -> str:
    return _WORDS[number % len(_WORDS)]


_WORDS = bootstrap.words("adjectives")
