"""What a thief learns who has the database and every key but the link key (F6), and the times that stand in it.

Nothing is guessed: a sealer beside the real one notes what is sealed under which key, so each value in the file is
known as openable, locked, or clear. A value sealed under a case's key is openable if that key is wrapped plainly.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import msgspec

from tests.anonymity.stage import Stage


@dataclass
class Sealing:
    """Everything that was sealed since it was put in."""

    inner: Any
    plain: dict[bytes, bytes] = field(default_factory=dict)
    keyed: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict)
    locked: set[bytes] = field(default_factory=set)
    wrapped: set[bytes] = field(default_factory=set)
    older: set[bytes] = field(default_factory=set)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def wrap(self, key: bytes, aad: str) -> str:
        """A key that the ring opens."""
        self.wrapped.add(key)
        return cast(str, self.inner.wrap(key, aad))

    def seal(self, key: bytes, plain: bytes, aad: str) -> bytes:
        """Under a key of its own."""
        sealed = cast(bytes, self.inner.seal(key, plain, aad))
        self.keyed[sealed] = key, plain
        return sealed

    def seal_store(self, plain: bytes, aad: str) -> bytes:
        """Under the ring's store key."""
        sealed = cast(bytes, self.inner.seal_store(plain, aad))
        self.plain[sealed] = plain
        return sealed

    def seal_link(self, plain: bytes, aad: str) -> bytes:
        """Under the one key that the thief has not."""
        sealed = cast(bytes, self.inner.seal_link(plain, aad))
        self.locked.add(sealed)
        return sealed

    def opened(self, value: bytes) -> bytes | None:
        """The plain value, b"" where it stays shut, None where nobody sealed it."""
        if value in self.plain:
            return self.plain[value]
        if value in self.keyed:
            key, plain = self.keyed[value]
            return plain if key in self.wrapped else b""
        named = value.partition(b"\n")[2]  # a row of the inbox bears its name before what is sealed
        return b"" if value in self.older or value in self.locked or named in self.locked else None


def watch(stage: Stage) -> Sealing:
    """From here on it is known what the town's bot seals; so far it has met nobody but moderators."""
    sealing = Sealing(stage.town.database._sealer)
    sealing.older = {one for _, _, _, one in _raw(stage.town.folder / "outreach.db") if isinstance(one, bytes)}
    stage.town.database._sealer = cast(Any, sealing)
    return sealing


@dataclass(frozen=True)
class Cell:
    """One value of one row, opened if it can be."""

    table: str
    column: str
    row: int
    value: object


def cells(file: Path, sealing: Sealing) -> list[Cell]:
    """All that the thief can read. Fails on a sealed value that nobody sealed."""
    return [Cell(table, column, row, _readable(value, sealing)) for table, column, row, value in _raw(file)]


def _raw(file: Path) -> Iterator[tuple[str, str, int, object]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in names:
            found = connection.execute(f'SELECT rowid, * FROM "{table}"')
            columns = [column for column, *_ in found.description][1:]
            for row in found.fetchall():
                yield from ((table, column, row[0], value) for column, value in zip(columns, row[1:], strict=True))


def _readable(value: object, sealing: Sealing) -> object:
    if not isinstance(value, bytes) or not value:
        return value
    plain = sealing.opened(value)
    assert plain is not None, "a sealed value of unknown origin"
    return plain.decode("utf-8", "replace")


@dataclass(frozen=True)
class Seconds:
    """At which seconds something was done, as far as the thief can tell, in members' rows and in cases' rows."""

    members: frozenset[float]
    cases: frozenset[float]


def seconds(stage: Stage, found: list[Cell]) -> Seconds:
    """A deadline tells the second at which it was set, since the delays are in the configuration."""
    policy = stage.town.pump.settings.policy
    ours = {str(cell.value) for cell in found if (cell.table, cell.column) == ("cases", "id")}
    dues = _rows(found, "timers")
    draft = [policy.draft_expires, policy.nudge_after]
    kept = [policy.give_up_after, policy.consent_within, policy.remind_after, policy.check_every, policy.settle]
    kept += [policy.keep_contact, policy.keep_decided, policy.keep_reporter_link]
    members = {row["due"] - d.total_seconds() for row in dues if row["owner"] not in ours for d in draft}
    cases = {row["due"] - d.total_seconds() for row in dues if row["owner"] in ours for d in kept}
    return Seconds(frozenset(members), frozenset(cases | _moments(found)))


def _rows(found: list[Cell], table: str) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for cell in found:
        if cell.table == table:
            rows.setdefault(cell.row, {})[cell.column] = cell.value
    return list(rows.values())


def _moments(found: list[Cell]) -> set[float]:
    """Times within opened events."""
    bodies = [cell.value for cell in found if (cell.table, cell.column) == ("events", "body")]
    facts = [msgspec.json.decode(body)[1] for body in bodies if isinstance(body, str) and body]
    times = [value for fact in facts for key, value in fact.items() if key == "at" and isinstance(value, str)]
    return {datetime.fromisoformat(one).timestamp() for one in times}
