"""Looks at an event of a community room. Judges nothing, resolves no room the operator has not named (F37).

Every request stays on the bot's own server: profiles of other servers' users are not asked for (F7).
"""

from __future__ import annotations

from collections.abc import Mapping

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Refused
from outreach.adapters.matrix.content import relation, reply_to, words
from outreach.adapters.matrix.encryption import Encryption
from outreach.adapters.matrix.fields import Json
from outreach.adapters.matrix.links import event_link, matrix_to, server_of, uri
from outreach.adapters.matrix.translate import account
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation, Post, Sight, Visibility
from outreach.ports import Clock, TryLater, Undeliverable

_POSTS = ("m.room.message", "m.room.encrypted")


class Posts:
    """`rooms` maps what an operator wrote, ids and aliases, to room ids."""

    def __init__(
        self, api: MatrixApi, clock: Clock, rooms: Mapping[str, str], encryption: Encryption | None = None
    ) -> None:
        self._api = api
        self._encryption = encryption
        self._clock = clock
        self._rooms = rooms

    async def look(self, link: str, reporter: Account | None) -> Observation:
        target = event_link(link)
        if target is None:
            raise Undeliverable("not_a_post")
        room = self._room(target.room)
        try:
            event = await self._original(room, target.event)
        except Refused as refusal:
            return self._saw(await self._why_not(room, refusal))
        except TryLater:
            return self._saw(Sight.UNSURE)
        if fields.text(event, "type") not in _POSTS:
            raise Undeliverable("not_a_post")
        if (
            fields.when(event, "origin_server_ts") is None
        ):  # without a day it has no name; its author's server says when
            return self._saw(Sight.UNSURE)
        return await self._observed(room, await self._opened(room, event), reporter)

    async def _opened(self, room: str, event: Json) -> Json:
        """With its words and those of its newest edit, where the bot has the keys."""
        if self._encryption is None or fields.text(event, "type") != "m.room.encrypted":
            return event
        opened = await self._encryption.open(event, room)
        clear = opened.event if opened is not None else event
        edit = fields.table(event, "unsigned", "m.relations", "m.replace")
        edited = await self._encryption.open(edit, room) if edit else None
        if edited is None:
            return clear
        relations = {**fields.table(event, "unsigned", "m.relations"), "m.replace": edited.event}
        return {**clear, "unsigned": {**fields.table(event, "unsigned"), "m.relations": relations}}

    def _room(self, named: str) -> str:
        room = self._rooms.get(named, "")
        if not room and named in self._rooms.values():
            room = named
        if not room:
            raise Undeliverable("room_not_ours")
        return room

    async def _original(self, room: str, event: str) -> Json:
        """A link to an edit means what was edited."""
        found = await self._api.event(room, event)
        replaced = relation(fields.table(found, "content"), "m.replace")
        return await self._api.event(room, replaced) if replaced else found

    async def _why_not(self, room: str, refusal: Refused) -> Sight:
        """404 also answers a bot that was put out of the room: then it knows nothing."""
        if refusal.status != 404:
            return Sight.UNSURE
        try:
            await self._api.joined(room)
        except (Refused, TryLater):
            return Sight.UNSURE
        return Sight.GONE

    async def _observed(self, room: str, event: Json, reporter: Account | None) -> Observation:
        if _is_redacted(event):
            return self._saw(Sight.GONE)
        author, me = fields.text(event, "sender"), self._api.client.user
        try:
            present = await self._api.joined(room)
            local = server_of(author) == server_of(me)
            reachable = author in present and (not local or await self._api.has_profile(author))
            addressed = reporter is not None and await self._addresses(room, event, reporter)
        except (Refused, TryLater):
            return self._saw(Sight.UNSURE)
        return Observation(
            sight=Sight.SEEN,
            post=post_of(room, event),
            at=self._clock.now(),
            audience=len(set(present) - {me}),
            author_local=local,
            author_reachable=reachable,
            reporter_addressed=addressed,
        )

    async def _addresses(self, room: str, event: Json, reporter: Account) -> bool:
        """Whether the post answers the reporter or names them (F21)."""
        content = _latest(event)[1]
        if reporter.platform is not Platform.MATRIX:
            return False
        if reporter.address in words(content, "").mentions or reporter.address in fields.text(content, "body"):
            return True
        parent = reply_to(fields.table(event, "content"))
        if not parent:
            return False
        try:
            return fields.text(await self._api.event(room, parent), "sender") == reporter.address
        except Refused:
            return False  # what it answered is gone

    def _saw(self, sight: Sight) -> Observation:
        return Observation(sight=sight, at=self._clock.now())


def post_of(room: str, event: Json) -> Post:
    native = fields.text(event, "event_id")
    edited, content = _latest(event)
    at = fields.when(event, "origin_server_ts")
    return Post(
        platform=Platform.MATRIX,
        uri=uri(room, native),
        link=matrix_to(room, native),
        native=native,
        author=account(fields.text(event, "sender")),
        day=at.date().isoformat() if at else "",
        visibility=Visibility.ROOM,
        text=fields.text(content, "body"),
        parent=reply_to(fields.table(event, "content")),
        edited=edited,
        room=room,
    )


def _latest(event: Json) -> tuple[str, Json]:
    """The newest edit's id and content; the server bundles it, and an edit by anybody but the author is none."""
    edit = fields.table(event, "unsigned", "m.relations", "m.replace")
    new = fields.table(edit, "content", "m.new_content")
    if new and fields.text(edit, "sender") == fields.text(event, "sender"):
        return fields.text(edit, "event_id"), new
    return "", fields.table(event, "content")


def _is_redacted(event: Json) -> bool:
    return fields.value(event, "unsigned", "redacted_because") is not None or not fields.table(event, "content")
