"""The community of the stories with current clients in it; one of these people is a moderator from the start."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

from outreach.config import Secret
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.interop.human import Human, Sight
from tests.recorder import Recorder, delay
from tests.town import Town

_STEP = 0.1


class InteropTown(Town):
    """`noor` is in the staff room before the bot first starts, and thereby enrolled."""

    noor: Human

    def __init__(self, folder: Path, synapse: Synapse, **options: Any) -> None:
        super().__init__(folder, synapse, **options)
        self.humans: list[Human] = []

    async def start(self) -> None:
        """At the first time she has to be there before the bot is."""
        if not hasattr(self, "noor"):
            self.noor = await self.human("noor")
            await self.mia.invite(self.staff_room, self.noor.user_id)
            await self.noor.join(self.staff_room)
        await super().start()

    async def human(self, name: str, *, distance: float = 0.0) -> Human:
        """Somebody with a current client, in the community's room; `distance` seconds from being told of devices."""
        line = await self._stack.enter_async_context(Recorder(self.synapse.url, {}))
        line.inject("POST", "/keys/query", delay(distance), count=1000)
        human = Human(line.url, await self.synapse.register(f"{name}{self.suffix}"))
        await self._stack.enter_async_context(human)
        await human.order("join", room=self.lounge)
        self.humans.append(human)
        return human

    async def live(self, seconds: float) -> None:
        """So long the bot goes on beside people's clients, and its clock goes with theirs."""
        end = (now := time.monotonic()) + seconds
        while now < end:
            await self.turn()
            await asyncio.sleep(_STEP)
            before, now = now, time.monotonic()
            self.clock.advance(timedelta(seconds=now - before))

    def unclear(self) -> list[str]:
        """What the bot said encrypted and somebody who was there cannot read in the end, or sees a warning at."""
        sights = [one for human in self.humans for one in human.sights.values()]
        return [str(one) for one in sights if one.sender == self.bot.user_id and one.encrypted and not one.clear]

    async def device(self, human: Human) -> Human:
        """One more device of somebody, given their recovery key. What was said before it was there it cannot read."""
        account = await self.synapse.log_in(human.account)
        device = await self._stack.enter_async_context(Human(self.synapse.url, account, recovery=human.recovery))
        device.taken.update(device.sights)
        return device

    async def start_elsewhere(self, folder: Path, *, as_new_device: bool) -> None:
        """A bot that was stopped starts again where its files were carried to; perhaps logged in anew."""
        self.folder = Path(shutil.move(self.folder, folder))
        if as_new_device:
            self.bot = await self.synapse.log_in(self.bot)
            self.secrets = structs.replace(self.secrets, matrix_token=Secret(self.bot.access_token))
        self.config = self.write_config()
        await self.start()


@dataclass
class Chat:
    """A human's talk with the bot in one room. Whatever the bot says has to be clear: sealed, read, and no shield."""

    town: InteropTown
    human: Human
    room: str = ""
    read: set[str] = field(default_factory=set)

    async def open(self) -> None:
        """As a client starts a private chat; the bot comes in."""
        self.room = await self.human.dm(self.town.bot.user_id)
        await self.town.turn()

    async def enter(self) -> None:
        """Accept the bot's invitation, which must be there."""
        shared = self.town.shared_rooms()
        (self.room,) = {room for room, what in self.human.rooms.items() if what == "invite" and room not in shared}
        await self.human.join(self.room)

    async def say(self, text: str, *, thread: str | None = None, reply: str | None = None) -> Sight:
        """One line, and the bot's answer to it."""
        await self.human.say(self.room, text, thread=thread, reply=reply)
        await self.town.turn()
        return await self.hear()

    async def hear(self, text: str = "", *, within: float = 60) -> Sight:
        """The bot's next message here that holds the text, clear."""
        return await self.human.hear(
            lambda one: one.clear and text in one.text, sender=self.town.bot.user_id, room=self.room, within=within
        )
