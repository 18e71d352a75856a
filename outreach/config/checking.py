"""What single types cannot say: values that must fit one another. Each check is a sentence or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import localedata
from msgspec import UNSET

from outreach.config import places
from outreach.config.errors import ConfigError
from outreach.config.tables import Tables

#: key, problem, remedy
Finding = tuple[str, str, str]


def check(file: Path, tables: Tables) -> None:
    """Raise the first thing that does not fit."""
    for look in _CHECKS:
        for key, problem, remedy in look(tables):
            raise ConfigError(file, key, problem, remedy)


def profile_path(name: str) -> Path:
    """The file of a profile: one that comes with the program, or one's own by its path."""
    shipped = places.profiles() / f"{name}.toml"
    return shipped if name.isidentifier() and shipped.is_file() else Path(name)


def _profile(tables: Tables) -> Iterator[Finding]:
    if not profile_path(tables.community.profile).is_file():
        shipped = ", ".join(f'"{path.stem}"' for path in sorted(places.profiles().glob("*.toml")))
        yield "community.profile", "names no profile of this version and no file", f"use {shipped} or a path"


def _timezone(tables: Tables) -> Iterator[Finding]:
    try:
        ZoneInfo(tables.community.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "community.timezone", "is no known time zone", 'write it like "Europe/Berlin"'


def _languages(tables: Tables) -> Iterator[Finding]:
    named = [("community", tables.community.languages)]
    named += [(f"branches.{name}", branch.languages) for name, branch in tables.branches.items()]
    for table, languages in named:
        if len(set(languages)) < len(languages):
            yield f"{table}.languages", "names a language twice", "name each once"
        if unknown := [language for language in languages if not localedata.exists(language)]:
            yield f"{table}.languages", f"names {unknown[0]}, which is no known language", "correct its code"


def _contact(tables: Tables) -> Iterator[Finding]:
    if tables.community.contact is None and tables.fediverse is None:
        yield "community.contact", "is missing", "say where people reach a human: every letter names it"


def _store(tables: Tables) -> Iterator[Finding]:
    scheme, _, rest = tables.store.url.partition("://")
    if scheme == "sqlite" and (not rest.strip("/") or ":memory:" in rest):
        yield "store.url", "names no file", 'write it like "sqlite:///outreach.db"'
    elif scheme not in {"sqlite", "postgresql"} or not rest:
        yield "store.url", "names no known kind of database", 'write it like "sqlite:///outreach.db"'
    if not tables.store.keyring.strip():
        yield "store.keyring", "is empty", 'write it like "outreach.keys"'


def _encryption(tables: Tables) -> Iterator[Finding]:
    if tables.matrix.trust == "cross-signed" and not tables.matrix.encryption:
        yield "matrix.trust", "cannot be cross-signed without encryption", 'set encryption = true or trust = "joined"'


def _rooms(tables: Tables) -> Iterator[Finding]:
    matrix = tables.matrix
    rooms = [matrix.staff_room, matrix.alternate_room, *matrix.community_rooms]
    rooms += [branch.staff_room for branch in tables.branches.values()]
    used = [room for room in rooms if room]
    if len(set(used)) < len(used):
        yield "matrix", "gives one room two roles", "name each room once"


def _staff(tables: Tables) -> Iterator[Finding]:
    for number, member in enumerate(tables.staff):
        if not (member.matrix or member.fediverse):
            yield f"staff[{number}]", "names no account", "add matrix = … or fediverse = …"
        if member.branch and member.branch not in tables.branches:
            yield f"staff[{number}].branch", "names no branch of the file", "add [branches.NAME]"


def _hold(tables: Tables) -> Iterator[Finding]:
    low, high = tables.outreach.hold
    if low > high:
        yield "outreach.hold", "begins with the longer duration", "write the shorter one first"


def _quiet(tables: Tables) -> Iterator[Finding]:
    quiet = tables.outreach.quiet
    if quiet is not UNSET and len(quiet) not in (0, 2):
        yield "outreach.quiet", "is no pair of times", 'write ["22:00", "08:00"], or [] for none'


def _audience(tables: Tables) -> Iterator[Finding]:
    audience = tables.outreach.audience
    if audience.refuse_below > audience.warn_below:
        yield "outreach.audience", "refuses more than it warns of", "make refuse_below the smaller number"


_CHECKS: tuple[Callable[[Tables], Iterator[Finding]], ...] = (
    _profile,
    _timezone,
    _languages,
    _contact,
    _store,
    _encryption,
    _rooms,
    _staff,
    _hold,
    _quiet,
    _audience,
)
