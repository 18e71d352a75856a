"""One Matrix user's long poll, turned into a transcript.

Follows joined rooms and invitations. Sends nothing, decrypts nothing, fills no gaps: the filter asks for a
thousand events a room, ten times what any story here needs.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from outreach.entrypoints.sandbox.people.http import Caller, Refused
from outreach.entrypoints.sandbox.people.transcript import Transcript

_ROOMS = {"timeline": {"limit": 1000}, "ephemeral": {"types": []}}
_FILTER = json.dumps({"presence": {"types": []}, "room": _ROOMS})
_POLL_MS = 30_000
_RETRY_SECONDS = 0.05


@dataclass(frozen=True)
class Happening:
    """One event as it reached the person. An invitation is the stripped member event, which has no id."""

    room: str
    sender: str
    id: str
    type: str
    content: dict[str, Any]
    state_key: str | None = None
    redacts: str | None = None

    @property
    def text(self) -> str:
        """What a client shows: of an edit, the new text."""
        return str(self.content.get("m.new_content", self.content).get("body", ""))

    @property
    def edits(self) -> str | None:
        return self._relation("m.replace")

    @property
    def thread(self) -> str | None:
        return self._relation("m.thread")

    def __str__(self) -> str:
        shown = repr(self.text) if self.text else json.dumps(self.content, ensure_ascii=False)
        return f"{self.room} {self.sender} {self.type}: {shown}"

    def _relation(self, kind: str) -> str | None:
        relation = self.content.get("m.relates_to", {})
        return str(relation["event_id"]) if relation.get("rel_type") == kind else None


@dataclass
class MatrixSync:
    caller: Caller
    user_id: str
    transcript: Transcript[Happening]
    joined: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)

    async def follow(self, started: asyncio.Event) -> None:
        """Until cancelled. A dead server is waited for; a refused token ends it, and every waiter is told."""
        since: str | None = None
        while True:
            try:
                answer = await self._poll(since)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            except Refused as refusal:
                if refusal.status >= 500:
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                self.transcript.fail(refusal)
                started.set()
                return
            since = answer["next_batch"]
            self._read(answer.get("rooms", {}))
            started.set()

    async def _poll(self, since: str | None) -> dict[str, Any]:
        query: dict[str, str | int] = {"filter": _FILTER, "timeout": _POLL_MS if since else 0}
        if since:
            query["since"] = since
        answer: dict[str, Any] = await self.caller.call("GET", "/_matrix/client/v3/sync", query=query)
        return answer

    def _read(self, rooms: dict[str, Any]) -> None:
        invites: dict[str, Any] = rooms.get("invite", {})
        joins: dict[str, Any] = rooms.get("join", {})
        leaves: dict[str, Any] = rooms.get("leave", {})
        self.joined = (self.joined | joins.keys()) - leaves.keys()
        self.invited = (self.invited | invites.keys()) - joins.keys() - leaves.keys()
        for room, found in invites.items():
            self._add(room, self._own_invitation(found["invite_state"]["events"]))
        for room, found in [*joins.items(), *leaves.items()]:
            self._add(room, found.get("timeline", {}).get("events", []))

    def _own_invitation(self, stripped: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for event in stripped:
            if event["type"] == "m.room.member" and event["state_key"] == self.user_id:
                yield event

    def _add(self, room: str, events: Any) -> None:
        for event in events:
            content = event.get("content", {})
            self.transcript.add(
                Happening(
                    room=room,
                    sender=event["sender"],
                    id=event.get("event_id", ""),
                    type=event["type"],
                    content=content,
                    state_key=event.get("state_key"),
                    redacts=content.get("redacts", event.get("redacts")),
                )
            )
