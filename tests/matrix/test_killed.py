"""A process that ends at any of its requests or commits loses no key, sends nothing twice, and uses no index twice."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import vodozemac

from outreach.ports import Parcel
from tests.matrix.sealed import SealedPerson
from tests.matrix.story import Bot, Story, letter, matrix


class Killed(BaseException):
    """As a signal: nothing catches it."""


class Reaper:
    """Counts the moments at which a process can end, and ends it at one: before and after each request and commit."""

    def __init__(self, bot: Bot, at: int) -> None:
        self._left, self.fired = at, False
        self.sent: list[dict[str, Any]] = []
        self._call = bot.gateway._client.call
        bot.gateway._client.call = self._watched  # type: ignore[method-assign]
        assert bot.shelf is not None
        bot.shelf.before = bot.shelf.after = self.tick

    def tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.fired = True
            raise Killed

    async def _watched(self, method: str, where: str, body: Any = None, **options: Any) -> Any:
        self.tick()
        if "/send/" in where:
            self.sent.append(body)
        answer = await self._call(method, where, body, **options)
        self.tick()
        return answer


async def lived(story: Story, bot: Bot, act: Any) -> tuple[Bot, Reaper]:
    """Processes one after the other, each killed one moment later than the last, until one gets through."""
    step, sent = 0, []
    while True:
        step += 1
        assert bot.shelf is not None
        bot.shelf.before = bot.shelf.after = lambda: None
        bot = await story.again(bot)
        reaper = Reaper(bot, step)
        with contextlib.suppress(Killed):
            await act(bot, step)
        sent += reaper.sent
        if not reaper.fired:
            reaper.sent = sent
            assert bot.shelf is not None
            bot.shelf.before = bot.shelf.after = lambda: None
            return await story.again(bot), reaper


def indexes(sent: list[dict[str, Any]]) -> list[tuple[str, int]]:
    found = ((body["session_id"], vodozemac.MegolmMessage.from_base64(body["ciphertext"])) for body in sent)
    return [(session, message.message_index()) for session, message in found]


async def test_killed_while_sending(story: Story) -> None:
    """Each life sends a letter of its own, first whatever the last ones left undone."""
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "begin"))
    await ada.join(place.room)
    letters: list[Parcel] = []
    undone: list[Parcel] = []

    async def send(bot: Bot, step: int) -> None:
        await ada.sync()
        letters.append(letter(place.room, ada.user_id, f"letter {step}"))
        undone.append(letters[-1])
        while undone:
            await bot.gateway.send(undone[0])
            undone.pop(0)

    bot, reaper = await lived(story, bot, send)
    await bot.gateway.send(letter(place.room, ada.user_id, "end"))
    await ada.hear("end")
    assert [event.body for event in ada.heard] == ["begin", *(parcel.text for parcel in letters), "end"]
    assert ada.unread == []
    ciphers = {body["ciphertext"] for body in reaper.sent}
    assert len(set(indexes(reaper.sent))) == len(ciphers) >= len(letters) > 8


async def test_killed_while_reading(story: Story) -> None:
    """Each life is written to under a new room key, by a new Olm session now and then."""
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await bot.gateway.accept(room)
    await bot.read()
    said: list[str] = []
    seen: list[str] = []

    async def read(bot: Bot, step: int) -> None:
        writer = ada if step % 3 else await newcomer(story, ada)
        for _ in range(2):
            writer.client.invalidate_outbound_session(room)
            said.append(f"line {len(said)}")
            await writer.say(room, said[-1])
        try:
            await bot.read()
        finally:
            seen.extend(item.text for batch in bot.batches for item in batch.items if item.text)

    bot, _ = await lived(story, bot, read)
    seen += await bot.lines()
    assert seen == said and len(said) > 12


async def newcomer(story: Story, person: SealedPerson) -> SealedPerson:
    """Another device of theirs, which has no Olm session with the bot yet."""
    return await story.sealed("again", await story.log_in(person.account))


async def test_what_stays_in_the_store_names_nobody_in_its_own_names(story: Story) -> None:
    """Names of pieces are seen by storage alone, which hashes them; bodies are sealed as they are."""
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "hello")
    await bot.gateway.accept(room)
    await bot.read()
    assert bot.shelf is not None
    rooms = {piece.room for piece in bot.shelf.held.values()}
    assert rooms == {"", room}
    told = [name for name, piece in bot.shelf.held.items() if room in name or room.encode() in (piece.body or b"")]
    assert all(bot.shelf.held[name].room == room for name in told) and told, "whatever tells of a room goes with it"
    assert json.loads(bot.shelf.held["account"].body or b"")["shared"] is True
