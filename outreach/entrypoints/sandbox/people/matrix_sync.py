"""One Matrix user's long poll, turned into a transcript.

Follows joined rooms and invitations. A sealed event stands in the transcript from when it could be opened; until then
it is in `sealed`. Says nothing, fills no gaps: the filter asks for a thousand events a room, ten times what any story
here needs.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from outreach.entrypoints.sandbox.people.http import Caller, Refused
from outreach.entrypoints.sandbox.people.matrix_device import MatrixDevice
from outreach.entrypoints.sandbox.people.transcript import Transcript

_ROOMS = {"timeline": {"limit": 1000}, "ephemeral": {"types": []}}
_FILTER = json.dumps({"presence": {"types": []}, "room": _ROOMS})
_POLL_MS = 30_000
_RETRY_SECONDS = 0.05
Json = dict[str, Any]


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
    was_sealed: bool = False

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
    device: MatrixDevice | None = None
    joined: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    sealed: dict[str, tuple[str, Json]] = field(default_factory=dict)
    _arrived: deque[tuple[str, Json]] = field(default_factory=deque)

    async def follow(self, started: asyncio.Event) -> None:
        """Until cancelled. A dead server is waited for; of anything else, such as a refused token, waiters are told."""
        since: str | None = None
        while True:
            try:
                await self._settle()
                if since:
                    started.set()
                answer = await self._poll(since)
            except Exception as error:
                if _is_passing(error):
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                self.transcript.fail(error)
                started.set()
                return
            since = answer["next_batch"]
            if self.device is not None:
                self.device.absorb(answer)
            self._take(answer.get("rooms", {}))

    async def _poll(self, since: str | None) -> Json:
        query: dict[str, str | int] = {"filter": _FILTER, "timeout": _POLL_MS if since else 0}
        if since:
            query["since"] = since
        answer: Json = await self.caller.call("GET", "/_matrix/client/v3/sync", query=query)
        return answer

    def _take(self, rooms: Json) -> None:
        invites: Json = rooms.get("invite", {})
        joins: Json = rooms.get("join", {})
        leaves: Json = rooms.get("leave", {})
        self.joined = (self.joined | joins.keys()) - leaves.keys()
        self.invited = (self.invited | invites.keys()) - joins.keys() - leaves.keys()
        for room, found in invites.items():
            self._arrived += [(room, one) for one in self._own_invitation(found["invite_state"]["events"])]
        for room, found in [*joins.items(), *leaves.items()]:
            self._arrived += [(room, one) for one in found.get("timeline", {}).get("events", [])]

    def _own_invitation(self, stripped: list[Json]) -> Iterator[Json]:
        for event in stripped:
            if event["type"] == "m.room.member" and event["state_key"] == self.user_id:
                yield event

    async def _settle(self) -> None:
        """Whatever came is taken once; where a server dies in the middle, the rest is taken when it is back."""
        for name, (room, event) in list(self.sealed.items()):
            if (opened := await self.opened(room, event)) is not None:
                del self.sealed[name]
                self._add(room, opened, was_sealed=True)
        while self._arrived:
            room, event = self._arrived[0]
            opened = await self.opened(room, event)
            self._arrived.popleft()
            if opened is None:
                self.sealed[event["event_id"]] = room, event
            else:
                self._add(room, opened, was_sealed=opened is not event)
        if self.device is not None:
            await self.device.tend(self.caller)

    async def opened(self, room: str, event: Json) -> Json | None:
        """The event as it was said; None where it is sealed and stays so."""
        if event["type"] != "m.room.encrypted" or not event["content"] or "state_key" in event:
            return event
        return None if self.device is None else await self.device.open(self.caller, room, event)

    def _add(self, room: str, event: Json, *, was_sealed: bool) -> None:
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
                was_sealed=was_sealed,
            )
        )


def _is_passing(error: Exception) -> bool:
    """A server that is dead, or says that it is ill."""
    return isinstance(error, aiohttp.ClientError | TimeoutError) or (isinstance(error, Refused) and error.status >= 500)
