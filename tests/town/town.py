"""Builds the community and lets time pass in it. The bot inside is the one that `run` starts, joined by `bootstrap`.

Knows no story: tests say who does what.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from outreach import bootstrap
from outreach.adapters.matrix.encryption import ARRIVAL
from outreach.adapters.storage import Database
from outreach.adapters.storage.upgrade import upgrade
from outreach.adapters.vault import new_master_key
from outreach.config import Config, Secret, Secrets, load
from outreach.domain.identity import Platform
from outreach.entrypoints import staff_room
from outreach.entrypoints.sandbox.people import FediversePerson, MatrixDevice, MatrixPerson
from outreach.entrypoints.sandbox.synapse import MatrixAccount, Synapse
from outreach.ports import Gateway
from outreach.services.pump import Pump
from tests.strict_server import StrictServer

DOMAIN = "social.example"

CONFIG = """
[community]
name = "social.example"
languages = [{languages}]
timezone = "Europe/Berlin"
contact = "https://social.example/about"
crisis = {{ de = "0800 111 0 111", en = "findahelpline.com" }}

[store]
url = "sqlite:///{folder}/outreach.db"
keyring = "{folder}/outreach.keys"

[matrix]
homeserver = "{matrix}"
user = "{bot}"
staff_room = "{staff_room}"
{alternate}
synapse_admin = {reports}
community_rooms = ["{lounge}"]
encryption = {encryption}

[fediverse]
server = "{fediverse}"
poll_every = "1s"

[[staff]]
matrix = "{moderator}"
fediverse = "mia"
owner = true

[outreach]
audience = {{ warn_below = 1, refuse_below = 0 }}
{outreach}
{more}
"""


class StoppedClock:
    """Time stands still until a test lets it pass."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment that was set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by

    def reach(self, moment: datetime) -> None:
        """Let time pass until then."""
        self._now = max(self._now, moment)


class SeededChance:
    """Chance that repeats itself. Case secrets come from a stream of their own (T1)."""

    def __init__(self, seed: int, *, secrets_seed: int | None = None) -> None:
        self._secrets = random.Random(f"secrets {secrets_seed if secrets_seed is not None else seed}")
        self._rest = random.Random(f"rest {seed}")
        self._adjectives, self._animals = bootstrap.words("adjectives"), bootstrap.words("animals")

    def case_secret(self) -> bytes:
        """32 bytes of the stream of secrets."""
        return self._secrets.randbytes(32)

    def token(self) -> str:
        """An id of the other stream."""
        return self._rest.randbytes(16).hex()

    def alias(self) -> str:
        """A name of the other stream."""
        return f"{self._rest.choice(self._adjectives)}-{self._rest.choice(self._animals)}"


