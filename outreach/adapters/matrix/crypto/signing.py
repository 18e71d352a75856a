"""Cross-signing by hand, which nio cannot: Ed25519 over canonical JSON (Matrix specification, appendices). No state."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.fields import Json

_SEED_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Seeds:
    """The three secrets of the bot's identity: made once, before the first upload, and never again."""

    master: bytes
    self_signing: bytes
    user_signing: bytes

    def upload(self, user: str) -> Json:
        """The body of `keys/device_signing/upload`."""
        made = {
            f"{usage}_key": {"user_id": user, "usage": [usage], "keys": {f"ed25519:{key}": key}}
            for usage, key in (
                ("master", public(self.master)),
                ("self_signing", public(self.self_signing)),
                ("user_signing", public(self.user_signing)),
            )
        }
        signed = {name: sign(self.master, key, user) for name, key in made.items() if name != "master_key"}
        return made | signed

    def signature(self, device_keys: Json, user: str, device: str) -> Json:
        """The body of `keys/signatures/upload` that makes a device one of the bot's own."""
        bare = {key: value for key, value in device_keys.items() if key not in ("signatures", "unsigned")}
        return {user: {device: sign(self.self_signing, bare, user)}}


def new_seeds(entropy: Callable[[int], bytes]) -> Seeds:
    return Seeds(entropy(_SEED_BYTES), entropy(_SEED_BYTES), entropy(_SEED_BYTES))


def public(seed: bytes) -> str:
    """The public key as Matrix writes it: base64 without padding."""
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _text(raw)


def sign(seed: bytes, content: Json, user: str) -> Json:
    """The content with a signature under the seed's own public key."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(content))
    return {**content, "signatures": {user: {f"ed25519:{public(seed)}": _text(signature)}}}


def is_signed(content: Json, user: str, name: str, key: str) -> bool:
    """Whether `user`'s signature called `name` under `content` is one of that key. Never raises."""
    signature = fields.text(content, "signatures", user, f"ed25519:{name}")
    bare = {key: value for key, value in content.items() if key not in ("signatures", "unsigned")}
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(_bytes(signature), canonical(bare))
    except (InvalidSignature, ValueError, TypeError, RecursionError):
        return False
    return True


def canonical(content: Json) -> bytes:
    """Sorted, shortest, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_key(text: str) -> bool:
    """Whether a text is a public key of 32 bytes."""
    try:
        return len(_bytes(text)) == _SEED_BYTES
    except ValueError:
        return False


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError from error
