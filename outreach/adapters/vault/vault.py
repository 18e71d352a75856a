"""Seals, wraps, indexes and rotates: everything the bot keeps about people goes through here. Knows no table.

Associated data (`aad`) is the row's identity: table, id, column, version; opened with another one it is `Tampered`.
Seal and wrap inside the write transaction that stores the result: then a rotation by another process either sees the
row, or is seen by it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from outreach.adapters.vault import derivation, keyring, sealing
from outreach.adapters.vault.errors import KeyGone, Tampered
from outreach.adapters.vault.keyfile import KeyFile
from outreach.adapters.vault.keyring import ID_BYTES, Generation


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rows of the generations `old` are to be renewed, then those generations retired. `new` seals already."""

    new: str
    old: tuple[str, ...]


class Vault:
    """The keyring in use."""

    def __init__(self, file: KeyFile) -> None:
        self._file = file
        self._entropy = file.entropy

    # keys of one case, record or conversation

    def new_case_key(self) -> bytes:
        """A key for one case, record or conversation; destroyed with its row, it takes everything along."""
        return self._entropy(sealing.KEY_BYTES)

    def wrap(self, key: bytes, aad: str) -> str:
        """The key as it may stand in the database: id of the generation, a dot, the sealed key."""
        newest = self._file.current().newest
        sealed = sealing.seal(newest.wrap, key, _bound("wrap", newest, aad), self._nonce())
        return f"{newest.id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def unwrap(self, wrapped: str, aad: str) -> bytes:
        """The key of a case. Raises `KeyGone` where its generation was retired."""
        key_id, _, text = wrapped.partition(".")
        old = self._generation(key_id)
        try:
            sealed = base64.urlsafe_b64decode(text.encode())
        except (binascii.Error, ValueError):
            raise Tampered from None
        return sealing.unseal(old.wrap, sealed, _bound("wrap", old, aad))

    def seal(self, key: bytes, plain: bytes, aad: str) -> bytes:
        """Seal a value under the key of its case, record or conversation."""
        return sealing.seal(key, plain, _bound("case", None, aad), self._nonce())

    def unseal(self, key: bytes, sealed: bytes, aad: str) -> bytes:
        """The value; raises `Tampered`."""
        return sealing.unseal(key, sealed, _bound("case", None, aad))

    # rows under keys of the keyring itself

    def seal_link(self, plain: bytes, aad: str) -> bytes:
        """Seal who asked, under the link key: with every other key in hand it stays shut (F6)."""
        newest = self._file.current().newest
        return _marked(newest, sealing.seal(newest.link, plain, _bound("link", newest, aad), self._nonce()))

    def unseal_link(self, sealed: bytes, aad: str) -> bytes:
        """Who asked; raises `KeyGone` or `Tampered`."""
        old, inner = self._unmarked(sealed)
        return sealing.unseal(old.link, inner, _bound("link", old, aad))

    def seal_store(self, plain: bytes, aad: str) -> bytes:
        """Seal a row that belongs to no case: inbox bodies, outbox, the bot's own facts."""
        newest = self._file.current().newest
        return _marked(newest, sealing.seal(newest.store, plain, _bound("store", newest, aad), self._nonce()))

    def unseal_store(self, sealed: bytes, aad: str) -> bytes:
        """Such a row; raises `KeyGone` or `Tampered`."""
        old, inner = self._unmarked(sealed)
        return sealing.unseal(old.store, inner, _bound("store", old, aad))

    # look-ups without names

    def index(self, purpose: str, value: str) -> str:
        """The blind index of a canonical value under the newest key: key id, a dot, HMAC."""
        return _index(self._file.current().indexes[-1], purpose, value)

    def indexes(self, purpose: str, value: str) -> tuple[str, ...]:
        """The same under every key of the ring, newest first; look-ups try all (F28)."""
        return tuple(_index(key, purpose, value) for key in reversed(self._file.current().indexes))

    def link_index(self, purpose: str, value: str) -> str:
        """The blind index of rows under the link key; it does not rotate, since it names them in their `aad`."""
        return derivation.derive(self._file.held.link_names, purpose, value).hex()

    def renew_index(self) -> None:
        """Index from now on under a new key; what was indexed before is still found."""
        self._file.change(lambda ring: keyring.with_index(ring, self._entropy))

    derive = staticmethod(derivation.derive)
    derive_id = staticmethod(derivation.derive_id)

    # rotation: rotate, renew every row, retire; killed anywhere, `rotate` goes on where it stopped

    def rotation_due(self, today: date, every: timedelta = timedelta(days=7)) -> bool:
        """Whether the newest keys are old enough, or a rotation was interrupted."""
        ring = self._file.current()
        return len(ring.generations) > 1 or today - ring.newest.created >= every

    def rotate(self, today: date) -> Rotation:
        """Write a new generation to the file, or go on with an unfinished rotation. Destroys nothing."""
        ring = self._file.change(lambda ring: keyring.with_generation(ring, self._entropy, today))
        return Rotation(new=ring.newest.id, old=tuple(each.id for each in ring.generations[:-1]))

    def renew_wrapped(self, wrapped: str, aad: str) -> str | None:
        """The key wrapped anew; None if it is under the newest generation already."""
        if wrapped.partition(".")[0] == self._file.current().newest.id:
            return None
        return self.wrap(self.unwrap(wrapped, aad), aad)

    def renew_link(self, sealed: bytes, aad: str) -> bytes | None:
        """The link sealed anew; None if it is under the newest generation already."""
        return None if self._is_new(sealed) else self.seal_link(self.unseal_link(sealed, aad), aad)

    def renew_store(self, sealed: bytes, aad: str) -> bytes | None:
        """The row sealed anew; None if it is under the newest generation already."""
        return None if self._is_new(sealed) else self.seal_store(self.unseal_store(sealed, aad), aad)

    def generation_of(self, value: str | bytes) -> str:
        """Under which generation a wrapped key, a link or a store row is; for counting what a rotation has left."""
        return value.partition(".")[0] if isinstance(value, str) else value[:ID_BYTES].hex()

    def retire(self, key_id: str, *, still_sealed: int) -> None:
        """Destroy an old generation, for good. `still_sealed` counts the values of all three kinds still under it.

        Refused unless that is none; the newest generation is refused. Done twice it changes nothing.
        """
        if still_sealed:
            raise ValueError("values are still sealed under this generation")
        self._file.change(lambda ring: keyring.without_generation(ring, key_id))

    # promises that outlive a restored backup (F23)

    def note_opt_out(self, index: str, *, wanted: bool = True) -> None:
        """Remember, or take back, that somebody wants no letters; by index, never by name."""
        self._file.change(lambda ring: keyring.with_opt_out(ring, index, wanted=wanted))

    def opted_out(self) -> frozenset[str]:
        """All opt-outs, as indexes under the keys they were noted with."""
        return self._file.current().opted_out

    def note_forgotten(self, ids: Iterable[str], today: date) -> None:
        """Remember ids that were forgotten, as indexes, so that a restore forgets them again."""
        named = tuple(ids)
        self._file.change(lambda ring: keyring.with_forgotten(ring, named, today))

    def forgotten(self) -> frozenset[str]:
        """What a restore has to forget again."""
        return frozenset(self._file.current().forgotten)

    # backups

    def backup_keys(self, target: Path, today: date) -> None:
        """Write FILE.keys: the keyring of this moment under the same master key, to be kept apart from FILE.

        Rows of FILE are under generations of today. As rotation retires those here, FILE.keys becomes the only thing
        that opens FILE; destroying it after `retention.backups` ends what was forgotten meanwhile (F5).
        """
        self._file.copy_to(target)
        self._file.change(lambda ring: keyring.with_backup(ring, str(target.absolute()), today))

    def overdue_backup_keys(self, today: date, keep: timedelta) -> tuple[Path, ...]:
        """Files of keys that should have been destroyed and still lie where they were written."""
        ring = self._file.current()
        return tuple(Path(path) for path, day in ring.backups.items() if today - day > keep and Path(path).exists())

    def _generation(self, key_id: str) -> Generation:
        found = self._file.held.generation(key_id) or self._file.current().generation(key_id)
        if found is None:
            raise KeyGone
        return found

    def _unmarked(self, sealed: bytes) -> tuple[Generation, bytes]:
        return self._generation(sealed[:ID_BYTES].hex()), sealed[ID_BYTES:]

    def _is_new(self, sealed: bytes) -> bool:
        return sealed[:ID_BYTES].hex() == self._file.current().newest.id

    def _nonce(self) -> bytes:
        return self._entropy(sealing.NONCE_BYTES)


def _marked(generation: Generation, sealed: bytes) -> bytes:
    return bytes.fromhex(generation.id) + sealed


def _bound(use: str, generation: Generation | None, aad: str) -> bytes:
    """Use and generation before the row's identity, so that no value can be moved from one use to another."""
    return "\0".join((use, generation.id if generation else "", aad)).encode()


def _index(key: keyring.IndexKey, purpose: str, value: str) -> str:
    return f"{key.id}.{derivation.derive(key.root, purpose, value).hex()}"
