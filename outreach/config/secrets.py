"""Secrets: where they come from, and that nothing prints them (leaks 26, 30). Never in the file, never in an error."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from outreach.config.errors import ConfigError
from outreach.config.tables import Tables

#: Every secret there is; those of later parts are read and not asked for.
NAMES = (
    "matrix_token",
    "matrix_password",
    "matrix_admin_token",
    "fediverse_token",
    "fediverse_staff_token",
    "master_key",
    "webhook_secret",
)


class Secret:
    """A value that shows itself only when asked by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; call it where it is used and keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be written anywhere")


class Secrets(Struct, frozen=True, kw_only=True):
    """The secrets of the configured parts. The master key is always there."""

    master_key: Secret
    matrix_token: Secret | None = None
    matrix_password: Secret | None = None
    matrix_admin_token: Secret | None = None
    fediverse_token: Secret | None = None
    fediverse_staff_token: Secret | None = None
    webhook_secret: Secret | None = None


def load_secrets(file: Path, tables: Tables, environ: Mapping[str, str]) -> Secrets:
    """Read all secrets; raise `ConfigError` for the first that a configured part lacks."""
    found = {name: secret for name in NAMES if (secret := read(file, name, environ)) is not None}
    if "master_key" not in found:
        raise _missing(file, "master_key", "make one with `outreach keys new` and")
    if "matrix_token" not in found and "matrix_password" not in found:
        raise _missing(file, "matrix_token", "or give matrix_password:")
    if tables.fediverse is not None and "fediverse_token" not in found:
        raise _missing(file, "fediverse_token", "take out [fediverse], or")
    if tables.fediverse is not None and tables.fediverse.reports is True and "fediverse_staff_token" not in found:
        raise _missing(file, "fediverse_staff_token", "set reports = false under [fediverse], or")
    if tables.matrix.synapse_admin and "matrix_admin_token" not in found:
        raise _missing(file, "matrix_admin_token", "set synapse_admin = false under [matrix], or")
    return Secrets(**found)


def read(file: Path, name: str, environ: Mapping[str, str]) -> Secret | None:
    """One secret: a systemd credential, else a variable, else the file a variable names; None if nowhere."""
    credential = _credential(name, environ)
    if credential is not None and credential.is_file():
        return _from_file(file, name, credential)
    variable = f"OUTREACH_{name.upper()}"
    if value := environ.get(variable, "").strip():
        return Secret(value)
    if named := environ.get(f"{variable}_FILE"):
        return _from_file(file, name, Path(named))
    return None


def in_environment(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that hold a secret themselves; a child process or a crash report could show them (F32)."""
    return tuple(variable for name in NAMES if environ.get(variable := f"OUTREACH_{name.upper()}"))


def secret_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files named by variables, for `open_to_others`. The service manager guards its own credentials."""
    return tuple(Path(path) for name in NAMES if (path := environ.get(f"OUTREACH_{name.upper()}_FILE")))


def _credential(name: str, environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    return Path(folder) / name if folder else None


def _from_file(file: Path, name: str, source: Path) -> Secret:
    try:
        value = source.read_bytes().decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read from {source} ({type(error).__name__})"
        raise ConfigError(file, f"the secret {name}", problem, "mend that file or its rights") from None
    if not value:
        raise ConfigError(file, f"the secret {name}", f"is empty in {source}", "write it there")
    return Secret(value)


def _missing(file: Path, name: str, first: str) -> ConfigError:
    variable = f"OUTREACH_{name.upper()}"
    ways = f"$CREDENTIALS_DIRECTORY/{name}, {variable} or the file that {variable}_FILE names"
    return ConfigError(file, f"the secret {name}", "is missing", f"{first} put it into {ways}")
