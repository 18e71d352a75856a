"""One test's people and bots on a real Synapse. Asserts nothing."""

from __future__ import annotations

import itertools
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from outreach.adapters.matrix import MatrixGateway
from outreach.domain.identity import Account, Platform
from outreach.entrypoints.sandbox.people.http import Caller
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.entrypoints.sandbox.synapse import MatrixAccount, Synapse
from outreach.ports import Batch, Happening, Incoming, Parcel, Place, Receipt
from tests.matrix.sealed import SealedPerson, Shelf
from tests.recorder import Recorder

_NUMBERS = itertools.count(1)


class StoppedClock:
    """Real at the start, so that it fits the homeserver's; moves only when told."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        return self._now

    def forward(self, by: timedelta) -> None:
        self._now += by


@dataclass
class Bot:
    """A gateway, what it journaled, and the cursor as a caller keeps it."""

    gateway: MatrixGateway
    account: MatrixAccount
    clock: StoppedClock
    cursor: str = ""
    batches: list[Batch] = field(default_factory=list)
    shelf: Shelf | None = None

    async def journal(self, batch: Batch) -> None:
        """As a database does it: pieces, items and cursor at once."""
        if self.shelf is not None:
            self.shelf.before()
            self.shelf.put(batch.pieces)
        self.batches.append(batch)
        self.cursor = batch.cursor
        if self.shelf is not None:
            self.shelf.after()

    async def read(self) -> list[Incoming]:
        """What one round brought."""
        seen = len(self.batches)
        self.cursor = await self.gateway.listen_once(self.cursor, self.journal)
        return [item for batch in self.batches[seen:] for item in batch.items]

    async def lines(self) -> list[str]:
        return [item.text for item in await self.read() if item.happening is Happening.LINE]


class Story:
    def __init__(self, synapse: Synapse, stack: AsyncExitStack) -> None:
        self.synapse = synapse
        self._stack = stack

    async def account(self, name: str, **options: Any) -> MatrixAccount:
        return await self.synapse.register(f"{name}{next(_NUMBERS)}", **options)

    async def person(self, name: str, *, joins: bool = True) -> MatrixPerson:
        made = await self.account(name)
        person = MatrixPerson(self.synapse.url, made.user_id, made.access_token, joins=joins)
        return await self._stack.enter_async_context(person)

    async def bot(self, *, started: bool = True, url: str = "", sealed: bool = False, **options: Any) -> Bot:
        """`started`: it has read to now, so that what follows is news. `sealed`: it can encrypt."""
        made = await self.account("outreach")
        shelf = Shelf() if sealed else None
        before = Bot(self.gateway(made, url=url, **options), made, StoppedClock(), shelf=shelf)
        bot = await self.again(before, url=url, **options)
        if started:
            await bot.read()
        return bot

    async def as_person(self, account: MatrixAccount) -> MatrixPerson:
        """What a client does that needs no keys: on a device of its own, for a device hears each key only once."""
        other = await self.log_in(account)
        person = MatrixPerson(self.synapse.url, other.user_id, other.access_token, joins=False)
        return await self._stack.enter_async_context(person)

    async def sealed(self, name: str, account: MatrixAccount | None = None) -> SealedPerson:
        """Somebody whose client encrypts."""
        person = SealedPerson(self.synapse.url, account or await self.account(name))
        return await self._stack.enter_async_context(person)

    async def again(self, bot: Bot, *, url: str = "", **options: Any) -> Bot:
        """A new process of the same bot: same account, device and cursor, nothing else."""
        clock = StoppedClock()
        gateway = self.gateway(bot.account, url=url, clock=clock, keep=bot.shelf, **options)
        self._stack.push_async_callback(gateway.close)
        await gateway.open()
        return Bot(gateway, bot.account, clock, bot.cursor, shelf=bot.shelf)

    def gateway(self, account: MatrixAccount, *, url: str = "", **options: Any) -> MatrixGateway:
        settings: dict[str, Any] = {
            "homeserver": url or self.synapse.url,
            "user": account.user_id,
            "token": account.access_token,
            "clock": StoppedClock(),
        }
        return MatrixGateway(**(settings | options))

    async def log_in(self, account: MatrixAccount) -> MatrixAccount:
        """Another device of the same account."""
        user = {"type": "m.id.user", "user": account.user_id}
        body = {"type": "m.login.password", "identifier": user, "password": account.password}
        made = await self.call(account, "POST", "/_matrix/client/v3/login", body)
        return MatrixAccount(account.user_id, made["device_id"], made["access_token"], account.password)

    async def log_out(self, account: MatrixAccount) -> None:
        await self.call(account, "POST", "/_matrix/client/v3/logout", {})

    async def suspend(self, account: MatrixAccount) -> None:
        admin = await self.account("admin", admin=True)
        await self.call(admin, "PUT", f"/_synapse/admin/v1/suspend/{account.user_id}", {"suspend": True})

    async def call(self, account: MatrixAccount, method: str, path: str, body: dict[str, Any] | None) -> Any:
        caller = Caller(self.synapse.url, account.access_token)
        await caller.open()
        try:
            return await caller.call(method, path, body)
        finally:
            await caller.close()

    async def keys_of(self, user: str) -> dict[str, Any]:
        """What anybody on the server is told of a user's keys."""
        asker = await self.account("asker")
        found: dict[str, Any] = await self.call(
            asker, "POST", "/_matrix/client/v3/keys/query", {"device_keys": {user: []}}
        )
        return found

    async def enter(self, made: AbstractAsyncContextManager[Any]) -> None:
        """Something that ends with the test."""
        await self._stack.enter_async_context(made)

    async def recorded(self, bot: Bot) -> tuple[Bot, Recorder]:
        """The same bot behind a recorder."""
        recorder = Recorder(self.synapse.url, {bot.account.access_token: "bot"})
        await self._stack.enter_async_context(recorder)
        return await self.again(bot, url=recorder.url), recorder

    async def staff_room(self, bot: Bot, owner: MatrixPerson, **options: Any) -> str:
        room = await owner.create_room("staff", invite=[bot.account.user_id], **options)
        await bot.gateway.accept(room)
        return room


def matrix(user: str) -> Account:
    return Account(Platform.MATRIX, user)


def letter(room: str, to: str, text: str = "hello", key: str = "", **more: Any) -> Parcel:
    return Parcel(key or f"key-{next(_NUMBERS)}", matrix(to), Place(room=room), text, "en", **more)


def card(room: str, text: str = "card", key: str = "", *, thread: str = "", **more: Any) -> Parcel:
    return Parcel(key or f"key-{next(_NUMBERS)}", None, Place(room=room, thread=thread), text, "en", **more)


def tried(parcel: Parcel, at: datetime) -> Parcel:
    return replace(parcel, first_tried=at)


async def conversation(bot: Bot, person: MatrixPerson, text: str = "hello") -> tuple[str, Receipt]:
    """The bot's room with a person, who has joined and heard the first letter."""
    place = await bot.gateway.make_room(matrix(person.user_id))
    receipt = await bot.gateway.send(letter(place.room, person.user_id, text))
    await person.see_member(place.room, person.user_id)
    return place.room, receipt
