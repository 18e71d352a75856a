"""Exact-field tests: a log line holds allow-listed fields of plain words, whatever it was given (leaks 25, 26)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.entrypoints import log_setup
from tests.cli.conftest import python

SETUP = """
import asyncio, gc, logging, sys, threading, warnings
from outreach.entrypoints import log_setup
import structlog
log_setup.configure(level="DEBUG", as_json=True)
log = structlog.get_logger()
"""


def lines(tmp_path: Path, code: str) -> list[dict[str, Any]]:
    """What a process with this code logs; every line must be JSON, and none may hold the canary."""
    answer = python("-c", SETUP + code, cwd=tmp_path)
    assert "CANARY" not in answer.err + answer.out
    said = [json.loads(line) for line in answer.err.splitlines()]
    for fields in said:
        fields.pop("timestamp")
    return said


def test_allowed_fields_pass_others_are_named(tmp_path: Path) -> None:
    said = lines(
        tmp_path,
        "log.info('sent', case='amber-otter', platform='matrix', seconds=1.5, count=3, permanent=True,"
        " handle='CANARY', text='CANARY', url='CANARY')",
    )
    assert said == [
        {
            "event": "sent",
            "level": "info",
            "case": "amber-otter",
            "platform": "matrix",
            "seconds": 1.5,
            "count": 3,
            "permanent": True,
            "dropped": "handle,text,url",
        }
    ]


@pytest.mark.parametrize(
    "value",
    ["'@CANARY'", "'CANARY@x.example'", "'!CANARY:x'", "'https://x/CANARY'", "'a CANARY'", "['CANARY']", "b'CANARY'"],
)
def test_a_value_that_is_no_word_is_dropped(tmp_path: Path, value: str) -> None:
    assert lines(tmp_path, f"log.info('sent', case={value})") == [{"event": "sent", "level": "info", "dropped": "case"}]


def test_an_event_that_names_somebody_loses_its_words(tmp_path: Path) -> None:
    assert lines(tmp_path, "log.info('sent to @CANARY')") == [{"event": "unnamed", "level": "info", "dropped": "event"}]


def test_exceptions_lose_their_messages(tmp_path: Path) -> None:
    code = "try:\n    {}['CANARY']\nexcept KeyError:\n    log.exception('broke', stage='waiting')\n"
    said = lines(tmp_path, code)
    assert said == [
        {"event": "broke", "level": "error", "stage": "waiting", "error": "KeyError", "where": "__main__:8"}
    ]


def test_libraries_lose_their_messages_and_their_chatter(tmp_path: Path) -> None:
    said = lines(
        tmp_path,
        """
import nio, aiohttp, urllib3
for name in ("nio", "nio.client", "mastodon", "urllib3.connectionpool", "aiohttp.access"):
    logging.getLogger(name).error("CANARY")
logging.getLogger("sqlalchemy.engine").info("CANARY")
logging.getLogger("sqlalchemy.pool").warning("CANARY %s", "CANARY", extra={"CANARY": "CANARY"})
logging.getLogger("made.later").error("CANARY")
warnings.warn("CANARY")
""",
    )
    assert [(fields["event"], fields["logger"]) for fields in said] == [
        ("library", "sqlalchemy.pool"),
        ("library", "made.later"),
        ("library", "py.warnings"),
    ]


def test_what_nobody_caught_is_type_and_place(tmp_path: Path) -> None:
    said = lines(
        tmp_path,
        """
class Odd:
    def __del__(self):
        raise ValueError("CANARY")
Odd()
gc.collect()
def die():
    raise OSError("CANARY")
thread = threading.Thread(target=die)
thread.start()
thread.join()
async def lose():
    asyncio.get_running_loop().create_task(explode())
    await asyncio.sleep(0.01)
    gc.collect()
async def explode():
    raise LookupError("CANARY")
asyncio.run(lose())
raise RuntimeError("CANARY") from ValueError("CANARY")
""",
    )
    assert [(fields["event"], fields["error"]) for fields in said] == [
        ("unraisable", "ValueError"),
        ("thread died", "OSError"),
        ("library", "LookupError"),
        ("uncaught", "RuntimeError"),
    ]


def test_a_closed_stream_stops_nothing(tmp_path: Path) -> None:
    answer = python("-c", SETUP + "sys.stderr.close(); log.info('ready'); print('alive')", cwd=tmp_path)
    assert answer.out == "alive\n"


def test_the_place_is_the_innermost_of_ours() -> None:
    try:
        log_setup.configure(level="LOUD")
    except AttributeError as error:
        assert log_setup.describe(error).startswith("AttributeError at outreach.entrypoints.log_setup:")


@given(st.dictionaries(st.sampled_from(sorted(log_setup.FIELDS)) | st.text(), st.text() | st.integers() | st.none()))
def test_no_line_holds_what_is_not_allowed(fields: dict[str, Any]) -> None:
    kept = dict(log_setup._keep_allowed(None, "info", dict(fields)))
    assert kept.keys() <= log_setup.FIELDS
    for value in kept.values():
        assert not isinstance(value, str) or not set(value) & set("@#!/\n\u2028")
