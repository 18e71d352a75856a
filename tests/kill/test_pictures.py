"""Screenshots through `kill -9`: those that were agreed to stand in the thread, each once, whenever the bot died."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest

from outreach.entrypoints.sandbox.synapse import Synapse
from tests.kill.people import BOT
from tests.kill.town import KillTown
from tests.kill.waiting import until
from tests.pictures.making import saved, scene

SHOTS = 4


async def again(town: KillTown) -> None:
    """Die now, and live again."""
    await town.bot.kill()
    await town.bot.live()
    await town.bot.until_ready()


@pytest.mark.asyncio(loop_scope="package")
async def test_each_is_shown_once_however_often_the_bot_dies(synapse: Synapse, tmp_path: Path) -> None:
    async with KillTown(tmp_path, synapse, "gotosocial") as town:
        await town.open()
        ada = await town.member("ada", "fediverse")
        town.strict.add_account("dave")
        shots = [{"body": saved(scene(400 + number, 300), "PNG")} for number in range(SHOTS)]
        town.strict.post("ada", f"@{BOT} report dave he sends me this", media=shots, visibility="direct")
        assert "pictures" in await ada.next()
        for answer in ("yes", "send"):
            await ada.send(answer)
            await ada.next()
        await again(town)
        for kept in range(1, SHOTS):
            assert await until(lambda least=kept: town.count("pictures") >= least, within=60)  # type: ignore[misc]
            await again(town)
        assert await until(lambda: town.count("pictures") == SHOTS, within=60)
        card = await town.mia.hear("came with it", within=60)
        command = re.search(r"!evidence [a-z]+-[a-z]+", card.text)
        assert command is not None
        await town.mia.say(town.staff_room, command[0])
        for number in range(1, SHOTS + 1):
            await town.mia.hear(f"picture {number} of {SHOTS}", within=60)
            await again(town)
        await asyncio.sleep(2)
        shown = Counter(
            str(one.content.get("filename")) for one in town.mia.transcript.entries if "file" in one.content
        )
        assert shown == {f"picture-{number}.jpg": 1 for number in range(1, SHOTS + 1)}
        assert town.count("pictures") == SHOTS and town.bot.faults == [] and town.bot.kills == 2 * SHOTS
        await town.bot.kill()
