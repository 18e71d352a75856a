"""Recorded requests as canonical bytes: ids that the server made become room-1, event-1, sync-1 …

They are numbered in order of appearance within the view. Nothing else is normalised: what differs, differs.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_TAIL = r"(?![A-Za-z0-9_-])"
# Room ids of version 12 and event ids since version 4 are 43 characters of base64; older rooms name a server.
# Numbers of 13 or 18 digits are ids of mastodon-mock or Mastodon. `%21` and `%24`: as they stand in a path.
_IDS = re.compile(
    rf"(?P<room>(?:!|%21)(?:[A-Za-z0-9_-]{{43}}{_TAIL}|[A-Za-z]{{18}}(?::|%3A)[A-Za-z0-9.-]+))"
    rf"|(?P<event>(?:\$|%24)[A-Za-z0-9_-]{{43}}{_TAIL})"
    rf"|(?P<media>mxc://[A-Za-z0-9.:-]+/[A-Za-z0-9]+)"
    rf"|(?P<number>(?<![\w.-])(?:\d{{13}}|\d{{18}})(?![\w.-]))"
)
_TOKEN_KEYS = {"since", "from", "to"}


@dataclass
class Recorded:
    """One request as it arrived. `account` is who the token belongs to; the token itself is nowhere."""

    at: float
    account: str
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: Any
    fault: str | None = None
    status: int | None = None


Keep = Callable[[Recorded], bool]


class _Names:
    def __init__(self, raw: set[str]) -> None:
        self._raw = raw
        self._given: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def name(self, kind: str, found: str) -> str:
        known = unquote(found)
        if known in self._raw:
            return found
        if known not in self._given:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._given[known] = f"{kind}-{self._counts[kind]}"
        return self._given[known]

    def text(self, text: str) -> str:
        return _IDS.sub(lambda match: self.name(match.lastgroup or "", match.group()), text)

    def query(self, key: str, value: str) -> list[str]:
        is_token = key in _TOKEN_KEYS and not value.isdigit()
        return [key, self.name("sync", value) if is_token else self.text(value)]

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(each) for key, each in value.items()}
        return value


def view(records: Iterable[Recorded], *, foreign: Iterable[Recorded] = (), times: bool = False) -> bytes:
    """One line of JSON per request, keys and headers in the order in which they came.

    Ids that also occur in `foreign` requests stay as they are: the id of the reporter's room within a message
    to the recipient must not hide behind a number that is the same for everybody.
    """
    names = _Names({found for record in foreign for found in _ids(record)})
    return b"".join(_line(record, names, times) for record in records)


def _line(record: Recorded, names: _Names, times: bool) -> bytes:
    shown = {
        "account": record.account,
        "method": record.method,
        "path": names.text(record.path),
        "query": [names.query(key, value) for key, value in record.query],
        "headers": [[key, names.text(value)] for key, value in record.headers],
        "body": names.value(record.body),
    }
    if times:
        shown["at"] = record.at
    return json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _ids(record: Recorded) -> set[str]:
    everything = json.dumps([record.path, record.query, record.headers, record.body], ensure_ascii=False)
    return {unquote(match.group()) for match in _IDS.finditer(everything)}
