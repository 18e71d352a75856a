"""Somebody with an encrypting client, by nio; and a shelf on which a bot's pieces outlive its process.

People here act through their own token alone. Asserts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Self

from nio import AsyncClient, AsyncClientConfig, MegolmEvent, RoomMessageText, RoomPreset, RoomSendResponse
from nio.store import SqliteMemoryStore

from outreach.entrypoints.sandbox.synapse import MatrixAccount
from outreach.ports import Piece


class Shelf:
    """The `Keep` port in memory, as a database would behave: all of a call, or nothing."""

    def __init__(self) -> None:
        self.held: dict[str, Piece] = {}
        self.saves: list[tuple[Piece, ...]] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    async def pieces(self) -> Sequence[Piece]:
        return list(self.held.values())

    async def save(self, pieces: Sequence[Piece]) -> None:
        self.before()
        self.put(pieces)
        self.after()

    def put(self, pieces: Sequence[Piece]) -> None:
        self.saves.append(tuple(pieces))
        for piece in pieces:
            if piece.body is None:
                self.held.pop(piece.name, None)
            else:
                self.held[piece.name] = piece

    def names(self, kind: str) -> list[str]:
        return sorted(name for name in self.held if name.startswith(kind))


class SealedPerson:
    """One device of one user. `heard` holds what it could read, `unread` what it could not."""

    def __init__(self, url: str, account: MatrixAccount) -> None:
        self.account, self.user_id = account, account.user_id
        config = AsyncClientConfig(encryption_enabled=True, store=SqliteMemoryStore, pickle_key="test")
        self.client: Any = AsyncClient(url, account.user_id, config=config, store_path=":memory:")
        self.client.restore_login(account.user_id, account.device_id, account.access_token)
        self.client.add_event_callback(self._read, RoomMessageText)
        self.client.add_event_callback(self._missed, MegolmEvent)
        self.heard: list[Any] = []
        self.unread: list[Any] = []

    async def __aenter__(self) -> Self:
        await self.client.keys_upload()
        await self.sync(full=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    def _read(self, room: Any, event: Any) -> None:
        if event.sender != self.user_id:
            self.heard.append(event)

    def _missed(self, room: Any, event: Any) -> None:
        self.unread.append(event)

    async def sync(self, *, full: bool = False, timeout: int = 0) -> None:
        """One round, with the key traffic that follows from it."""
        await self.client.sync(timeout=timeout, full_state=full)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()

    async def dm(self, bot: str, *, sealed: bool = True) -> str:
        """A private chat as clients make it."""
        secret = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        made = await self.client.room_create(
            is_direct=True,
            invite=[bot],
            preset=RoomPreset.trusted_private_chat,
            initial_state=[secret] if sealed else [],
        )
        await self.sync(full=True)
        return str(made.room_id)

    async def join(self, room: str) -> None:
        await self.client.join(room)
        await self.sync(full=True)

    async def say(self, room: str, text: str, kind: str = "m.room.message", **more: Any) -> str:
        """Encrypted if the room is, for every device there."""
        await self.client.joined_members(room)
        content = {"msgtype": "m.text", "body": text} | more
        sent = await self.client.room_send(room, kind, content, ignore_unverified_devices=True)
        assert isinstance(sent, RoomSendResponse), sent
        return str(sent.event_id)

    async def hear(self, text: str, seconds: float = 5.0) -> Any:
        """Wait for words of somebody else."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.heard:
                    if event.body == text:
                        return event
                await self.sync(timeout=200)
