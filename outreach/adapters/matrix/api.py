"""The homeserver's endpoints the bot uses, one method each. Decides nothing, repeats nothing.

No method for receipts, typing or presence exists here, on purpose (anonymity.md, 14).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.client import Lost, MatrixClient, Refused, path
from outreach.adapters.matrix.fields import Json

_TIMELINE = 100  # Synapse caps a client's wish there; the gap is filled in any case
_PAGE = "500"
_REMOTE_MS = 10_000  # how long the bot's server waits for other servers
_SYNC_SLACK = 15.0  # how much later than promised a long poll may answer
_FILTER: Json = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": _TIMELINE},
        "state": {"lazy_load_members": True},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}


class MatrixApi:
    def __init__(self, client: MatrixClient) -> None:
        self.client = client

    async def whoami(self) -> tuple[str, str]:
        """User and device the token stands for."""
        found = await self.client.call("GET", path("account", "whoami"))
        return fields.text(found, "user_id"), fields.text(found, "device_id")

    async def log_out(self) -> None:
        await self.client.call("POST", path("logout"), {})

    async def sync(self, since: str, wait_ms: int) -> Json:
        query = {"filter": json.dumps(_FILTER), "timeout": str(wait_ms), "set_presence": "offline"}
        query |= {"since": since} if since else {}
        patience = wait_ms / 1000 + _SYNC_SLACK
        found = await self.client.call("GET", path("sync", query=query), patience=max(patience, 30.0))
        if not fields.text(found, "next_batch"):
            raise Lost(0.0)
        return found

    async def older(self, room: str, start: str, end: str = "") -> tuple[Sequence[object], str]:
        """One page of a room's past, newest first, and where the next one starts ("" at the end)."""
        query = {"dir": "b", "limit": _PAGE} | ({"from": start} if start else {}) | ({"to": end} if end else {})
        found = await self.client.call("GET", path("rooms", room, "messages", query=query))
        return fields.rows(found, "chunk"), fields.text(found, "end")

    async def event(self, room: str, event: str) -> Json:
        return await self.client.call("GET", path("rooms", room, "event", event))

    async def state(self, room: str, kind: str) -> Json | None:
        """The content of a state event, None where the room has none. The bot has to be in the room."""
        try:
            return await self.client.call("GET", path("rooms", room, "state", kind, ""))
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    async def set_state(self, room: str, kind: str, content: Json) -> None:
        """The same content once more is no new event."""
        await self.client.call("PUT", path("rooms", room, "state", kind, ""), content)

    async def joined(self, room: str) -> tuple[str, ...]:
        found = await self.client.call("GET", path("rooms", room, "joined_members"))
        return tuple(sorted(map(fields.clean, fields.table(found, "joined"))))

    async def memberships(self, room: str) -> dict[str, str]:
        """Everybody who ever had to do with the room, and what they are now (join, invite, leave, ban, knock)."""
        found = await self.client.call("GET", path("rooms", room, "members"))
        events = fields.rows(found, "chunk")
        return {fields.text(e, "state_key"): fields.text(e, "content", "membership") for e in events}

    async def put(self, room: str, kind: str, transaction: str, content: Json) -> str:
        """The same transaction from the same device is the same event, for 24 hours."""
        found = await self.client.call("PUT", path("rooms", room, "send", kind, transaction), content)
        return self._named(found)

    async def invite(self, room: str, user: str, *, direct: bool = True) -> None:
        """By state event, because that may be repeated (F11)."""
        content: dict[str, object] = {"membership": "invite"} | ({"is_direct": True} if direct else {})
        await self.client.call("PUT", path("rooms", room, "state", "m.room.member", user), content)

    async def create(self, body: Json) -> str:
        found = fields.text(await self.client.call("POST", path("createRoom"), body), "room_id")
        if not found:
            raise Lost(5.0)
        return found

    async def join(self, room: str) -> None:
        await self.client.call("POST", path("join", room), {})

    async def leave(self, room: str) -> None:
        await self.client.call("POST", path("rooms", room, "leave"), {})

    async def forget(self, room: str) -> None:
        await self.client.call("POST", path("rooms", room, "forget"), {})

    async def resolve(self, alias: str) -> str:
        return fields.text(await self.client.call("GET", path("directory", "room", alias)), "room_id")

    async def has_profile(self, user: str) -> bool:
        """Ask for accounts of the bot's own server only: for others this request would leave it."""
        try:
            await self.client.call("GET", path("profile", user))
        except Refused as refusal:
            if refusal.status == 404:
                return False
            raise
        return True

    # encryption

    async def upload_keys(self, body: Json) -> Json:
        """The same keys again are fine; other keys under a name that was used are refused."""
        return await self.client.call("POST", path("keys", "upload"), body)

    async def query_keys(self, users: Iterable[str]) -> Json:
        wanted: dict[str, object] = {user: [] for user in users}
        return await self.client.call("POST", path("keys", "query"), {"device_keys": wanted, "timeout": _REMOTE_MS})

    async def claim_keys(self, wanted: Json) -> Json:
        body = {"one_time_keys": wanted, "timeout": _REMOTE_MS}
        return await self.client.call("POST", path("keys", "claim"), body)

    async def send_to_devices(self, transaction: str, messages: Json) -> None:
        where = path("sendToDevice", "m.room.encrypted", transaction)
        await self.client.call("PUT", where, {"messages": messages})

    async def upload_identity(self, body: Json) -> None:
        """The first one and the same one again are taken; another one is refused as `UIA`."""
        await self.client.call("POST", path("keys", "device_signing", "upload"), body)

    async def upload_signatures(self, body: Json) -> None:
        found = await self.client.call("POST", path("keys", "signatures", "upload"), body)
        if fields.table(found, "failures"):
            raise Lost(5.0)

    def _named(self, found: Json) -> str:
        event = fields.text(found, "event_id")
        if not event:
            raise Lost(5.0)
        return event
