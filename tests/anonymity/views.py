"""The View of T1: everything observable by anyone but the reporter, their server and the bot's operators, as bytes.

What is left out is named by three rules, none of which can hide a leak:
- the bot reading its own mailbox: `GET /sync` with presence offline, the gap that an answer left (`GET …/messages`),
  and `GET /notifications`, in exactly their form;
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

from outreach.entrypoints.sandbox.people import MatrixPerson
from tests.anonymity import eyes
from tests.anonymity.stage import Stage
from tests.recorder import Recorded, view
from tests.strict_server.recorder import TOKEN, Entry, View
from tests.town.actors import OnMatrix

#: The one request that may make the bot's server ask another one.
_LEAVES = "/api/v2/search"
_SYNC = {"filter", "timeout", "set_presence", "since"}
_GAP = {"dir", "from", "to", "limit"}
_POLL = {"types[]", "min_id", "limit", "include_filtered"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")
_ROOM = re.compile(r"/rooms/([^/]+)|/join/([^/]+)")


async def take(stage: Stage) -> bytes:
    """The whole View, with times. Those of a run moved by k slots are moved back by k slots (T1b).

    What the bot reads of its own servers' copies while a reporter talks stays in, but at no time: only operators see
    it. What leaves those servers, and all that is written, keeps its own time.
    """
    private = await _private_ids(stage)
    seen = [Recorded(0, who, "SEES", "", [], [], one) for who, what in await _matrix_sight(stage) for one in what]
    timed = await _kept_requests(stage)
    foreign = [Recorded(0, "", "", "", [], [], private)]
    matrix = view([*timed, *seen], foreign=foreign, times=True)
    return (matrix + b"\n" + await _fediverse(stage)).replace(stage.suffix.encode(), b"")


async def of_staff(stage: Stage) -> bytes:
    """What stands in the staff room; the random name of a case is replaced by its number in order of appearance."""
    seen = await eyes.staff_side(stage)
    names = dict.fromkeys(event["content"].get("community.outreach", {}).get("case", "") for event in seen)
    whole = view([Recorded(0, "staff", "SEES", "", [], [], one) for one in seen]).decode()
    for number, name in enumerate(filter(None, names)):
        whole = whole.replace(name, f"case-{number}")
    return whole.replace(stage.suffix, "").encode()


# Matrix


async def _private_ids(stage: Stage) -> list[str]:
    """Rooms in which the reporter is alone with the bot, and every event in them."""
    found: list[str] = []
    for room, person in (await _private_rooms(stage)).items():
        found += [room, *(event["event_id"] for event in await person.history(room))]
    return found


async def _private_rooms(stage: Stage) -> dict[str, MatrixPerson]:
    """A room in which anybody else ever was, or was invited to, is not private."""
    found = {}
    for one in (stage.members[name] for name in sorted(stage.askers)):
        if isinstance(one, OnMatrix) and one.room:
            state = await one.person.full_state(one.room)
            people = {event["state_key"] for event in state if event["type"] == "m.room.member"}
            if people <= {one.person.user_id, stage.town.bot.user_id}:
                found[one.room] = one.person
    return found


async def _kept_requests(stage: Stage) -> list[Recorded]:
    private, staff = set(await _private_rooms(stage)), {stage.town.staff_room}
    kept = []
    for number, one in enumerate(stage.proxy.requests):
        told = stage.consented is not None and number >= stage.consented and _in_rooms(one, staff)
        if not told and not _own_mailbox(one) and not _in_rooms(one, private):
            talk = one.method == "GET" and _within(number, [span for span, _ in stage.intake])
            kept.append(replace(one, at=0.0 if talk else one.at - stage.shift.total_seconds()))
    return kept


def _within(number: int, spans: Iterable[slice]) -> bool:
    return any(span.start <= number < span.stop for span in spans)


def _own_mailbox(one: Recorded) -> bool:
    query = dict(one.query)
    quiet = query.get("set_presence") == "offline" and set(query) <= _SYNC
    whole = one.path == "/_matrix/client/v3/sync" and quiet
    gap = one.path.endswith("/messages") and set(query) <= _GAP and query.get("limit") == "500"
    return one.method == "GET" and (whole or gap)


def _in_rooms(one: Recorded, rooms: set[str]) -> bool:
    match = _ROOM.search(one.path)
    return match is not None and unquote(match[1] or match[2]) in rooms


async def _matrix_sight(stage: Stage) -> list[tuple[str, Any]]:
    recipient = await eyes.of_recipient(stage) if isinstance(stage.dave, OnMatrix) else []
    strangers = [one for one in await eyes.of_strangers(stage) if "username" not in one and "uri" not in one]
    return [("recipient", recipient), ("strangers", strangers), ("staff before consent", stage.before_consent)]


# the fediverse


async def _fediverse(stage: Stage) -> bytes:
    spans = [span for _, span in stage.intake]
    kept = []
    for number, one in enumerate(stage.town.strict.recorder.entries):
        if _is_observable(stage, one):
            talk = one.method == "GET" and one.path != _LEAVES and _within(number, spans)
            kept.append(replace(one, at="while they talk" if talk else _shifted(one.at, stage.shift)))
    labelled = [_labelled(stage, one) for one in [*kept, *await _fediverse_sight(stage)]]
    return View(labelled, stage.town.strict.world.ids.kind_of).bytes()


async def _fediverse_sight(stage: Stage) -> list[Entry]:
    strangers = [one for one in await eyes.of_strangers(stage) if "username" in one or "uri" in one]
    sights = {"fetches": stage.town.strict.fetches(), "strangers": strangers}
    if not isinstance(stage.dave, OnMatrix):
        sights["recipient"] = await eyes.of_recipient(stage)
    return [_sight(who, _moved(stage, one)) for who, seen in sights.items() for one in seen]


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


def _moved(stage: Stage, one: Any) -> Any:
    """Times that a server shows; what was there before a run's beginning is moved in no run."""
    if isinstance(one, list):
        return [_moved(stage, each) for each in one]
    if isinstance(one, dict):
        return {key: _moved(stage, value) for key, value in one.items()}
    if not isinstance(one, str) or not _TIME.fullmatch(one):
        return one
    at = datetime.fromisoformat(one)
    return (at - stage.shift if at >= stage.start + stage.shift else at).isoformat()
