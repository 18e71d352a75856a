"""A keyring of one's own, and a small stand-in for a database whose rows it seals."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from outreach.adapters.vault import KeyFile, Vault, create, load

MASTER = bytes(range(32))
TODAY = date(2026, 11, 22)


@pytest.fixture
def ring_path(tmp_path: Path) -> Path:
    return tmp_path / "outreach.keys"


@pytest.fixture
def file(ring_path: Path) -> KeyFile:
    return create(ring_path, MASTER, os.urandom, TODAY)


@pytest.fixture
def vault(file: KeyFile) -> Vault:
    return Vault(file)


def opened(path: Path) -> Vault:
    """The vault as another process finds it."""
    return Vault(load(path, MASTER, os.urandom))


@dataclass
class Rows:
    """Rows as storage keeps them: wrapped keys with what they seal, links, store rows."""

    wrapped: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, bytes] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def filled(cls, vault: Vault, count: int = 3) -> Rows:
        """Some rows of each kind."""
        rows = cls()
        for name in map(str, range(count)):
            key = vault.new_case_key()
            rows.wrapped[name] = vault.wrap(key, f"cases:{name}")
            rows.sealed[name] = vault.seal(key, f"case {name}".encode(), f"events:{name}")
            rows.links[name] = vault.seal_link(f"link {name}".encode(), f"links:{name}")
            rows.stored[name] = vault.seal_store(f"store {name}".encode(), f"inbox:{name}")
        return rows

    def copy(self) -> Rows:
        """A backup."""
        return Rows(dict(self.wrapped), dict(self.sealed), dict(self.links), dict(self.stored))

    def renew(self, vault: Vault) -> None:
        """Bring every row under the newest generation, one row at a time."""
        for name, text in list(self.wrapped.items()):
            self.wrapped[name] = vault.renew_wrapped(text, f"cases:{name}") or text
        for name, body in list(self.links.items()):
            self.links[name] = vault.renew_link(body, f"links:{name}") or body
        for name, body in list(self.stored.items()):
            self.stored[name] = vault.renew_store(body, f"inbox:{name}") or body

    def still_under(self, vault: Vault, generation: str) -> int:
        """How many values an old generation still seals."""
        values: list[str | bytes] = [*self.wrapped.values(), *self.links.values(), *self.stored.values()]
        return sum(vault.generation_of(value) == generation for value in values)

    def rotate(self, vault: Vault, today: date) -> None:
        """The whole rotation as a caller does it."""
        rotation = vault.rotate(today)
        self.renew(vault)
        for old in rotation.old:
            vault.retire(old, still_sealed=self.still_under(vault, old))

    def read(self, vault: Vault) -> list[bytes]:
        """Everything, in the clear."""
        said = []
        for name, wrapped in self.wrapped.items():
            key = vault.unwrap(wrapped, f"cases:{name}")
            said.append(vault.unseal(key, self.sealed[name], f"events:{name}"))
        said += [vault.unseal_link(body, f"links:{name}") for name, body in self.links.items()]
        return said + [vault.unseal_store(body, f"inbox:{name}") for name, body in self.stored.items()]
