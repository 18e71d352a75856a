"""`outreach sandbox` as a user starts it: the play, a play that must fail, and Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "outreach.entrypoints.cli", "sandbox"]


@contextmanager
def started(temporary: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The sandbox in a process of its own, all its files below `temporary`."""
    environment = os.environ | {"TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [*COMMAND, *options], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    raise AssertionError(f"the sandbox never said {words!r}")


def children(process: subprocess.Popen[str]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_bot(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[-2] == "run"


def test_both_stories_are_acted_and_observed(tmp_path: Path) -> None:
    with started(tmp_path, "--play") as process:
        out, err = process.communicate(timeout=150)
    assert (process.returncode, err) == (0, "")
    assert out.count("names ada") == 2 and out.count("names ben") == 3
    assert "✓ the card is the one that ben agreed to" in out
    assert out.count("✓ the homeserver cannot read") == 3
    assert "steps were observed from outside" in out
    assert not list(tmp_path.iterdir())


def test_a_bot_killed_midway_fails_the_play(tmp_path: Path) -> None:
    with started(tmp_path, "--play") as process:
        read_until(process, "outreach → ada")
        (bot,) = filter(is_bot, children(process))
        os.kill(bot, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    sentence = err.splitlines()[-1]
    assert sentence.startswith("The bot's process ended; this step was not observed: ")
    assert "event=ready" in err and "steps were observed" not in out
    assert not list(tmp_path.iterdir())


def test_without_play_it_stays_until_interrupted(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        read_until(process, "Here nothing is held back.")
        family = children(process)
        assert len(family) == 3
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert not [child for child in family if Path(f"/proc/{child}").exists()]
    assert not list(tmp_path.iterdir())


def test_an_unknown_profile_is_wrong_usage(tmp_path: Path) -> None:
    with started(tmp_path, "--play", "--profile", "branches") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, "")
    assert "cooperative" in err and len(err.splitlines()) == 1
