"""A staff room in one process: real store, vault, casework and delivery; a fixed clock, seeded chance, no server."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from outreach.adapters import profiles
from outreach.adapters.storage import Database
from outreach.adapters.storage.upgrade import upgrade
from outreach.adapters.vault import Vault, create
from outreach.config import places
from outreach.domain import inputs as i
from outreach.domain.asks import Ask, Strength
from outreach.domain.case import Case
from outreach.domain.draft import Draft, Step
from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.domain.posts import Post, Remedy, Visibility
from outreach.entrypoints import staff_room
from outreach.ports import Happening, Incoming, Parcel, Place, Receipt, Rendered
from outreach.ports.store import Conversation, Transaction
from outreach.services.casebook import Casebook
from outreach.services.casework import Casework
from outreach.services.delivery import Delivery
from outreach.services.desk import Desk
from outreach.services.reporting import Reporting
from outreach.services.settings import Settings, StaffPerson

T = TypeVar("T")

STAFF, ALTERNATE = "!staff:x.example", "!alternate:x.example"
MIA, NOA, SOCK = "@mia:x.example", "@noa:x.example", "@sock:x.example"
BOT = "@outreach:x.example"


@cache
def _empty_store() -> bytes:
    """A fresh store's file: made once, for Alembic takes longer than a test."""
    with TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/store.db")
        return (Path(folder) / "store.db").read_bytes()


def matrix(who: str) -> Account:
    return Account(Platform.MATRIX, who)


class FixedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class SeededChance:
    """The same in every run."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self._aliases = iter(f"{a}-{b}" for a in ("amber", "azure", "green") for b in ("otter", "heron", "newt", "owl"))

    def case_secret(self) -> bytes:
        return self._random.randbytes(32)

    def token(self) -> str:
        return self._random.randbytes(16).hex()

    def alias(self) -> str:
        return next(self._aliases)


class PlainRenderer:
    """Writes a letter down as what it is made of; understands nothing."""

    def render(self, audience: Audience, letter: Letter, languages: Sequence[str]) -> Rendered:
        assert set(letter.values) == LETTERS[audience][letter.name]
        return Rendered(json.dumps([letter.name, dict(letter.values)]), "en")

    def command(self, text: str, languages: Sequence[str]) -> str | None:
        return None

    label = ask = command

    def nearest_labels(self, word: str, languages: Sequence[str]) -> tuple[str, ...]:
        return ()

    def alarms(self, text: str, languages: Sequence[str]) -> frozenset[str]:
        return frozenset()

    def language_of(self, text: str) -> str | None:
        return None

    supports = language_of


@dataclass(frozen=True)
class Sent:
    """One message as the other side sees it, taken apart again."""

    native: str
    parcel: Parcel

    @property
    def letter(self) -> str:
        return str(json.loads(self.parcel.text)[0])

    @property
    def values(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.parcel.text)[1]
        return {name: value for name, value in found.items() if value}


class Outside:
    """Takes every parcel; the only part of a gateway that delivery needs here."""

    platform = Platform.MATRIX
    software = "mastodon"
    me = matrix(BOT)

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.present: dict[str, tuple[str, ...]] = {}

    async def send(self, parcel: Parcel) -> Receipt:
        self.sent.append(Sent(f"$sent{len(self.sent)}", parcel))
        return Receipt(self.sent[-1].native, parcel.place)

    async def make_room(self, to: Account) -> Place:
        return Place(room=f"!room-of-{to.address}")

    async def members(self, room: str) -> tuple[Account, ...]:
        return tuple(matrix(who) for who in self.present.get(room, ()))

    def split(self, text: str, to: Account | None) -> tuple[str, ...]:
        return (text,)


class World:
    """One community. `says` and the like return what the bot posted in staff rooms because of it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock, self.chance, self.outside = FixedClock(), SeededChance(), Outside()
        keys = create(folder / "keyring", b"k" * 32, random.Random(1).randbytes, self.clock.now().date())
        (folder / "store.db").write_bytes(_empty_store())
        self.store = Database(f"sqlite:///{folder}/store.db", Vault(keys))
        self.settings = Settings(
            profile=profiles.shipped(places.profiles(), "cooperative"),
            staff_room=STAFF,
            alternate_room=ALTERNATE,
            hosts=frozenset({"x.example"}),
            bots=frozenset({f"matrix:{BOT}"}),
            staff=(StaffPerson(MIA, "mia@x.example"),),
        )
        self.settings = replace(self.settings, **settings)
        self.casework = Casework(self.settings, self.clock, self.chance, Casebook(self.settings))
        parts = (self.settings, self.clock, self.chance, self.casework)
        reporting = Reporting(*parts, PlainRenderer())
        self.desk = Desk(*parts, staff_room.read, PlainRenderer(), reporting)
        gateways: Any = dict.fromkeys(Platform, self.outside)
        self.delivery = Delivery(
            self.store, gateways, PlainRenderer(), self.casework, self.settings, self.clock, self.chance
        )
        self._events = 0
        self.do(lambda tx: self.desk.first_roster(tx, [matrix(MIA), matrix(NOA), matrix(BOT)]))

    def do(self, work: Callable[[Transaction], T]) -> T:
        return self.store.run(work)

    async def deliver(self) -> list[Sent]:
        before = len(self.outside.sent)
        while due := await self.delivery.due():
            for message in due:
                await self.delivery.deliver(message)
        return [one for one in self.outside.sent[before:] if one.parcel.to is None]

    def event(self, who: str, happening: Happening, text: str = "", room: str = STAFF, **more: Any) -> Incoming:
        self._events += 1
        return Incoming(f"$said{self._events}", happening, Platform.MATRIX, matrix(who), room=room, text=text, **more)

    def hear(self, who: str, text: str, **more: Any) -> None:
        line = self.event(who, Happening.LINE, text, **more)
        self.do(lambda tx: self.desk.hear(tx, line))

    async def says(self, who: str, text: str, **more: Any) -> list[Sent]:
        self.hear(who, text, **more)
        return await self.deliver()

    async def reacts(self, who: str, parent: str, text: str = "✅", room: str = STAFF) -> list[Sent]:
        reaction = self.event(who, Happening.REACTION, text, room=room, parent=parent)
        self.do(lambda tx: self.desk.react(tx, reaction))
        return await self.deliver()

    async def moves(self, who: str, happening: Happening, room: str = STAFF) -> list[Sent]:
        event = self.event(who, happening, room=room)
        self.do(lambda tx: self.desk.came_or_went(tx, event))
        return await self.deliver()

    def roster(self) -> set[str]:
        return self.do(lambda tx: set(tx.registers.enrolled()))

    def to(self, audience: str) -> list[str]:
        """The letters that left toward one side, "member" or "recipient"."""
        mine = [one for one in self.outside.sent if one.parcel.to is not None]
        return [one.letter for one in mine if one.letter in LETTERS[Audience(audience)]]

    # cases

    def member(self, name: str = "ann") -> Conversation:
        account = matrix(f"@{name}:x.example")
        new = Conversation(
            ConversationId(self.chance.token()), Platform.MATRIX, Role.MEMBER, account, Place(room=f"!{name}")
        )
        return self.do(lambda tx: tx.conversations.of_member(account) or tx.conversations.save(new))

    def ask(self, author: str = "dave@x.example", member: str = "ann", post: str = "1", language: str = "") -> Case:
        """A confirmed request, not released yet."""
        link = f"https://x.example/@{author.split('@')[0]}/{post}"
        about = Post(
            Platform.FEDIVERSE,
            link,
            link,
            post,
            Account(Platform.FEDIVERSE, author),
            "2026-03-01",
            Visibility.PUBLIC,
            language=language,
        )
        draft = Draft(Step.PREVIEW, (link,), Ask.CW, "flashing", Strength.SHALL, about)
        asker = self.member(member)
        return self.do(lambda tx: self.casework.open_outreach(tx, asker, draft))

    def apply(self, case: Case, said: i.Input) -> Case:
        return self.do(lambda tx: self.casework.apply(tx, case.id, said))

    def contacted(self, **who: str) -> Case:
        case = self.ask(**who)
        for request in case.requests:
            case = self.apply(case, i.Looked(i.Occasion.RELEASE, Remedy.NOT_FIXED, request=request.id))
        return case

    async def with_words(self, text: str = "Thank you, that helps.", **who: str) -> tuple[Case, Sent]:
        """A case nobody showed staff, with own words of the member waiting, and the message that shows them."""
        case = self.apply(self.contacted(**who), i.AuthorSaid(i.Answer.TEXT, "Why?"))
        case = self.do(lambda tx: self.casework.say(tx, case.id, case.requests[0].id, text=text))
        return case, next(one for one in await self.deliver() if one.letter == "approval_request")

    async def escalated(self, **who: str) -> tuple[Case, Sent]:
        """A case before staff, and its card."""
        case = self.apply(self.contacted(**who), i.AuthorSaid(i.Answer.NO))
        case = self.apply(case, i.Escalated(case.requests[0].id))
        return case, next(one for one in await self.deliver() if one.letter == "card")

    def load(self, case: Case) -> Case:
        found = self.do(lambda tx: tx.cases.load(case.id))
        assert found is not None
        return found
