"""The part of the View that is on Matrix: requests of the bot, and what people see with their own tokens."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from outreach.entrypoints.sandbox.people import MatrixPerson
from tests.anonymity import eyes
from tests.anonymity.opened import Opener
from tests.anonymity.stage import Stage, within
from tests.recorder import Recorded, view
from tests.town.actors import OnMatrix

_SYNC = {"filter", "timeout", "set_presence", "since"}
_GAP = {"dir", "from", "to", "limit"}
_ROOM = re.compile(r"/rooms/([^/]+)|/join/([^/]+)")


async def take(stage: Stage) -> bytes:
    """Requests with their times, then what was seen; ids of private rooms keep their own names."""
    foreign = [Recorded(0, "", "", "", [], [], await _private_ids(stage))]
    opener = opener_of(stage)
    opened = [opener.request(one) for one in await _kept_requests(stage)]
    requests = [one for one in opened if one is not None]
    sights = [(who, opener.seen(one)) for who, what in await _sights(stage) for one in what]
    seen = [
        Recorded(0, who, "SEES", "", [], [], opener.face(one) if who == "strangers" else one) for who, one in sights
    ]
    return view([*requests, *seen], foreign=foreign, times=True)


def opener_of(stage: Stage) -> Opener:
    """Moderators and the author read what the bot seals; mia may be a reporter, whose keys nobody else sees."""
    readers = [stage.noor, stage.town.mia, *([stage.dave.person] if isinstance(stage.dave, OnMatrix) else [])]
    members = [stage.members[name] for name in sorted(stage.askers)]
    askers = [one.person.user_id for one in members if isinstance(one, OnMatrix)]
    return Opener(readers, frozenset({*askers, stage.town.mia.user_id}), stage.town.bot.device_id)


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
            talk = one.method == "GET" and within(number, [span for span, _ in stage.intake])
            kept.append(replace(one, at=0.0 if talk else one.at - stage.shift.total_seconds()))
    return kept


def _own_mailbox(one: Recorded) -> bool:
    query = dict(one.query)
    quiet = query.get("set_presence") == "offline" and set(query) <= _SYNC
    whole = one.path == "/_matrix/client/v3/sync" and quiet
    gap = one.path.endswith("/messages") and set(query) <= _GAP and query.get("limit") == "500"
    return one.method == "GET" and (whole or gap)


def _in_rooms(one: Recorded, rooms: set[str]) -> bool:
    match = _ROOM.search(one.path)
    return match is not None and unquote(match[1] or match[2]) in rooms


async def _sights(stage: Stage) -> list[tuple[str, Any]]:
    recipient = await eyes.of_recipient(stage) if isinstance(stage.dave, OnMatrix) else []
    strangers = [one for one in await eyes.of_strangers(stage) if "username" not in one and "uri" not in one]
    return [("recipient", recipient), ("strangers", strangers), ("staff before consent", stage.before_consent)]
