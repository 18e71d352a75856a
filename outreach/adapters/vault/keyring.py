"""What the keyring holds and how it changes, as plain values. Touches no file and seals nothing.

A generation is one set of the three keys that rotate together: `wrap` for the keys of cases, records and conversations,
`link` for who asked, `store` for everything else. A backup holds rows of the generations of its day; once those are
retired here, only its own FILE.keys opens it (F5). Index keys stay, so that opt-outs outlive rotation (F28); so does
`link_names`, under which rows of the link key are found, and which names them in their associated data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec
from msgspec.structs import replace

from outreach.adapters.vault.sealing import KEY_BYTES

#: Bytes of a key id; written as hex.
ID_BYTES = 4

Entropy = Callable[[int], bytes]


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys do not print."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return []


class Generation(_Quiet, frozen=True):
    """The keys that rotate, and the day they were made."""

    id: str
    created: date
    wrap: bytes
    link: bytes
    store: bytes


class IndexKey(_Quiet, frozen=True):
    """The root from which the index key of each purpose follows."""

    id: str
    root: bytes


class Keyring(_Quiet, frozen=True, kw_only=True):
    """All keys, newest last, and the promises that must survive a restored backup (F23)."""

    form: int = 1
    id: str
    generations: tuple[Generation, ...]
    indexes: tuple[IndexKey, ...]
    link_names: bytes
    chain: bytes
    opted_out: frozenset[str] = frozenset()
    forgotten: dict[str, date] = {}
    backups: dict[str, date] = {}

    @property
    def newest(self) -> Generation:
        """The generation that seals."""
        return self.generations[-1]

    def generation(self, key_id: str) -> Generation | None:
        """The generation of that id, None if it was retired."""
        return next((each for each in self.generations if each.id == key_id), None)


def fresh(entropy: Entropy, today: date) -> Keyring:
    """The keyring of a new community."""
    return Keyring(
        id=entropy(16).hex(),
        generations=(_generation(entropy, today),),
        indexes=(_index_key(entropy),),
        link_names=entropy(KEY_BYTES),
        chain=entropy(KEY_BYTES),
    )


def with_generation(ring: Keyring, entropy: Entropy, today: date) -> Keyring:
    """A newer generation, unless an earlier rotation is still unfinished: that one is to be ended first."""
    if len(ring.generations) > 1:
        return ring
    return replace(ring, generations=(*ring.generations, _generation(entropy, today)))


def without_generation(ring: Keyring, key_id: str) -> Keyring:
    """Destroy an old generation; the newest is not to be destroyed."""
    if key_id == ring.newest.id:
        raise ValueError("the newest generation cannot be retired")
    return replace(ring, generations=tuple(each for each in ring.generations if each.id != key_id))


def with_index(ring: Keyring, entropy: Entropy) -> Keyring:
    """A newer index key; the older ones stay for look-ups."""
    return replace(ring, indexes=(*ring.indexes, _index_key(entropy)))


def with_opt_out(ring: Keyring, index: str, *, wanted: bool) -> Keyring:
    """Note or take back an opt-out."""
    others = ring.opted_out - {index}
    return replace(ring, opted_out=others | {index} if wanted else others)


def with_forgotten(ring: Keyring, ids: Iterable[str], today: date) -> Keyring:
    """Note what was forgotten, so that a restored backup forgets it again."""
    return replace(ring, forgotten={**dict.fromkeys(ids, today), **ring.forgotten})


def with_backup(ring: Keyring, path: str, today: date) -> Keyring:
    """Note where keys of a backup were written, so that `check` can ask for their end."""
    return replace(ring, backups={**ring.backups, path: today})


def without_backups(ring: Keyring, paths: Iterable[str]) -> Keyring:
    """Those keys were destroyed."""
    gone = set(paths)
    return replace(ring, backups={path: day for path, day in ring.backups.items() if path not in gone})


def joined(live: Keyring, saved: Keyring) -> Keyring:
    """A backup's keys beside the live ones: its generations are old ones to be retired, promises of both hold."""
    known = {each.id for each in live.generations}
    known_indexes = {each.id for each in live.indexes}
    return replace(
        live,
        generations=(*(g for g in saved.generations if g.id not in known), *live.generations),
        indexes=(*(k for k in saved.indexes if k.id not in known_indexes), *live.indexes),
        opted_out=live.opted_out | saved.opted_out,
        forgotten={**saved.forgotten, **live.forgotten},
        backups={**saved.backups, **live.backups},
    )


def _generation(entropy: Entropy, today: date) -> Generation:
    return Generation(
        id=entropy(ID_BYTES).hex(),
        created=today,
        wrap=entropy(KEY_BYTES),
        link=entropy(KEY_BYTES),
        store=entropy(KEY_BYTES),
    )


def _index_key(entropy: Entropy) -> IndexKey:
    return IndexKey(id=entropy(ID_BYTES).hex(), root=entropy(KEY_BYTES))
