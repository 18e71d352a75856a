"""The keyring on disk: made once, opened by the master key, changed whole. Decides nothing about what it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from outreach.adapters.vault import keyring, master
from outreach.adapters.vault.errors import (
    KeyringDamaged,
    KeyringExists,
    KeyringMissing,
    WrongBackup,
    WrongMasterKey,
)
from outreach.adapters.vault.keyring import Entropy, Keyring
from outreach.adapters.vault.private_file import Signature, locked, read_private, signature, write_private


class KeyFile:
    """One keyring file, shared with standby processes and the command line: others may change it at any time."""

    def __init__(self, path: Path, master_key: bytes, entropy: Entropy) -> None:
        self.path = path
        self.entropy = entropy
        self._master_key = master_key
        self._ring, self._seen = self._read()

    @property
    def held(self) -> Keyring:
        """What was read last; opens old rows without asking the disk."""
        return self._ring

    def current(self) -> Keyring:
        """What the file holds now. Sealing uses this: another process may have rotated a moment ago."""
        if signature(self.path) != self._seen:
            self._ring, self._seen = self._read()
        return self._ring

    def change(self, change: Callable[[Keyring], Keyring]) -> Keyring:
        """Apply a change to the newest content and write it, durably, before returning."""
        with locked(self.path):
            before = self.current()
            after = change(before)
            if after != before:
                write_private(self.path, pack(after, self._master_key, self.entropy))
                self._ring, self._seen = self._read()
        return self._ring

    def copy_to(self, target: Path) -> None:
        """The keyring as it is now, in a file of its own, under the same master key."""
        with locked(target):
            write_private(target, pack(self.current(), self._master_key, self.entropy))

    def _read(self) -> tuple[Keyring, Signature]:
        try:
            data, seen = read_private(self.path)
        except FileNotFoundError:
            raise KeyringMissing(self.path) from None
        return unpack(self.path, data, self._master_key), seen


def create(path: Path, master_key: bytes, entropy: Entropy, today: date) -> KeyFile:
    """Make the keyring of a new community. Raises `KeyringExists` rather than replace one."""
    with locked(path):
        if signature(path) is not None:
            raise KeyringExists(path)
        write_private(path, pack(keyring.fresh(entropy, today), master_key, entropy))
    return KeyFile(path, master_key, entropy)


def load(path: Path, master_key: bytes, entropy: Entropy) -> KeyFile:
    """Open the keyring. Raises a named failure if it is missing, exposed, damaged or another key's."""
    return KeyFile(path, master_key, entropy)


def ensure(path: Path, master_key: bytes, entropy: Entropy, today: date, *, database_filled: bool) -> KeyFile:
    """Open the keyring, or make it where neither keyring nor database exists yet."""
    if database_filled or signature(path) is not None:
        return load(path, master_key, entropy)
    return create(path, master_key, entropy, today)


def restore_keys(path: Path, saved: Path, master_key: bytes, entropy: Entropy) -> KeyFile:
    """Let a backup's keys in: beside the live ones of the same community, or as the keyring where there is none."""
    try:
        old = unpack(saved, read_private(saved)[0], master_key)
    except FileNotFoundError:
        raise KeyringMissing(saved) from None
    if signature(path) is None:
        with locked(path):
            write_private(path, pack(old, master_key, entropy))
        return load(path, master_key, entropy)
    live = load(path, master_key, entropy)
    if live.held.id != old.id:
        raise WrongBackup(path)
    live.change(lambda ring: keyring.joined(ring, old))
    return live


def pack(ring: Keyring, master_key: bytes, entropy: Entropy) -> bytes:
    """The bytes of a keyring file."""
    return master.close(master_key, msgspec.json.encode(ring), entropy)


def unpack(path: Path, data: bytes, master_key: bytes) -> Keyring:
    """The keyring in those bytes; `path` is for the error alone."""
    try:
        ring = msgspec.json.decode(master.open_(master_key, data), type=Keyring)
    except master.NotOpened as error:
        raise (WrongMasterKey if error.wrong_key else KeyringDamaged)(path) from None
    except msgspec.DecodeError:
        raise KeyringDamaged(path) from None
    if ring.form != Keyring.__struct_defaults__[0] or not ring.generations or not ring.indexes:
        raise KeyringDamaged(path)
    return ring
