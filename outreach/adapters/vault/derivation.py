"""Values that follow from a secret and a purpose: blind indexes and recipient-side ids (F11, leak 32). No state."""

from __future__ import annotations

import hmac
from uuid import UUID


def derive(secret: bytes, purpose: str, n: int | str = "") -> bytes:
    """HMAC-SHA-256 of purpose and n; the length in front keeps ("a", "bc") and ("ab", "c") apart."""
    name = purpose.encode()
    return hmac.digest(secret, len(name).to_bytes(4, "big") + name + str(n).encode(), "sha256")


def derive_id(secret: bytes, purpose: str, n: int | str = "") -> str:
    """The same as an id: in the form of a random UUID, which tells no time and no order (leak 21)."""
    return str(UUID(bytes=derive(secret, purpose, n)[:16], version=4))
