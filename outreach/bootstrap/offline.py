"""Opens the store for the command line, beside or without a running bot. Opens no account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from outreach import bootstrap
from outreach.adapters.matrix import of_one_device
from outreach.adapters.storage import Database
from outreach.adapters.storage.state import Form, filled, form_of
from outreach.adapters.vault import Vault
from outreach.config import Config, load_secrets
from outreach.domain.identity import Platform
from outreach.ports import Misconfigured
from outreach.ports.store import Transaction


class NoDatabase(Misconfigured):
    """There is no database of this version where the configuration says; the sentence names the remedy."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The store and its keys, open."""

    config: Config
    database: Database
    vault: Vault
    world: bootstrap.World


def leave_device(tx: Transaction) -> None:
    """A restored store never speaks as the Matrix device it was copied from, whose keys went on without it."""
    kept = tx.pieces.all(str(Platform.MATRIX))
    tx.pieces.save(str(Platform.MATRIX), [replace(piece, body=None) for piece in kept if of_one_device(piece.name)])
    tx.registers.note(bootstrap.MATRIX_DEVICE, "")


@contextmanager
def opened(config: Config) -> Iterator[Offline]:
    """Open what `config` names; raises the named failures of configuration, keyring and database."""
    world = bootstrap.real_world()
    secrets = load_secrets(config.path, config, os.environ)
    if form_of(config.store.url) is not Form.CURRENT:
        raise NoDatabase(
            "there is no database of this version there; run `outreach db upgrade`, or `outreach run` once"
        )
    keyring = bootstrap.open_keyring(config, secrets, world, database_filled=filled(config.store.url))
    database = bootstrap.open_database(config, keyring)
    try:
        yield Offline(config, database, Vault(keyring), world)
    finally:
        database.close()
