"""T0 for reports: whoever reported on a platform turns up nowhere but in their own chat and on their server.

The reporter is made of canaries as elsewhere, their own handle stands in their words, and the reported message
names them; what moderators, the reported, logs, store and backup hold of it is searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.anonymity import books, canary, eyes, sinks
from tests.anonymity.canary import Tokens
from tests.anonymity.cast import Platform, Reporter
from tests.anonymity.runs import Player
from tests.anonymity.stage import Stage, accept, staged
from tests.pictures.making import CANARY, telling
from tests.reports.screenshots import Fetches, opened, show
from tests.town.actors import OnFediverse, OnMatrix

HERE = Reporter("canaryhere", "fediverse", traits={"display_name": "Canaryname Feathers", "note": "canarybio"})
ON_MATRIX = Reporter("canarymatrix", "matrix")
#: Made before any log is listened to: the library that makes it tells all.
SCREENSHOT = telling("PNG")


@dataclass
class Watcher:
    """Looks into the store while a report is on its way."""

    stage: Stage
    tokens: Tokens

    def __post_init__(self) -> None:
        self.sealing = books.watch(self.stage)
        self.found: set[str] = set()

    def look(self) -> None:
        """Bytes on disk, and rows as a thief without the link key reads them."""
        thief = books.cells(self.stage.town.folder / "outreach.db", self.sealing)
        self.found |= self.tokens.found_in(*sinks.files(self.stage), [cell.value for cell in thief])
        self.stage.town.clock.advance(timedelta(seconds=1))


async def report(stage: Stage, reporter: Reporter) -> str:
    """The reported names their victim, and so do victim and friend in their words. The id of what was reported."""
    actor, dave = stage.members[reporter.name], stage.dave
    if isinstance(actor, OnFediverse):
        assert isinstance(dave, OnFediverse)
        root = stage.town.strict.post(actor.name, "what a day")["id"]
        post = stage.town.strict.post(dave.name, f"@{actor.name} you fool", in_reply_to_id=root)["id"]
        stage.town.strict.report(actor.name, dave.name, f"he hounds @{actor.name} for days", [post])
        await stage.town.turn()
        stage.town.strict.report("zoe", dave.name, f"he is hard on {actor.name}@social.example")
    else:
        assert isinstance(dave, OnMatrix)
        await actor.person.join(stage.town.lounge)
        await actor.person.say(stage.town.lounge, "what a day")
        post = await dave.person.say(stage.town.lounge, f"{actor.person.user_id} you fool")
        await actor.person.report(stage.town.lounge, post, f"he hounds {actor.person.user_id} for days")
        await stage.town.turn()
        await stage.noor.report(stage.town.lounge, post, f"he is hard on {actor.person.user_id}")
    await stage.town.turn()
    await accept(actor)
    await stage.town.turn()
    assert await actor.heard()
    return str(post)


@pytest.mark.parametrize("reporter", [HERE, ON_MATRIX], ids=lambda one: one.platform)
async def test_no_trace_of_who_reported(player: Player, reporter: Reporter) -> None:
    to: Platform = reporter.platform
    with sinks.logging_all() as logs:
        async with staged(player.folder, player.synapse, to, reports=True) as stage:
            await stage.join(reporter)
            watcher = Watcher(stage, canary.always(reporter))
            stage.town.between = watcher.look
            post = await report(stage, reporter)
            await stage.town.wait(hours=22)  # until after the list of what is due, and the digest of the next morning
            tokens = await canary.of_reporter(stage, reporter)
            tokens = Tokens(tokens.words - {post.casefold()})  # what was reported, moderators have to see
            own = await canary.names_for_requests(stage)
            room = await eyes.staff_side(stage)
            assert all(said in str(room) for said in ("hounds", "you fool", "is hard on")), "nothing was reported"
            assert own.words, "nobody can be answered"
            assert all(said in str(room) for said in ("is kept up to date", "one case is open")), "nothing was listed"
            rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", watcher.sealing)]
            found = {
                "staff": Tokens(tokens.words | own.words).found_in(room_of_bot(stage, room)),
                "store meanwhile": watcher.found,
                "store": tokens.found_in(*sinks.files(stage)),
                "store without link key": tokens.found_in(rows),
                "backup": tokens.found_in(*sinks.backup(stage, player.folder / "report.backup")),
                "author's chats": own.found_in(*await sinks.author(stage)),
            }
    assert not {sink: words for sink, words in found.items() if words}
    assert not tokens.found_in(*logs.read())


@pytest.mark.parametrize("reporter", [HERE, ON_MATRIX], ids=lambda one: one.platform)
async def test_no_trace_of_who_sent_a_picture(
    player: Player, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in what moderators open, nor in the room, the store, a backup or a log, at any moment."""
    with sinks.logging_all() as logs:
        async with staged(player.folder, player.synapse, reporter.platform, reports=True) as stage:
            await stage.join(reporter)
            fetches = Fetches(stage.town).watch(monkeypatch)
            watcher = Watcher(stage, Tokens(frozenset({*canary.always(reporter).words, CANARY})))
            stage.town.between = watcher.look
            actor = stage.members[reporter.name]
            await actor.say("report")
            await show(actor, "", SCREENSHOT)
            for words in ("someone@social.example keeps at it", "end", "yes", "send"):
                await actor.say(words)
            (command, *_) = re.findall(r"!evidence [a-z]+-[a-z]+", str(await eyes.staff_side(stage)))
            await stage.town.mia.say(stage.town.staff_room, command)
            await stage.town.turn()
            room = room_of_bot(stage, await eyes.staff_side(stage))
            shown = await stage.town.mia.see(lambda happening: happening.content.get("filename") == "picture-1.jpg")
            assert len(fetches.seen) == 1 and "picture-1.jpg" in str(room)
            own = await canary.of_reporter(stage, reporter)
            tokens = Tokens(own.words | {CANARY} | {name.casefold() for name in fetches.names()})
            rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", watcher.sealing)]
            found = {
                "picture": tokens.found_in(await opened(stage.town, shown.content)),
                "staff": tokens.found_in(room),
                "store meanwhile": watcher.found,
                "store": tokens.found_in(*sinks.files(stage)),
                "store without link key": tokens.found_in(rows),
                "backup": tokens.found_in(*sinks.backup(stage, player.folder / "picture.backup")),
            }
    assert not {sink: words for sink, words in found.items() if words}
    assert not tokens.found_in(*logs.read())


def room_of_bot(stage: Stage, room: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the bot said there; other people's events hold no words of it."""
    return [event for event in room if event.get("sender") == stage.town.bot.user_id]


async def test_the_reported_and_strangers_see_nothing_of_it(player: Player) -> None:
    """A report moves nothing that anybody but its maker, staff and the two servers could see."""
    async with staged(player.folder, player.synapse, "fediverse", reports=True) as stage:
        await stage.join(HERE)
        before = (await eyes.of_recipient(stage), await eyes.of_strangers(stage))
        stage.town.strict.report(HERE.name, "dave", "he is rude")
        await stage.town.turn()
        assert "he is rude" in str(await eyes.staff_side(stage))
        assert (await eyes.of_recipient(stage), await eyes.of_strangers(stage)) == before
