"""The View of T1: everything observable by anyone but the reporter, their server and the bot's operators, as bytes.

What is left out is named by three rules, none of which can hide a leak:
- the bot reading its own mailbox: `GET /sync` with presence offline and `GET /notifications`, in exactly their form;
- requests within a room that holds the reporter and the bot alone, and private posts whose one reader is the reporter;
- requests of people, which are no requests of the bot.
Ids are numbered by the recorders; those of the reporter's side are passed as foreign and keep their own names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.anonymity import eyes
from tests.anonymity.stage import Stage
from tests.recorder import Recorded, view
from tests.strict_server.recorder import TOKEN, Entry, View
from tests.town.actors import OnMatrix

_SYNC = {"filter", "timeout", "set_presence", "since"}
_POLL = {"types[]", "min_id", "limit", "include_filtered"}
_ROOM = re.compile(r"/rooms/([^/]+)|/join/([^/]+)")


async def take(stage: Stage, *, earlier_by: timedelta = timedelta(0), intake_reads: bool = True) -> bytes:
    """The whole View. `earlier_by` moves all times (T1b).

    Without `intake_reads` the bot's own server's copies may be read at any moment of an intake: only operators see
    that. Whatever leaves that server, and all that is written, stays.
    """
    private = await _private_ids(stage)
    seen = [Recorded(0, who, "SEES", "", [], [], what) for who, what in await _matrix_sight(stage)]
    requests = _kept_requests(stage, intake_reads)
    timed = [replace(one, at=one.at - earlier_by.total_seconds()) for one in requests]
    foreign = [Recorded(0, "", "", "", [], [], private)]
    matrix = view([*timed, *seen], foreign=foreign, times=True)
    return (matrix + b"\n" + await _fediverse(stage, earlier_by, intake_reads)).replace(stage.suffix.encode(), b"")


# Matrix


async def _private_ids(stage: Stage) -> list[str]:
    """Rooms in which the reporter is alone with the bot, and every event in them."""
    found: list[str] = []
    for room, person in _private_rooms(stage).items():
        found += [room, *(event["event_id"] for event in await person.history(room))]
    return found


def _private_rooms(stage: Stage) -> dict[str, Any]:
    actors = [stage.members[name] for name in sorted(stage.askers)]
    return {one.room: one.person for one in actors if isinstance(one, OnMatrix) and one.room}


def _kept_requests(stage: Stage, intake_reads: bool) -> list[Recorded]:
    rooms = set(_private_rooms(stage))
    found = list(enumerate(stage.proxy.requests))
    spans = [] if intake_reads else [span for span, _ in stage.intake]
    kept = [(number, one) for number, one in found if one.method != "GET" or not _within(number, spans)]
    told = {stage.town.staff_room}
    return [
        one
        for number, one in kept
        if not _own_mailbox(one)
        and not _in_rooms(one, rooms)
        and not (stage.consented is not None and number >= stage.consented and _in_rooms(one, told))
    ]


def _within(number: int, spans: Iterable[slice]) -> bool:
    return any(span.start <= number < span.stop for span in spans)


def _own_mailbox(one: Recorded) -> bool:
    query = dict(one.query)
    quiet = query.get("set_presence") == "offline" and set(query) <= _SYNC
    return one.method == "GET" and one.path == "/_matrix/client/v3/sync" and quiet


def _in_rooms(one: Recorded, rooms: set[str]) -> bool:
    match = _ROOM.search(one.path)
    return match is not None and unquote(match[1] or match[2]) in rooms


async def _matrix_sight(stage: Stage) -> list[tuple[str, Any]]:
    recipient = await eyes.of_recipient(stage) if isinstance(stage.dave, OnMatrix) else []
    strangers = [one for one in await eyes.of_strangers(stage) if "username" not in one and "uri" not in one]
    return [("recipient", recipient), ("strangers", strangers), ("staff before consent", stage.before_consent)]


# the fediverse


async def _fediverse(stage: Stage, earlier_by: timedelta, intake_reads: bool) -> bytes:
    recorder = stage.town.strict.recorder
    spans = [] if intake_reads else [span for _, span in stage.intake]
    found = [one for n, one in enumerate(recorder.entries) if one.method != "GET" or not _within(n, spans)]
    kept = [replace(one, at=_shifted(one.at, earlier_by)) for one in found if _is_observable(stage, one)]
    strangers = [one for one in await eyes.of_strangers(stage) if "username" in one or "uri" in one]
    sight = [_sight("fetches", [_moved(one, earlier_by) for one in stage.town.strict.fetches()])]
    sight += [_sight("strangers", strangers)]
    if not isinstance(stage.dave, OnMatrix):
        sight.append(_sight("recipient", [_moved(one, earlier_by) for one in await eyes.of_recipient(stage)]))
    labelled = [_labelled(stage, one) for one in [*kept, *sight]]
    return View(labelled, stage.town.strict.world.ids.kind_of).bytes()


def _is_observable(stage: Stage, one: Entry) -> bool:
    if one.account not in (None, "outreach"):
        return False
    if one.method == "GET" and one.path == "/api/v1/notifications" and {key for key, _ in one.query} <= _POLL:
        return False
    alone = bool(one.touches) and set(one.touches) <= stage.askers
    alone |= one.method == "GET" and one.path.removeprefix("/api/v1/statuses/") in _owners(stage)
    return not alone or (one.method == "POST" and _parts(one).get("visibility") != "direct")


def _parts(one: Entry) -> dict[str, Any]:
    return one.body if isinstance(one.body, dict) else {}


def _sight(what: str, seen: Any) -> Entry:
    return Entry(0, "", "SEES", what, [], {}, seen, None)


def _labelled(stage: Stage, entry: Entry) -> Entry:
    """Ids of the reporter's side carry their owner's name instead of a number, which might be anybody's."""
    owners = _owners(stage)
    whole = json.dumps([entry.path, entry.query, entry.headers, entry.body], ensure_ascii=False)
    path, query, headers, body = json.loads(TOKEN.sub(lambda match: owners.get(match[0], match[0]), whole))
    return replace(entry, path=path, query=query, headers=headers, body=body)


def _owners(stage: Stage) -> dict[str, str]:
    """Whose each id of the reporter's side is: their account, their posts, private posts to them alone."""
    world = stage.town.strict.world
    askers = {account.id: account.acct for account in world.accounts.values() if account.acct in stage.askers}
    posts = {
        status.id: f"post of {askers.get(status.account.id) or askers[status.mentions[0].id]}"
        for status in world.statuses.values()
        if status.account.id in askers or (status.mentions and {m.id for m in status.mentions} <= set(askers))
    }
    return askers | posts


def _shifted(at: str, by: timedelta) -> str:
    return (datetime.fromisoformat(at) - by).isoformat()


def _moved(one: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """Times that a server shows with what it shows."""
    when = {key: _shifted(value, by) for key, value in one.items() if key in ("at", "created_at") and value}
    return one | when
