"""Robust people: they say each thing once and wait for what they must hear. They repeat nothing, fear nothing.

Both kinds read every message of the bot to them in order. What they heard in the end is read from the servers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from outreach.entrypoints.sandbox.people import Happening, MatrixPerson
from tests.kill.waiting import until
from tests.strict_server import StrictServer
from tests.strict_server.flavours import Json

BOT = "outreach"
_EYES = 0.03


class Unheard(AssertionError):
    """Somebody waited in vain."""


class Way(Protocol):
    """One person's way to the bot and back."""

    async def send(self, text: str) -> None:
        """Write to the bot."""

    async def next(self) -> str:
        """The bot's next message to this person; waits for ever."""

    async def seen(self) -> list[str]:
        """All of the bot's messages to this person, as the server has them and this person can read them."""


async def at_once() -> None:
    """No thought is needed."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How many seconds people wait for a message, and how they pause before they answer."""

    patience: float = 60.0
    think: Callable[[], Awaitable[None]] = at_once


class Party:
    """Somebody in a story."""

    def __init__(self, name: str, way: Way, manner: Manner) -> None:
        self.name, self.way, self._manner = name, way, manner

    async def says(self, text: str) -> None:
        """One line."""
        await self._manner.think()
        await self.way.send(text)

    async def hears(self, *words: str) -> None:
        """Read on until all words were said, perhaps in several parts."""
        read = ""
        try:
            async with asyncio.timeout(self._manner.patience):
                while not read or any(word not in read for word in words):
                    read += f"{await self.way.next()}\n"
        except TimeoutError:
            raise Unheard(f"{self.name} waited for {words}, and heard: {read!r}") from None


class FediverseWay:
    """Private mentions, each below the newest of the bot's."""

    def __init__(self, strict: StrictServer, acct: str) -> None:
        self._strict, self.acct = strict, acct
        self._heard = self._known = 0
        self._parent: str | None = None

    async def send(self, text: str) -> None:
        self._strict.post(self.acct, f"@{BOT} {text}", visibility="direct", in_reply_to_id=self._parent)

    async def next(self) -> str:
        while len(inbox := await self._inbox()) <= self._heard:
            self._known = len(self._strict.world.deliveries)
        found = inbox[self._heard]
        self._heard += 1
        self._parent = found["id"]
        return str(found["text"])

    async def _inbox(self) -> list[Json]:
        """Looked at only when somebody was sent something: looking takes the time of the same server."""
        await until(lambda: len(self._strict.world.deliveries) != self._known, every=_EYES)
        return self._strict.inbox(self.acct)

    async def seen(self) -> list[str]:
        return [post["text"] for post in self._strict.delivered(self.acct) if post["account"]["acct"] == BOT]


class MatrixWay:
    """A room of the bot and this person; an author learns it from the first message there."""

    def __init__(self, person: MatrixPerson, bot: str, shared: frozenset[str], room: str = "") -> None:
        self._person, self._bot, self._shared, self._room = person, bot, shared, room

    async def send(self, text: str) -> None:
        await self._person.say(self._room, text)

    async def next(self) -> str:
        heard = await self._person.hear(self._is_mine, sender=self._bot, within=3600)
        self._room = heard.room
        return heard.text

    def _is_mine(self, message: Happening) -> bool:
        return message.room == self._room if self._room else message.room not in self._shared

    async def seen(self) -> list[str]:
        """Of all rooms: a second one would show."""
        return [text for room in sorted(self._person.rooms - self._shared) for text in await self._said_in(room)]

    async def _said_in(self, room: str) -> list[str]:
        events = await self._person.history(room)
        mine = [e for e in events if e["type"] == "m.room.message" and e["sender"] == self._bot]
        return [str(event["content"]["body"]) for event in mine]
