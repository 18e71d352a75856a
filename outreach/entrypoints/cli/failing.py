"""How the command line fails: one sentence on stderr and an exit code. Prints no value of an unexpected error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from outreach.entrypoints import log_setup
from outreach.ports import Misconfigured

FAILED = 1
_TYPER_INTERRUPTED = 130


class CommandFailed(Misconfigured):
    """A command could not do what was asked; the message is the sentence."""


def guarded(work: Callable[[], int]) -> int:
    """Run a command; turn everything it may raise into an exit code."""
    try:
        code = _code(work)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("Interrupted.")
    except BrokenPipeError:
        return _reader_left()
    except BaseException as error:
        return _fail(_sentence(error))
    else:
        return code


def _sentence(error: BaseException) -> str:
    named = _named(error)
    if named is not None:
        return " ".join(str(named).split())
    return f"outreach stopped on an unexpected error: {log_setup.describe(_innermost(error))}."


def _named(error: BaseException) -> Misconfigured | None:
    """The named failure, also where a task group wrapped it."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_named, error.exceptions)), None)
    return error if isinstance(error, Misconfigured) else None


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return FAILED


def _code(work: Callable[[], int]) -> int:
    """The exit code, also where Typer or argparse left by SystemExit; an interrupt is a failure like others."""
    try:
        return work()
    except SystemExit as error:
        if isinstance(error.code, str):
            raise CommandFailed(error.code) from None
        if error.code == _TYPER_INTERRUPTED:
            raise KeyboardInterrupt from None
        return error.code or 0


def _reader_left() -> int:
    """`outreach … | head`: nobody reads on; keep the interpreter from complaining at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED
