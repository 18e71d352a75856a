"""Every request in the order it came: what a server, and so an observer, can see of the bot (T1).

`View` turns entries into canonical bytes in which native ids are numbered in order of appearance by kind
(s1, a1, n1); it normalises nothing else. Requests under /_control/ are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .flavours import Json

TOKEN = re.compile(r"[0-9A-Za-z]{9,}")


@dataclass
class Entry:
    n: int
    at: str  # the server's clock
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any
    account: str | None
    touches: list[str] = field(default_factory=list)  # accounts whose side this request could be seen from
    answer: int | None = None  # None: the connection was dropped


@dataclass
class View:
    """Observable parts of requests; `at` stays in, so that T1b can compare times too."""

    entries: list[Entry]
    kind_of: Mapping[str, str]

    def rows(self) -> list[Json]:
        kept = ("at", "method", "path", "query", "headers", "body", "account")
        return [{key: asdict(entry)[key] for key in kept} for entry in self.entries]

    def bytes(self) -> bytes:
        names: dict[str, str] = {}
        counts: dict[str, int] = {}

        def number(match: re.Match[str]) -> str:
            native = match[0]
            kind = self.kind_of.get(native)
            if kind is None:
                return native
            if native not in names:
                counts[kind] = counts.get(kind, 0) + 1
                names[native] = f"{kind}{counts[kind]}"
            return names[native]

        lines = [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in self.rows()]
        return "\n".join(TOKEN.sub(number, line) for line in lines).encode()


class Recorder:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._count = 0

    def add(self, **parts: Any) -> Entry:
        self._count += 1
        entry = Entry(self._count, **parts)
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        self.entries.clear()

    def select(self, where: Callable[[Entry], bool]) -> list[Entry]:
        return [entry for entry in self.entries if where(entry)]

    def toward(self, acct: str) -> list[Entry]:
        return self.select(lambda entry: acct in entry.touches)


def plain(entries: Iterable[Entry]) -> list[Json]:
    return [asdict(entry) for entry in entries]
