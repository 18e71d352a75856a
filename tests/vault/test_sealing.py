"""What is sealed opens only whole, only under its key, only in its row (leaks 28, 31, 33; F33)."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outreach.adapters.vault import KeyGone, Tampered, Vault, create
from outreach.adapters.vault.keyring import Keyring
from outreach.adapters.vault.sealing import pad, seal, unpad, unseal

shared_vault = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

Seal = Callable[[bytes, str], bytes]
Unseal = Callable[[bytes, str], bytes]


def ways(vault: Vault) -> list[tuple[Seal, Unseal]]:
    """Every way of sealing that a vault has."""
    key = vault.new_case_key()
    return [
        (lambda plain, aad: vault.seal(key, plain, aad), lambda sealed, aad: vault.unseal(key, sealed, aad)),
        (vault.seal_link, vault.unseal_link),
        (vault.seal_store, vault.unseal_store),
        (
            lambda plain, aad: vault.wrap(plain, aad).encode(),
            lambda sealed, aad: vault.unwrap(sealed.decode(), aad),
        ),
    ]


@shared_vault
@given(plain=st.binary(max_size=5000), aad=st.text(max_size=80))
def test_what_goes_in_comes_out(vault: Vault, plain: bytes, aad: str) -> None:
    for shut, open_ in ways(vault):
        assert open_(shut(plain, aad), aad) == plain


@shared_vault
@given(plain=st.binary(max_size=200), one=st.text(max_size=20), other=st.text(max_size=20))
def test_a_swapped_row_is_tampered_with(vault: Vault, plain: bytes, one: str, other: str) -> None:
    for shut, open_ in ways(vault):
        if one != other:
            with pytest.raises(Tampered):
                open_(shut(plain, one), other)


@shared_vault
@given(data=st.data(), plain=st.binary(max_size=200))
def test_any_changed_byte_is_tampered_with(vault: Vault, data: st.DataObject, plain: bytes) -> None:
    for shut, open_ in ways(vault)[:3]:
        sealed = bytearray(shut(plain, "row"))
        sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
        with pytest.raises((Tampered, KeyGone)):
            open_(bytes(sealed), "row")


@shared_vault
@given(cut=st.integers(0, 92))
def test_a_cut_value_is_tampered_with(vault: Vault, cut: int) -> None:
    for shut, open_ in ways(vault)[:3]:
        with pytest.raises((Tampered, KeyGone)):
            open_(shut(b"x", "row")[:cut], "row")


@shared_vault
@given(junk=st.text(max_size=100))
def test_a_wrapped_key_that_is_none(vault: Vault, junk: str) -> None:
    generation = vault.wrap(b"", "row").partition(".")[0]
    with pytest.raises(KeyGone):
        vault.unwrap(junk, "row")
    with pytest.raises(Tampered):
        vault.unwrap(f"{generation}.{junk}", "row")


def test_another_key_does_not_open(vault: Vault) -> None:
    sealed = vault.seal(vault.new_case_key(), b"x", "row")
    with pytest.raises(Tampered):
        vault.unseal(vault.new_case_key(), sealed, "row")


def test_another_community_s_keyring_does_not_open(vault: Vault, tmp_path: object) -> None:
    other = Vault(create(vault._file.path.with_name("other.keys"), bytes(32), os.urandom, date(2026, 1, 1)))
    with pytest.raises(KeyGone):
        other.unseal_link(vault.seal_link(b"x", "row"), "row")
    with pytest.raises(KeyGone):
        other.unwrap(vault.wrap(b"k" * 32, "row"), "row")


def test_one_use_does_not_open_another(vault: Vault) -> None:
    """F6: with every key but the link key a link stays shut."""
    link = vault.seal_link(b"alice", "row")
    with pytest.raises(Tampered):
        vault.unseal_store(link, "row")
    ring = vault._file.held
    others = [ring.newest.wrap, ring.newest.store, ring.chain, ring.link_names, *(each.root for each in ring.indexes)]
    for key in others:
        with pytest.raises(Tampered):
            unseal(key, link[4:], "\0".join(("link", ring.newest.id, "row")).encode())


def test_a_value_sealed_for_one_use_is_bound_to_it(vault: Vault) -> None:
    """Even under the very same key a value cannot be moved from one use to another."""

    def alike(ring: Keyring) -> Keyring:
        return replace(ring, generations=(replace(ring.newest, link=ring.newest.wrap, store=ring.newest.wrap),))

    vault._file.change(alike)
    link, wrapped = vault.seal_link(b"x", "row"), vault.wrap(b"x", "row")
    with pytest.raises(Tampered):
        vault.unseal_store(link, "row")
    with pytest.raises(Tampered):
        vault.unseal_link(link[:4] + base64.urlsafe_b64decode(wrapped.partition(".")[2]), "row")


def test_equal_values_look_different(vault: Vault) -> None:
    for shut, _ in ways(vault):
        assert shut(b"x", "row") != shut(b"x", "row")


def test_nothing_is_left_in_the_clear(vault: Vault) -> None:
    for shut, _ in ways(vault):
        assert b"CANARY" not in shut(b"CANARY" * 9, "CANARY-row")


def test_lengths_are_hidden_in_buckets() -> None:
    """F33."""
    sizes = [len(pad(b"x" * size)) for size in (0, 1, 60, 61, 252, 253, 1020, 1021, 4092, 4093, 16380, 16381, 65532)]
    assert sizes == [64, 64, 64, 256, 256, 1024, 1024, 4096, 4096, 16384, 16384, 65536, 65536]
    assert len(pad(b"x" * 65533)) == 131072
    assert len(pad(b"x" * 1_000_000)) % 65536 == 0


@given(st.binary(max_size=70000))
def test_padding_is_undone(plain: bytes) -> None:
    assert unpad(pad(plain)) == plain


@pytest.mark.parametrize("padded", [b"", b"\0", b"\0\0\0", b"\0\0\0\5abcd", b"\xff" * 64])
def test_padding_that_lies(padded: bytes) -> None:
    with pytest.raises(Tampered):
        unpad(padded)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"k" * 16, b"x", b"", b"n" * 12)
