"""Rotation and backups: killed anywhere nothing is lost; what was forgotten stays forgotten (F5, F23, F28)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.adapters.vault import (
    KeyFile,
    KeyGone,
    KeyringMissing,
    Vault,
    WrongBackup,
    WrongMasterKey,
    create,
    private_file,
    restore_keys,
)
from tests.vault.conftest import MASTER, TODAY, Rows, opened

WEEK = timedelta(days=7)


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


class Bomb:
    """Goes off at the n-th step."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


def test_rotation_renews_everything_and_destroys_the_old(vault: Vault) -> None:
    rows = Rows.filled(vault)
    before, old = rows.read(vault), vault._file.held.newest.id
    rows.rotate(vault, TODAY)
    assert rows.read(opened(vault._file.path)) == before
    assert rows.still_under(vault, old) == 0
    assert [each.id for each in opened(vault._file.path)._file.held.generations] != [old]


def test_nothing_is_retired_that_is_still_needed(vault: Vault) -> None:
    rows = Rows.filled(vault)
    rotation = vault.rotate(TODAY)
    with pytest.raises(ValueError, match="still sealed"):
        vault.retire(rotation.old[0], still_sealed=rows.still_under(vault, rotation.old[0]))
    with pytest.raises(ValueError, match="newest"):
        vault.retire(rotation.new, still_sealed=0)
    assert rows.read(opened(vault._file.path))


def test_retiring_twice_changes_nothing(vault: Vault) -> None:
    rotation = vault.rotate(TODAY)
    vault.retire(rotation.old[0], still_sealed=0)
    vault.retire(rotation.old[0], still_sealed=0)
    assert vault._file.held.newest.id == rotation.new


def test_rotation_is_due_weekly_and_after_an_interruption(vault: Vault) -> None:
    assert not vault.rotation_due(TODAY + WEEK - timedelta(days=1))
    assert vault.rotation_due(TODAY + WEEK)
    rotation = vault.rotate(TODAY + WEEK)
    assert vault.rotation_due(TODAY + WEEK)
    assert vault.rotate(TODAY + WEEK) == rotation
    vault.retire(rotation.old[0], still_sealed=0)
    assert not vault.rotation_due(TODAY + WEEK)


def _wired(patch: pytest.MonkeyPatch, vault: Vault, bomb: Bomb) -> None:
    """A bomb before each step of each file write, and before each row."""
    for where, name in ((private_file, "_write_draft"), (private_file, "_sync_folder"), (os, "fsync")):
        patch.setattr(where, name, _exploding(getattr(where, name), bomb))
    patch.setattr(Path, "replace", _exploding(Path.replace, bomb))
    for name in ("renew_wrapped", "renew_link", "renew_store", "retire"):
        patch.setattr(vault, name, _exploding(getattr(vault, name), bomb))


def _exploding(call: Callable[..., object], bomb: Bomb) -> Callable[..., object]:
    def armed(*given: object, **named: object) -> object:
        bomb.step()
        done = call(*given, **named)
        bomb.step()
        return done

    return armed


