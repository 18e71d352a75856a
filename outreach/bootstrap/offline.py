"""Opens the store for the command line, beside or without a running bot. Opens no account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from outreach import bootstrap
from outreach.adapters.storage import Database
from outreach.adapters.storage.state import Form, filled, form_of
from outreach.adapters.vault import Vault
from outreach.config import Config, load_secrets
from outreach.ports import Misconfigured


class NoDatabase(Misconfigured):
    """There is no database of this version where the configuration says; the sentence names the remedy."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The store and its keys, open."""

    config: Config
    database: Database
    vault: Vault
    world: bootstrap.World


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
