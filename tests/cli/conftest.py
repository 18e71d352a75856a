"""The command line as a user meets it: a process with arguments, an environment, two streams and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


Outreach = Callable[..., Answer]


def python(*arguments: str, cwd: Path, **environ: str) -> Answer:
    """A fresh interpreter in an empty folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTREACH_", "CREDENTIALS_"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def outreach(tmp_path: Path) -> Outreach:
    """Run `outreach` with these arguments."""

    def run(*arguments: str, **environ: str) -> Answer:
        return python("-m", "outreach.entrypoints.cli", *arguments, cwd=tmp_path, **environ)

    return run
