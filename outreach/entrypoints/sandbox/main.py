"""`outreach sandbox`: a small community on this machine alone, to be joined by hand or acted before one's eyes.

Starts everything in a temporary folder and leaves nothing behind, however it ends. Tells no story itself.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from outreach.entrypoints.sandbox.narrate import Narrator, StepFailed
from outreach.entrypoints.sandbox.people import NotObserved
from outreach.entrypoints.sandbox.processes import ServerDied
from outreach.entrypoints.sandbox.stories import play as play_stories
from outreach.entrypoints.sandbox.town import Town
from outreach.entrypoints.sandbox.welcome import welcome

PROFILES = ("cooperative",)

_NEEDS = ("synapse", "mastodon_mock")
_WATCH_SECONDS = 0.1


class BotEnded(Exception):
    """The bot's process ended by itself."""


def main(*, play: bool = False, profile: str = "cooperative") -> int:
    """0 if all went well, which for `play` means that each step was observed; 1 with a sentence; 2 wrong usage."""
    if profile not in PROFILES:
        return _complain(f"The sandbox knows no profile “{profile}” yet; it has: {', '.join(PROFILES)}.", 2)
    if not all(find_spec(name) for name in _NEEDS):
        return _complain("The sandbox needs its extra: run pip install 'outreach[sandbox]'.")
    try:
        asyncio.run(_until_told(_run(play, profile)))
    except (StepFailed, NotObserved, BotEnded) as failure:
        return _complain(str(failure).partition("\n")[0])
    except ServerDied as death:
        return _complain(f"The sandbox could not go on: {death}")
    except subprocess.CalledProcessError as failure:
        return _complain(f"The sandbox could not make a key: {failure.stderr.strip()}")
    except asyncio.CancelledError:
        return _complain("Stopped before the play was over.") if play else 0
    return 0


def _complain(sentence: str, code: int = 1) -> int:
    print(sentence, file=sys.stderr)
    return code


async def _until_told(work: Awaitable[None]) -> None:
    """Ctrl-C, SIGTERM and a closed terminal cancel the work once, so that everything is taken down in order."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    await task


async def _run(play: bool, profile: str) -> None:
    narrator = Narrator()
    narrator.line("Starting Synapse, mastodon-mock and the bot …")
    with tempfile.TemporaryDirectory(prefix="outreach-sandbox-", ignore_cleanup_errors=True) as folder:
        async with Town(Path(folder), profile) as town, _log_shown_on_failure(town):
            if play:
                await _while_bot_lives(play_stories(town, narrator), town, narrator)
                narrator.line(f"\n{narrator.summary()}")
            else:
                await welcome(town, narrator)
                await _while_bot_lives(asyncio.Event().wait(), town, narrator)


@asynccontextmanager
async def _log_shown_on_failure(town: Town) -> AsyncIterator[None]:
    try:
        yield
    except (StepFailed, BotEnded, NotObserved):
        print(f"\nThe end of the bot's log:\n{town.bot.log_tail()}\n", file=sys.stderr)
        raise


async def _while_bot_lives(work: Awaitable[object], town: Town, narrator: Narrator) -> None:
    """The bot's death is told at once, not after the deadline of the step that waits for it."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            if not town.bot.alive:
                raise BotEnded(f"The bot's process ended; this step was not observed: {narrator.doing}.")
            await asyncio.wait({working}, timeout=_WATCH_SECONDS)
    finally:
        working.cancel()
        await asyncio.wait({working})
    await working
