"""AES-256-GCM with padding (F33) and the row's identity bound in (leak 31). Knows no keyring; draws no nonce itself."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outreach.adapters.vault.errors import Tampered

KEY_BYTES = 32
NONCE_BYTES = 12
_VERSION = b"\x01"
_LENGTH_BYTES = 4
_BUCKETS = (64, 256, 1024, 4096, 16384, 65536)
#: Above the buckets sizes grow by this much: only the crypto store is so large, and times four would waste megabytes.
_STEP = 65536


def seal(key: bytes, plain: bytes, aad: bytes, nonce: bytes) -> bytes:
    """Pad and encrypt: version, nonce, ciphertext with tag."""
    return _VERSION + nonce + _cipher(key).encrypt(nonce, pad(plain), _VERSION + aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """What was sealed. Raises `Tampered` for another key, another row, or any changed byte."""
    version, nonce, hidden = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if version != _VERSION:
        raise Tampered
    try:
        return unpad(_cipher(key).decrypt(nonce, hidden, _VERSION + aad))
    except (InvalidTag, ValueError):
        raise Tampered from None


def pad(plain: bytes) -> bytes:
    """Length, content, zeros up to the next bucket, so that the size of a row says little."""
    framed = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain
    return framed.ljust(_padded_size(len(framed)), b"\0")


def unpad(padded: bytes) -> bytes:
    """The content alone."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if length > len(padded) - _LENGTH_BYTES:
        raise Tampered
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def _padded_size(size: int) -> int:
    return next((bucket for bucket in _BUCKETS if size <= bucket), -(-size // _STEP) * _STEP)


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("keys have 32 bytes")
    return AESGCM(key)
