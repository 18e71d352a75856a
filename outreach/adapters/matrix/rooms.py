"""Rooms: making, joining and leaving them, and who is in them.

What a room must be like before words enter it stands in `party_only`, `staff_only` and `only_these`. Sends nothing
itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Refused
from outreach.adapters.matrix.crypto.machine import MEGOLM
from outreach.adapters.matrix.fields import Json, rows, text
from outreach.adapters.matrix.links import server_of
from outreach.adapters.matrix.seals import Seals
from outreach.adapters.matrix.translate import account
from outreach.domain.identity import Account
from outreach.ports import Misconfigured, TryLater, Undeliverable

#: Made empty, then invited to (F11). Version 12 refuses its creator in `users`, so no user is listed at all.
#: History "invited": the letter is sent before the party joins, and must be seen.
_EMPTY_ROOM: dict[str, object] = {
    "preset": "private_chat",
    "visibility": "private",
    "power_level_content_override": {"invite": 100},
    "initial_state": [
        {
            "type": "m.room.history_visibility",
            "state_key": "",
            "content": {"history_visibility": "invited"},
        },
        {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
    ],
}
_SEALED_ROOM: dict[str, object] = _EMPTY_ROOM | {
    "initial_state": [
        *rows(_EMPTY_ROOM, "initial_state"),
        {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}},
    ]
}
#: Known on the bot's own server alone, where everybody who is to come lives there. That others' servers learn of it
#: cannot be kept from happening where somebody who comes has an account with them.
_LOCAL: dict[str, object] = {"creation_content": {"m.federate": False}}
_PRESENT = ("join", "invite")
_MAY_NOT_CREATE = "The bot's Matrix account may not create rooms; allow it in the homeserver's configuration."


@dataclass(frozen=True, slots=True)
class Present:
    """Who reads what is said in a room now, the bot left out, and whether it has to be encrypted for them.

    `invited` are those who may read it once they have joined. In a private room the party is only ever invited where
    the bot made it, with a history for the invited.
    """

    sealed: bool
    joined: tuple[str, ...]
    invited: tuple[str, ...]


class Rooms:
    """`sealed_staff`: words go into an encrypted staff room alone (F18)."""

    def __init__(self, api: MatrixApi, seals: Seals, *, sealed_staff: bool = False) -> None:
        self._api = api
        self._seals = seals
        self._sealed_staff = sealed_staff

    async def make(self, *, sealed: bool) -> str:
        """An answer lost on the way leaves an orphan with only the bot in it: harmless, so `TryLater` is right."""
        return await self._create(_SEALED_ROOM if sealed else _EMPTY_ROOM, sealed=sealed)

    async def make_shared(self, people: Collection[str]) -> str:
        """Encrypted from the start, and without any name; only the bot may ever invite."""
        is_local = {server_of(who) for who in people} == {server_of(self._api.client.user)}
        return await self._create(_SEALED_ROOM | (_LOCAL if is_local else {}), sealed=True)

    async def _create(self, body: Json, *, sealed: bool) -> str:
        try:
            room = await self._api.create(body)
        except Refused as refusal:
            if refusal.status == 403:
                raise Misconfigured(_MAY_NOT_CREATE) from refusal
            raise
        self._seals.remember(room, sealed)
        return room

    async def accept(self, room: str) -> None:
        self._seals.refuse_known(room)
        await self._api.join(room)
        try:
            await self._seals.to_seal(room)
        except Undeliverable:
            await self.leave(room)
            raise

    async def leave(self, room: str) -> None:
        """Leaving a room one is not in is done already; forgetting only tidies up."""
        try:
            await self._api.leave(room)
        except Refused as refusal:
            if refusal.status not in (403, 404):
                raise
        try:
            await self._api.forget(room)
        except (Undeliverable, TryLater):
            return

    async def members(self, room: str) -> tuple[Account, ...]:
        return tuple(account(who) for who in await self._api.joined(room) if who != self._api.client.user)

    async def party_only(self, room: str, party: str) -> Present:
        """Only the bot and the party are in the room, who is invited if they were never there (F11, leak 24)."""
        me = self._api.client.user
        now = await self._api.memberships(room)
        if now.get(me) != "join":
            raise Undeliverable("not in the room")
        if not {who for who, what in now.items() if what in _PRESENT} <= {me, party}:
            await self.leave(room)
            raise Undeliverable("third person")
        if now.get(party) in ("leave", "ban"):
            raise Undeliverable("party left")
        sealed = await self._seals.to_seal(room)
        if now.get(party) not in _PRESENT:
            await self._invite(room, party)
        joined = (party,) if now.get(party) == "join" else ()
        return Present(sealed, joined, tuple({party} - set(joined)))

    async def gather(self, room: str, people: Collection[str]) -> None:
        """Who has left or declined meanwhile is not asked a second time."""
        now = await self._with_nobody_else(room, people)
        for who in people:
            if now.get(who) is None:
                await self._invite(room, who, direct=False)

    async def only_these(self, room: str, people: Collection[str]) -> Present:
        """Nobody but these is in the room or invited, and it is encrypted (R022)."""
        now = await self._with_nobody_else(room, people)
        if not await self._seals.to_seal(room):
            raise Undeliverable("room not encrypted")
        joined, invited = (tuple(who for who in people if now.get(who) == kind) for kind in _PRESENT)
        return Present(sealed=True, joined=joined, invited=invited)

    async def _with_nobody_else(self, room: str, people: Collection[str]) -> dict[str, str]:
        now = await self._api.memberships(room)
        if now.get(self._api.client.user) != "join":
            raise Undeliverable("not in the room")
        if not {who for who, what in now.items() if what in _PRESENT} <= {self._api.client.user, *people}:
            await self.leave(room)
            raise Undeliverable("third person")
        return now

    async def holds(self, room: str, party: str) -> bool:
        """Whether the party is in the room or invited; a room that is closed to us holds nobody."""
        try:
            return (await self._api.memberships(room)).get(party) in _PRESENT
        except Undeliverable:
            return False

    async def shut_if_crowded(self, room: str, party: str) -> None:
        """The look afterwards: somebody may have come in meanwhile; then the room is not used again."""
        try:
            now = await self._api.memberships(room)
            if not {who for who, what in now.items() if what in _PRESENT} <= {self._api.client.user, party}:
                await self.leave(room)
        except (Undeliverable, TryLater):
            return  # the message is out; the look before the next one will tell

    async def staff_only(self, room: str) -> Present:
        """Nobody can walk in and nobody outside can read: anybody with the power may change that at any time (F18)."""
        try:
            rules = await self._api.state(room, "m.room.join_rules") or {}
            history = await self._api.state(room, "m.room.history_visibility") or {}
            sealed = await self._seals.to_seal(room, permanent=False)
            now = await self._api.memberships(room) if sealed else {}
        except Refused as refusal:
            raise Refused(refusal.status, refusal.code, permanent=False) from refusal
        if text(rules, "join_rule") != "invite" or text(history, "history_visibility") == "world_readable":
            raise Undeliverable("room open", permanent=False)
        if self._sealed_staff and not sealed:
            raise Undeliverable("room not encrypted", permanent=False)
        others = {who: what for who, what in now.items() if who != self._api.client.user}
        joined, invited = (tuple(w for w, what in others.items() if what == kind) for kind in _PRESENT)
        may_read = text(history, "history_visibility") != "joined"
        return Present(sealed, joined, invited if may_read else ())

    async def _invite(self, room: str, party: str, *, direct: bool = True) -> None:
        """Synapse invites local accounts that do not exist without a word, so their profile is looked at first."""
        if server_of(party) == server_of(self._api.client.user) and not await self._api.has_profile(party):
            raise Undeliverable("no such account")
        try:
            await self._api.invite(room, party, direct=direct)
        except Refused:
            if (await self._api.memberships(room)).get(party) not in _PRESENT:  # repeated after they had come in
                raise