class Town:
    """People, two servers, and the bot between them.

    With `encrypted`, which is what a community gets today, all private rooms and the staff rooms are.
    """

    def __init__(
        self,
        folder: Path,
        synapse: Synapse,
        *,
        seed: int = 1,
        outreach: str = "",
        languages: str = '"en", "de"',
        flavour: str = "mastodon",
        suffix: str = "",
        alternate: bool = False,
        reports: bool = False,
        more: str = "",
        encrypted: bool = True,
        wrap_matrix: Callable[[str, str], str] | None = None,
    ) -> None:
        self.folder, self.synapse, self.seed, self.suffix = folder, synapse, seed, suffix
        self._outreach, self._languages, self._flavour = outreach, languages, flavour
        self._alternate, self.encrypted, self._wrap = alternate, encrypted, wrap_matrix
        self._reports, self._more = reports, more
        self._stack = AsyncExitStack()
        self.clock = StoppedClock(datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0))
        self.matrix: dict[str, MatrixPerson] = {}
        self.fediverse: dict[str, FediversePerson] = {}
        self.master = new_master_key(random.Random(f"master {seed}").randbytes)

    # building

    async def __aenter__(self) -> Self:
        try:
            await self._build()
        except BaseException:  # else a town that cannot be built leaves its sockets to a test of somebody else
            await self._stack.aclose()
            raise
        return self

    async def _build(self) -> None:
        self.strict = await self._stack.enter_async_context(
            StrictServer(self._flavour, DOMAIN, deterministic=True)  # type: ignore[arg-type]
        )
        self.strict.set_clock(self.clock.now().isoformat())
        self.bot_token = self.strict.add_account("outreach", bot=True)["token"]
        for neighbour in ("nora", "omar", "pia"):  # alone with the bot, an author would be asked nothing (F22)
            self.strict.add_account(neighbour)
        self.bot = await self.synapse.register(f"outreach{self.suffix}")
        self.mia = await self.add_matrix("mia")
        self.staff_room = await self._private_room("staff")
        self.lounge = await self.mia.create_room("lounge", invite=[self.bot.user_id], preset="public_chat")
        self.other_room = ""
        if self._alternate:
            self.other_room = await self._private_room("other")
        self.config = self.write_config()
        self.secrets = Secrets(
            master_key=Secret(self.master),
            matrix_token=Secret(self.bot.access_token),
            fediverse_token=Secret(self.bot_token),
            **await self._staff_secrets(),
        )
        await self.start()

    async def _staff_secrets(self) -> dict[str, Secret]:
        """Whose tokens read the two servers' lists of reports: a moderator's, and an account for nothing else."""
        if not self._reports:
            return {}
        moderator = self.strict.add_account("mia", role="admin")["token"]
        admin = await self.synapse.register(f"reports{self.suffix}", admin=True)
        return {"fediverse_staff_token": Secret(moderator), "matrix_admin_token": Secret(admin.access_token)}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        await self._stack.__aexit__(kind, error, trace)

    async def add_matrix(self, name: str, *, lounge: bool = True, old: bool = False) -> MatrixPerson:
        """Somebody on Matrix, in the community's room unless told otherwise; `old` is a client that cannot encrypt."""
        person = self.person(await self.synapse.register(f"{name}{self.suffix}"), old=old)
        self.matrix[name] = await self._stack.enter_async_context(person)
        if lounge and hasattr(self, "lounge"):
            await person.join(self.lounge)
        return person

    def person(self, account: MatrixAccount, *, joins: bool = True, old: bool = False) -> MatrixPerson:
        """With a client as people here have it."""
        device = MatrixDevice() if self.encrypted and not old else None
        return MatrixPerson(self.synapse.url, account.user_id, account.access_token, joins=joins, device=device)

    async def _private_room(self, name: str) -> str:
        return await self.mia.create_room(name, invite=[self.bot.user_id], encrypted=self.encrypted)

    async def add_fediverse(self, name: str, **traits: Any) -> FediversePerson:
        """Somebody on the fediverse server."""
        token = self.strict.add_account(name, **traits)["token"]
        person = FediversePerson(self.strict.base_url, token)
        self.fediverse[name] = await self._stack.enter_async_context(person)
        return person

    def write_config(self) -> Config:
        """The bot's configuration file, as an operator would write it."""
        matrix = self._wrap(self.synapse.url, self.bot.access_token) if self._wrap else self.synapse.url
        text = CONFIG.format(
            languages=self._languages,
            folder=self.folder,
            matrix=matrix,
            bot=self.bot.user_id,
            staff_room=self.staff_room,
            alternate=f'alternate_room = "{self.other_room}"' if self.other_room else "",
            reports="true" if self._reports else "false",
            lounge=self.lounge,
            encryption=str(self.encrypted).lower(),
            fediverse=self.strict.base_url,
            moderator=self.mia.user_id,
            outreach=self._outreach,
            more=self._more,
        )
        path = self.folder / "outreach.toml"
        path.write_text(text)
        return load(path)

    def shared_rooms(self) -> set[str]:
        """Rooms that are nobody's private chat."""
        return {self.staff_room, self.lounge, self.other_room}

    # the bot

    async def start(self) -> None:
        """Start the bot on what its folder holds; chance goes on where it was, since no life repeats another's keys."""
        if not hasattr(self, "world"):
            entropy = random.Random(f"entropy {self.seed}").randbytes
            self.world = bootstrap.World(self.clock, SeededChance(self.seed), entropy)
        filled = (self.folder / "outreach.db").exists()
        keyring = bootstrap.open_keyring(self.config, self.secrets, self.world, database_filled=filled)
        upgrade(self.config.store.url)
        self.database: Database = bootstrap.open_database(self.config, keyring)
        self.gateways: dict[Platform, Gateway] = bootstrap.make_gateways(
            self.config, self.secrets, self.world, "", self.database
        )
        for gateway in self.gateways.values():
            await gateway.open()
        self.letters = bootstrap.make_letters(self.config)
        settings = bootstrap.make_settings(self.config, self.gateways)
        self.sources = bootstrap.make_report_sources(self.config, self.secrets, self.world)
        self.pump: Pump = bootstrap.make_pump(
            settings, self.database, self.gateways, self.letters, self.world, staff_room.read, None, self.sources
        )
        await self.turn()
        await self.pump.know_the_staff()

    async def stop(self) -> None:
        """Stop the bot; its folder stays."""
        for gateway in self.gateways.values():
            await gateway.close()
        for source in self.sources:
            await source.close()
        self.database.close()

    async def turn(self) -> None:
        """Let the bot read and do all it can do now, twice: what it does may bring something new."""
        for _ in range(2):
            await self.pump.listen_once()
            await self.pump.settle()

    async def arrive(self) -> None:
        """Let the bot see who has come, and the seconds pass after which it gives them keys."""
        await self.pump.listen_once()
        self.clock.advance(ARRIVAL)
        self.strict.set_clock(self.clock.now().isoformat())
        await self.pump.listen_once()

    async def wait(self, **span: float) -> None:
        """Let time pass in steps no longer than the next deadline, the bot working at each."""
        end = self.clock.now() + timedelta(**span)
        while (due := await self.database.transact(lambda tx: tx.timers.next_due())) is not None and due <= end:
            self.clock.reach(due)
            self.strict.set_clock(self.clock.now().isoformat())
            await self.turn()
        self.clock.reach(end)
        self.strict.set_clock(self.clock.now().isoformat())
        await self.turn()
