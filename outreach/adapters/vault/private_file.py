"""Files for one pair of eyes: written whole or not at all, mode 0600, one writer at a time. Knows no keys."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outreach.adapters.vault.errors import KeyringBusy, KeyringExposed, KeyringUnwritable

_MODE = stat.S_IRUSR | stat.S_IWUSR
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PATIENCE = 5.0
_PAUSE = 0.02

#: What changes whenever the file is replaced.
Signature = tuple[int, int, int]


def read_private(path: Path) -> tuple[bytes, Signature]:
    """The content and its signature. Raises FileNotFoundError, `KeyringExposed` or `KeyringUnwritable`."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if facts.st_mode & _OTHERS:
                raise KeyringExposed(path)
            return file.read(), _signature(facts)
    except FileNotFoundError:
        raise
    except OSError:
        raise KeyringUnwritable(path) from None


def signature(path: Path) -> Signature | None:
    """The file's signature now; None if it is not there."""
    try:
        return _signature(path.stat())
    except FileNotFoundError:
        return None
    except OSError:
        raise KeyringUnwritable(path) from None


def write_private(path: Path, data: bytes) -> None:
    """Replace the file, durably; a crash leaves the old or the new one. Call it under `locked`."""
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.new")
    try:
        _write_draft(draft, data)
        draft.replace(target)
        _sync_folder(target.parent)
    except OSError:
        raise KeyringUnwritable(path) from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. A lock file beside it, since the file itself is replaced."""
    beside = Path(f"{os.path.realpath(path)}.lock")
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
    except OSError:
        raise KeyringUnwritable(path) from None
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    """Wait a little, not for ever: a stopped process keeps its lock."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise KeyringBusy(path) from None
            time.sleep(_PAUSE)
        except OSError:
            raise KeyringUnwritable(path) from None
        else:
            return


def _write_draft(draft: Path, data: bytes) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, _MODE)
        os.ftruncate(handle, 0)
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _signature(facts: os.stat_result) -> Signature:
    return facts.st_ino, facts.st_mtime_ns, facts.st_size
