"""A person's private talk with the bot, the same on both platforms: write a line, hear what comes back.

Every message of the bot to this person is read in order and told; none is passed over silently.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from outreach.entrypoints.sandbox.narrate import Narrator
from outreach.entrypoints.sandbox.people import FediversePerson, Happening, MatrixPerson, NotObserved, Post
from outreach.entrypoints.sandbox.town import BOT

#: How long any step may take. One of them takes a second or two; a slow machine more.
WITHIN = 30.0


class Voice(Protocol):
    """One person's way to the bot and back."""

    async def send(self, text: str) -> None:
        """Write to the bot."""
        ...

    async def next(self) -> str:
        """The text of the bot's next message to this person; waits for ever."""
        ...


class FediverseVoice:
    """Private mentions, each below the newest of the bot's, as an app does it."""

    def __init__(self, person: FediversePerson) -> None:
        self._person = person
        self._newest: Post | None = None

    async def send(self, text: str) -> None:
        if self._newest is None:
            await self._person.dm(BOT, text)
        else:
            await self._person.reply(self._newest, text)

    async def next(self) -> str:
        self._newest = await self._person.hear(sender=BOT, within=WITHIN)
        return self._newest.text


class MatrixVoice:
    """A room; an author has none before the bot invites them, and learns it from the first message there."""

    def __init__(self, person: MatrixPerson, bot: str, *, elsewhere: Iterable[str] = (), room: str = "") -> None:
        self._person = person
        self._bot = bot
        self._elsewhere = frozenset(elsewhere)
        self.room = room
        self.thread = ""
        self.newest: Happening | None = None

    async def send(self, text: str) -> None:
        await self._person.say(self.room, text, thread=self.thread or None)

    async def next(self) -> str:
        self.newest = await self._person.hear(self._is_mine, sender=self._bot, within=WITHIN)
        self.room = self.newest.room
        return self.newest.text

    def _is_mine(self, message: Happening) -> bool:
        return message.room == self.room if self.room else message.room not in self._elsewhere


class Talk:
    """One person on the stage."""

    def __init__(
        self, name: str, voice: Voice, narrator: Narrator, *, place: str = "privately", within: float = WITHIN
    ) -> None:
        self.name = name
        self._voice = voice
        self._narrator = narrator
        self._place = place
        self._within = within

    async def says(self, text: str) -> None:
        """Write one line."""
        with self._narrator.step(f"{self.name} writes “{text}”"):
            await self._voice.send(text)
        self._narrator.said(self.name, f"{BOT}, {self._place}", text)

    async def hears(self, what: str, *words: str) -> str:
        """Read on, at least one message, until all words were said, perhaps in parts; returns what was read."""
        with self._narrator.step(f"{self.name} hears {what}"):
            return await self._read(lambda text: all(word in text for word in words), what)

    async def _read(self, enough: Callable[[str], bool], what: str) -> str:
        read = ""
        try:
            async with asyncio.timeout(self._within):
                while not read or not enough(read):
                    text = await self._voice.next()
                    self._narrator.said(BOT, f"{self.name}, {self._place}", text)
                    read += f"{text}\n"
        except TimeoutError:
            raise NotObserved(f"{self.name} waited {self._within:g} s") from None
        return read
