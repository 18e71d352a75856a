"""Lives of the bot without the seconds of its imports: loads the program once, then forks one child per life.

A child does all that `outreach run` does and is killed for real; two never live at once. Reads `live` and `kill` on
stdin, answers each with one line; when stdin ends, so does everything here.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

#: What a life would import first.
_WARM = ("outreach.entrypoints.daemon", "sqlalchemy.dialects.sqlite", "sqlite3")
Main = Callable[[list[str]], int]


def main(program: str, logs: Path, arguments: list[str]) -> None:
    """Serve orders about `program`, a module with `main(arguments)`."""
    born: Main = importlib.import_module(program).main
    for name in _WARM:
        importlib.import_module(name)
    print("warm", flush=True)
    child = lives = 0
    for order in sys.stdin:
        if order.strip() == "live":
            lives += 1
            child = _fork(born, logs / f"life-{lives}.log", arguments)
            print(child, flush=True)
        else:
            print(_end(child), flush=True)
            child = 0
    if child:
        _end(child)


def _fork(born: Main, log: Path, arguments: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = born(arguments)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end(child: int) -> str:
    """`killed`, or how it had ended by itself, which is a fault."""
    done, status = os.waitpid(child, os.WNOHANG)
    if done:
        return f"ended by itself with {os.waitstatus_to_exitcode(status)}"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
