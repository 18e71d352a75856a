"""Reports that people made with their Matrix client, read through Synapse's admin API with an account of its own.

Synapse counts `from` as an offset, and ids come back after a deletion: so both lists are read from the newest report
until a known one, pages overlap, and a report is known by id and time together (matrix-nio.md, 6). Deletes nothing.
Reports of rooms are stored by Synapse and can be read by nobody; `check` says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.client import MatrixClient, Refused
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.links import is_user, matrix_to, uri
from outreach.adapters.matrix.posts import post_of
from outreach.adapters.matrix.translate import account
from outreach.domain.evidence import NEIGHBOURS
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post, Visibility
from outreach.domain.reports import LONGEST_REPORT, Report, Source
from outreach.ports import Batch, Happening, Incoming, Journal, Misconfigured, TryLater, Undeliverable

SOURCE = "matrix-reports"
_ADMIN = "/_synapse/admin/v1/"
_PAGE = 100
_OVERLAP = 5
#: So many reports are remembered to know by where the last reading ended.
_REMEMBERED = 100
#: A list that keeps shrinking under the reader is begun anew so often; then the next poll does the rest.
_WALKS = 5
_NO_ADMIN = (
    "matrix_admin_token may not read reports; it has to be of a Synapse admin account, other than the bot's own,"
    " or set synapse_admin = false under [matrix]."
)
_OWN_ACCOUNT = "matrix_admin_token belongs to the bot's own account; make an admin account apart from it for reports."
_OTHER_SERVER = "The homeserver has no list of reports; it is read on Synapse alone: set synapse_admin = false."
_NOBODY = Account(Platform.MATRIX, "")

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _List:
    """One of Synapse's two lists."""

    name: str
    kind: str


_LISTS = (_List("event_reports", "event"), _List("user_reports", "user"))


