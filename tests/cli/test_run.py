"""`run` finds its way without Typer, hands over, and keeps its memory to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.entrypoints.cli import running
from tests.cli.conftest import python

#: A daemon that tells what it was given and what is loaded.
DAEMON = """
import ctypes, resource, sys, types
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
PR_GET_DUMPABLE = 3
daemon = types.ModuleType("outreach.entrypoints.daemon")
def main(config):
    import structlog
    structlog.get_logger().info("ready", version="1")
    print(repr(str(config)), resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(PR_GET_DUMPABLE))
    print(sorted({"typer", "rich", "alembic", "click"} & {name.split(".")[0] for name in sys.modules}))
    BODY
daemon.main = main
sys.modules["outreach.entrypoints.daemon"] = daemon
from outreach.entrypoints.cli import main as outreach
sys.exit(outreach(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["run"], True),
        (["--config", "x", "run"], True),
        (["--config=x", "run"], True),
        (["run", "--help"], True),
        (["--config", "run"], False),
        (["--config", "run", "keys", "new"], False),
        (["keys", "run"], False),
        (["--version"], False),
        (["--help", "run"], False),
        ([], False),
    ],
)
def test_run_is_recognised(arguments: list[str], found: bool) -> None:
    assert running.wanted(arguments) is found


@pytest.mark.parametrize(
    ("arguments", "environ", "config"),
    [
        (["run"], {}, "outreach.toml"),
        (["run"], {"OUTREACH_CONFIG": "env.toml"}, "env.toml"),
        (["--config", "a.toml", "run"], {"OUTREACH_CONFIG": "env.toml"}, "a.toml"),
        (["run", "--config", "b.toml"], {"OUTREACH_CONFIG": "env.toml"}, "b.toml"),
    ],
)
def test_it_hands_over_and_loads_no_command_line(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], config: str
) -> None:
    answer = python("-c", DAEMON.replace("BODY", "return 0"), *arguments, cwd=tmp_path, **environ)
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[:2] == [f"'{config}' (0, 0) 0", "[]"]
    assert "event=ready" in answer.err


def test_logs_can_be_json(tmp_path: Path) -> None:
    answer = python("-c", DAEMON.replace("BODY", "return 0"), "run", "--log-format", "json", cwd=tmp_path)
    assert '"event": "ready"' in answer.err


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("from outreach.ports import Misconfigured; raise Misconfigured('x.toml: mend this.')", "x.toml: mend this.\n"),
        ("raise ValueError('CANARY')", "unexpected error: ValueError at "),
    ],
)
def test_its_failures_are_sentences(tmp_path: Path, body: str, said: str) -> None:
    answer = python("-c", DAEMON.replace("BODY", body), "run", cwd=tmp_path)
    assert answer.code == 1
    assert said in answer.err
    assert "CANARY" not in answer.err + answer.out
    assert "Traceback" not in answer.err
