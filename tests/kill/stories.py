"""Both stories, for each pair of platforms: what people do, in order, and what they must have heard before.

Words are the few that each letter cannot lack. What everybody got in the end is compared elsewhere.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from outreach.entrypoints.sandbox.people import Happening
from tests.kill.people import FediverseWay, Manner, Party
from tests.kill.town import PLATFORMS, KillTown

Pairs = list[tuple[str, str]]
PAIRS: Pairs = [(member, author) for member in PLATFORMS for author in PLATFORMS]
TEXT = "Three cheeses, and then a fourth: what a day that was."


@dataclass
class Story:
    """The two people, the post, and whoever else hears of it."""

    town: KillTown
    kind: str
    pair: tuple[str, str]
    manner: Manner

    @property
    def name(self) -> str:
        """Short for messages."""
        return f"{self.kind}-{self.pair[0][0]}{self.pair[1][0]}"

    async def prepare(self) -> None:
        """Everybody is there, and the post stands."""
        names = f"member-{self.name}", f"author-{self.name}"
        ways = await self.town.member(names[0], self.pair[0]), await self.town.author(names[1], self.pair[1])
        self.member, self.author = (Party(name, way, self.manner) for name, way in zip(names, ways, strict=True))
        await (self._toot() if isinstance(self.author.way, FediverseWay) else self._say())

    async def _toot(self) -> None:
        made = self.town.strict.post(self.author.name, TEXT, language="en")
        self.native, self.link = made["id"], made["url"]

    async def _say(self) -> None:
        lounge = self.town.lounge
        self.native = await self.town.matrix[self.author.name].say(lounge, TEXT)
        self.link = f"https://matrix.to/#/{quote(lounge, safe='')}/{quote(self.native, safe='')}"

    async def play(self) -> None:
        """To the end."""
        await (self._suggestion() if self.kind == "fixed" else self._declined())

    async def _asks(self, choice: str) -> None:
        member = self.member
        await member.says(self.link)
        await member.hears("agree")
        await member.says("agree")
        await member.hears("1 ", "5 ", "6 ", "cancel")
        await member.says(choice)
        await member.hears("send", "change", "cancel")
        await member.says("send")
        await member.hears("status")

    # fixed: a question, a fix, thanks

    async def _suggestion(self) -> None:
        member, author = self.member, self.author
        await self._asks("1 food" if self.pair[1] == "fediverse" else "1")
        await author.hears("stop")
        await member.hears("withdraw")
        await author.says("Well, I never thought anybody would mind such a lunch.")
        await author.hears("done", "how")
        await member.hears("more")
        await author.says("why?")
        await author.hears("done")
        await self._fix()
        await author.hears("Thank you")
        await member.hears("settled")

    async def _fix(self) -> None:
        if self.pair[1] == "fediverse":
            self.town.strict.edit(self.native, spoiler_text="food")
        else:
            await self.town.matrix[self.author.name].edit(self.town.lounge, self.native, "What a day that was.")

    # declined: no, the moderators, a card, the end

    async def _declined(self) -> None:
        member, author = self.member, self.author
        await self._asks("1 climate" if self.pair[1] == "fediverse" else "2")
        await author.hears("stop")
        await member.hears("withdraw")
        await author.says("no")
        await author.hears("Thank you")
        await member.hears("rest", "moderators", "human")
        await member.says("moderators")
        await member.hears("send")
        await member.says("send")
        await member.hears("status")
        await self._settled_by_staff()
        await member.hears("have decided")

    async def _settled_by_staff(self) -> None:
        town, mia = self.town, self.town.mia
        card = await self._in_the_staff_room(lambda event: self._is_card(event))
        await mia.say(town.staff_room, "!close agreed", thread=card.id)
        await self._in_the_staff_room(lambda event: event.thread == card.id and "closed" in event.text)

    async def _in_the_staff_room(self, wanted: object) -> Happening:
        town = self.town
        return await town.mia.hear(
            wanted,  # type: ignore[arg-type]
            within=self.manner.patience,
            room=town.staff_room,
            sender=town.bot_id,
        )

    def _is_card(self, event: Happening) -> bool:
        facts = event.content.get("community.outreach", {})
        return facts.get("kind") == "card" and event.edits is None and self.author.name in event.text


async def prepare(town: KillTown, pairs: Pairs, manner: Manner) -> list[Story]:
    """Everybody of both stories of these pairs, ready to begin."""
    stories = [Story(town, kind, pair, manner) for kind in ("fixed", "declined") for pair in pairs]
    await asyncio.gather(*(story.prepare() for story in stories))
    return stories


async def act(stories: list[Story]) -> None:
    """All at once; the first that fails ends them all."""
    async with asyncio.TaskGroup() as group:
        for story in stories:
            group.create_task(story.play())
