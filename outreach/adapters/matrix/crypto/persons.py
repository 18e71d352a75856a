"""What a raw `keys/query` says about one user: devices, and which of them their owner has signed. Pure and total.

Only what is signed as the specification asks counts; the rest is as if it had not been said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.crypto.signing import is_key, is_signed
from outreach.adapters.matrix.fields import Json

_ALGORITHM = "m.megolm.v1.aes-sha2"
_MOST_DEVICES = 300


@dataclass(frozen=True, slots=True)
class Device:
    """One device's public keys; `signed` by its owner's self-signing key."""

    ed25519: str
    curve25519: str
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A user's devices, the master key at first sight, and the one seen last. `stale`: ask again before using it."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    pinned: str = ""
    master: str = ""
    stale: bool = True

    @property
    def is_other(self) -> bool:
        """Whether they sign with another identity than at first sight."""
        return self.pinned != self.master

    def trusts(self, curve25519: str, ed25519: str) -> bool:
        """Whether those are the keys of a device signed under the identity of first sight."""
        known = Device(ed25519, curve25519, signed=True)
        return bool(self.pinned) and not self.is_other and known in self.devices.values()


def seen(before: Person | None, user: str, answer: Json) -> Person:
    """The person after an answer to a query about them. A master key is pinned when there was none."""
    master = _master(user, fields.table(answer, "master_keys", user))
    signer = _self_signing(user, fields.table(answer, "self_signing_keys", user), master)
    devices = {
        device: replace(found, signed=bool(signer) and is_signed(keys, user, signer, signer))
        for device, keys in list(fields.table(answer, "device_keys", user).items())[:_MOST_DEVICES]
        if (found := _device(user, device, fields.table(keys))) is not None and isinstance(keys, dict)
    }
    for device, known in (before.devices if before is not None else {}).items():
        if device in devices and devices[device].ed25519 != known.ed25519:  # no device changes its name
            devices[device] = replace(known, signed=False)
    pinned = (before.pinned if before is not None else "") or master
    return Person(devices, pinned, master, stale=False)


def device_keys(user: str, answer: Json, person: Person) -> dict[str, Json]:
    """The raw keys of the devices that count."""
    raw = fields.table(answer, "device_keys", user)
    return {device: fields.table(raw, device) for device in person.devices}


def _master(user: str, content: Json) -> str:
    return _key_of(user, content, "master")


def _self_signing(user: str, content: Json, master: str) -> str:
    key = _key_of(user, content, "self_signing")
    return key if key and master and is_signed(content, user, master, master) else ""


def _key_of(user: str, content: Json, usage: str) -> str:
    keys = [value for value in fields.table(content, "keys").values() if isinstance(value, str)]
    fits = fields.text(content, "user_id") == user and usage in fields.rows(content, "usage")
    named = len(keys) == 1 and is_key(keys[0]) and fields.text(content, "keys", f"ed25519:{keys[0]}") == keys[0]
    return keys[0] if fits and named else ""


def _device(user: str, device: str, content: Json) -> Device | None:
    """A device that can encrypt and has signed its own keys; None for anything else."""
    found = Device(
        fields.text(content, "keys", f"ed25519:{device}"), fields.text(content, "keys", f"curve25519:{device}")
    )
    own = fields.text(content, "user_id") == user and fields.text(content, "device_id") == device
    able = _ALGORITHM in fields.rows(content, "algorithms") and is_key(found.curve25519) and is_key(found.ed25519)
    return found if own and able and is_signed(content, user, device, found.ed25519) else None
