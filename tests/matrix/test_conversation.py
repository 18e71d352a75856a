"""Encrypted conversations with the whole bot and its real store: what cannot be read is waited for, then asked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from outreach.adapters.matrix import MatrixGateway
from outreach.config import Config, load
from outreach.domain.identity import Platform
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.matrix.sealed import Post, SealedPerson
from tests.matrix.story import Story
from tests.town import Town

_NUMBERS = itertools.count()


class SealedTown(Town):
    """A town as a community gets it today."""

    def write_config(self) -> Config:
        super().write_config()
        path = self.folder / "outreach.toml"
        path.write_text(re.sub(r"encryption = \w+", "encryption = true", path.read_text()))
        return load(path)

    @property
    def post(self) -> Post:
        """From here on the server keeps keys back."""
        return Post(self.gateway)

    @property
    def gateway(self) -> MatrixGateway:
        found = self.gateways[Platform.MATRIX]
        assert isinstance(found, MatrixGateway)
        return found

    async def restart(self) -> None:
        """Another process, whose dice fall otherwise."""
        await self.stop()
        self.seed += 1
        await self.start()

    def letter(self, name: str, language: str = "en", **values: str) -> str:
        filled = dict.fromkeys(LETTERS[Audience.MEMBER][name], "") | values
        return self.letters.render(Audience.MEMBER, Letter(name, filled), (language,)).text

    async def answers(self, person: SealedPerson) -> list[str]:
        """What the bot said to them since the last time."""
        await self.turn()
        await person.sync()
        said = [event.body for event in person.heard]
        person.heard.clear()
        assert person.unread == []
        return said


@pytest_asyncio.fixture
async def town(synapse: Synapse, tmp_path: Path) -> AsyncIterator[SealedTown]:
    async with SealedTown(tmp_path, synapse, suffix=f"-sealed-{next(_NUMBERS)}") as made:
        yield made


async def chat(story: Story, town: SealedTown, name: str = "ada") -> tuple[SealedPerson, str]:
    """A member and their encrypted chat with the bot, in which `status` was answered."""
    person = await story.sealed(name)
    room = await person.dm(town.bot.user_id)
    await person.say(room, "status")
    assert await town.answers(person) == [town.letter("status_none")]
    return person, room


async def test_a_member_talks_in_an_encrypted_chat(story: Story, town: SealedTown) -> None:
    ada, room = await chat(story, town)
    await ada.say(room, "hilfe")
    (said,) = await town.answers(ada)
    assert said == town.letter("help", platform="matrix")


async def test_keys_that_never_come_are_asked_for_once_a_minute_later(story: Story, town: SealedTown) -> None:
    ada, room = await chat(story, town)
    post = town.post
    ada.client.invalidate_outbound_session(room)
    await ada.say(room, "language de")
    await ada.say(room, "status")
    assert await town.answers(ada) == []
    post.lose()
    await town.restart()
    assert await town.answers(ada) == [], "kept, also by the next process"
    await town.wait(seconds=70)
    assert await town.answers(ada) == [town.letter("unreadable")], "asked for again once, for both"
    ada.client.invalidate_outbound_session(room)
    await ada.say(room, "language de")
    await ada.say(room, "status")
    assert await town.answers(ada) == [town.letter("language_set", "de"), town.letter("status_none", "de")]


async def test_a_key_that_comes_within_the_minute_is_as_if_it_had_never_been_late(
    story: Story, town: SealedTown
) -> None:
    ada, room = await chat(story, town)
    post = town.post
    ada.client.invalidate_outbound_session(room)
    await ada.say(room, "language de")
    assert await town.answers(ada) == []
    await ada.say(room, "status")
    await town.wait(seconds=50)
    assert await town.answers(ada) == []
    post.holds = False
    assert await town.answers(ada) == [town.letter("language_set", "de"), town.letter("status_none", "de")]
    await town.wait(minutes=5)
    assert await town.answers(ada) == []


async def test_plain_words_in_an_encrypted_chat_are_refused_on_purpose(story: Story, town: SealedTown) -> None:
    ada, room = await chat(story, town)
    forger = await story.as_person(ada.account)
    await forger.say(room, "forget me")
    assert await town.answers(ada) == [town.letter("plain_refused")]
    await forger.say(room, "forget me")
    assert await town.answers(ada) == [], "once is enough"
    await ada.say(room, "status")
    assert await town.answers(ada) == [town.letter("status_none")]
    await forger.say(room, "status")
    assert await town.answers(ada) == [town.letter("plain_refused")]


async def test_forgetting_takes_the_keys_and_the_room(story: Story, town: SealedTown) -> None:
    ada, room = await chat(story, town)
    ben, other = await chat(story, town, "ben")
    await ada.say(room, "forget me")
    assert len(await town.answers(ada)) == 1
    await ada.say(room, "yes")
    (said,) = await town.answers(ada)
    assert said == town.letter("forgotten", platform="matrix")
    kept = await town.database.transact(lambda tx: tx.pieces.all("matrix"))
    assert {piece.room for piece in kept} & {room, other} == {other}
    assert town.bot.user_id not in await (await story.as_person(ada.account)).members(room)
    again = await ada.dm(town.bot.user_id)
    await ada.say(again, "status")
    assert await town.answers(ada) == [town.letter("status_none")]
    await ben.say(other, "status")
    assert await town.answers(ben) == [town.letter("status_none")]


async def test_the_database_shows_no_name_no_room_and_no_key(story: Story, town: SealedTown) -> None:
    """Pages, write-ahead log and all: what a thief of the files alone reads."""
    ada, room = await chat(story, town)
    account = ada.client.olm.account.identity_keys
    bot = await story.keys_of(town.bot.user_id)
    keys = bot["device_keys"][town.bot.user_id][town.gateway.device]["keys"].values()
    secrets = [ada.user_id, room, ada.account.device_id, town.bot.user_id, *account.values(), *keys]
    held = await town.database.transact(lambda tx: tx.pieces.all("matrix"))
    assert any(ada.user_id in piece.name for piece in held), "it is there, for whoever has the keys"
    files = [path for path in town.folder.iterdir() if path.name.startswith("outreach.db")]
    assert len(files) > 1
    for path in files:
        raw = path.read_bytes()
        assert [word for word in secrets if word.encode() in raw] == []
        assert not any(piece.name.encode() in raw for piece in held if len(piece.name) > 8)
