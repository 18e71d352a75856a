"""What the store needs of the vault. Holds no key and no algorithm of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol


class Sealer(Protocol):
    """Seals bytes so that each opens only in the row it was sealed for (`aad`), and names things by keyed HMAC.

    Raises its own tamper error when a row was swapped, cut or sealed under another key.
    """

    def new_case_key(self) -> bytes:
        """A fresh key for a case or conversation."""

    def wrap(self, key: bytes, aad: str) -> str:
        """A key under today's wrapping key of the keyring."""

    def unwrap(self, wrapped: str, aad: str) -> bytes:
        """Back, as long as the keyring holds that wrapping key."""

    def seal(self, key: bytes, plain: bytes, aad: str) -> bytes:
        """Padded AES-256-GCM."""

    def unseal(self, key: bytes, sealed: bytes, aad: str) -> bytes:
        """Back."""

    def seal_link(self, plain: bytes, aad: str) -> bytes:
        """Under the link key, which alone leads from a case to a member (F6)."""

    def unseal_link(self, sealed: bytes, aad: str) -> bytes:
        """Back."""

    def seal_store(self, plain: bytes, aad: str) -> bytes:
        """Under the store's own key: rows that live shortly or name nobody."""

    def unseal_store(self, sealed: bytes, aad: str) -> bytes:
        """Back."""

    def index(self, purpose: str, value: str) -> str:
        """Keyed HMAC for exact look-up, newest key."""

    def indexes(self, purpose: str, value: str) -> tuple[str, ...]:
        """The same under every key still in the ring (F28)."""

    def link_index(self, purpose: str, value: str) -> str:
        """Keyed HMAC derived from the link key."""

    def derive_id(self, secret: bytes, purpose: str, n: int) -> str:
        """An id under a case secret (F11)."""

    def note_opt_out(self, index: str, *, wanted: bool = True) -> None:
        """Keep an opt-out in the keyring too, so that a restored backup cannot undo it (F23)."""

    def note_forgotten(self, ids: Iterable[str], today: date) -> None:
        """Likewise what was forgotten."""

    def forgotten(self) -> frozenset[str]:
        """What a restore has to forget again, as indexes."""

    def opted_out(self) -> frozenset[str]:
        """All opt-outs, as indexes."""


class Rotation(Protocol):
    """An unfinished change of keys: values under the generations `old` are to be renewed."""

    @property
    def old(self) -> tuple[str, ...]:
        """Ids of the generations that go."""


class Renewer(Sealer, Protocol):
    """A sealer whose keys can be replaced."""

    def rotate(self, today: date) -> Rotation:
        """Make new keys, or go on with an unfinished change."""

    def renew_wrapped(self, wrapped: str, aad: str) -> str | None:
        """The key wrapped anew; None if it is under the newest generation."""

    def renew_link(self, sealed: bytes, aad: str) -> bytes | None:
        """The value sealed anew; None if it is under the newest generation."""

    def renew_store(self, sealed: bytes, aad: str) -> bytes | None:
        """The value sealed anew; None if it is under the newest generation."""

    def retire(self, key_id: str, *, still_sealed: int) -> None:
        """Destroy an old generation under which nothing is sealed any more."""

    def generation_of(self, value: str | bytes) -> str:
        """Under which generation a wrapped key or sealed value is."""
