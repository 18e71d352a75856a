"""Bots that leak: each puts one small thing between the real bot and the world. T1 has to tell two reporters apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from outreach.adapters.matrix.client import path
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.ports import Batch, Happening, Incoming, Journal, Parcel, Place, Receipt, Rendered
from tests.anonymity.runs import Plant
from tests.anonymity.stage import Stage
from tests.town.actors import OnMatrix

Heard = Callable[["Tap", Incoming], Any]


@dataclass
class Gossip:
    """What a leaky bot remembers of whoever wrote last."""

    line: Incoming | None = None
    language: str = ""
    rooms: list[Place] = field(default_factory=list)


class Tap:
    """A gateway that gossips: `hears` is called for each line that came in, `sends` may change what goes out."""

    def __init__(self, inner: Any, stage: Stage, gossip: Gossip) -> None:
        self.inner, self.stage, self.gossip = inner, stage, gossip
        self.hears: Heard | None = None
        self.sends: Callable[[Tap, Parcel], Parcel] = lambda tap, parcel: parcel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def listen_once(self, cursor: str, journal: Journal) -> str:
        """As it is, but each line is also gossiped about; not while it is journaled, since that keeps the keys shut."""
        heard: list[Incoming] = []

        async def overhear(batch: Batch) -> None:
            await journal(batch)
            heard.extend(batch.items)

        cursor = await self.inner.listen_once(cursor, overhear)
        for item in heard:
            await self._note(item)
        return cursor

    async def _note(self, item: Incoming) -> None:
        if item.happening is not Happening.LINE or "dave" in item.sender.address:
            return
        self.gossip.line = item
        self.gossip.language = self.stage.town.letters.language_of(item.text) or self.gossip.language
        if self.hears is not None:
            await self.hears(self, item)

    async def send(self, parcel: Parcel) -> Receipt:
        """As it is, perhaps changed."""
        toward_author = parcel.to is not None and "dave" in parcel.to.address
        return cast(Receipt, await self.inner.send(self.sends(self, parcel) if toward_author else parcel))

    async def make_room(self, to: Account) -> Place:
        """One that was made before, if there is one."""
        return self.gossip.rooms.pop() if self.gossip.rooms else cast(Place, await self.inner.make_room(to))


class Leaky:
    """A renderer through which the reporter shines."""

    def __init__(self, inner: Any, gossip: Gossip, leak: Callable[[Gossip, Rendered], Rendered] | None) -> None:
        self._inner, self._gossip, self._leak = inner, gossip, leak

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def render(self, audience: Audience, letter: Letter, languages: Sequence[str]) -> Rendered:
        """Only letters to authors leak."""
        if audience is not Audience.RECIPIENT:
            return cast(Rendered, self._inner.render(audience, letter, languages))
        if self._leak is None:
            languages = (self._gossip.language or "en", *languages)
        said = cast(Rendered, self._inner.render(audience, letter, languages))
        return self._leak(self._gossip, said) if self._leak is not None else said


def _tapped(hears: Heard | None = None, sends: Callable[[Tap, Parcel], Parcel] | None = None) -> Plant:
    def plant(stage: Stage) -> None:
        gossip, gateways = Gossip(), stage.town.gateways
        for platform in list(gateways):
            tap = Tap(gateways[platform], stage, gossip)
            tap.hears, tap.sends = hears, sends or tap.sends
            gateways[platform] = cast(Any, tap)

    return plant


def _rendering(leak: Callable[[Gossip, Rendered], Rendered] | None) -> Plant:
    def plant(stage: Stage) -> None:
        _tapped()(stage)
        gossip = cast(Tap, stage.town.gateways[Platform.MATRIX]).gossip
        renderer = cast(Any, Leaky(stage.town.letters, gossip, leak))
        stage.town.pump.delivery = replace(stage.town.pump.delivery, renderer=renderer)

    return plant


def _signed(gossip: Gossip, said: Rendered) -> Rendered:
    who = gossip.line.sender.address if gossip.line else ""
    return replace(said, text=f"{said.text}\n\n({who.partition('@')[0] or who[1:4]} thinks so)")


async def _looks(tap: Tap, item: Incoming) -> None:
    for link in [word for word in item.text.split() if word.startswith("https://")]:
        if tap.inner.recognises(link):
            await tap.inner.look(link)


async def _reads(tap: Tap, item: Incoming) -> None:
    if item.room:
        newest = (await tap.stage.noor.history(tap.stage.town.lounge))[-1]["event_id"]
        where = path("rooms", tap.stage.town.lounge, "receipt", "m.read", newest)
        await tap.inner._api.client.call("POST", where, {})


async def _prepares(tap: Tap, item: Incoming) -> None:
    dave = tap.stage.dave
    if "https://" in item.text and not tap.gossip.rooms and isinstance(dave, OnMatrix):
        matrix = cast(Tap, tap.stage.town.gateways[Platform.MATRIX]).inner
        tap.gossip.rooms.append(await matrix.make_room(Account(Platform.MATRIX, dave.person.user_id)))


async def _announces(tap: Tap, item: Incoming) -> None:
    matrix = cast(Tap, tap.stage.town.gateways[Platform.MATRIX]).inner
    words = f"somebody on {item.platform} writes to me"
    key = tap.stage.town.world.chance.token()
    await matrix.send(Parcel(key, None, Place(room=tap.stage.town.staff_room), words, "en"))


async def _types(tap: Tap, item: Incoming) -> None:
    if item.room:
        where = path("rooms", item.room, "typing", tap.stage.town.bot.user_id)
        await tap.inner._api.client.call("PUT", where, {"typing": True, "timeout": 1})


async def _asks_for_keys(tap: Tap, item: Incoming) -> None:
    if "https://" in item.text and isinstance(dave := tap.stage.dave, OnMatrix):
        body: dict[str, Any] = {"device_keys": {dave.person.user_id: []}}
        matrix = cast(Tap, tap.stage.town.gateways[Platform.MATRIX]).inner
        await matrix._api.client.call("POST", path("keys", "query"), body)


def _other_key(tap: Tap, parcel: Parcel) -> Parcel:
    return replace(parcel, key=tap.stage.town.world.chance.token())


def _threaded(tap: Tap, parcel: Parcel) -> Parcel:
    line = tap.gossip.line
    if line is None or line.room or parcel.place.room:
        return parcel
    return replace(parcel, place=Place(reply_to=line.source))


HANDLE_IN_LETTER = _rendering(_signed)
REPORTERS_LANGUAGE = _rendering(None)
KEY_OF_OTHER_STREAM = _tapped(sends=_other_key)
EXTRA_LOOK = _tapped(hears=_looks)
REPLY_TO_REPORTER = _tapped(sends=_threaded)
KEYS_AT_INTAKE = _tapped(hears=_asks_for_keys)
READ_RECEIPT = _tapped(hears=_reads)
ROOM_AT_INTAKE = _tapped(hears=_prepares)
STAFF_TOLD = _tapped(hears=_announces)
TYPING = _tapped(hears=_types)
NOTHING = _tapped()
