"""A small community: two real servers, the same people on both, three rooms, and the bot as a child process.

Builds it in one folder and takes it down again. Knows no story, prints nothing, looks into no part of the bot.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from outreach.entrypoints.sandbox import configuration
from outreach.entrypoints.sandbox.mastodon_mock import FediverseAccount, MastodonMock
from outreach.entrypoints.sandbox.people import FediversePerson, MatrixDevice, MatrixPerson
from outreach.entrypoints.sandbox.processes import ServerProcess
from outreach.entrypoints.sandbox.synapse import MatrixAccount, Synapse

BOT = "outreach"
PEOPLE = {
    "ada": "member",
    "ben": "member",
    "dave": "author",
    "erin": "author",
    "mia": "moderator",
    "noor": "moderator",
}
MODERATORS = tuple(name for name, part in PEOPLE.items() if part == "moderator")

_MENDED_MOCK = "outreach.entrypoints.sandbox.mended_mock"
_READY_SECONDS = 60.0
_READY = re.compile(r"\bready\b")


@dataclass(frozen=True, slots=True)
class Rooms:
    """`lounge` is the community's room with everybody in it; `staff` is the moderators'."""

    lounge: str
    staff: str


class MendedMock(MastodonMock):
    """The mock, started through the launcher that mends it; what it leaves in the temporary folder goes with ours."""

    def __init__(self, folder: Path, accounts: Sequence[FediverseAccount]) -> None:
        super().__init__(folder, accounts)
        command = ["/usr/bin/env", f"TMPDIR={folder}", sys.executable]
        command += ["-m", _MENDED_MOCK, "serve", "--config", str(folder / "mock.toml")]
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"]
        self.process = ServerProcess("mastodon-mock", command + where, [folder / "mock.log"])


class Town:
    """`async with Town(folder) as town:`; afterwards nothing of it runs any more."""

    rooms: Rooms
    bot: ServerProcess

    def __init__(self, folder: Path, profile: str = "cooperative") -> None:
        self._folder = folder
        self._profile = profile
        self._stack = AsyncExitStack()
        self.synapse = Synapse(folder / "synapse")
        accounts = [FediverseAccount(name) for name in PEOPLE]
        self.mock = MendedMock(folder / "mastodon", [*accounts, FediverseAccount(BOT, bot=True)])
        self.accounts: dict[str, MatrixAccount] = {}

    async def __aenter__(self) -> Self:
        try:
            key = await self._start_servers()
            self.accounts = {name: await self.synapse.register(name) for name in (*PEOPLE, BOT)}
            self.rooms = await self._make_rooms()
            await self._start_bot(key)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def bot_id(self) -> str:
        """The bot on Matrix."""
        return self.accounts[BOT].user_id

    def on_matrix(self, name: str, device: MatrixDevice | None = None) -> MatrixPerson:
        """Somebody with their Matrix account, to be entered with `async with`; encrypting if they have a device.

        Who is to be played by hand must not have got one here: their client would find keys that it has not.
        """
        account = self.accounts[name]
        return MatrixPerson(self.synapse.url, account.user_id, account.access_token, device=device)

    def on_fediverse(self, name: str) -> FediversePerson:
        """Somebody with their account on the fediverse server, to be entered with `async with`."""
        return FediversePerson(self.mock.url, self.mock.token(name))

    # building

    async def _start_servers(self) -> str:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stack.enter_async_context(self.synapse))
            group.create_task(self._stack.enter_async_context(self.mock))
            key = group.create_task(asyncio.to_thread(configuration.new_master_key))
        return key.result()

    async def _make_rooms(self) -> Rooms:
        """Moderators join before the bot's first start: whoever is there then is enrolled."""
        mods = [self.accounts[name].user_id for name in (*MODERATORS, BOT)]
        everybody = [account.user_id for account in self.accounts.values()]
        first, *others = MODERATORS
        async with self.on_matrix(first) as maker:
            staff = await maker.create_room(
                "Moderators", invite=[m for m in mods if m != maker.user_id], encrypted=True
            )
            lounge = await maker.create_room(
                "Lounge", preset="public_chat", invite=[one for one in everybody if one != maker.user_id]
            )
            async with asyncio.TaskGroup() as group:
                for name in PEOPLE.keys() - {first}:
                    group.create_task(self._enter(name, [lounge, staff] if name in others else [lounge]))
        return Rooms(lounge=lounge, staff=staff)

    async def _enter(self, name: str, rooms: list[str]) -> None:
        async with self.on_matrix(name) as person:
            for room in rooms:
                await person.join(room)

    # the bot

    async def _start_bot(self, key: str) -> None:
        config = configuration.write_config(self._folder, self._places(), self._profile)
        credentials = configuration.write_secrets(self._folder, self._secrets(key))
        # `env` because a child process here gets its parent's environment unchanged
        command = ["/usr/bin/env", f"CREDENTIALS_DIRECTORY={credentials}", sys.executable]
        command += ["-m", "outreach.entrypoints.cli", "--config", str(config), "run"]
        self._log = self._folder / "outreach.log"
        self.bot = ServerProcess("the bot", command, [self._log])
        self._stack.push_async_callback(self.bot.terminate)
        self.bot.spawn()
        await self.bot.until_ready(self._is_ready, _READY_SECONDS)
        await self._until_at_home()

    def _places(self) -> configuration.Places:
        return configuration.Places(
            homeserver=self.synapse.url,
            bot=self.bot_id,
            staff_room=self.rooms.staff,
            lounge=self.rooms.lounge,
            fediverse=self.mock.url,
            moderators={name: self.accounts[name].user_id for name in MODERATORS},
        )

    def _secrets(self, key: str) -> dict[str, str]:
        return {
            "master_key": key,
            "matrix_token": self.accounts[BOT].access_token,
            "fediverse_token": self.mock.token(BOT),
        }

    async def _is_ready(self) -> bool:
        return self._log.exists() and bool(_READY.search(self._log.read_text(errors="replace")))

    async def _until_at_home(self) -> None:
        """As its moderators see it: the bot is in both rooms."""
        async with self.on_matrix(MODERATORS[0]) as watcher:
            for room in (self.rooms.staff, self.rooms.lounge):
                await watcher.see_member(room, self.bot_id, within=_READY_SECONDS)