def test_killed_at_every_step_rotation_loses_nothing(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows.filled(Vault(file))
    clear, survived = rows.read(Vault(file)), 0
    for steps in range(200):
        vault = opened(file.path)
        with monkeypatch.context() as patch:
            _wired(patch, vault, Bomb(steps))
            try:
                rows.rotate(vault, TODAY)
            except Killed:
                survived += 1
            else:
                break
        after = opened(file.path)
        assert rows.read(after) == clear
        after.note_opt_out(str(steps))
    assert survived > 20
    assert rows.read(opened(file.path)) == clear
    assert len(opened(file.path)._file.held.generations) == 1
    assert len(opened(file.path).opted_out()) == survived


def test_f5_a_backup_opens_only_with_its_own_keys(file: KeyFile, tmp_path: Path) -> None:
    vault = Vault(file)
    rows = Rows.filled(vault)
    clear, backup = rows.read(vault), rows.copy()
    vault.backup_keys(tmp_path / "FILE.keys", TODAY)
    del rows.wrapped["1"], rows.sealed["1"], rows.links["1"], rows.stored["1"]
    rows.rotate(vault, TODAY + WEEK)
    for kind in ("wrapped", "links", "stored"):
        alone = Rows(sealed=backup.sealed, **{kind: getattr(backup, kind)})
        with pytest.raises(KeyGone):
            alone.read(vault)
    assert backup.read(opened(tmp_path / "FILE.keys")) == clear
    with pytest.raises(KeyGone):
        backup.read(opened(file.path))


def test_the_keys_of_a_backup_are_private_and_need_the_master_key(vault: Vault, tmp_path: Path) -> None:
    target = tmp_path / "FILE.keys"
    vault.backup_keys(target, TODAY)
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_bytes() != vault._file.path.read_bytes()
    with pytest.raises(WrongMasterKey):
        restore_keys(tmp_path / "new.keys", target, bytes(32), os.urandom)


def test_a_restore_elsewhere_takes_the_keys_as_they_are(vault: Vault, tmp_path: Path) -> None:
    rows = Rows.filled(vault)
    vault.backup_keys(tmp_path / "FILE.keys", TODAY)
    moved = Vault(restore_keys(tmp_path / "moved.keys", tmp_path / "FILE.keys", MASTER, os.urandom))
    assert rows.read(moved) == rows.read(vault)
    assert (tmp_path / "moved.keys").stat().st_mode & 0o777 == 0o600


def test_a_restore_keeps_the_promises_made_since(vault: Vault, tmp_path: Path) -> None:
    """F23: opt-outs and forgotten ids of the live keyring stand; its newest generation goes on sealing."""
    rows = Rows.filled(vault)
    backup, clear = rows.copy(), rows.read(vault)
    vault.note_opt_out("early")
    vault.backup_keys(tmp_path / "FILE.keys", TODAY)
    vault.note_opt_out("late")
    vault.note_forgotten(["case-1", "case-2"], TODAY)
    rows.rotate(vault, TODAY + WEEK)
    sealed_since = vault.seal_link(b"since", "row")
    restored = Vault(restore_keys(vault._file.path, tmp_path / "FILE.keys", MASTER, os.urandom))
    assert backup.read(restored) == clear
    assert restored.unseal_link(sealed_since, "row") == b"since"
    assert restored.generation_of(restored.seal_link(b"", "row")) == restored.generation_of(sealed_since)
    assert restored.opted_out() == {"early", "late"}
    assert restored.forgotten() == {"case-1", "case-2"}
    backup.rotate(restored, TODAY + WEEK)
    assert backup.read(opened(vault._file.path)) == clear
    assert len(restored._file.held.generations) == 1


def test_restoring_twice_is_restoring_once(vault: Vault, tmp_path: Path) -> None:
    vault.backup_keys(tmp_path / "FILE.keys", TODAY)
    vault.retire(vault.rotate(TODAY).old[0], still_sealed=0)
    once = restore_keys(vault._file.path, tmp_path / "FILE.keys", MASTER, os.urandom).held
    assert restore_keys(vault._file.path, tmp_path / "FILE.keys", MASTER, os.urandom).held == once


def test_a_restore_does_not_overwrite_another_community(vault: Vault, tmp_path: Path) -> None:
    vault.backup_keys(tmp_path / "FILE.keys", TODAY)
    other = create(tmp_path / "other.keys", MASTER, os.urandom, TODAY)
    with pytest.raises(WrongBackup):
        restore_keys(other.path, tmp_path / "FILE.keys", MASTER, os.urandom)
    assert opened(other.path)._file.held == other.held
    with pytest.raises(KeyringMissing):
        restore_keys(other.path, tmp_path / "absent.keys", MASTER, os.urandom)


def test_keys_of_backups_that_should_be_gone_are_named(vault: Vault, tmp_path: Path) -> None:
    old, new = tmp_path / "old.keys", tmp_path / "new.keys"
    vault.backup_keys(old, TODAY)
    vault.backup_keys(new, TODAY + timedelta(days=20))
    later = TODAY + timedelta(days=31)
    assert vault.overdue_backup_keys(later, timedelta(days=30)) == (old,)
    old.unlink()
    assert vault.overdue_backup_keys(later, timedelta(days=30)) == ()


def test_an_opt_out_can_be_taken_back(vault: Vault) -> None:
    vault.note_opt_out("a")
    vault.note_opt_out("a", wanted=False)
    assert opened(vault._file.path).opted_out() == frozenset()


def test_a_forgotten_id_keeps_its_first_day(vault: Vault) -> None:
    vault.note_forgotten(["a"], TODAY)
    vault.note_forgotten(["a", "b"], TODAY + WEEK)
    assert vault._file.held.forgotten == {"a": TODAY, "b": TODAY + WEEK}
