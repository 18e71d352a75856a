"""What a person saw, in order, and the wait for what they expect.

Each entry is taken once. Fetches nothing itself: it is told how to wait for more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_TAIL = 12


class NotObserved(AssertionError):
    """What was expected did not show in time; the message ends with what did."""


class Transcript(Generic[T]):
    def __init__(self, owner: str, line: Callable[[T], str]) -> None:
        self.entries: list[T] = []
        self._owner = owner
        self._line = line
        self._taken: set[int] = set()
        self._grown = asyncio.Event()
        self._broken: BaseException | None = None

    def add(self, entry: T) -> None:
        self.entries.append(entry)
        self._wake()

    def fail(self, error: BaseException) -> None:
        """Nothing more will come; whoever waits hears why."""
        self._broken = error
        self._wake()

    async def growth(self, beyond: int | None = None) -> None:
        """Until there are more than `beyond` entries, by default more than now."""
        count = len(self.entries) if beyond is None else beyond
        while len(self.entries) <= count:
            self.check()
            await self._grown.wait()

    def check(self) -> None:
        if self._broken is not None:
            gone = f"{self._owner} sees nothing any more: {self._broken!r}"
            raise NotObserved(f"{gone}\n{self.tail()}") from self._broken

    async def expect(
        self,
        wanted: Callable[[T], bool],
        within: float,
        what: str,
        more: Callable[[], Awaitable[None]],
    ) -> T:
        """The first entry not taken yet that is wanted."""
        try:
            async with asyncio.timeout(within):
                while (found := self._take(wanted)) is None:
                    await more()
                return found
        except TimeoutError:
            raise NotObserved(f"{self._owner} waited {within:g} s for {what}\n{self.tail()}") from None

    async def expect_none(
        self,
        unwanted: Callable[[T], bool],
        during: float,
        what: str,
        more: Callable[[], Awaitable[None]],
    ) -> None:
        try:
            found = await self.expect(unwanted, during, what, more)
        except NotObserved:
            return
        raise NotObserved(f"{self._owner} expected no {what}, but: {self._line(found)}\n{self.tail()}")

    def forget(self) -> None:
        """Take everything seen so far."""
        self._taken.update(range(len(self.entries)))

    def tail(self) -> str:
        """The last entries; a star marks those already taken."""
        first = max(0, len(self.entries) - _TAIL)
        marked = [(index in self._taken, entry) for index, entry in enumerate(self.entries)][first:]
        lines = [f"  {'*' if taken else ' '} {self._line(entry)}" for taken, entry in marked]
        return "\n".join(["transcript:", *(lines or ["    (empty)"])])

    def _take(self, wanted: Callable[[T], bool]) -> T | None:
        for index, entry in enumerate(self.entries):
            if index not in self._taken and wanted(entry):
                self._taken.add(index)
                return entry
        return None

    def _wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()
