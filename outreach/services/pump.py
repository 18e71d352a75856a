"""Keeps everything moving: journal, lines, deadlines, errands, messages. Decides nothing; holds no state to lose.

Whatever is interrupted here is found again in the store. One message per lane is under way at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from outreach.domain.identity import Platform
from outreach.ports import Batch, Clock, Gateway, Misconfigured, ReportSource, TryLater, Undeliverable
from outreach.ports.store import Errand, Line, Outbound, Store, Torn, Transaction
from outreach.services.delivery import Delivery
from outreach.services.desk import Desk
from outreach.services.errands import Errands
from outreach.services.filing import Filing
from outreach.services.intake import Intake
from outreach.services.noticeboard import Noticeboard
from outreach.services.settings import Settings
from outreach.services.timekeeping import Timekeeping

log = structlog.get_logger()

#: At the longest so long nothing is looked at, in seconds; a clock that was set is noticed then.
_LONGEST_NAP = 5.0
_AT_ONCE = 32
#: While moderators or somebody in a dialogue wait for words, only so many things are under way: a server has but one
#: processor for them all.
_BESIDE_URGENT = 4
#: So long a message waits for its key before its sender is asked to write it again.
KEYS_WITHIN = timedelta(minutes=1)
_MENDING = 30.0
#: A line that fails so often is put aside; once may be the disk's or the database's fault.
MOST_FAILURES = 3
_UPKEEP = 3600.0


@dataclass(slots=True)
class Pump:
    """The moving parts of one bot."""

    store: Store
    gateways: Mapping[Platform, Gateway]
    intake: Intake
    delivery: Delivery
    errands: Errands
    timekeeping: Timekeeping
    desk: Desk
    noticeboard: Noticeboard
    settings: Settings
    clock: Clock
    tend: Callable[[], Awaitable[None]] | None = None
    sources: Sequence[ReportSource] = ()
    running: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _failures: dict[int, int] = field(default_factory=dict)

    async def journal(self, batch: Batch) -> None:
        """Store what concerns the bot of a batch, and its cursor, in one transaction."""
        now = self.clock.now()
        items = (replace(item, kept_at=now) if item.cipher else item for item in batch.items)
        batch = replace(batch, items=tuple(item for item in items if self.intake.concerns(item)))
        if await self.store.transact(lambda tx: self._journaled(tx, batch)) or batch.pieces:  # perhaps a key came
            self._wake.set()

    def _journaled(self, tx: Transaction, batch: Batch) -> int:
        return tx.inbox.journal(self.intake.without_talks(tx, batch))

    # one step after the other, for tests and for catching up

    async def listen_once(self) -> None:
        """Read what every server has for us now."""
        for gateway in self.gateways.values():
            cursor = await self._cursor(gateway)
            await gateway.listen_once(cursor, self.journal)
        for source in self.sources:
            await source.read_once(await self._read_to(source.name), self.journal)

    async def settle(self) -> None:
        """Work until nothing is left that can be done now."""
        while await self._step():
            pass

    async def _step(self) -> bool:
        moved = await self._work_lines() or bool(await self.timekeeping.ring())
        moved |= await self.noticeboard.tend()
        for errand in await self.errands.due():
            await self.errands.run(errand)
            moved = True
        for message in await self.delivery.due():
            await self.delivery.deliver(message)
            moved = True
        return moved

    async def _work_lines(self) -> bool:
        lines = await self.store.transact(lambda tx: tx.inbox.lines())
        worked = [await self._work(line) for line in lines]
        return any(worked)

    async def _work(self, line: Line | Torn) -> bool:
        """One line; one that no code can work is put aside, sealed and told, and never blocks its lane for long."""
        if isinstance(line, Torn):
            return await self._put_aside(line)
        try:
            readable = await self._unsealed(line) if line.incoming.cipher else line
            if readable is None:
                return False
            worked = await self.store.transact(lambda tx: self.intake.work(tx, readable))
        except Exception as error:  # the line is somebody's words: kept, and the bot goes on
            log.error("line not worked", exc_info=error)
            self._failures[line.id] = self._failures.get(line.id, 0) + 1
            return self._failures[line.id] >= MOST_FAILURES and await self._put_aside(line)
        self._failures.pop(line.id, None)
        return worked

    async def _put_aside(self, line: Line | Torn) -> bool:
        """What spoiled the line may spoil telling of it, too; then it is put aside alone."""
        self._failures.pop(line.id, None)
        log.error("line put aside")
        try:
            await self.store.transact(lambda tx: self.intake.put_aside(tx, line))
        except Exception as error:
            log.error("nobody told", exc_info=error)
            await self.store.transact(lambda tx: tx.inbox.put_aside(line))
        return True

    async def _unsealed(self, line: Line) -> Line | None:
        """A line that was kept because its key was missing: read now, or as it is once it was waited for; else None."""
        kept = line.incoming
        found = await self.gateways[kept.platform].unseal(kept)
        if found.cipher:
            waited = kept.kept_at is None or self.clock.now() - kept.kept_at >= KEYS_WITHIN
            return replace(line, incoming=found) if waited else None
        return await self.store.transact(lambda tx: tx.inbox.opened(line, found))

    # all at once, for ever

    async def run(self) -> None:
        """Listen and work until cancelled."""
        await self.know_the_staff()
        self.running = True
        async with asyncio.TaskGroup() as group:
            for gateway in self.gateways.values():
                group.create_task(self._listen(gateway), name=f"listen-{gateway.platform}")
            for source in self.sources:
                group.create_task(self._follow(source), name=f"reports-{source.name}")
            group.create_task(self._file_anew(), name="file")
            group.create_task(self._work_for_ever(), name="work")
            group.create_task(self._tend_for_ever(), name="tend")

    async def begin(self) -> None:
        """At the very first start, note where each server's news begin: what is written from here on is answered."""
        for gateway in self.gateways.values():
            if not await self._cursor(gateway):
                try:
                    await gateway.listen_once("", self.journal)
                except (TryLater, Undeliverable):
                    log.warning("server does not answer", platform=str(gateway.platform))
        for source in self.sources:
            if not await self._read_to(source.name):
                try:
                    await source.read_once("", self.journal)
                except (TryLater, Misconfigured) as fault:
                    log.warning("reports cannot be read", error_class=type(fault).__name__)

    async def know_the_staff(self) -> None:
        """Enrol who is in the staff room at the first start (F4)."""
        gateway = self.gateways.get(Platform.MATRIX)
        if gateway is None or await self.store.transact(lambda tx: bool(tx.registers.enrolled())):
            return
        try:
            present = await gateway.members(self.settings.staff_room)
        except (Undeliverable, TryLater):
            return
        await self.store.transact(lambda tx: self.desk.first_roster(tx, present))

    async def _file_anew(self) -> None:
        """What fails now is done at the next start; meanwhile lists may lag behind the configuration."""
        casework = self.desk.casework
        try:
            await Filing(casework.casebook).all_anew(self.store, casework.show_again)
        except Exception as error:
            log.error("lists not filed anew", exc_info=error)

    async def _tend_for_ever(self) -> None:
        """Keys and old rows, now and then; a failure is said and tried again."""
        while self.tend is not None:
            try:
                await self.tend()
            except Misconfigured as fault:
                log.error("upkeep failed", error_class=type(fault).__name__)
            except Exception as error:
                log.error("upkeep failed", exc_info=error)
            await asyncio.sleep(_UPKEEP)

    async def _listen(self, gateway: Gateway) -> None:
        while True:
            try:
                await gateway.listen(await self._cursor(gateway), self.journal)
            except TryLater as later:
                await asyncio.sleep(later.delay)
            except (Misconfigured, Undeliverable) as fault:
                log.error("cannot listen", platform=str(gateway.platform), error_class=type(fault).__name__)
                await asyncio.sleep(_MENDING)
            except Exception as error:  # the other platform's people are still heard
                log.error("cannot listen", platform=str(gateway.platform), exc_info=error)
                await asyncio.sleep(_MENDING)

    def news_of_reports(self) -> None:
        """Somebody says that there are new reports: look now instead of at the next poll."""
        self._news.set()

    async def _follow(self, source: ReportSource) -> None:
        """Poll a list of reports for ever; a server in trouble is waited for, and nothing is lost meanwhile."""
        while True:
            pause = self.settings.reports_every
            try:
                await source.read_once(await self._read_to(source.name), self.journal)
            except TryLater as later:
                pause = max(pause, later.delay)
            except Misconfigured as fault:
                log.error("reports cannot be read", error_class=type(fault).__name__)
                pause = max(pause, _MENDING)
            await self._rest(pause, min(source.breath, pause))

    async def _rest(self, pause: float, breath: float) -> None:
        """A wake may come at any moment, yet polls keep their distance."""
        await asyncio.sleep(breath)
        try:
            async with asyncio.timeout(max(0.0, pause - breath)):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    async def _read_to(self, source: str) -> str:
        return await self.store.transact(lambda tx: tx.inbox.cursor(source))

    async def _cursor(self, gateway: Gateway) -> str:
        return await self.store.transact(lambda tx: tx.inbox.cursor(str(gateway.platform)))

    async def _work_for_ever(self) -> None:
        try:
            while True:
                try:
                    await self._turn()
                except Exception as error:  # a full disk, say; what is not done stands in the store
                    log.error("work failed", exc_info=error)
                    await asyncio.sleep(_LONGEST_NAP)
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _turn(self) -> None:
        self._wake.clear()
        moved = await self._work_lines() or bool(await self.timekeeping.ring())
        moved |= await self.noticeboard.tend()
        started = await self._start_due()
        if not moved and not started:
            await self._nap()

    async def _start_due(self) -> bool:
        due, started = await self.delivery.due(), False
        most = _BESIDE_URGENT if any(message.urgent for message in due) else _AT_ONCE
        for message in due:
            room = _AT_ONCE if message.urgent else most
            started |= self._start(f"lane:{message.lane}", self._deliver, message, room)
        for errand in await self.errands.due():
            started |= self._start(f"errand:{errand.id}", self._run, errand, most)
        return started

    def _start(self, name: str, act: Callable[..., Awaitable[None]], row: Outbound | Errand, most: int) -> bool:
        if name in self._under_way or len(self._under_way) >= most:
            return False
        task = asyncio.ensure_future(_resting(act, row))
        self._under_way[name] = task
        task.add_done_callback(lambda done: self._finished(name, done))
        return True

    def _finished(self, name: str, task: asyncio.Task[None]) -> None:
        del self._under_way[name]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work failed", exc_info=error)
        self._wake.set()

    async def _deliver(self, message: Outbound) -> None:
        await self.delivery.deliver(message)

    async def _run(self, errand: Errand) -> None:
        await self.errands.run(errand)
        if errand.kind == "join" and errand.facts.get("room") == self.settings.staff_room:
            await self.know_the_staff()

    async def _nap(self) -> None:
        now = self.clock.now()
        due = await self.store.transact(lambda tx: (tx.timers.next_due(), tx.outbox.next_due(now)))
        ahead = [(moment - now).total_seconds() for moment in due if moment is not None and moment > now]
        try:
            async with asyncio.timeout(max(0.01, min([_LONGEST_NAP, *ahead]))):
                await self._wake.wait()
        except TimeoutError:
            return


async def _resting(act: Callable[..., Awaitable[None]], row: Outbound | Errand) -> None:
    """What fails so that not even the failure can be stored is not begun again at once."""
    try:
        await act(row)
    except Exception:
        await asyncio.sleep(_LONGEST_NAP)
        raise
