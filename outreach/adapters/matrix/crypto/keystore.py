"""nio's store interface over pieces: everything in memory, every change noted. Writes no file, knows no database.

nio's own stores write user ids, room ids and keys as plain text to files; this one hands them over to be sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from nio.crypto import (
    DeviceStore,
    GroupSessionStore,
    InboundGroupSession,
    OlmAccount,
    OlmDevice,
    Session,
    SessionStore,
)

from outreach.adapters.matrix.crypto.owed import Owed
from outreach.adapters.matrix.crypto.persons import Person
from outreach.ports import Piece

_ACCOUNT, _OLM, _MEGOLM, _USER, _OWED = "account", "olm", "megolm", "user", "owed"


@dataclass(frozen=True, slots=True)
class _Account:
    device: str
    shared: bool
    pickle: str


@dataclass(frozen=True, slots=True)
class _Olm:
    sender_key: str
    pickle: str
    created: datetime
    used: datetime


@dataclass(frozen=True, slots=True)
class _Megolm:
    """`sender` is the user from whose device the key came by Olm; nio does not keep that."""

    room: str
    session: str
    sender: str
    sender_key: str
    ed25519: str
    pickle: str
    used: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A key to somebody's words in a room, whose it is, and the day it was used last."""

    sender: str
    session: Any
    used: str

    @property
    def sender_key(self) -> str:
        return str(self.session.sender_key)

    @property
    def ed25519(self) -> str:
        return str(self.session.ed25519)


