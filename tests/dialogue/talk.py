"""How tests of this folder speak with the bot, and how they know its letters again without repeating their words."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import Any

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.samples import variants, worst
from outreach.config import Config, load
from outreach.domain.letters import LETTERS, Audience, Letter
from tests.town import Town
from tests.town.actors import Actor, OnFediverse, OnMatrix, member, publish


class Community(Town):
    """A town whose rules can be replaced: `audience` besides what `outreach` adds; looks at posts less often."""

    def __init__(self, *args: Any, audience: tuple[int, int] = (1, 0), **options: Any) -> None:
        self._audience = audience
        options.setdefault("outreach", 'check_every = "36h"')
        super().__init__(*args, **options)

    def write_config(self) -> Config:
        super().write_config()
        path = self.folder / "outreach.toml"
        warn, refuse = self._audience
        table = f"audience = {{ warn_below = {warn}, refuse_below = {refuse} }}"
        path.write_text(re.sub(r"audience = \{[^}]*\}", table, path.read_text()))
        return load(path)

    async def restart(self) -> None:
        """Stop the bot, and start it on what its folder holds; its dice fall otherwise than the first time."""
        await self.stop()
        self.seed += 1
        await self.start()

    async def wait(self, **span: float) -> None:
        """Let time pass, the bot working at each deadline; it listens at the end alone, for nobody speaks meanwhile."""
        end = self.clock.now() + timedelta(**span)
        while (due := await self.database.transact(lambda tx: tx.timers.next_due())) is not None and due <= end:
            self.clock.reach(due)
            self.strict.set_clock(self.clock.now().isoformat())
            await self.pump.settle()
        self.clock.reach(end)
        self.strict.set_clock(self.clock.now().isoformat())
        await self.turn()

    def staff_saw(self, room: str = "") -> list[str]:
        """Every message of the bot in a staff room."""
        there = [h for h in self.mia.transcript.entries if h.room == (room or self.staff_room)]
        return [h.text for h in there if h.sender == self.bot.user_id and h.type == "m.room.message"]


class People:
    """People with names that no other test has."""

    def __init__(self, town: Community, number: int) -> None:
        self.town, self._number = town, number

    async def on(self, platform: str, name: str) -> Actor:
        """Somebody on that platform."""
        return await member(self.town, platform, f"{name}{self._number}")

    async def fedi(self, name: str, **traits: Any) -> OnFediverse:
        """Somebody on the fediverse, with traits of the strict server's accounts."""
        name = f"{name}{self._number}"
        return OnFediverse(self.town, name, await self.town.add_fediverse(name, **traits))

    async def old_client(self, name: str) -> OnMatrix:
        """Somebody on Matrix whose client cannot encrypt: it writes, and is answered, in the plain."""
        name = f"{name}{self._number}"
        return OnMatrix(self.town, name, await self.town.add_matrix(name, old=True))

    async def matrix(self, name: str) -> OnMatrix:
        """Somebody on Matrix."""
        found = await self.on("matrix", name)
        assert isinstance(found, OnMatrix)
        return found


def same(text: str) -> str:
    """A text without the differences that a client makes."""
    return " ".join(text.replace("\u2060", "").split())


def letter(town: Town, name: str, to: Audience = Audience.MEMBER, /, language: str = "en", **values: str) -> str:
    """A letter as the bot would render it."""
    needed = LETTERS[to][name]
    filled = dict.fromkeys(needed, "") | {k: v for k, v in values.items() if k in needed}
    return same(town.letters.render(to, Letter(name, filled), (language,)).text)


def begins(town: Town, answer: str, name: str, audience: Audience = Audience.MEMBER, language: str = "en") -> bool:
    """Whether an answer is a letter whose values a test does not care for: it has a sentence of that letter alone."""
    said = same(answer)
    if (audience, language) not in _OWN:
        _OWN[audience, language] = _own(town.letters, audience, language)
    return any(sentence in said for sentence in _OWN[audience, language][name])


_OWN: dict[tuple[Audience, str], dict[str, set[str]]] = {}


def _own(letters: Letters, audience: Audience, language: str) -> dict[str, set[str]]:
    """By letter, the sentences that stand in no other letter to the same reader."""
    found = {name: _sentences(letters, audience, name, language) for name in LETTERS[audience]}
    everywhere = Counter(one for said in found.values() for one in said)
    return {name: {one for one in said if everywhere[one] == 1 and len(one) > 8} for name, said in found.items()}


def _sentences(letters: Letters, audience: Audience, name: str, language: str) -> set[str]:
    """What any form of a letter consists of."""
    forms = [worst(audience, name), *islice(variants(audience, name), 30)]
    texts = [letters.render(audience, form, (language,)).text for form in forms]
    return {same(one) for text in texts for one in re.split(r"(?<=[.:?!,;]) |\n", text)}


async def ask(member_: Actor, author: Actor, wish: str = "1 food", text: str = "a post") -> str:
    """From the link to `send`; returns the link."""
    link, _ = await publish(author, text)
    await request(member_, link, wish)
    return link


async def request(member_: Actor, link: str, wish: str = "1 food") -> None:
    """The same about a post that stands already."""
    (first,) = await member_.say(link)
    if "agree" in first:
        await member_.say("agree")
    (preview,) = await member_.say(wish)
    if "yes, no or cancel" in preview:
        (preview,) = await member_.say("no")
    assert "send, change or cancel" in preview, preview
    assert len(await member_.say("send")) == 1


async def released(member_: Actor, author: Actor) -> str:
    """Let the hold pass; returns the letter to the author, the member having heard that the time has come."""
    await member_.town.wait(hours=20)
    (told,) = await member_.heard()
    assert "its time" in told or "The time of your request" in told, told
    (got,) = await author.heard()
    return got


async def silent(author: Actor, hours: float = 20) -> bool:
    """Whether nothing at all reaches somebody for so long."""
    await author.town.wait(hours=hours)
    return await author.heard() == []


__all__ = ["Actor", "Community", "OnFediverse", "OnMatrix", "People", "publish"]
