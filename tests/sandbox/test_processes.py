"""A child process that says why it died, and never outlives its parent."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from outreach.entrypoints.sandbox.processes import ServerDied, ServerProcess

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = """
import sys, time
from pathlib import Path
from outreach.entrypoints.sandbox.processes import ServerProcess
child = ServerProcess("sleeper", sys.argv[2:], [Path(sys.argv[1])])
child.spawn()
print(child.pid, flush=True)
time.sleep(60)
"""


async def never() -> bool:
    return False


async def test_a_server_that_dies_says_why(tmp_path: Path) -> None:
    doomed = ServerProcess("doomed", [sys.executable, "-c", "exit('no such database')"], [tmp_path / "log"])
    doomed.spawn()
    with pytest.raises(ServerDied, match=r"doomed ended with code 1\nno such database"):
        await doomed.until_ready(never, 20)


async def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    silent = ServerProcess("silent", SLEEPER, [tmp_path / "log"])
    silent.spawn()
    with pytest.raises(ServerDied, match=r"silent did not answer within 0.1 s"):
        await silent.until_ready(never, 0.1)
    silent.pause()
    await silent.terminate()
    assert not silent.alive


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills the children of a killed parent")
async def test_a_killed_parent_takes_its_server_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log"), *SLEEPER]
    where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=where)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    deadline = time.monotonic() + 5
    while not gone(child):
        assert time.monotonic() < deadline, "the child lives on"
        await asyncio.sleep(0.01)


def gone(pid: int) -> bool:
    """A zombie counts: whether anybody reaps it is init's affair."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
