"""Somebody with an encrypting client, by nio; and a shelf on which a bot's pieces outlive its process.

People here act through their own token alone. Asserts nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, Self

from nio import (
    AsyncClient,
    AsyncClientConfig,
    MegolmEvent,
    RoomMessageNotice,
    RoomMessageText,
    RoomPreset,
    RoomSendResponse,
)
from nio.store import SqliteMemoryStore

from outreach.adapters.matrix import MatrixGateway
from outreach.adapters.matrix.crypto import Seeds
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
        self.client.add_event_callback(self._noticed, RoomMessageNotice)
        self.client.add_event_callback(self._missed, MegolmEvent)
        self.heard: list[Any] = []
        self.notices: list[Any] = []
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

    def _noticed(self, room: Any, event: Any) -> None:
        self.notices.append(event)

    def _missed(self, room: Any, event: Any) -> None:
        self.unread.append(event)

    def reread(self) -> None:
        """What could not be read when it came, and can be now, moves to `heard` or `notices`."""
        for event in [*self.unread]:
            read = self.client.olm._decrypt_megolm_no_error(event)
            if read is not None:
                self.unread.remove(event)
                (self.notices if isinstance(read, RoomMessageNotice) else self.heard).append(read)

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

    async def sign(self, seeds: Seeds) -> None:
        """Make this device one of its owner's, under that identity."""
        keys = self.client.olm.account.identity_keys
        device = self.account.device_id
        bare = {
            "algorithms": self.client.olm._algorithms,
            "device_id": device,
            "user_id": self.user_id,
            "keys": {f"{kind}:{device}": keys[kind] for kind in ("curve25519", "ed25519")},
        }
        await self._post("keys/device_signing/upload", dict(seeds.upload(self.user_id)))
        await self._post("keys/signatures/upload", dict(seeds.signature(bare, self.user_id, device)))

    async def _post(self, where: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {self.account.access_token}"}
        path = f"/_matrix/client/v3/{where}"
        answer = await self.client.send("POST", path, json.dumps(body), headers)
        said = await answer.json()
        if answer.status == 401:  # another identity than before: only with the password
            user = {"type": "m.id.user", "user": self.user_id}
            proof = {"type": "m.login.password", "identifier": user, "password": self.account.password}
            body = body | {"auth": proof | {"session": said["session"]}}
            answer = await self.client.send("POST", path, json.dumps(body), headers)
            said = await answer.json()
        assert answer.status == 200 and not said.get("failures"), said

    async def hear(self, text: str, seconds: float = 5.0) -> Any:
        """Wait for words of somebody else."""
        return await self._wait(self.heard, text, seconds)

    async def notice(self, text: str, seconds: float = 5.0) -> Any:
        """The same for what notifies nobody."""
        return await self._wait(self.notices, text, seconds)

    async def _wait(self, among: list[Any], text: str, seconds: float) -> Any:
        async with asyncio.timeout(seconds):
            while True:
                for event in among:
                    if event.body == text:
                        return event
                await self.sync(timeout=200)
                self.reread()


class Post:
    """Holds to-device messages back, as a slow server does, until `holds` is false; `lose` drops them."""

    def __init__(self, gateway: MatrixGateway) -> None:
        self._api = gateway._api
        self._held: list[object] = []
        self._sync, self.holds = self._api.sync, True
        self._api.sync = self._late  # type: ignore[method-assign]

    def lose(self) -> None:
        self._held, self.holds = [], False

    async def _late(self, since: str, wait_ms: int) -> Any:
        answer: dict[str, Any] = dict(await self._sync(since, wait_ms))
        come = [*self._held, *answer.get("to_device", {}).get("events", [])]
        self._held = come if self.holds else []
        return answer | {"to_device": {"events": [] if self.holds else come}}
