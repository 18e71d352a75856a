"""The worker runs calls in order, never one that was given up, and holds nobody up at the end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from outreach.adapters.fediverse.worker import Closed, Worker


async def test_in_order_on_one_thread_that_the_interpreter_does_not_wait_for() -> None:
    worker, seen = Worker(), list[int]()
    await asyncio.gather(*(worker.run(lambda n=n: seen.append(n)) for n in range(20)))  # type: ignore[misc]
    thread = await worker.run(threading.current_thread)
    assert seen == list(range(20)) and thread.daemon and thread is not threading.main_thread()
    await worker.close(lambda: seen.append(99))
    assert seen[-1] == 99 and not thread.is_alive()


async def test_what_was_given_up_while_it_waited_is_never_done() -> None:
    worker, gate, done = Worker(), threading.Event(), list[str]()
    first = asyncio.create_task(worker.run(gate.wait))
    second = asyncio.create_task(worker.run(lambda: done.append("second")))
    await asyncio.sleep(0.05)
    second.cancel()
    await asyncio.sleep(0)
    gate.set()
    assert await first
    await worker.run(lambda: done.append("third"))
    assert done == ["third"]
    await worker.close(bool)


async def test_what_waits_at_the_end_is_told_so() -> None:
    worker, gate = Worker(), threading.Event()
    first = asyncio.create_task(worker.run(gate.wait))
    second = asyncio.create_task(worker.run(bool))
    await asyncio.sleep(0.05)
    await worker.close(bool, patience=0.05)
    with pytest.raises(Closed):
        await second
    with pytest.raises(Closed):
        await worker.run(bool)
    gate.set()
    assert await first


async def test_an_error_comes_back() -> None:
    worker = Worker()
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)
    await worker.close(bool)