class MatrixReports:
    """The `ReportSource` and `Witness` of Matrix. `rooms` are those whose messages may be shown around a report."""

    name = SOURCE
    breath = 0.5
    platform = Platform.MATRIX

    def __init__(self, homeserver: str, token: str, bot: str, rooms: Iterable[str] = (), *, page: int = _PAGE) -> None:
        self._client = MatrixClient(homeserver, "", "")
        self._client.show(token)
        self._bot, self._rooms, self._page = bot, frozenset(rooms), page

    async def open(self) -> None:
        """See that the lists open, and that it is not the bot itself who reads them."""
        who = await self._get("/_matrix/client/v3/account/whoami")
        if fields.text(who, "user_id") == self._bot:
            raise Misconfigured(_OWN_ACCOUNT)
        for one in _LISTS:
            await self._rows(one, 0, 1)

    async def close(self) -> None:
        """Close the connection; safe to call twice."""
        await self._client.close()

    async def read_once(self, cursor: str, journal: Journal) -> str:
        """What is new in both lists, the newest first within each page."""
        known = _known(cursor)
        for one in _LISTS:
            known = await self._read(one, known, cursor, journal)
        after = _cursor(known)
        if after != cursor:
            await journal(Batch(SOURCE, after))
        return after

    async def _read(
        self, one: _List, known: Mapping[str, list[Key]], cursor: str, journal: Journal
    ) -> dict[str, list[Key]]:
        for _ in range(_WALKS):
            newest = await self._walk(one, frozenset(known.get(one.name, ())), cursor, journal)
            if newest is not None:
                kept = [*newest, *(key for key in known.get(one.name, ()) if key not in newest)]
                return {**known, one.name: kept[:_REMEMBERED]}
        raise TryLater(1.0)

    async def _walk(self, one: _List, known: frozenset[Key], cursor: str, journal: Journal) -> list[Key] | None:
        """From the newest report back to a known one; None where the list shrank meanwhile and one may be missed."""
        newest: list[Key] = []
        offset, last = 0, None
        while True:
            page = await self._rows(one, offset, self._page)
            keys = [_key(row) for row in page]
            if last is not None and last not in keys:
                return None
            newest = newest or keys[:_REMEMBERED]
            if not cursor:
                return newest
            fresh = [row for row in page if _key(row) not in known]
            await journal(Batch(SOURCE, cursor, tuple([await self._incoming(one, row) for row in reversed(fresh)])))
            if len(fresh) < len(page) or len(page) < self._page:
                return newest
            last = keys[-1]
            offset += self._page - _OVERLAP

    async def _rows(self, one: _List, offset: int, limit: int) -> Sequence[Json]:
        query = urlencode({"dir": "b", "from": offset, "limit": limit})
        found = await self._get(f"{_ADMIN}{one.name}?{query}")
        return [fields.table(row) for row in fields.rows(found, one.name)]

    async def _get(self, where: str) -> Json:
        try:
            return await self._client.call("GET", where)
        except Refused as refusal:
            if refusal.status == 403:
                raise Misconfigured(_NO_ADMIN) from None
            if refusal.code == "M_UNRECOGNIZED":
                raise Misconfigured(_OTHER_SERVER) from None
            raise TryLater(30.0) from None
        except Misconfigured:
            raise Misconfigured(_NO_ADMIN) from None

    # one report

    async def _incoming(self, one: _List, row: Json) -> Incoming:
        number, received = _key(row)
        reporter = fields.text(row, "user_id")
        report = await self._of_event(row) if one.kind == "event" else _of_user(row)
        return Incoming(
            source=f"report/{one.kind}/{number}/{received}",
            happening=Happening.REPORTED,
            platform=Platform.MATRIX,
            sender=account(reporter) if is_user(reporter) else _NOBODY,
            at=fields.when(row, "received_ts"),
            report=report,
        )

    async def _of_event(self, row: Json) -> Report:
        """With the message as it was said, even if its author has taken it away since; without it where it is gone."""
        room, native = fields.text(row, "room_id"), fields.text(row, "event_id")
        event = await self._said(row)
        author = fields.text(event, "sender") or fields.text(row, "sender")
        post = post_of(room, event) if event else _unseen(room, native, author)
        return Report(
            Source.MATRIX,
            Platform.MATRIX,
            (account(author),) if is_user(author) else (),
            (post,) if room and native and is_user(author) else (),
            text=fields.text(row, "reason")[:LONGEST_REPORT],
            unreadable=fields.text(event, "type") == "m.room.encrypted",
        )

    async def _said(self, row: Json) -> Json:
        try:
            found = await self._client.call("GET", f"{_ADMIN}event_reports/{_key(row)[0]}")
        except Refused:
            return {}
        event = fields.table(found, "event_json")
        same = fields.text(event, "event_id") or fields.text(row, "event_id")
        return {**event, "event_id": same} if event and same == fields.text(row, "event_id") else {}

    # what stands around it

    async def surroundings(self, post: Post) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
        """Messages before and after, in the community's own rooms alone: what others said elsewhere is theirs."""
        if post.room not in self._rooms:
            raise Undeliverable("room_not_ours")
        where = f"{_ADMIN}rooms/{quote(post.room, safe='')}/context/{quote(post.native, safe='')}?limit=20"
        found = await self._get_context(where)
        before = [*_posts(post.room, fields.rows(found, "events_before"))][:NEIGHBOURS]
        after = [*_posts(post.room, fields.rows(found, "events_after"))][:NEIGHBOURS]
        return tuple(reversed(before)), tuple(after)

    async def _get_context(self, where: str) -> Json:
        try:
            return await self._client.call("GET", where)
        except Refused as refusal:
            raise Undeliverable("no context") from refusal


def _posts(room: str, events: Iterable[object]) -> Iterable[Post]:
    for event in events:
        found = fields.table(event)
        if fields.text(found, "type") == "m.room.message" and is_user(fields.text(found, "sender")):
            yield post_of(room, found)


def _of_user(row: Json) -> Report:
    target = fields.text(row, "target_user_id")
    people = (account(target),) if is_user(target) else ()
    return Report(Source.MATRIX, Platform.MATRIX, people, text=fields.text(row, "reason")[:LONGEST_REPORT])


def _unseen(room: str, native: str, author: str) -> Post:
    """A message that nothing is left of but where it stood."""
    return Post(
        Platform.MATRIX,
        uri(room, native),
        matrix_to(room, native),
        native,
        account(author),
        "",
        Visibility.ROOM,
        room=room,
    )


def _key(row: Json) -> Key:
    """Id and time: an id alone is given again after the newest report was deleted."""
    number, received = fields.value(row, "id"), fields.value(row, "received_ts")
    return (number if isinstance(number, int) else 0, received if isinstance(received, int) else 0)


def _known(cursor: str) -> dict[str, list[Key]]:
    stored: dict[str, list[list[int]]] = json.loads(cursor) if cursor else {}
    return {name: [(number, received) for number, received in keys] for name, keys in stored.items()}


def _cursor(known: Mapping[str, list[Key]]) -> str:
    return json.dumps({one.name: known.get(one.name, []) for one in _LISTS})
