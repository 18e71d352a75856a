"""The command line. `run` is found by hand and loads neither Typer, Rich nor Alembic; everything else does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from outreach.entrypoints.cli import running
from outreach.entrypoints.cli.failing import guarded


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked. 0 done, 1 a named failure, 2 wrong usage; no traceback reaches a user."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: _dispatch(given))


def _dispatch(given: list[str]) -> int:
    if running.wanted(given):
        return running.run(given)
    from outreach.entrypoints.cli import app

    return app.invoke(given)