class KeyStore:
    """What nio's `Olm` calls a store. `hearing` is whose to-device message is being read; `today` an ISO day."""

    def __init__(self, pieces: Iterable[Piece], user: str, device: str) -> None:
        self.user, self.device = user, device
        self.hearing = self.today = ""
        self.inbound: dict[tuple[str, str, str], Inbound] = {}
        self.persons: dict[str, Person] = {}
        self.owed: dict[tuple[str, str], Owed] = {}
        self.notes: dict[str, bytes] = {}
        self._account: _Account | None = None
        self._olm: list[_Olm] = []
        self._changed: dict[str, Piece] = {}
        for piece in pieces:
            self._take(piece.name, piece.body or b"")

    # pieces

    def _take(self, name: str, body: bytes) -> None:
        match name.partition("/")[0]:
            case "account":
                self._account = msgspec.json.decode(body, type=_Account)
            case "olm":
                self._olm.append(msgspec.json.decode(body, type=_Olm))
            case "megolm":
                self._take_inbound(msgspec.json.decode(body, type=_Megolm))
            case "user":
                self.persons[name.partition("/")[2]] = msgspec.json.decode(body, type=Person)
            case "owed":
                owed = msgspec.json.decode(body, type=Owed)
                self.owed[owed.room, owed.user] = owed
            case _:
                self.notes[name] = body

    def _take_inbound(self, kept: _Megolm) -> None:
        session = InboundGroupSession.from_pickle(kept.pickle.encode(), kept.ed25519, kept.sender_key, kept.room)
        self.inbound[kept.room, kept.session, kept.sender] = Inbound(kept.sender, session, kept.used)

    def note(self, name: str, body: bytes | None, room: str = "") -> None:
        """A piece of no form of nio's."""
        if body is None:
            self.notes.pop(name, None)
        else:
            self.notes[name] = body
        self._changed[name] = Piece(name, body, room)

    def changes(self) -> tuple[Piece, ...]:
        """What is to be kept since `kept`."""
        return tuple(self._changed.values())

    def kept(self) -> None:
        """All changes are kept."""
        self._changed.clear()

    def _put(self, name: str, value: object, room: str = "") -> None:
        self._changed[name] = Piece(name, msgspec.json.encode(value), room)

    def save_person(self, user: str, person: Person) -> None:
        """What is known of a user's devices."""
        self.persons[user] = person
        self._put(f"{_USER}/{user}", person)

    def save_owed(self, owed: Owed) -> None:
        """What somebody is still to be given; nothing of it stays once it is given."""
        name = f"{_OWED}/{owed.room}/{owed.user}"
        if owed.keys:
            self.owed[owed.room, owed.user] = owed
            self._put(name, owed, owed.room)
        elif self.owed.pop((owed.room, owed.user), None) is not None:
            self._changed[name] = Piece(name, None, owed.room)

    def forget_room(self, room: str) -> None:
        """Only from memory: what is kept goes with the conversation's row, in its transaction."""
        for name in [name for name in self.notes if name.partition("/")[2].partition("/")[0] == room]:
            del self.notes[name]
        for name in [name for name, piece in self._changed.items() if piece.room == room]:
            del self._changed[name]
        for key in [key for key in self.inbound if key[0] == room]:
            del self.inbound[key]
        for reader in [reader for reader in self.owed if reader[0] == room]:
            del self.owed[reader]

    # what nio's Olm asks of a store

    def load_account(self) -> Any:
        kept = self._account
        if kept is None or kept.device != self.device:
            return None
        return OlmAccount.from_pickle(kept.pickle.encode(), shared=kept.shared)

    def save_account(self, account: Any) -> None:
        self._put(_ACCOUNT, _Account(self.device, account.shared, account.pickle().decode()))

    def load_sessions(self) -> Any:
        """None of them opens under another account than they were made for, so a new device drops them."""
        store = SessionStore()
        foreign = self._account is None or self._account.device != self.device
        for kept in self._olm:
            session = Session.from_pickle(kept.pickle.encode(), kept.created, use_time=kept.used)
            if foreign:
                name = _olm_name(kept.sender_key, session.id)
                self._changed[name] = Piece(name, None)
            else:
                store.add(kept.sender_key, session)
        self._olm.clear()
        return store

    def save_session(self, sender_key: str, session: Any) -> None:
        kept = _Olm(sender_key, session.pickle().decode(), session.creation_time, session.use_time)
        self._put(_olm_name(sender_key, session.id), kept)

    def load_inbound_group_sessions(self) -> Any:
        return GroupSessionStore()

    def save_inbound_group_session(self, session: Any) -> None:
        """The bot's own copy of its own key is not kept: it never reads its own words again."""
        if not self.hearing:
            return
        key = (session.room_id, session.id, self.hearing)
        known = self.inbound.get(key)
        if known is not None and known.session.first_known_index <= session.first_known_index:
            return
        self._put_inbound(key, Inbound(self.hearing, session, self.today))

    def _put_inbound(self, key: tuple[str, str, str], inbound: Inbound) -> None:
        self.inbound[key] = inbound
        pickle = inbound.session.pickle().decode()
        kept = _Megolm(*key, inbound.sender_key, inbound.ed25519, pickle, inbound.used)
        self._put(_megolm_name(key), kept, key[0])

    def use(self, key: tuple[str, str, str]) -> Inbound | None:
        """A key that opens something today."""
        known = self.inbound.get(key)
        if known is not None and known.used < self.today:
            self._put_inbound(key, replace(known, used=self.today))
        return known

    def drop_unused(self, since: str) -> None:
        """What was read is not read again: a stolen store opens no chat of long ago. Clients change keys weekly.

        Nor does anybody come back for what they left so long ago.
        """
        for owed in [owed for owed in self.owed.values() if owed.gone and owed.gone < since]:
            self.save_owed(owed.without(owed.keys))
        for key in [key for key, inbound in self.inbound.items() if inbound.used < since]:
            del self.inbound[key]
            self._changed[_megolm_name(key)] = Piece(_megolm_name(key), None)

    def load_device_keys(self) -> Any:
        store = DeviceStore()
        for user, person in self.persons.items():
            for device, keys in person.devices.items():
                store.add(OlmDevice(user, device, {"ed25519": keys.ed25519, "curve25519": keys.curve25519}))
        return store

    def save_device_keys(self, changed: Mapping[str, object]) -> None:
        """They are kept with their person."""

    def load_outgoing_key_requests(self) -> dict[str, Any]:
        return {}

    def is_device_verified(self, device: object) -> bool:
        return False

    def is_device_blacklisted(self, device: object) -> bool:
        return False

    def is_device_ignored(self, device: object) -> bool:
        return False

    def ignore_devices(self, devices: object) -> None:
        """Not remembered: each share says on purpose that unverified devices are sent to."""


def of_one_device(name: str) -> bool:
    """Whether a piece belongs to this device's account; room keys and other people's devices do not."""
    return name == _ACCOUNT or name.startswith(f"{_OLM}/")


def _megolm_name(key: tuple[str, str, str]) -> str:
    return "/".join((_MEGOLM, *key))


def _olm_name(sender_key: str, session: str) -> str:
    return f"{_OLM}/{sender_key}/{session}"
