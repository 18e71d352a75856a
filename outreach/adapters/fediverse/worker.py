"""Runs blocking calls one after the other on one thread of their own; Mastodon.py's state is not shared (section 2).

A daemon thread instead of `ThreadPoolExecutor`: the interpreter joins the latter's threads at exit, and a server
that hangs would hold SIGTERM up for the whole request timeout. Knows no server.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Closed(Exception):
    """The worker was closed; the call was not made."""


class Worker:
    """Calls run in the order in which they were handed in."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def run(self, call: Callable[[], T]) -> T:
        """The result of `call`; one that was cancelled while it waited is never made."""
        if self._closed:
            raise Closed
        future = self._hand_in(call)
        result: T = await future
        return result

    async def close(self, last: Callable[[], object], patience: float = 1.0) -> None:
        """Drop what waits, run `last`, end the thread; a call that hangs is left behind with its daemon thread."""
        if self._closed:
            return
        self._closed = True
        while not self._jobs.empty():
            job = self._jobs.get()
            if job:
                _settle(job[2], None, Closed())
        ended = self._hand_in(last)
        self._jobs.put(None)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended, patience)
            self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join(1.0)  # it has nothing left to do

    def _hand_in(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="fediverse", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._jobs.put((call, loop, future))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, loop, future = job
            if not future.cancelled():
                _answer(call, loop, future)


def _answer(call: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> None:
    result, error = None, None
    try:
        result = call()
    except Exception as failure:
        error = failure
    with contextlib.suppress(RuntimeError):  # the loop ended while the call was under way
        loop.call_soon_threadsafe(_settle, future, result, error)


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
