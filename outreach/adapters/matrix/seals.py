"""Which rooms are encrypted, and whether the bot may speak in them.

Encryption of a room is for good, so only a "no" ever has to be asked again.
"""

from __future__ import annotations

from collections.abc import Iterable

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Refused
from outreach.ports import Undeliverable

_KIND = "m.room.encryption"


class Seals:
    """`able`: this bot can encrypt; otherwise nothing is ever sent into an encrypted room."""

    def __init__(self, api: MatrixApi, *, able: bool) -> None:
        self._api = api
        self._able = able
        self._known: dict[str, bool] = {}

    def restore(self, rooms: Iterable[str]) -> None:
        """What an earlier process knew for sure."""
        for room in rooms:
            self._known[room] = True

    def all(self) -> list[str]:
        """Every room known to be encrypted."""
        return [room for room, sealed in self._known.items() if sealed]

    def forget(self, room: str) -> None:
        self._known.pop(room, None)

    def note(self, room: str, events: Iterable[object]) -> None:
        """Learn from what a sync brought: a room sealed later is seen there."""
        if any(fields.text(e, "type") == _KIND and "state_key" in fields.table(e) for e in events):
            self._known[room] = True

    def remember(self, room: str, sealed: bool) -> None:
        """What is known by other ways. Once encrypted, always so."""
        self._known[room] = sealed or self._known.get(room, False)

    async def sealed(self, room: str) -> bool:
        """As far as known; asks the server once per room. For reading, where the server is followed anyway."""
        if room not in self._known:
            try:
                self._known[room] = await self._api.state(room, _KIND) is not None
            except Refused:
                return False  # out of the room by now
        return self._known[room]

    async def to_seal(self, room: str, *, permanent: bool = True) -> bool:
        """Whether words into that room have to be encrypted. Asks the server each time until it says yes."""
        if not self._known.get(room):
            self._known[room] = await self._api.state(room, _KIND) is not None
        if self._known[room] and not self._able:
            raise Undeliverable("encrypted", permanent=permanent)
        return self._known[room]

    def refuse_known(self, room: str) -> None:
        """Where the bot cannot encrypt: before it is in the room, from what the invitation said."""
        if self._known.get(room) and not self._able:
            raise Undeliverable("encrypted")
