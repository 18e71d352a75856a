"""Whatever a command raises, a user sees one sentence, and never a value (leak 26)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest

from outreach.entrypoints.cli.failing import CommandFailed, guarded
from outreach.ports import Misconfigured, Undeliverable


def _raiser(error: BaseException) -> Callable[[], int]:
    def work() -> NoReturn:
        raise error

    return work


@pytest.mark.parametrize(
    "error",
    [
        ValueError("CANARY"),
        Undeliverable("CANARY"),
        MemoryError("CANARY"),
        ExceptionGroup("CANARY", [KeyError("CANARY"), ValueError("CANARY")]),
        BaseExceptionGroup("CANARY", [GeneratorExit("CANARY")]),
    ],
)
def test_an_unexpected_error_is_type_and_place(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raiser(error)) == 1
    said = capsys.readouterr().err
    assert "CANARY" not in said
    assert "unexpected error" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "error",
    [
        Misconfigured("outreach.toml: mend\n this."),
        ExceptionGroup("x", [ValueError("CANARY"), ExceptionGroup("y", [Misconfigured("outreach.toml: mend this.")])]),
        SystemExit("outreach.toml: mend this."),
        CommandFailed("outreach.toml: mend this."),
    ],
)
def test_a_named_failure_is_its_sentence(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raiser(error)) == 1
    assert capsys.readouterr().err == "outreach.toml: mend this.\n"


@pytest.mark.parametrize(("left", "code"), [(None, 0), (0, 0), (1, 1), (2, 2), (130, 1)])
def test_exit_codes(left: int | None, code: int) -> None:
    assert guarded(_raiser(SystemExit(left))) == code


def test_an_interrupt_is_a_failure_without_noise(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(_raiser(KeyboardInterrupt())) == 1
    assert capsys.readouterr().err == "Interrupted.\n"
