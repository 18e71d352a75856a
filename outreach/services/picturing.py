"""Pictures that a member has agreed to show: fetched once the report stands, drawn anew, kept with its case.

One errand each, and one transaction that keeps the picture and ends the errand. Whatever is wrong with one, its sender
is told, for they believe that moderators see it. Of what nobody may copy none is fetched (R011). Shows nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.domain.identity import Platform, RequestId
from outreach.domain.inputs import PictureRefused
from outreach.domain.pictures import MOST_BYTES, PICTURES_PER_DAY, Picture, Unfit, UnfitPicture
from outreach.ports import Clock, Gateway, Redraw, TooLarge, TryLater, Undeliverable
from outreach.ports.store import Conversation, Errand, Store, Transaction
from outreach.services.casework import Casework

ERRAND = "picture"
#: An hour or so: media may live on a server that is away for longer than the one that carries words.
MOST_TRIES = 20
#: All of one picture, from asking for it until it is drawn, in seconds.
_PATIENCE = 60.0
_BUSY = timedelta(seconds=1)


def wanted(tx: Transaction, platform: Platform, request: RequestId, pictures: Sequence[str]) -> None:
    """Have the pictures of one report fetched. Where they are is sealed with the errands, and gone with them (F6)."""
    for number, picture in enumerate(pictures, 1):
        facts = {"platform": str(platform), "request": request, "picture": picture, "number": str(number)}
        tx.outbox.add_errand(Errand(ERRAND, facts))


@dataclass(frozen=True, slots=True)
class Picturing:
    """Fetches and keeps."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    redraw: Redraw
    casework: Casework
    clock: Clock
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, errand: Errand) -> None:
        """Run the errand once. Raises `TryLater` and the like.

        One at a time: of a flood of pictures, only one is in memory, and only one keeps a place that words may want.
        """
        if self._turn.locked():
            at = self.clock.now() + _BUSY
            return await self.store.transact(lambda tx: tx.outbox.retry(errand, at, counted=False))
        async with self._turn:
            return await self._run(errand)

    async def _run(self, errand: Errand) -> None:
        if not await self.store.transact(lambda tx: self._is_wanted(tx, errand)):
            return None
        try:
            picture = await self._fetched(errand)
        except UnfitPicture as unfit:
            return await self.give_up(errand, unfit.why)
        except TooLarge:
            return await self.give_up(errand, Unfit.LARGE)
        except Undeliverable as refused:
            if not refused.permanent:
                raise TryLater(30.0) from None
            return await self.give_up(errand, Unfit.GONE)
        return await self.store.transact(lambda tx: self._keep(tx, errand, picture))

    async def _fetched(self, errand: Errand) -> Picture:
        gateway = self.gateways.get(Platform(errand.facts["platform"]))
        if gateway is None:
            raise UnfitPicture(Unfit.GONE)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self.redraw.redraw(await gateway.fetch(errand.facts["picture"], MOST_BYTES))
        except TimeoutError:
            raise TryLater(30.0) from None

    async def give_up(self, errand: Errand, why: Unfit = Unfit.GONE) -> None:
        """It will not come: the card counts one fewer, and whoever sent it hears why."""
        await self.store.transact(lambda tx: self._refuse(tx, errand, why))

    # transactions

    def _is_wanted(self, tx: Transaction, errand: Errand) -> bool:
        """Nothing is fetched for whom was forgotten or went back on it, nor where nothing may be copied."""
        found = self._whose(tx, errand)
        if found is None:
            tx.outbox.errand_done(errand)
            return False
        case, member = found
        today = self.clock.now().date()
        if case.never_copied:
            self._refuse(tx, errand, Unfit.MINORS)
        elif tx.registers.count("pictures", member.account.key, today) >= PICTURES_PER_DAY:
            self._refuse(tx, errand, Unfit.MANY)
        else:
            return True
        return False

    def _whose(self, tx: Transaction, errand: Errand) -> tuple[Case, Conversation] | None:
        """The case in which the request is now, for it may have been merged, and who made it."""
        request = RequestId(errand.facts["request"])
        link = tx.links.of_request(request)
        case = tx.cases.load(link.case) if link is not None else None
        member = tx.conversations.get(link.conversation) if link is not None else None
        if case is None or member is None or not any(r.id == request for r in case.escalated):
            return None
        return case, member

    def _keep(self, tx: Transaction, errand: Errand, picture: Picture) -> None:
        tx.outbox.errand_done(errand)
        found = self._whose(tx, errand)
        if found is None:
            return
        case, member = found
        today = self.clock.now().date()
        tx.registers.add_count("pictures", member.account.key, today, today)
        tx.exhibits.keep_picture(case.id, picture)

    def _refuse(self, tx: Transaction, errand: Errand, why: Unfit) -> None:
        tx.outbox.errand_done(errand)
        found = self._whose(tx, errand)
        if found is None:
            return
        request, number = RequestId(errand.facts["request"]), int(errand.facts["number"])
        try:
            self.casework.apply(tx, found[0].id, PictureRefused(request, number, why))
        except Refusal:
            return
