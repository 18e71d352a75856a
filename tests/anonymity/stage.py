"""A town with a recorder before each server and the same people in every run; acts for them, asserts nothing.

What differs between two runs on one Synapse is a suffix of the user ids; `views` takes it out, as it is one constant
per run, of one length, and the same for everybody in it.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from outreach.entrypoints.sandbox.people import MatrixPerson
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.anonymity.cast import EVERYBODY, Platform, Reporter
from tests.anonymity.quick import QuickTown, Stamped
from tests.recorder import Recorder
from tests.town import Town
from tests.town.actors import Actor, OnFediverse, OnMatrix, publish

#: Nothing that would hide one reporter from another: everybody may ask, no night; few routine looks, for speed.
POLICY = 'who_may_ask = "anyone"\nwho_may_be_asked = "anyone"\nquiet = []\ncheck_every = "6h"\n'
LANGUAGES = '"en", "de", "fr"'
_RUNS = itertools.count(1)


@dataclass
class Stage:
    """One run. `intake` are the spans of both recordings during which a reporter talked before `send`."""

    town: QuickTown
    proxy: Recorder
    suffix: str
    noor: MatrixPerson
    dave: Actor
    start: datetime
    members: dict[str, Actor] = field(default_factory=dict)
    askers: set[str] = field(default_factory=set)
    intake: list[tuple[slice, slice]] = field(default_factory=list)
    before_consent: list[Any] = field(default_factory=list)
    before_card: list[Any] = field(default_factory=list)
    consented: int | None = None
    offset: timedelta = timedelta(0)
    shift: timedelta = timedelta(0)
    lunch: str = ""
    link: str = ""
    native: str = ""

    async def reach(self, moment: datetime) -> None:
        """Let time pass until then."""
        await self.town.wait(seconds=(moment - self.town.clock.now()).total_seconds())

    async def join(self, reporter: Reporter) -> None:
        """Somebody new, who is in no room with anybody."""
        self.members[reporter.name] = await _actor(self.town, reporter.name, reporter.platform, reporter.traits)

    async def member(self, reporter: Reporter) -> Actor:
        """The actor of a reporter, who has a private chat from now on."""
        self.askers.add(reporter.name)
        return self.members[reporter.name]

    def consent(self) -> None:
        """From this request on moderators may know what the reporter let them know."""
        self.consented = len(self.proxy.requests)

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """What is recorded meanwhile belongs to an intake."""
        proxy, strict = len(self.proxy.requests), len(self.town.strict.recorder.entries)
        yield
        ends = len(self.proxy.requests), len(self.town.strict.recorder.entries)
        self.intake.append((slice(proxy, ends[0]), slice(strict, ends[1])))


@asynccontextmanager
async def staged(
    folder: Path,
    synapse: Synapse,
    to: Platform,
    *,
    author: str = "dave",
    outreach: str = "",
    seed: int = 1,
    reports: bool = False,
) -> AsyncIterator[Stage]:
    """The same small world each time: its people exist whether they act or not."""
    suffix = f"-{next(_RUNS):04d}"
    async with Recorder(synapse.url, {}) as proxy:

        def wrap(_: str, token: str) -> str:
            proxy.names[token] = "bot"
            return proxy.url

        options: dict[str, Any] = {"seed": seed, "suffix": suffix, "languages": LANGUAGES, "wrap_matrix": wrap}
        options["reports"] = reports
        town = QuickTown(folder, synapse, outreach=POLICY + outreach, **options)
        town.proxy = proxy
        proxy._clock = lambda: town.clock.now().timestamp()
        async with town:
            town.strict.world.fetches = Stamped(town.clock.now)
            yield await _peopled(town, proxy, suffix, to, author)


async def _peopled(town: QuickTown, proxy: Recorder, suffix: str, to: Platform, author: str) -> Stage:
    noor = await town.add_matrix("noor")
    await town.mia.invite(town.staff_room, noor.user_id)
    await noor.join(town.staff_room)
    dave = await _actor(town, author, to)
    stage = Stage(town, proxy, suffix, noor, dave, town.clock.now())
    for one in EVERYBODY:
        stage.members[one.name] = await _actor(town, one.name, one.platform, one.traits)
    stage.members["zoe"] = await _actor(town, "zoe", "fediverse")
    town.strict.add_account("erin")
    stage.lunch = str(town.strict.post("erin", "my lunch, in full")["url"])
    stage.link, stage.native = await publish(dave, "Strobe lights for ten minutes, with sound")
    await town.turn()
    proxy.clear()
    town.strict.clear_log()
    return stage


async def _actor(town: Town, name: str, platform: Platform, traits: dict[str, str] | None = None) -> Actor:
    if platform == "matrix":
        person = town.matrix.get(name) or await _careful(town, name, lounge=not name.startswith("canary"))
        person._once = name  # their client's own transaction ids, which only they see
        return OnMatrix(town, name, person)
    return OnFediverse(town, name, await town.add_fediverse(name, **(traits or {})))


async def _careful(town: Town, name: str, *, lounge: bool) -> MatrixPerson:
    """Somebody who accepts an invitation when the story says so: else the letter races with their client."""
    person = town.person(await town.synapse.register(f"{name}{town.suffix}"), joins=False)
    town.matrix[name] = await town._stack.enter_async_context(person)
    if lounge:
        await person.join(town.lounge)
    return person


async def accept(actor: Actor) -> None:
    """Join whatever one was invited to, and be given keys."""
    if isinstance(actor, OnMatrix):
        await actor._catch_up()
        for room in sorted(actor.person.invitations):
            await actor.person.join(room)
        await actor.town.arrive()


def within(number: int, spans: Iterable[slice]) -> bool:
    """Whether a recorded request is part of one of these talks."""
    return any(span.start <= number < span.stop for span in spans)
