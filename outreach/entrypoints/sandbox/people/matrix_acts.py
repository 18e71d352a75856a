"""What a Matrix user can do with their token, one request each.

Seals nothing, and has no wisdom: what the server refuses is raised as `Refused`. Sees nothing by itself.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from outreach.entrypoints.sandbox.people.http import Caller

Json = dict[str, Any]
Query = Mapping[str, str | int]
_V3 = "/_matrix/client/v3"
_SECRET: Json = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class MatrixActs:
    def __init__(self, base_url: str, user_id: str, access_token: str) -> None:
        self.user_id = user_id
        self._caller = Caller(base_url, access_token)
        self._once = uuid4().hex
        self._count = itertools.count()

    # --- saying

    async def say(
        self,
        room: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        mentions: Sequence[str] = (),
        **extra: Any,
    ) -> str:
        """m.text; `extra` goes into the content (msgtype, formatted_body …)."""
        content: Json = {"msgtype": "m.text", "body": text, **extra}
        if mentions:
            content["m.mentions"] = {"user_ids": list(mentions)}
        if relation := _relation(reply_to, thread):
            content["m.relates_to"] = relation
        return await self.send(room, "m.room.message", content)

    async def edit(self, room: str, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        content = {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        return await self.send(room, "m.room.message", content)

    async def react(self, room: str, event: str, key: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send(room, "m.reaction", {"m.relates_to": relation})

    async def send(self, room: str, kind: str, content: Json) -> str:
        return await self._put(room, f"send/{quote(kind, safe='')}/{self._transaction()}", content)

    async def redact(self, room: str, event: str, reason: str | None = None) -> str:
        path = f"redact/{quote(event, safe='')}/{self._transaction()}"
        return await self._put(room, path, {"reason": reason} if reason else {})

    async def report(self, room: str, event: str, reason: str = "", score: int | None = None) -> None:
        body: Json = {"reason": reason} | ({} if score is None else {"score": score})
        await self._room("POST", room, f"report/{quote(event, safe='')}", body)

    # --- rooms

    async def dm(self, user: str, *, encrypted: bool = False) -> str:
        """A new private room with `user` invited, marked as direct on both sides, as a client makes it."""
        body: Json = {"preset": "trusted_private_chat", "is_direct": True, "invite": [user]}
        body |= {"initial_state": [_SECRET]} if encrypted else {}
        room = str((await self._caller.call("POST", _V3 + "/createRoom", body))["room_id"])
        me = quote(self.user_id, safe="")
        await self._caller.call("PUT", f"{_V3}/user/{me}/account_data/m.direct", {user: [room]})
        return room

    async def create_room(
        self,
        name: str | None = None,
        *,
        preset: str = "private_chat",
        invite: Sequence[str] = (),
        encrypted: bool = False,
        power_levels: Json | None = None,
        version: str | None = None,
        **more: Any,
    ) -> str:
        """`power_levels` overrides keys of that event; in version 12 its `users` may not name the creator."""
        body: Json = {"preset": preset, "invite": list(invite), **more}
        if encrypted:
            body["initial_state"] = [*body.get("initial_state", []), _SECRET]
        optional = {"name": name, "power_level_content_override": power_levels, "room_version": version}
        body |= {key: value for key, value in optional.items() if value is not None}
        return str((await self._caller.call("POST", _V3 + "/createRoom", body))["room_id"])

    async def join(self, room: str) -> None:
        await self._caller.call("POST", f"{_V3}/join/{quote(room, safe='')}", {})

    async def leave(self, room: str) -> None:
        await self._room("POST", room, "leave", {})

    async def invite(self, room: str, user: str) -> None:
        await self._room("POST", room, "invite", {"user_id": user})

    async def kick(self, room: str, user: str, reason: str = "") -> None:
        await self._room("POST", room, "kick", {"user_id": user, "reason": reason})

    async def ban(self, room: str, user: str, reason: str = "") -> None:
        await self._room("POST", room, "ban", {"user_id": user, "reason": reason})

    async def unban(self, room: str, user: str) -> None:
        await self._room("POST", room, "unban", {"user_id": user})

    async def state(self, room: str, kind: str, key: str = "") -> Json:
        found: Json = await self._room("GET", room, f"state/{quote(kind, safe='')}/{quote(key, safe='')}")
        return found

    async def full_state(self, room: str) -> list[Json]:
        """Everything the server tells this person about the room, not only its messages."""
        found: list[Json] = await self._room("GET", room, "state")
        return found

    async def set_state(self, room: str, kind: str, content: Json, key: str = "") -> str:
        return await self._put(room, f"state/{quote(kind, safe='')}/{quote(key, safe='')}", content)

    async def set_power(self, room: str, user: str, level: int) -> None:
        levels = await self.state(room, "m.room.power_levels")
        levels["users"] = {**levels.get("users", {}), user: level}
        await self.set_state(room, "m.room.power_levels", levels)

    async def members(self, room: str) -> set[str]:
        return set((await self._room("GET", room, "joined_members"))["joined"])

    async def present(self, room: str) -> set[str]:
        """Who is in the room or invited to it."""
        found = (await self._room("GET", room, "members", None, {"not_membership": "leave"}))["chunk"]
        return {one["state_key"] for one in found if one["content"].get("membership") in ("join", "invite")}

    async def event(self, room: str, event: str) -> Json:
        found: Json = await self._room("GET", room, f"event/{quote(event, safe='')}")
        return found

    async def history(self, room: str) -> list[Json]:
        """Every event of the room this person may read, oldest first."""
        events: list[Json] = []
        query: dict[str, str | int] = {"dir": "f", "limit": 100}
        while True:
            page = await self._room("GET", room, "messages", None, query)
            events += page["chunk"]
            if not page.get("end"):
                return events
            query["from"] = page["end"]

    async def set_name(self, name: str) -> None:
        path = f"{_V3}/profile/{quote(self.user_id, safe='')}/displayname"
        await self._caller.call("PUT", path, {"displayname": name})

    async def _put(self, room: str, path: str, content: Json) -> str:
        return str((await self._room("PUT", room, path, content))["event_id"])

    async def _room(
        self, method: str, room: str, path: str, body: Json | None = None, query: Query | None = None
    ) -> Any:
        return await self._caller.call(method, f"{_V3}/rooms/{quote(room, safe='')}/{path}", body, query)

    def _transaction(self) -> str:
        return f"{self._once}-{next(self._count)}"


def _relation(reply_to: str | None, thread: str | None) -> Json | None:
    """In a thread a reply to the root doubles as fallback for clients that know no threads."""
    reply = {"m.in_reply_to": {"event_id": reply_to or thread}}
    if thread:
        return {"rel_type": "m.thread", "event_id": thread, "is_falling_back": reply_to is None, **reply}
    return reply if reply_to else None
