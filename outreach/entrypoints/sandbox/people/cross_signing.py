"""One user's cross-signing keys, and whether a device bears its owner's signature (spec: end-to-end encryption).

Keys are made anew and kept in memory: a person here has one device and no recovery key. Asks no server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = dict[str, Any]
_UNSIGNED = ("signatures", "unsigned")


class CrossSigning:
    """Master, self-signing and user-signing key of `user_id`."""

    def __init__(self, user_id: str) -> None:
        self._user = user_id
        self._keys = {usage: Ed25519PrivateKey.generate() for usage in ("master", "self_signing", "user_signing")}

    def upload(self) -> Json:
        """The body of `POST /keys/device_signing/upload`."""
        keys = {usage: self._public(usage) for usage in self._keys}
        for usage in ("self_signing", "user_signing"):
            self._sign(keys[usage], "master")
        return {f"{usage}_key": key for usage, key in keys.items()}

    def signed(self, device: Json) -> Json:
        """The device's keys with the owner's signature beside its own, as `POST /keys/signatures/upload` wants it."""
        made = json.loads(json.dumps(device))
        self._sign(made, "self_signing")
        return {self._user: {device["device_id"]: made}}

    def _public(self, usage: str) -> Json:
        key = _public(self._keys[usage])
        return {"user_id": self._user, "usage": [usage], "keys": {f"ed25519:{key}": key}}

    def _sign(self, signed: Json, usage: str) -> None:
        key = self._keys[usage]
        mark = _encoded(key.sign(_canonical(signed)))
        signed.setdefault("signatures", {}).setdefault(self._user, {})[f"ed25519:{_public(key)}"] = mark


def signed_devices(found: Mapping[str, Any], user: str) -> set[str]:
    """Which of the user's devices in an answer of `POST /keys/query` their owner has signed, by way of both keys."""
    master = found.get("master_keys", {}).get(user)
    own = found.get("self_signing_keys", {}).get(user)
    if not master or not own or not _is_signed(own, user, _only_key(master)):
        return set()
    devices = found.get("device_keys", {}).get(user, {})
    return {name for name, device in devices.items() if _is_signed(device, user, _only_key(own))}


def _only_key(key: Json) -> str:
    (found,) = key["keys"].values()
    return str(found)


def _is_signed(signed: Json, user: str, key: str) -> bool:
    mark = signed.get("signatures", {}).get(user, {}).get(f"ed25519:{key}")
    if mark is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_decoded(key)).verify(_decoded(mark), _canonical(signed))
    except InvalidSignature:
        return False
    return True


def _canonical(signed: Json) -> bytes:
    plain = {key: value for key, value in signed.items() if key not in _UNSIGNED}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _public(key: Ed25519PrivateKey) -> str:
    return _encoded(key.public_key().public_bytes_raw())


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")


def _decoded(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4))
