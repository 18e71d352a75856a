"""Private places and their parties, each sealed under a key of its own that opens only with ring and link key.

Two seals, because forgetting needs the ring's rotation (F5) and secrecy from everything else needs the link key (F6).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from outreach.adapters.storage import codec
from outreach.adapters.storage.pieces import SqlPieces
from outreach.adapters.storage.schema import conversations
from outreach.adapters.storage.sealing import Sealer
from outreach.domain.identity import Account, Role
from outreach.ports.store import Conflict, Conversation


class SqlConversations:
    """The `Conversations` port."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._sql = connection
        self._sealer = sealer

    def get(self, conversation: str) -> Conversation | None:
        """By id."""
        return self._one(conversations.c.id == conversation)

    def of_member(self, account: Account) -> Conversation | None:
        """The member's own conversation on that platform."""
        return self._one(conversations.c.person == self._person(Role.MEMBER, account))

    def of_authors(self, case: str) -> Sequence[Conversation]:
        """The recipients' conversations of a case: one for each person written to."""
        return [one for one in self._of_case(case) if one.role is Role.RECIPIENT]

    def of_talk(self, case: str) -> Conversation | None:
        """The room of a case's talk."""
        return next((one for one in self._of_case(case) if one.role is Role.TALK), None)

    def _of_case(self, case: str) -> list[Conversation]:
        return self._all(conversations.c.case == self._sealer.link_index("conversation-case", case))

    def as_author(self, account: Account) -> Sequence[Conversation]:
        """All recipient conversations of one person."""
        return self._all(conversations.c.person == self._person(Role.RECIPIENT, account))

    def in_room(self, room: str) -> Conversation | None:
        """The Matrix conversation held in a room."""
        return self._one(conversations.c.room == self._sealer.link_index("room", room)) if room else None

    def save(self, conversation: Conversation) -> Conversation:
        """Insert or replace; `Conflict` if it changed since it was loaded."""
        saved = replace(conversation, version=conversation.version + 1)
        if conversation.version == 0:
            self._insert(saved)
        else:
            self._update(saved)
        return saved

    def forget(self, conversation: str) -> None:
        """Destroy key and row, and what was kept for its room (F6)."""
        found = self.get(conversation)
        if found is not None:
            SqlPieces(self._sql, self._sealer).forget_room(found.place.room)
        self._sql.execute(delete(conversations).where(conversations.c.id == conversation))

    def _insert(self, saved: Conversation) -> None:
        key = self._sealer.new_case_key()
        hidden = base64.b64encode(self._sealer.seal_link(key, f"conversation-key:{saved.id}"))
        wrapped = self._sealer.wrap(hidden, f"conversation:{saved.id}")
        row = self._row(saved, key) | {"id": saved.id, "wrapped": wrapped}
        self._sql.execute(insert(conversations).values(row))

    def _update(self, saved: Conversation) -> None:
        old = conversations.c
        wrapped = self._sql.execute(select(old.wrapped).where(old.id == saved.id)).scalar_one()
        row = self._row(saved, self._key(saved.id, wrapped))
        match = (old.id == saved.id) & (old.version == saved.version - 1)
        if self._sql.execute(update(conversations).where(match).values(row)).rowcount != 1:
            raise Conflict

    def _row(self, saved: Conversation, key: bytes) -> dict[str, Any]:
        room, case = saved.place.room, saved.case
        return {
            "person": self._person(saved.role, saved.account),
            "room": self._sealer.link_index("room", room) if room else None,
            "case": self._sealer.link_index("conversation-case", case) if case else None,
            "body": self._sealer.seal(key, codec.encode(saved), f"conversation:{saved.id}"),
            "version": saved.version,
        }

    def _person(self, role: Role, account: Account) -> str:
        return self._sealer.link_index(f"person-{role}", account.key)

    def _key(self, conversation: str, wrapped: str) -> bytes:
        hidden = base64.b64decode(self._sealer.unwrap(wrapped, f"conversation:{conversation}"))
        return self._sealer.unseal_link(hidden, f"conversation-key:{conversation}")

    def _one(self, match: Any) -> Conversation | None:
        found = self._all(match)
        return found[0] if found else None

    def _all(self, match: Any) -> list[Conversation]:
        rows = self._sql.execute(select(conversations).where(match)).all()
        return [self._open(row.id, row.wrapped, row.body) for row in rows]

    def _open(self, conversation: str, wrapped: str, body: bytes) -> Conversation:
        plain = self._sealer.unseal(self._key(conversation, wrapped), body, f"conversation:{conversation}")
        return codec.decode(plain, Conversation)
