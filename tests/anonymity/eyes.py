"""What people see with their own tokens, and what servers show to strangers. Raw; `views` gives it its form.

The homeserver's own clock is not the bot's: of Matrix events only `origin_server_ts` and `age` are left out. When
each of them was made stands in the recorded requests, with the town's clock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from outreach.entrypoints.sandbox.people import MatrixPerson, Refused
from outreach.entrypoints.sandbox.people.matrix_acts import MatrixActs
from tests.anonymity.stage import Stage
from tests.strict_server import entities
from tests.town.actors import OnMatrix

Seen = list[dict[str, Any]]
_CLOCKS = ("origin_server_ts", "age")


async def in_room(person: MatrixPerson, room: str) -> Seen:
    """Full state and every event, as this person gets them (F40); of what is sealed also what it is sealed in."""
    found = [*await person.full_state(room), *await MatrixActs.history(person, room)]
    return [_timeless(_read(person, room, event)) for event in found]


def _read(person: MatrixPerson, room: str, found: Any) -> Any:
    """Also within events: a thread's root comes with its newest answer."""
    if isinstance(found, list):
        return [_read(person, room, one) for one in found]
    if not isinstance(found, dict):
        return found
    read = {key: _read(person, room, value) for key, value in found.items()}
    if found.get("type") == "m.room.encrypted" and found.get("content"):
        read["opened"] = person.device and person.device.reread(room, found)
    return read


def _timeless(event: Any) -> Any:
    if isinstance(event, dict):
        return {key: _timeless(value) for key, value in event.items() if key not in _CLOCKS}
    return [_timeless(one) for one in event] if isinstance(event, list) else event


async def on_matrix(person: MatrixPerson, besides: Sequence[str] = ()) -> Seen:
    """Every room the person is in, oldest first, but those named."""
    joined = await person._caller.call("GET", "/_matrix/client/v3/joined_rooms")
    rooms = [room for room in joined["joined_rooms"] if room not in besides]
    found = {room: await in_room(person, room) for room in rooms}
    return [event for room in await _by_age(person, rooms) for event in found[room]]


async def _by_age(person: MatrixPerson, rooms: Sequence[str]) -> list[str]:
    """The server lists them in no order; when they were made is the order in which they came."""
    born = {room: (await person.history(room))[0]["origin_server_ts"] for room in rooms}
    return sorted(rooms, key=born.__getitem__)


async def of_recipient(stage: Stage) -> Seen:
    """All that the author can look at: rooms, invitations, posts, notifications, filtered ones too."""
    if isinstance(stage.dave, OnMatrix):
        return await on_matrix(stage.dave.person, [stage.dave.notes])
    strict, name = stage.town.strict, stage.dave.name
    return [*strict.delivered(name), *strict.notifications(name, include_filtered=True)]


async def of_strangers(stage: Stage) -> Seen:
    """The bot's public face: counters, posts, profile, presence, keys, and what is said in the community's room."""
    strict, matrix = stage.town.strict, stage.noor
    profile = strict.world.account("outreach")
    face: Seen = [entities.account(strict.world, profile)]
    face += [post for post in strict.posts_by("outreach") if post["visibility"] != "direct"]
    bot = quote(stage.town.bot.user_id, safe="")
    for path in (f"profile/{bot}", f"presence/{bot}/status"):
        with contextlib.suppress(Refused):
            face.append(await matrix._caller.call("GET", f"/_matrix/client/v3/{path}"))
    face.append(await _keys(stage))
    return face + await in_room(matrix, stage.town.lounge)


async def _keys(stage: Stage) -> dict[str, Any]:
    asked: dict[str, Any] = {"device_keys": {stage.town.bot.user_id: []}}
    found: dict[str, Any] = await stage.noor._caller.call("POST", "/_matrix/client/v3/keys/query", asked)
    return found


async def staff_side(stage: Stage) -> Seen:
    """The staff room as a moderator sees it."""
    return await in_room(stage.noor, stage.town.staff_room)
