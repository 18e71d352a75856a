"""Pinned messages of a room: one of ours among those of others. Needs a power that a bot often lacks; takes none."""

from __future__ import annotations

from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.fields import Json, clean, rows, table, value

_PINNED, _LEVELS, _CREATION = "m.room.pinned_events", "m.room.power_levels", "m.room.create"
#: What the specification takes where a room says nothing.
_STATE_LEVEL, _USERS_LEVEL = 50, 0


class Pins:
    def __init__(self, api: MatrixApi) -> None:
        self._api = api

    async def pin(self, room: str, event: str, instead: str) -> None:
        """Read first, since the state holds everybody's; clients show the last as the newest."""
        found = await self._api.state(room, _PINNED) or {}
        before = [clean(one) for one in rows(found, "pinned") if isinstance(one, str)]
        after = [one for one in before if one != instead]
        if event not in after:
            after.append(event)
        if after != before:
            await self._api.set_state(room, _PINNED, {**found, "pinned": after})

    async def allowed(self, room: str) -> bool:
        """Whether our level suffices. From room version 12 on creators stand in no list of levels."""
        me, levels = self._api.client.user, await self._api.state(room, _LEVELS)
        if levels is None or me in rows(await self._api.state(room, _CREATION) or {}, "additional_creators"):
            return True
        mine = _level(table(levels, "users"), me, _level(levels, "users_default", _USERS_LEVEL))
        return mine >= _level(table(levels, "events"), _PINNED, _level(levels, "state_default", _STATE_LEVEL))


def _level(levels: Json, name: str, default: int) -> int:
    """Old rooms hold numbers as text."""
    found = value(levels, name)
    if isinstance(found, str) and found.strip().lstrip("-").isdecimal():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else default
