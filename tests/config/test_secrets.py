"""Secrets come from three places in one order, and show themselves nowhere."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import msgspec
import pytest

from outreach.config import ConfigError, Secret, in_environment, load_secrets, open_to_others, secret_files
from tests.config.conftest import Loader

ENOUGH = {"OUTREACH_MASTER_KEY": "k", "OUTREACH_MATRIX_TOKEN": "t"}
FEDIVERSE = '[fediverse]\nserver = "https://f.example"'


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{0!r:>30}".format, lambda s: f"{[s]} {{'a': {s}}}"])
def test_a_secret_does_not_print(show: object) -> None:
    assert callable(show)
    assert "CANARY" not in show(Secret("CANARY"))


@pytest.mark.parametrize("write", [pickle.dumps, json.dumps, msgspec.json.encode, copy.deepcopy])
def test_a_secret_cannot_be_written(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError) as caught:
        write(Secret("CANARY"))
    assert "CANARY" not in str(caught.value)


def test_secrets_are_compared_by_value() -> None:
    assert Secret("é") == Secret("é")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_credentials_come_before_variables_before_files(loaded: Loader, tmp_path: Path) -> None:
    (tmp_path / "master_key").write_text("from credential\n")
    (tmp_path / "file").write_text("from file\n")
    named = {"OUTREACH_MASTER_KEY_FILE": str(tmp_path / "file"), "OUTREACH_MATRIX_TOKEN": "t"}
    variable = named | {"OUTREACH_MASTER_KEY": " from variable "}
    credential = variable | {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    config = loaded()
    for environ, wanted in ((named, "from file"), (variable, "from variable"), (credential, "from credential")):
        assert load_secrets(config.path, config, environ).master_key.reveal() == wanted


def test_the_loaded_secrets_do_not_print(loaded: Loader) -> None:
    config = loaded()
    secrets = load_secrets(config.path, config, {"OUTREACH_MASTER_KEY": "CANARY", "OUTREACH_MATRIX_PASSWORD": "CANARY"})
    assert "CANARY" not in repr(secrets)


@pytest.mark.parametrize("missing", [*ENOUGH, "OUTREACH_FEDIVERSE_TOKEN"])
def test_a_missing_secret_is_one_sentence(loaded: Loader, missing: str) -> None:
    config = loaded(FEDIVERSE)
    environ = {name: value for name, value in (ENOUGH | {"OUTREACH_FEDIVERSE_TOKEN": "f"}).items() if name != missing}
    with pytest.raises(ConfigError) as caught:
        load_secrets(config.path, config, environ)
    sentence = str(caught.value)
    for part in (str(config.path), missing.removeprefix("OUTREACH_").lower(), missing, f"{missing}_FILE"):
        assert part in sentence


def test_only_configured_parts_need_theirs(loaded: Loader) -> None:
    config = loaded()
    assert load_secrets(config.path, config, ENOUGH).fediverse_token is None


@pytest.mark.parametrize("reports", ["", "\nreports = false"])
def test_reports_that_are_not_asked_for_need_no_staff_token(loaded: Loader, reports: str) -> None:
    config = loaded(FEDIVERSE + reports)
    environ = ENOUGH | {"OUTREACH_FEDIVERSE_TOKEN": "f"}
    assert load_secrets(config.path, config, environ).fediverse_staff_token is None


@pytest.mark.parametrize(
    ("rest", "matrix", "secret"),
    [
        (FEDIVERSE + "\nreports = true", "", "fediverse_staff_token"),
        ("", "synapse_admin = true", "matrix_admin_token"),
    ],
)
def test_reports_that_are_asked_for_need_theirs(loaded: Loader, rest: str, matrix: str, secret: str) -> None:
    config = loaded(rest, matrix=matrix)
    environ = ENOUGH | {"OUTREACH_FEDIVERSE_TOKEN": "f"}
    with pytest.raises(ConfigError, match=f"the secret {secret} is missing; set .* = false under"):
        load_secrets(config.path, config, environ)
    found = load_secrets(config.path, config, environ | {f"OUTREACH_{secret.upper()}": "s"})
    assert getattr(found, secret).reveal() == "s"


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff"])
def test_a_named_file_must_hold_something(loaded: Loader, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    config = loaded()
    with pytest.raises(ConfigError, match="the secret master_key"):
        load_secrets(config.path, config, ENOUGH | {"OUTREACH_MASTER_KEY": "", "OUTREACH_MASTER_KEY_FILE": str(file)})


def test_check_can_ask_what_lies_open(tmp_path: Path) -> None:
    shut, open_ = tmp_path / "shut", tmp_path / "open"
    for path, mode in ((shut, 0o600), (open_, 0o640)):
        path.write_text("x")
        path.chmod(mode)
    environ = {"OUTREACH_MASTER_KEY": "x", "OUTREACH_MATRIX_TOKEN_FILE": str(open_), "OUTREACH_OTHER": "y"}
    assert in_environment(environ) == ("OUTREACH_MASTER_KEY",)
    assert secret_files(environ) == (open_,)
    assert open_to_others([shut, open_, tmp_path / "absent"]) == (open_,)


def test_the_password_of_a_database_does_not_print(loaded: Loader) -> None:
    config = loaded('[store]\nurl = "postgresql://u:CANARY@db.example/outreach"')
    assert "CANARY" not in repr(config)
    assert "CANARY" not in str(config.__rich_repr__())
    assert "CANARY" in config.store.url
