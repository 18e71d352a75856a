"""Both stories and the relay, played at set moments, so that two runs differ in nothing but the reporter.

`shift` moves everything after the post by whole slots; `offset` moves the intake within its slot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tests.anonymity.cast import Reporter
from tests.anonymity.eyes import staff_side
from tests.anonymity.stage import Stage
from tests.town.actors import Actor, OnMatrix, mend

EARLY = timedelta(minutes=7)
Story = Callable[[Stage, Reporter, timedelta, timedelta], Awaitable[None]]
_ZOE = Reporter("zoe", "fediverse")


async def thanked(stage: Stage, reporter: Reporter, offset: timedelta = EARLY, shift: timedelta = timedelta(0)) -> None:
    """Story 1: asked; why and who are answered by the bot; the fix is noticed, both sides hear of it."""
    begin = stage.start + shift
    await _asked(stage, reporter, begin, offset)
    await stage.dave.say("why", reply=True)
    await stage.dave.say("who was it? Ada, or Lea?", reply=True)
    await stage.reach(begin + timedelta(hours=14))
    await mend(stage.dave, stage.native)
    await stage.reach(begin + timedelta(hours=20))
    await stage.dave.say("and now?", reply=True)


async def escalated(
    stage: Stage, reporter: Reporter, offset: timedelta = EARLY, shift: timedelta = timedelta(0)
) -> None:
    """Story 2: a recommendation is declined; the member is asked, and moderators get the card."""
    begin = stage.start + shift
    ada = await _asked(stage, reporter, begin, offset)
    await stage.dave.say("no", reply=True)
    await stage.reach(begin + timedelta(hours=13))
    await ada.say(reporter.words.moderators)
    stage.before_consent = await staff_side(stage)
    stage.consent()
    await ada.say(reporter.words.send)
    await stage.reach(begin + timedelta(hours=16))
    await stage.dave.say("I still do not see why", reply=True)


async def relayed(stage: Stage, reporter: Reporter, offset: timedelta = EARLY, shift: timedelta = timedelta(0)) -> None:
    """Own words for the author, approved by a moderator who sees nothing but them."""
    begin = stage.start + shift
    ada = await _asked(stage, reporter, begin, offset)
    await stage.dave.say("I do not see what is wrong with it. Could you tell me?", reply=True)
    await stage.reach(begin + timedelta(hours=12) + offset)
    await ada.say(reporter.words.more)
    await ada.say(f"say {reporter.relay}")
    stage.consent()
    await ada.say(reporter.words.send)
    await _approve(stage)
    await stage.reach(begin + timedelta(hours=16))


async def _approve(stage: Stage) -> None:
    shown = [e for e in await stage.noor.history(stage.town.staff_room) if e["sender"] == stage.town.bot.user_id]
    alias = shown[-1]["content"]["community.outreach"]["case"]
    await stage.town.mia.say(stage.town.staff_room, f"!approve {alias}")
    await stage.town.turn()


async def _asked(stage: Stage, reporter: Reporter, begin: datetime, offset: timedelta) -> Actor:
    await stage.reach(begin + offset)
    async with stage.talking():
        await _something_earlier(stage, reporter if reporter.earlier else _ZOE)
        ada = await ask(stage, reporter)
    await stage.reach(begin + timedelta(hours=12))
    assert len(await stage.dave.heard()) == 1
    return ada


async def _something_earlier(stage: Stage, reporter: Reporter) -> None:
    """Somebody asked erin for something: in every run, so that only who it was can differ."""
    ada = await stage.member(reporter)
    for line in (stage.lunch, reporter.words.agree, "1 food", reporter.words.send):
        await ada.say(line)


async def ask(stage: Stage, reporter: Reporter) -> Actor:
    """From the first line to `send`, with whatever comes between."""
    ada = await stage.member(reporter)
    for line in reporter.before:
        await ada.say(line)
    answers = await ada.say(reporter.link(stage.link))
    if "6 " not in "".join(answers):
        await ada.say(reporter.words.agree)
    for line in reporter.slips:
        await ada.say(line)
    wish = reporter.words.edit if isinstance(stage.dave, OnMatrix) else reporter.words.label
    await ada.say(wish)
    if reporter.changes:
        await ada.say("change")
        await ada.say(wish)
    assert len(await ada.say(reporter.words.send)) == 1
    return ada
