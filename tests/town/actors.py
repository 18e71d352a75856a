"""One person, whichever platform: says something to the bot and hears what it answers. Knows nothing of its inside."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from outreach.entrypoints.sandbox.people import FediversePerson, MatrixPerson
from tests.town.town import Town

_TAGS = re.compile(r"<[^>]+>")
_BREAKS = re.compile(r"<br\s*/?>|</p>")
_ZERO = re.compile("[\u2060\u2068\u2069]")


def plain(content: str) -> str:
    """A post's words without tags, zero-width joiners and the leading handle."""
    text = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", content)))
    return re.sub(r"\A\s*@\S+\s*", "", _ZERO.sub("", text)).strip()


@dataclass
class OnFediverse:
    """Somebody on the strict server. Reads what was delivered, filtered or not."""

    town: Town
    name: str
    person: FediversePerson
    seen: set[str] = field(default_factory=set)
    last: dict[str, Any] = field(default_factory=dict)

    async def say(self, text: str, *, reply: bool = False) -> list[str]:
        """Write to the bot, in reply to its newest message if so wanted; returns what it answers."""
        parent = self.last.get("id") if reply else None
        self.town.strict.post(self.name, f"@outreach {text}", visibility="direct", in_reply_to_id=parent)
        await self.town.turn()
        return await self.heard()

    async def heard(self) -> list[str]:
        """What came since the last time, oldest first."""
        news = [p for p in self.town.strict.delivered(self.name) if p["id"] not in self.seen]
        mine = [p for p in sorted(news, key=lambda p: p["id"]) if p["account"]["username"] == "outreach"]
        self.seen |= {p["id"] for p in news}
        self.last = mine[-1] if mine else self.last
        return [plain(p["content"]) for p in mine]


@dataclass
class OnMatrix:
    """Somebody on the real Synapse. `room` is the private chat with the bot."""

    town: Town
    name: str
    person: MatrixPerson
    room: str = ""
    last: str = ""
    read: int = 0
    notes: str = ""

    async def say(self, text: str, *, reply: bool = False) -> list[str]:
        """Write to the bot; in the room it opened, if it did."""
        if not self.room:
            self.room = await self.person.dm(self.town.bot.user_id)
            await self.town.turn()
        await self.person.say(self.room, text, reply_to=self.last if reply else None)
        await self.town.turn()
        return await self.heard()

    async def heard(self) -> list[str]:
        """What came since the last time, oldest first."""
        await self._catch_up()
        if self.person.unread:
            await self.town.arrive()
            await self._catch_up()
        news, self.read = self.person.transcript.entries[self.read :], len(self.person.transcript.entries)
        mine = [h for h in news if h.sender == self.town.bot.user_id and h.type == "m.room.message"]
        mine = [h for h in mine if h.room not in self.town.shared_rooms()]
        assert self.person.unread == [] and {h.was_sealed for h in mine} <= {self.person.device is not None}
        for happening in mine:
            self.room, self.last = happening.room, happening.id
        return [_ZERO.sub("", happening.text) for happening in mine]

    async def _catch_up(self) -> None:
        """Wait until this client's own sync has passed everything that was sent before."""
        mark = await self.person.say(await self._own_room(), "mark")
        await self.person.see(lambda happening: happening.id == mark, within=10)

    async def _own_room(self) -> str:
        self.notes = self.notes or await self.person.create_room("notes")
        return self.notes


Actor = OnFediverse | OnMatrix


async def member(town: Town, platform: str, name: str) -> Actor:
    """A person of that platform who is known to the community."""
    if platform == "matrix":
        return OnMatrix(town, name, await town.add_matrix(name))
    return OnFediverse(town, name, await town.add_fediverse(name))


async def publish(author: Actor, text: str) -> tuple[str, str]:
    """A post, or a message in the community's room: its link and native id."""
    if isinstance(author, OnFediverse):
        post = author.town.strict.post(author.name, text)
        return str(post["url"]), str(post["id"])
    event = await author.person.say(author.town.lounge, text)
    return f"https://matrix.to/#/{author.town.lounge}/{event}?via=elsewhere.example", event


async def mend(author: Actor, native: str) -> None:
    """What was asked for: a warning on a post, other words in a message."""
    if isinstance(author, OnFediverse):
        author.town.strict.edit(native, spoiler_text="flashing")
    else:
        await author.person.edit(author.town.lounge, native, "kinder words altogether, and no more of that")
