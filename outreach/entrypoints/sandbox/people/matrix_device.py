"""One device of a person: its keys and sessions, in memory; seals what they say and opens what they hear.

As strict as clients are since April 2026 (MSC4153): a device that its owner has not signed gets no key, and what it
says is not read. Mends no broken session and asks nobody for keys: what stays unread is found in `unread`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from nio.crypto import Olm
from nio.events.to_device import ToDeviceEvent
from nio.responses import KeysClaimResponse, KeysQueryResponse, KeysUploadResponse
from nio.store import SqliteMemoryStore

from outreach.entrypoints.sandbox.people.cross_signing import CrossSigning, signed_devices
from outreach.entrypoints.sandbox.people.http import Caller

# nio speaks at length of every key it misses, also of those that nobody owes it
logging.getLogger("nio").setLevel(logging.CRITICAL)

Json = dict[str, Any]
_V3 = "/_matrix/client/v3"
_FEW_KEYS = 25


class MatrixDevice:
    """Of whoever the caller's token belongs to. `signed=False` is a device that its owner never confirmed."""

    def __init__(self, *, signed: bool = True) -> None:
        self.unread: list[str] = []
        self._signs = signed
        self._olm: Any = None
        self._sealing = asyncio.Lock()
        self._given: dict[str, set[tuple[str, str]]] = {}
        self._signed: dict[str, set[str]] = {}

    async def publish(self, caller: Caller) -> None:
        """Before anybody can write to it; a second time does nothing."""
        if self._olm is not None:
            return
        me = await caller.call("GET", f"{_V3}/account/whoami")
        self._user, self.id = me["user_id"], me["device_id"]
        self._olm = Olm(self._user, self.id, SqliteMemoryStore(self._user, self.id))
        device = await self._upload(caller)
        if self._signs:
            keys = CrossSigning(self._user)
            await caller.call("POST", f"{_V3}/keys/device_signing/upload", keys.upload())
            await caller.call("POST", f"{_V3}/keys/signatures/upload", keys.signed(device))

    async def _upload(self, caller: Caller) -> Json:
        body = self._olm.share_keys()
        answer = await caller.call("POST", f"{_V3}/keys/upload", body)
        self._olm.handle_response(KeysUploadResponse.from_dict(answer))
        device: Json = body.get("device_keys", {})
        return device

    # --- hearing

    def absorb(self, answer: Mapping[str, Any]) -> None:
        """What one answer of /sync says about keys; to be given each answer once, before its rooms are read."""
        for event in answer.get("to_device", {}).get("events", []):
            self._receive(event)
        changed = answer.get("device_lists", {}).get("changed", [])
        self._olm.add_changed_users(set(changed) & self._olm.tracked_users)
        self._olm.uploaded_key_count = answer.get("device_one_time_keys_count", {}).get("signed_curve25519", 0)

    def _receive(self, event: Json) -> None:
        if (
            event["type"] == "m.room.encrypted"
            and self._olm.handle_to_device_event(ToDeviceEvent.parse_event(event)) is None
        ):
            self.unread.append(f"a key from {event['sender']}")

    async def tend(self, caller: Caller) -> None:
        """Keep enough one-time keys on the server for whoever writes next."""
        if self._olm.uploaded_key_count < _FEW_KEYS:
            await self._upload(caller)

    async def open(self, caller: Caller, room: str, event: Json) -> Json | None:
        """The event as it was before it was sealed; None while its key is not there, or its device is not signed."""
        opened = self.reread(room, event)
        is_trusted = opened is not None and await self._trusts(caller, event["sender"], event["content"]["sender_key"])
        return opened if is_trusted else None

    def reread(self, room: str, event: Json) -> Json | None:
        """As `open`, whoever's device it is from."""
        content = event["content"]
        session = self._olm.inbound_group_store.get(room, content["sender_key"], content["session_id"])
        if session is None:
            return None
        text, _ = session.decrypt(content["ciphertext"])
        opened = json.loads(text)
        relation = {"m.relates_to": content["m.relates_to"]} if "m.relates_to" in content else {}
        return event | {"type": opened["type"], "content": opened["content"] | relation}

    async def _trusts(self, caller: Caller, user: str, key: str) -> bool:
        if key == self._olm.account.identity_keys["curve25519"]:
            return True
        if not self._holds(user, key):
            await self._ask(caller, [user])
        return self._holds(user, key)

    def _holds(self, user: str, key: str) -> bool:
        return any(device.curve25519 == key for device in self._devices([user]))

    # --- saying

    async def seal(self, caller: Caller, room: str, people: Collection[str], kind: str, content: Json) -> Json:
        """The content of an m.room.encrypted that all signed devices of these people can open."""
        async with self._sealing:
            await self._know(caller, people)
            wanted = {(device.user_id, device.id) for device in self._devices(people)}
            if self._olm.should_share_group_session(room) or wanted != self._given.get(room):
                await self._share(caller, room, people)
                self._given[room] = wanted
            sealed: Json = self._olm.group_encrypt(room, {"type": kind, "content": content})
            return sealed | ({"m.relates_to": content["m.relates_to"]} if "m.relates_to" in content else {})

    async def _know(self, caller: Caller, people: Collection[str]) -> None:
        stale = self._olm.users_for_key_query & set(people)
        if asked := sorted(stale | {one for one in people if not self._signed.get(one)}):
            await self._ask(caller, asked)

    async def _ask(self, caller: Caller, people: Collection[str]) -> None:
        answer = await caller.call("POST", f"{_V3}/keys/query", {"device_keys": {one: [] for one in people}})
        self._olm.handle_response(KeysQueryResponse.from_dict(answer))
        self._signed |= {one: signed_devices(answer, one) for one in people}

    def _devices(self, people: Collection[str]) -> list[Any]:
        """Signed ones of others, and of this person but this one."""
        active = [device for one in people for device in self._olm.device_store.active_user_devices(one)]
        return [device for device in active if device.id in self._signed.get(device.user_id, ())]

    async def _share(self, caller: Caller, room: str, people: Collection[str]) -> None:
        await self._meet(caller, people)
        olm = self._olm
        for device in olm.device_store:
            is_signed = device.id in self._signed.get(device.user_id, ())
            (olm.unblacklist_device if is_signed else olm.blacklist_device)(device)
        olm.create_outbound_group_session(room)
        session = olm.outbound_group_sessions[room]
        for receivers, body in olm.share_group_session_parallel(room, list(people), ignore_unverified_devices=True):
            await caller.call("PUT", f"{_V3}/sendToDevice/m.room.encrypted/{uuid4().hex}", body)
            session.users_shared_with.update(receivers)
        session.mark_as_shared()

    async def _meet(self, caller: Caller, people: Collection[str]) -> None:
        """Claim a one-time key of each device never written to."""
        new = [device for device in self._devices(people) if not self._olm.session_store.get(device.curve25519)]
        claimed: dict[str, dict[str, str]] = {}
        for device in new:
            claimed.setdefault(device.user_id, {})[device.id] = "signed_curve25519"
        if claimed:
            answer = await caller.call("POST", f"{_V3}/keys/claim", {"one_time_keys": claimed})
            self._olm.handle_response(KeysClaimResponse.from_dict(answer))
