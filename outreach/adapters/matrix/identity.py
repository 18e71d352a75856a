"""Makes the bot's device one that others can trust: its keys uploaded, its identity made once, the device signed by it.

Runs at each start and changes nothing that is in order. The seeds are kept before anything made of them is uploaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import ASKS_PROOF, Refused
from outreach.adapters.matrix.crypto import Machine, Seeds, signing
from outreach.adapters.matrix.encryption import Encryption
from outreach.adapters.matrix.fields import Json
from outreach.ports import Misconfigured

_SEEDS = "seeds"
_EXISTS = "M_UNKNOWN"
FOREIGN_IDENTITY = (
    "The bot's Matrix account has an encryption identity that this database does not hold, because a client was opened"
    " with it or the database was lost; restore a backup, or give the bot an account that no client is opened with."
)
LOST_DEVICE = (
    "The homeserver knows this Matrix device by other encryption keys than the database, so its own were lost or are"
    " old; log the bot in again and store the new matrix_token, or set matrix_password in its place."
)


class LostDevice(Misconfigured):
    """This device's keys are gone; only a new device can go on."""

    def __init__(self) -> None:
        super().__init__(LOST_DEVICE)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the server says of the bot itself."""

    answer: Json
    user: str
    device: str

    @property
    def master(self) -> list[object]:
        return list(fields.table(self.answer, "master_keys", self.user, "keys").values())

    @property
    def keys(self) -> Json:
        return fields.table(self.answer, "device_keys", self.user, self.device)

    def is_this(self, machine: Machine) -> bool:
        return fields.text(self.keys, "keys", f"ed25519:{self.device}") == machine.ed25519

    def is_signed(self, seeds: Seeds) -> bool:
        key = signing.public(seeds.self_signing)
        return isinstance(self.keys, dict) and signing.is_signed(self.keys, self.user, key, key)


class Identity:
    """`entropy` makes the seeds, once."""

    def __init__(self, api: MatrixApi, encryption: Encryption, entropy: Callable[[int], bytes]) -> None:
        self._api = api
        self._encryption = encryption
        self._entropy = entropy

    async def begin(self) -> None:
        """Raises `LostDevice`, or `Misconfigured` where the account has an identity of somebody else's making."""
        seeds = await self._seeds()
        standing = await self._standing()
        async with self._encryption.changing() as machine:
            if standing.keys and not standing.is_this(machine):
                raise LostDevice
            if not standing.keys:
                machine.unshare()
        await self.upload_keys()
        if standing.master != [signing.public(seeds.master)]:
            await self._make(seeds)
        if not standing.is_signed(seeds):
            await self._sign(seeds, machine)

    async def examine(self, device: str) -> None:
        """The same questions about the device the bot would use ("" if there is none yet), and nothing changed."""
        client = self._api.client
        standing = _Standing(await self._api.query_keys([client.user]), client.user, device)
        machine = Machine(await self._encryption.kept(), client.user, device)
        known = machine.store.notes.get(_SEEDS)
        is_lost = bool(standing.keys) and not standing.is_this(machine)
        ours = [signing.public(_decoded(known).master)] if known else []
        if standing.master and standing.master != ours:
            raise Misconfigured(FOREIGN_IDENTITY)
        if is_lost:
            raise LostDevice

    async def upload_keys(self) -> None:
        """One-time keys and a fallback key, as many as the server lacks. Kept before they leave."""
        async with self._encryption.changing() as machine:
            body = machine.upload()
        if body is None:
            return
        try:
            answer = await self._api.upload_keys(body)
        except Refused as refusal:
            if refusal.code == _EXISTS:  # "One time key … already exists": the server has seen newer ones than we hold
                raise LostDevice from refusal
            raise
        async with self._encryption.changing() as machine:
            machine.uploaded(answer)

    async def _standing(self) -> _Standing:
        client = self._api.client
        return _Standing(await self._api.query_keys([client.user]), client.user, client.device)

    async def _seeds(self) -> Seeds:
        async with self._encryption.changing() as machine:
            known = machine.store.notes.get(_SEEDS)
            seeds = _decoded(known) if known else signing.new_seeds(self._entropy)
            if not known:
                machine.store.note(_SEEDS, msgspec.json.encode(seeds))
        return seeds

    async def _make(self, seeds: Seeds) -> None:
        try:
            await self._api.upload_identity(seeds.upload(self._api.client.user))
        except Refused as refusal:
            if refusal.code == ASKS_PROOF:
                raise Misconfigured(FOREIGN_IDENTITY) from refusal
            raise

    async def _sign(self, seeds: Seeds, machine: Machine) -> None:
        await self._api.upload_signatures(seeds.signature(machine.device_keys(), machine.user, machine.device))


def _decoded(kept: bytes) -> Seeds:
    return msgspec.json.decode(kept, type=Seeds)
