"""Fills what a sync left out: the gap of a long absence, and what was said before the bot joined.

Only reads. The cursor does not move before the gap is filled.
"""

from __future__ import annotations

from collections.abc import Callable

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Refused
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.translate import membership_before

Events = list[object]
_PAGES_BEFORE_JOIN = 10


class History:
    def __init__(self, api: MatrixApi) -> None:
        self._api = api

    async def complete(self, room: str, timeline: Json, since: str) -> Events:
        """Everything of a room's timeline since the cursor, oldest first."""
        start, events = fields.text(timeline, "prev_batch"), list(fields.rows(timeline, "events"))
        gap: Events = []
        if fields.flag(timeline, "limited") and start:
            gap = await self._back(room, start, since, lambda _: False, None)
        joined = self._own_join([*gap, *events])
        if joined is None:
            return [*gap, *events]
        if start:
            gap = await self._back(room, start, "", self._is_first_invitation(joined), _PAGES_BEFORE_JOIN)
        return self._from_inviter([*_without(gap, events), *events], joined)

    async def _back(
        self, room: str, start: str, end: str, enough: Callable[[object], bool], pages: int | None
    ) -> Events:
        """Page backwards until nothing is left, or the event that is enough; returned oldest first."""
        found: Events = []
        while start and (pages is None or pages > 0):
            before, pages = start, None if pages is None else pages - 1
            try:
                page, start = await self._api.older(room, before, end)
            except Refused as refusal:
                if refusal.status not in (403, 404):
                    raise
                break  # not ours to read any more
            found.extend(page)
            if any(map(enough, page)) or start == before:
                break
        return found[::-1]

    def _own_join(self, events: Events) -> object | None:
        """The bot's own entry among them, the last one; a change of its name is none."""
        for event in reversed(events):
            if self._is_own(event, "join") and membership_before(event) != "join":
                return event
        return None

    def _is_own(self, event: object, membership: str) -> bool:
        is_member = fields.text(event, "type") == "m.room.member"
        is_mine = is_member and fields.text(event, "state_key") == self._api.client.user
        return is_mine and fields.text(event, "content", "membership") == membership

    def _is_first_invitation(self, joined: object) -> Callable[[object], bool]:
        """Where to stop: at the invitation, unless it is the very first one into a private conversation.

        Then lines written before it belong to it, too. After an earlier stay they were read long ago.
        """
        direct = fields.flag(joined, "unsigned", "prev_content", "is_direct")
        return lambda event: self._is_own(event, "invite") and not (direct and not membership_before(event))

    def _from_inviter(self, events: Events, joined: object) -> Events:
        """Before the bot's entry only the inviter spoke to it; what others said there was not meant for it."""
        inviter = fields.text(joined, "unsigned", "prev_sender")
        entry = fields.text(joined, "event_id")
        stop = self._is_first_invitation(joined)
        kept: Events = []
        before = True
        for event in events:
            if before and stop(event):
                kept.clear()
            before = before and fields.text(event, "event_id") != entry
            said = fields.text(event, "sender") == inviter and "state_key" not in fields.table(event)
            if not before or said:
                kept.append(event)
        return kept


def _without(gap: Events, events: Events) -> Events:
    """Synapse's `prev_batch` of a newly joined room may lie within the timeline that came with it."""
    known = {fields.text(event, "event_id") for event in events}
    return [event for event in gap if fields.text(event, "event_id") not in known]
