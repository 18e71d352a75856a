"""From a path to a `Config`, or to one sentence that says what is wrong. Reads no secret and asks no server.

The profile the file names is read with it: a policy that cannot be followed is found before anything starts.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from outreach.adapters.profiles import Layer
from outreach.adapters.profiles import load as load_profile
from outreach.config import places
from outreach.config.checking import check, profile_path
from outreach.config.errors import ConfigError
from outreach.config.explaining import explain
from outreach.config.policy import outreach_policy
from outreach.config.tables import Tables
from outreach.config.values import decode
from outreach.domain.policy import OutreachPolicy
from outreach.domain.profile import Profile


class Config(Tables, frozen=True, kw_only=True):
    """The tables of the file, the file they came from, and the profile they name with their overrides."""

    path: Path
    profile: Profile

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
        return outreach_policy(self, self.profile)


def load(path: Path) -> Config:
    """Read the file. Raises `ConfigError`, or `BadProfile` for what the policy says, and nothing else."""
    tables = _convert(path, _read(path))
    check(path, tables)
    profile = _profile(path, tables)
    return Config(path=path, profile=profile, **{name: getattr(tables, name) for name in Tables.__struct_fields__})


def _profile(path: Path, tables: Tables) -> Profile:
    """The community's profile, with `[policy]` laid over it."""
    overrides = Layer(path, tables.policy.overrides(), ("policy",))
    return load_profile(profile_path(tables.community.profile), places.profiles(), overrides)


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
