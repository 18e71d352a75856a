"""Both stories, played at set moments, so that two runs differ in nothing but the reporter.

`Stage.shift` moves everything after the post by whole slots; `Stage.offset` what the reporter does within its slot.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tests.anonymity.cast import Reporter
from tests.anonymity.eyes import staff_side
from tests.anonymity.stage import Stage, accept
from tests.town.actors import Actor, OnMatrix, mend

Story = Callable[[Stage, Reporter], Awaitable[None]]
_ZOE = Reporter("zoe", "fediverse")


async def contacted(stage: Stage, reporter: Reporter) -> None:
    """As far as the letter: enough to see most leaks."""
    await stage.reach(_at(stage, 0) + stage.offset)
    async with stage.talking():
        await ask(stage, reporter)
    await stage.reach(_at(stage, 12))
    await accept(stage.dave)
    assert len(await stage.dave.heard()) == 1


async def thanked(stage: Stage, reporter: Reporter) -> None:
    """Story 1: asked; why and who are answered by the bot; the fix is noticed, both sides hear of it."""
    await _asked(stage, reporter)
    await stage.dave.say("why", reply=True)
    await stage.dave.say("who was it? Ada, or Lea?", reply=True)
    await stage.reach(_at(stage, 14))
    await mend(stage.dave, stage.native)
    await stage.reach(_at(stage, 22))
    await stage.dave.say("and now?", reply=True)


async def escalated(stage: Stage, reporter: Reporter) -> None:
    """Story 2: own words go to and fro, approved by a moderator; then it is declined and taken to moderators."""
    ada = await _asked(stage, reporter)
    await stage.dave.say("I do not see what is wrong with it. Could you tell me?", reply=True)
    await stage.reach(_at(stage, 12) + stage.offset)
    await _own_words(stage, reporter, ada)
    await stage.reach(_at(stage, 16))
    await stage.dave.say("no", reply=True)
    await stage.reach(_at(stage, 17))
    await ada.say(reporter.words.moderators)
    stage.before_card = await staff_side(stage)
    await ada.say(reporter.words.send)
    await stage.reach(_at(stage, 18))
    await stage.dave.say("I still do not see why", reply=True)


async def everything(stage: Stage, reporter: Reporter) -> None:
    """Both stories in one: explained, own words, declined, taken to moderators, fixed after all, thanked."""
    await escalated(stage, reporter)
    await stage.dave.say("why", reply=True)
    await stage.dave.say("who was it?", reply=True)
    await mend(stage.dave, stage.native)
    await stage.reach(_at(stage, 28))


async def forgone(stage: Stage, reporter: Reporter) -> None:
    """The reporter gives up while the author keeps writing."""
    await contacted(stage, reporter)
    ada = stage.members[reporter.name]
    acts = [(stage.offset, ada, "withdraw"), *((timedelta(minutes=m), stage.dave, f"well {m}") for m in (60, 170))]
    for when, who, line in sorted(acts, key=lambda act: act[0]):
        await stage.reach(_at(stage, 12) + when)
        await who.say(line, reply=who is stage.dave)
    await stage.reach(_at(stage, 30))


def _at(stage: Stage, hours: int) -> datetime:
    return stage.start + stage.shift + timedelta(hours=hours)


async def _own_words(stage: Stage, reporter: Reporter, ada: Actor) -> None:
    await ada.say(reporter.words.more)
    await ada.say(f"say {reporter.relay}")
    stage.before_consent = await staff_side(stage)
    stage.consent()
    await ada.say(reporter.words.send)
    shown = [e for e in await stage.noor.history(stage.town.staff_room) if e["sender"] == stage.town.bot.user_id]
    alias = shown[-1]["content"]["community.outreach"]["case"]
    await stage.town.mia.say(stage.town.staff_room, f"!approve {alias}")
    await stage.town.turn()


async def _asked(stage: Stage, reporter: Reporter) -> Actor:
    await stage.reach(_at(stage, 0) + stage.offset)
    async with stage.talking():
        await _something_earlier(stage, reporter if reporter.earlier else _ZOE)
    await contacted(stage, reporter)
    return stage.members[reporter.name]


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
    await stage.reach(_next_look(stage))
    for line in reporter.slips:
        await ada.say(line)
    wish = reporter.words.edit if isinstance(stage.dave, OnMatrix) else reporter.words.label
    await ada.say(wish)
    if reporter.changes:
        await ada.say("change")
        await ada.say(wish)
    assert len(await ada.say(reporter.words.send)) == 1
    return ada


def _next_look(stage: Stage) -> datetime:
    """When a post of a server elsewhere may be looked at; for one of our own at once."""
    now = stage.town.clock.now()
    if "@" not in stage.dave.name:
        return now
    return now + timedelta(seconds=-(now - stage.start).total_seconds() % 300)
