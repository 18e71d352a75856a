"""Secrecy at rest: the keyring file and what is sealed with it. Uses `cryptography` alone; knows no table and no case.

What a thief of one thing gets: of the database, ciphertext; of the keyring, nothing without the master key; of a
backup, nothing without its own FILE.keys once the keyring has rotated. It does not hold against the host's root, and
Python cannot wipe memory.
"""

from outreach.adapters.vault.errors import (
    KeyGone,
    KeyringBusy,
    KeyringDamaged,
    KeyringExists,
    KeyringExposed,
    KeyringMissing,
    KeyringUnwritable,
    MasterKeyUnusable,
    Tampered,
    Unreadable,
    WrongBackup,
    WrongMasterKey,
)
from outreach.adapters.vault.keyfile import KeyFile, create, ensure, load, restore_keys
from outreach.adapters.vault.master import new_master_key, parse_master_key
from outreach.adapters.vault.vault import Rotation, Vault

__all__ = [
    "KeyFile",
    "KeyGone",
    "KeyringBusy",
    "KeyringDamaged",
    "KeyringExists",
    "KeyringExposed",
    "KeyringMissing",
    "KeyringUnwritable",
    "MasterKeyUnusable",
    "Rotation",
    "Tampered",
    "Unreadable",
    "Vault",
    "WrongBackup",
    "WrongMasterKey",
    "create",
    "ensure",
    "load",
    "new_master_key",
    "parse_master_key",
    "restore_keys",
]
