"""One child process that lives no longer than its parent.

Starts, waits for readiness, signals and ends a server. Knows no server's configuration and no protocol.
"""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

# prctl(PR_SET_PDEATHSIG, SIGKILL), leave if the parent died before that, then become the server. A launcher
# instead of preexec_fn, which may deadlock in a process with threads. Linux only; elsewhere no promise.
_LAUNCH = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
_POLL_SECONDS = 0.02
_TERM_SECONDS = 5.0
_TAIL_LINES = 30


class ServerDied(RuntimeError):
    """A server ended or stayed silent while somebody waited for it."""


def free_port() -> int:
    """A free loopback port below the ephemeral range.

    From within that range another program's outgoing connection could take it while a server restarts,
    and a client that retries can even connect to itself.
    """
    while True:
        port = random.randrange(12_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class ServerProcess:
    """A command that can be started again and again in the same folder.

    The kernel kills it when the thread that started it ends (Linux only): start it from a thread that stays.
    """

    def __init__(self, name: str, command: Sequence[str], logs: Sequence[Path]) -> None:
        self.name = name
        self._command = list(command)
        self._logs = list(logs)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def spawn(self) -> None:
        """A session of its own: Ctrl-C in the terminal reaches the parent alone, who ends things in order."""
        with self._logs[0].open("ab") as out:
            self._child = subprocess.Popen(
                self._launch(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    async def until_ready(self, answers: Callable[[], Awaitable[bool]], within: float) -> None:
        deadline = time.monotonic() + within
        while not await answers():
            if not self.alive:
                code = self._running().returncode
                raise ServerDied(f"{self.name} ended with code {code}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ServerDied(f"{self.name} did not answer within {within:g} s\n{self.log_tail()}")
            await asyncio.sleep(_POLL_SECONDS)

    def pause(self) -> None:
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    async def terminate(self) -> None:
        """Ask first; after five seconds do not ask any more."""
        if not self.alive:
            return
        child = self._running()
        child.terminate()
        child.send_signal(signal.SIGCONT)
        try:
            await asyncio.to_thread(child.wait, _TERM_SECONDS)
        except subprocess.TimeoutExpired:
            await self.kill()

    async def kill(self) -> None:
        if self.alive:
            child = self._running()
            child.kill()
            await asyncio.to_thread(child.wait)

    def log_tail(self) -> str:
        """The last lines of every log."""
        tails = [log.read_text(errors="replace").splitlines() for log in self._logs if log.exists()]
        return "\n".join(line for lines in tails for line in lines[-_TAIL_LINES:])

    def _launch(self) -> list[str]:
        if sys.platform != "linux":
            return self._command
        return [sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()), *self._command]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._child
