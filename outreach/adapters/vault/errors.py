"""What can be wrong with keys and sealed values. `Misconfigured` ones are the operator's to mend. Holds no value."""

from __future__ import annotations

from pathlib import Path

from outreach.ports import Misconfigured


class Unreadable(Exception):
    """A sealed value cannot be opened."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Tampered(Unreadable):
    """A sealed value was changed, belongs to another row, or is sealed under another key."""


class KeyGone(Unreadable):
    """The key of this value was destroyed, as forgetting and rotation do; or it is a backup's without its FILE.keys."""


class MasterKeyUnusable(Misconfigured):
    """The master key has not the form that `outreach keys new` prints."""

    def __init__(self) -> None:
        super().__init__("the master key is not 32 bytes in hex or base64; make one with `outreach keys new`.")


class _Keyring(Misconfigured):
    """Something about the keyring file; the class says what, `_says` how to mend it."""

    _says = "{path}: cannot be used."

    def __init__(self, path: Path) -> None:
        super().__init__(self._says.format(path=path))
        self.path = path


class KeyringMissing(_Keyring):
    """The database is filled, the keyring is not there: a new one could open nothing."""

    _says = "{path}: the keyring is missing beside a filled database; put it back, or restore FILE and FILE.keys."


class KeyringExists(_Keyring):
    """A keyring is never overwritten by a new one."""

    _says = "{path}: a keyring is there already; move it away first if it is really not needed."


class KeyringExposed(_Keyring):
    """Somebody else than its owner may read the keyring."""

    _says = "{path}: others may read the keyring; run `chmod 600` on it."


class KeyringDamaged(_Keyring):
    """The master key fits and the content does not, or it is no keyring of this version."""

    _says = "{path}: is no keyring of this version, or is damaged; put an intact copy there."


class WrongMasterKey(_Keyring):
    """Another master key sealed this keyring."""

    _says = "{path}: this master key does not open the keyring; use the one that it was made with."


class KeyringUnwritable(_Keyring):
    """Disk full, rights, a read-only file system: nothing was changed."""

    _says = "{path}: the keyring cannot be read or written; look at disk space, rights and owner."


class KeyringBusy(_Keyring):
    """Another process has held the lock for seconds."""

    _says = "{path}: another process keeps the keyring locked; end it, or try again."


class WrongBackup(_Keyring):
    """The keys of a backup belong to another community than the keyring in place."""

    _says = "{path}: a keyring of another community is in place; move it away before you restore."
