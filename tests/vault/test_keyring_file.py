"""The keyring on disk: private, sealed, replaced whole, and named when something is wrong with it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters.vault import (
    KeyFile,
    KeyringBusy,
    KeyringDamaged,
    KeyringExists,
    KeyringExposed,
    KeyringMissing,
    KeyringUnwritable,
    MasterKeyUnusable,
    Vault,
    WrongMasterKey,
    create,
    ensure,
    load,
    new_master_key,
    parse_master_key,
    private_file,
)
from outreach.ports import Misconfigured
from tests.vault.conftest import MASTER, TODAY, opened


def test_it_is_private_and_sealed(file: KeyFile) -> None:
    assert file.path.stat().st_mode & 0o777 == 0o600
    data = file.path.read_bytes()
    for key in (file.held.newest.link, file.held.newest.wrap, file.held.chain):
        for form in (key, key.hex().encode(), base64.b64encode(key)):
            assert form not in data
    assert file.held.newest.id.encode() not in data


def test_its_keys_do_not_print(file: KeyFile) -> None:
    assert repr(file.held) == "Keyring(…)"
    assert repr(file.held.newest) == "Generation(…)"
    assert file.held.__rich_repr__() == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_others_may_not_read_it(file: KeyFile, mode: int) -> None:
    file.path.chmod(mode)
    with pytest.raises(KeyringExposed, match="chmod 600"):
        load(file.path, MASTER, os.urandom)


def test_it_is_made_only_where_nothing_is(ring_path: Path) -> None:
    with pytest.raises(KeyringMissing, match="missing beside a filled database"):
        ensure(ring_path, MASTER, os.urandom, TODAY, database_filled=True)
    made = ensure(ring_path, MASTER, os.urandom, TODAY, database_filled=False)
    again = ensure(ring_path, MASTER, os.urandom, TODAY, database_filled=False)
    filled = ensure(ring_path, MASTER, os.urandom, TODAY, database_filled=True)
    assert made.held == again.held == filled.held
    with pytest.raises(KeyringExists):
        create(ring_path, MASTER, os.urandom, TODAY)


def test_another_master_key_is_told_from_damage(file: KeyFile) -> None:
    with pytest.raises(WrongMasterKey):
        load(file.path, bytes(32), os.urandom)
    envelope = json.loads(file.path.read_text())
    sealed = bytearray(base64.b64decode(envelope["sealed"]))
    sealed[0] ^= 1
    envelope["sealed"] = base64.b64encode(sealed).decode()
    file.path.write_text(json.dumps(envelope))
    with pytest.raises(KeyringDamaged):
        load(file.path, MASTER, os.urandom)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format":"x"}', b"null"])
def test_what_is_no_keyring(ring_path: Path, content: bytes) -> None:
    ring_path.write_bytes(content)
    ring_path.chmod(0o600)
    with pytest.raises(KeyringDamaged):
        load(ring_path, MASTER, os.urandom)


def test_every_failure_is_the_operator_s_to_mend(file: KeyFile) -> None:
    for kind in (KeyringBusy, KeyringDamaged, KeyringExists, KeyringExposed, KeyringMissing, WrongMasterKey):
        assert issubclass(kind, Misconfigured)
        assert str(file.path) in str(kind(file.path))


@given(st.binary(min_size=32, max_size=32))
def test_master_keys_in_every_usual_form(key: bytes) -> None:
    safe = base64.urlsafe_b64encode(key).decode()
    for text in (
        key.hex(),
        key.hex().upper(),
        f" {key.hex()}\n",
        base64.b64encode(key).decode(),
        safe,
        safe.rstrip("="),
    ):
        assert parse_master_key(text) == key


@pytest.mark.parametrize(
    "text", ["", "CANARY", "ab" * 31, "ab" * 33, "correct horse battery staple", "A" * 39, "A" * 47, "é" * 43, "=" * 44]
)
def test_a_master_key_that_is_none(text: str) -> None:
    with pytest.raises(MasterKeyUnusable) as caught:
        parse_master_key(text)
    assert "CANARY" not in str(caught.value)


def test_new_master_keys_differ_and_fit() -> None:
    one, other = new_master_key(os.urandom), new_master_key(os.urandom)
    assert one != other
    assert len(parse_master_key(one)) == 32


def test_two_processes_lose_nothing_of_each_other(file: KeyFile) -> None:
    """One rotates while the other, which read the file before, notes an opt-out and seals."""
    here, there = Vault(file), opened(file.path)
    there.rotate(TODAY)
    wrapped, link = here.wrap(b"k" * 32, "row"), here.seal_link(b"x", "row")
    here.note_opt_out("a")
    third = opened(file.path)
    assert third.opted_out() == {"a"}
    assert len(third._file.held.generations) == 2
    assert third.generation_of(wrapped) == third.generation_of(link) == third._file.held.newest.id


def test_a_process_opens_what_another_sealed_after_rotating(file: KeyFile) -> None:
    here, there = Vault(file), opened(file.path)
    there.rotate(TODAY)
    assert here.unseal_link(there.seal_link(b"x", "row"), "row") == b"x"


def test_many_writers_at_once(file: KeyFile) -> None:
    def write(name: int) -> None:
        mine = opened(file.path)
        for n in range(8):
            mine.note_opt_out(f"{name}-{n}")

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened(file.path).opted_out()) == 32


def test_a_stopped_process_is_not_waited_for(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_file, "_PATIENCE", 0.05)
    with Path(f"{file.path}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(KeyringBusy):
            Vault(file).note_opt_out("a")


def test_a_full_disk_leaves_the_old_keyring(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyringUnwritable):
        Vault(file).note_opt_out("a")
    monkeypatch.undo()
    assert opened(file.path).opted_out() == frozenset()
    Vault(file).note_opt_out("b")
    assert opened(file.path).opted_out() == {"b"}


def test_a_keyring_that_vanishes_is_named_when_sealing_and_opens_what_it_can(file: KeyFile) -> None:
    vault = Vault(file)
    sealed = vault.seal_link(b"x", "row")
    file.path.unlink()
    assert vault.unseal_link(sealed, "row") == b"x"
    with pytest.raises(KeyringMissing):
        vault.seal_link(b"x", "row")


def test_a_symbolic_link_is_followed_not_replaced(file: KeyFile, tmp_path: Path) -> None:
    alias = tmp_path / "alias.keys"
    alias.symlink_to(file.path)
    opened(alias).note_opt_out("a")
    assert alias.is_symlink()
    assert opened(file.path).opted_out() == {"a"}


_WRITER = """
import os, sys
from pathlib import Path
from outreach.adapters.vault import Vault, load
vault = Vault(load(Path(sys.argv[1]), bytes(range(32)), os.urandom))
n = 0
while True:
    vault.note_opt_out(str(n))
    n += 1
    print(n, flush=True)
"""


def test_killed_while_writing_it_holds_all_that_was_acknowledged(file: KeyFile) -> None:
    for _ in range(4):
        before = len(opened(file.path).opted_out())
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(file.path)], stdout=subprocess.PIPE)
        assert writer.stdout
        said = [writer.stdout.readline() for _ in range(before + 3)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.stdout.close()
        writer.wait()
        acknowledged = int([line for line in said if line.endswith(b"\n")][-1])
        assert {str(n) for n in range(acknowledged)} <= opened(file.path).opted_out()
