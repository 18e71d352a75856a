"""A community of two real servers and sixteen people for the eight stories; it outlives every life of its bot.

The people of one story meet nobody of another, so that each conversation can be compared by itself.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from outreach import bootstrap
from outreach.adapters.storage.upgrade import upgrade
from outreach.adapters.vault import new_master_key
from outreach.config import Secret, Secrets, load
from outreach.entrypoints.sandbox.people import MatrixDevice, MatrixPerson
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.kill.bot import OUTREACH, Bot
from tests.kill.people import BOT, FediverseWay, MatrixWay, Way
from tests.kill.waiting import until
from tests.recorder import Recorder
from tests.strict_server import StrictServer
from tests.town.town import CONFIG, DOMAIN

#: Nothing is held back, the remedy is looked for every second, and no reminder disturbs who speaks when.
HURRY = """
hold = ["0s", "0s"]
min_account_age = "0s"
remind_after = "20m"
give_up_after = "40m"
check_every = "1s"
settle = "1s"
limits = { open_per_member = 9, per_recipient_per_week = 9, per_day = 99, per_domain_per_day = 99 }
"""
PLATFORMS = ("fediverse", "matrix")
#: Everything the bot says here is sealed.
SENDS = "/send/m.room.encrypted/"
_numbers = itertools.count(1)


class KillTown:
    """`async with KillTown(folder, synapse, "gotosocial") as town:`; its bot has to be made to live."""

    bot: Bot

    def __init__(
        self,
        folder: Path,
        synapse: Synapse,
        flavour: str,
        *,
        program: str = OUTREACH,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder, self.synapse = folder, synapse
        self._program, self._more = program, more
        self.suffix = f"-{next(_numbers):02}"
        self.matrix: dict[str, MatrixPerson] = {}
        self.strict = StrictServer(flavour, DOMAIN)  # type: ignore[arg-type]
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._build()
        except BaseException:  # else a town that cannot be built leaves its sockets to a test of somebody else
            await self._stack.aclose()
            raise
        return self

    async def _build(self) -> None:
        await self._stack.enter_async_context(self.strict)
        self.bot_token = self.strict.add_account(BOT, bot=True)["token"]
        for neighbour in ("nora", "omar"):  # alone with the bot, an author would be asked nothing (F22)
            self.strict.add_account(neighbour)
        account = await self.synapse.register(f"{BOT}{self.suffix}")
        self.bot_id = account.user_id
        names = {account.access_token: "bot"}
        self.line = await self._stack.enter_async_context(Recorder(self.synapse.url, names))
        self.mia = await self.on_matrix("mia")
        self.staff_room = await self.mia.create_room("staff", invite=[self.bot_id], encrypted=True)
        self.lounge = await self.mia.create_room("lounge", invite=[self.bot_id], preset="public_chat")
        self.shared = frozenset((self.staff_room, self.lounge))
        self.bot = await self._stack.enter_async_context(
            Bot(self.folder, self._configure(account.access_token), self.environment, self._program)
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def on_matrix(self, name: str) -> MatrixPerson:
        """Somebody on Matrix."""
        account = await self.synapse.register(f"{name}{self.suffix}")
        person = MatrixPerson(self.synapse.url, account.user_id, account.access_token, device=MatrixDevice())
        self.matrix[name] = await self._stack.enter_async_context(person)
        return person

    async def member(self, name: str, platform: str) -> Way:
        """Somebody who asks; on Matrix they have opened a private room as a client does."""
        if platform == "fediverse":
            self.strict.add_account(name)
            return FediverseWay(self.strict, name)
        person = await self._in_the_lounge(name)
        room = await person.dm(self.bot_id)
        await person.see_member(room, self.bot_id, within=60)
        return MatrixWay(person, self.bot_id, self.shared, room)

    async def author(self, name: str, platform: str) -> Way:
        """Somebody who is asked."""
        if platform == "fediverse":
            self.strict.add_account(name)
            self.strict.follow(name, BOT)  # from a stranger it would be filtered, and never be seen
            return FediverseWay(self.strict, name)
        return MatrixWay(await self._in_the_lounge(name), self.bot_id, self.shared)

    async def _in_the_lounge(self, name: str) -> MatrixPerson:
        person = await self.on_matrix(name)
        await person.join(self.lounge)
        return person

    # the bot's folder, as its first start leaves it

    def _configure(self, matrix_token: str) -> Path:
        master = new_master_key(os.urandom)
        values = {"master_key": master, "matrix_token": matrix_token, "fediverse_token": self.bot_token}
        self.environment = {f"OUTREACH_{name.upper()}": value for name, value in values.items()} | dict(self._more)
        path = self.folder / "outreach.toml"
        path.write_text(self._text())
        config = load(path)
        secrets = Secrets(**{name: Secret(value) for name, value in values.items()})
        bootstrap.open_keyring(config, secrets, bootstrap.real_world(), database_filled=False)
        upgrade(config.store.url)
        return path

    def _text(self) -> str:
        return CONFIG.format(
            languages='"en", "de"',
            folder=self.folder,
            matrix=self.line.url,
            bot=self.bot_id,
            staff_room=self.staff_room,
            alternate="",
            reports="false",
            lounge=self.lounge,
            encryption="true",
            fediverse=self.strict.base_url,
            moderator=self.mia.user_id,
            outreach=HURRY,
            more="",
        )

    async def open(self) -> None:
        """The first life, until the bot is at home everywhere and has read its (empty) past."""
        await self.bot.live()
        await self.bot.until_ready()
        for room in self.shared:
            await self.mia.see_member(room, self.bot_id, within=60)
        assert await until(lambda: self.count("cursors") == len(PLATFORMS), within=60)

    @property
    def sent(self) -> int:
        """Grows with each message of the bot that a server has taken."""
        puts = (one for one in self.line.requests if SENDS in one.path and one.status == 200)
        return len(self.strict.world.deliveries) + sum(1 for _ in puts)

    @property
    def unread(self) -> list[str]:
        """What anybody on Matrix was sent and could not open, their keys included."""
        return [f"{name}: {what}" for name, person in self.matrix.items() for what in person.unread]

    def count(self, table: str) -> int:
        """Rows in the bot's database, which only this bot writes."""
        with closing(sqlite3.connect(f"file:{self.folder / 'outreach.db'}?mode=ro", uri=True)) as database:
            return int(database.execute(f"select count(*) from {table}").fetchone()[0])
