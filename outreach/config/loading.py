"""From a path to a `Config`, or to one sentence that says what is wrong. Reads no secret and asks no server."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from outreach.config.checking import check
from outreach.config.errors import ConfigError
from outreach.config.explaining import explain
from outreach.config.policy import outreach_policy
from outreach.config.tables import Tables
from outreach.config.values import decode
from outreach.domain.policy import OutreachPolicy


class Config(Tables, frozen=True, kw_only=True):
    """The tables of the file, and the file they came from."""

    path: Path

    @property
    def name(self) -> str:
        """What the community is called: by itself, else by its Matrix server."""
        return self.community.name or self.matrix.user.partition(":")[2]

    @property
    def contact(self) -> str:
        """Where humans can be reached, without a scheme, as letters print it; checked never to be empty."""
        about = f"{self.fediverse.server}/about" if self.fediverse else ""
        return (self.community.contact or about).removeprefix("https://").removeprefix("http://")

    @property
    def keyring_path(self) -> Path:
        """Where the keyring lies."""
        return Path(self.store.keyring)

    def outreach_policy(self) -> OutreachPolicy:
        """The delays, limits and windows as the domain knows them."""
        return outreach_policy(self)


def load(path: Path) -> Config:
    """Read the file. Raises `ConfigError` and nothing else."""
    tables = _convert(path, _read(path))
    check(path, tables)
    return Config(path=path, **{name: getattr(tables, name) for name in Tables.__struct_fields__})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(path, "", "there is no such file", "name it with --config FILE or OUTREACH_CONFIG") from None
    except OSError as error:
        raise ConfigError(path, "", f"cannot be read ({type(error).__name__})", "mend its rights or path") from None
    except UnicodeDecodeError:
        raise ConfigError(path, "", "is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "", f"is not TOML: {_first_line(error)}", "correct that line") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _convert(path: Path, data: dict[str, Any]) -> Tables:
    try:
        return msgspec.convert(data, Tables, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise explain(path, error) from None
