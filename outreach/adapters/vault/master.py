"""The master key: how it is written, and how it seals the keyring. It seals nothing else, and lies nowhere on disk."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from outreach.adapters.vault.errors import MasterKeyUnusable
from outreach.adapters.vault.sealing import KEY_BYTES, NONCE_BYTES

_FORMAT = "outreach keyring 1"
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class NotOpened(Exception):
    """The envelope stayed shut; `wrong_key` says whether the master key is another one."""

    def __init__(self, *, wrong_key: bool) -> None:
        super().__init__("wrong master key" if wrong_key else "damaged")
        self.wrong_key = wrong_key


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keyring file as it lies on disk. `check` tells a wrong master key from a damaged file."""

    format: str
    salt: bytes
    check: bytes
    nonce: bytes
    sealed: bytes


def new_master_key(entropy: Callable[[int], bytes]) -> str:
    """A fresh one in hex: safe in every shell, unit file and environment."""
    return entropy(KEY_BYTES).hex()


def parse_master_key(text: str) -> bytes:
    """From hex or base64, of either alphabet, to bytes."""
    text = text.strip()
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        key = base64.b64decode(text.rstrip("=").translate(str.maketrans("-_", "+/")) + "=", validate=True)
    except (binascii.Error, ValueError):
        raise MasterKeyUnusable from None
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable
    return key


def close(master_key: bytes, content: bytes, entropy: Callable[[int], bytes]) -> bytes:
    """Seal content into an envelope under a key that is new each time."""
    salt, nonce = entropy(32), entropy(NONCE_BYTES)
    key, check = _keys(master_key, salt)
    sealed = AESGCM(key).encrypt(nonce, content, _bound(salt))
    return msgspec.json.format(msgspec.json.encode(Envelope(_FORMAT, salt, check, nonce, sealed)), indent=1) + b"\n"


def open_(master_key: bytes, data: bytes) -> bytes:
    """The content of an envelope. Raises `NotOpened`."""
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
    except msgspec.DecodeError:
        raise NotOpened(wrong_key=False) from None
    key, check = _keys(master_key, envelope.salt)
    if not hmac.compare_digest(check, envelope.check):
        raise NotOpened(wrong_key=True)
    try:
        return AESGCM(key).decrypt(envelope.nonce, envelope.sealed, _bound(envelope.salt))
    except (InvalidTag, ValueError):
        raise NotOpened(wrong_key=False) from None


def _keys(master_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    both = HKDF(SHA256(), KEY_BYTES + 16, salt, _FORMAT.encode()).derive(master_key)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _bound(salt: bytes) -> bytes:
    return _FORMAT.encode() + salt
