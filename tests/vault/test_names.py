"""Blind indexes and derived ids: found again with the key, meaningless without (leaks 21, 32; F11, F28)."""

from __future__ import annotations

import re
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.vault import Vault
from tests.vault.conftest import TODAY, opened

SECRET = b"s" * 32


def test_an_index_is_found_after_renewal(vault: Vault) -> None:
    before = vault.index("opt-out", "fediverse:bob@x.example")
    vault.note_opt_out(before)
    vault.renew_index()
    after = vault.index("opt-out", "fediverse:bob@x.example")
    assert after != before
    assert vault.indexes("opt-out", "fediverse:bob@x.example") == (after, before)
    assert before in vault.opted_out()


def test_an_index_names_its_key_and_nothing_else(vault: Vault) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}\.[0-9a-f]{64}", vault.index("seen", "CANARY"))


def test_purposes_and_communities_do_not_compare(vault: Vault) -> None:
    assert vault.index("opt-out", "x").split(".")[1] != vault.index("seen", "x").split(".")[1]
    assert vault.link_index("opt-out", "x") != vault.index("opt-out", "x").split(".")[1]


def test_a_link_index_survives_rotation_and_restart(vault: Vault) -> None:
    before = vault.link_index("request", "r1")
    vault.rotate(TODAY)
    vault.renew_index()
    assert vault.link_index("request", "r1") == before == opened(vault._file.path).link_index("request", "r1")


@given(st.text(), st.text(), st.text(), st.text())
def test_purpose_and_number_do_not_run_together(a: str, b: str, c: str, d: str) -> None:
    assert (Vault.derive(SECRET, a, b) == Vault.derive(SECRET, c, d)) == ((a, b) == (c, d))


@given(st.integers(0, 10**6))
def test_a_derived_id_looks_random_and_is_not(n: int) -> None:
    """T1: the same secret, purpose and number give the same id, whoever asked."""
    found = Vault.derive_id(SECRET, "txn", n)
    assert UUID(found).version == 4
    assert found == Vault.derive_id(SECRET, "txn", n)
    assert found != Vault.derive_id(b"t" * 32, "txn", n)


def test_derived_ids_tell_no_order() -> None:
    ids = [Vault.derive_id(SECRET, "txn", n) for n in range(1000)]
    assert len(set(ids)) == 1000
    ascending = sum(a < b for a, b in pairwise(ids))
    assert 400 < ascending < 600
