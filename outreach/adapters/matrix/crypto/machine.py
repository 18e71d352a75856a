"""The bot's encrypting device: nio's `Olm` for accounts and sessions, and beside it what nio lacks. All synchronous.

Beside it: fallback keys (F38), who a room key belongs to, cross-signed devices, room keys that are held back. Outbound
room keys live in memory alone: no restart and no restored copy can ever use a ratchet index twice.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import vodozemac
from nio import ToDeviceEvent
from nio.crypto import Olm
from nio.event_builders import DummyMessage
from nio.events import OlmEvent
from nio.responses import KeysClaimResponse, KeysQueryResponse

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.crypto import persons
from outreach.adapters.matrix.crypto.keystore import KeyStore
from outreach.adapters.matrix.crypto.owed import Owed
from outreach.adapters.matrix.crypto.persons import Person
from outreach.adapters.matrix.fields import Json
from outreach.ports import Piece

MEGOLM = "m.megolm.v1.aes-sha2"
#: After so long without use a room key goes.
KEYS_FOR = timedelta(days=30)
_SIGNED = "signed_curve25519"
_UNREADABLE = (vodozemac.MegolmDecryptionException, vodozemac.DecodeException, ValueError, TypeError, RecursionError)
_CODES = ("m.blacklisted", "m.unverified", "m.unauthorised", "m.unavailable", "m.no_olm")
_MOST_NOTES = 1000
_MOST_AT_ONCE = 20  # devices in one request, as nio has it


@dataclass(frozen=True, slots=True)
class Opened:
    """A room's event as it was before encryption. `twin` names the ciphertext, whatever event carries it."""

    event: Json
    trusted: bool
    twin: str


class Machine:
    """One device of one account."""

    def __init__(self, pieces: Iterable[Piece], user: str, device: str) -> None:
        self.user, self.device = user, device
        self.store = KeyStore(pieces, user, device)
        self._olm: Any = Olm(user, device, self.store)
        self.fallback_used = False
        self.strangers: set[str] = set()

    @property
    def account(self) -> Any:
        return self._olm.account

    @property
    def ed25519(self) -> str:
        return str(self.account.identity_keys["ed25519"])

    # what a sync brings

    def hear(self, events: Sequence[object], today: date) -> int:
        """Read to-device messages; returns how many could not be read. Whatever they hold, it never raises."""
        self.store.today = today.isoformat()
        self.store.drop_unused((today - KEYS_FOR).isoformat())
        deaf = sum(not self._heard(fields.table(event)) for event in events)
        if events:
            self._olm.save_account()  # nio saves it before the one-time key is taken out
        return deaf

    def _heard(self, event: Json) -> bool:
        sender, kind = fields.text(event, "sender"), fields.text(event, "type")
        if kind == "m.room_key.withheld":
            self._withheld(sender, fields.table(event, "content"))
        if kind != "m.room.encrypted" or not sender:
            return True  # verification and key requests are not answered
        self.store.hearing = sender
        try:
            read = ToDeviceEvent.parse_event(copy.deepcopy(dict(event)))
            is_read = isinstance(read, OlmEvent) and self._olm.handle_to_device_event(read) is not None
        except Exception:  # anybody can send anything here, and nio checks little of it
            is_read = False
        finally:
            self.store.hearing = ""
        if not is_read and not self.devices(sender):
            self.strangers.add(sender)
        return is_read

    def _withheld(self, sender: str, content: Json) -> None:
        room, session, code = (fields.text(content, key) for key in ("room_id", "session_id", "code"))
        known = code if code in _CODES else "m.other"
        if room and session and len(self.store.notes) < _MOST_NOTES:
            self.store.note(_withheld_name(room, session, sender), known.encode(), room)

    def count(self, answer: Json) -> None:
        """How many one-time keys the server still has, and whether the fallback key is untouched."""
        left = fields.value(answer, "device_one_time_keys_count", _SIGNED)
        self._olm.uploaded_key_count = left if isinstance(left, int) else 0
        unused = fields.rows(answer, "device_unused_fallback_key_types")
        self.fallback_used = "device_unused_fallback_key_types" in answer and _SIGNED not in unused

    @property
    def keys_left(self) -> int:
        return int(self._olm.uploaded_key_count or 0)

    # reading rooms

    def open(self, event: Json, room: str) -> Opened | None:
        """The event in the clear; None while there is no key for it, or where it is not what it claims to be."""
        key = (room, fields.text(event, "content", "session_id"), fields.text(event, "sender"))
        inbound = self.store.inbound.get(key)
        if inbound is None or fields.text(event, "content", "algorithm") != MEGOLM:
            return None
        try:
            plain, index = inbound.session.decrypt(fields.text(event, "content", "ciphertext"))
            said = json.loads(plain)
        except _UNREADABLE:
            return None
        self.store.use(key)
        if fields.text(said, "room_id") != room or not fields.text(said, "type"):
            return None
        clear = {**event, "type": said["type"], "content": _content(event, fields.table(said, "content"))}
        trusted = self._person(inbound.sender).trusts(inbound.sender_key, inbound.ed25519)
        return Opened(clear, trusted, f"megolm:{inbound.session.id}:{index}")

    def withheld(self, event: Json, room: str) -> str:
        """Why the sender's device keeps the key back; "" where it did not say so."""
        session = fields.text(event, "content", "session_id")
        return self.store.notes.get(_withheld_name(room, session, fields.text(event, "sender")), b"").decode()

    # other people's devices

    def _person(self, user: str) -> Person:
        return self.store.persons.get(user) or Person()

    def outdated(self, users: Iterable[str]) -> list[str]:
        """Whose devices have to be asked for."""
        return sorted(user for user in set(users) if self._person(user).stale)

    def mark_stale(self, users: Iterable[str]) -> None:
        """Their devices changed; they are asked for when next needed."""
        for user in users:
            known = self.store.persons.get(user)
            if known is not None and not known.stale:
                self.store.save_person(user, replace(known, stale=True))

    def devices(self, user: str) -> list[str]:
        return sorted(self._person(user).devices)

    def learn(self, users: Iterable[str], answer: Json) -> None:
        """The answer to a query about these users; whoever's server did not answer stays as they are."""
        failed = fields.table(answer, "failures")
        for user in users:
            if user not in fields.table(answer, "device_keys") and user.partition(":")[2] in failed:
                continue
            person = persons.seen(self.store.persons.get(user), user, answer)
            self.store.save_person(user, person)
            raw = copy.deepcopy(persons.device_keys(user, answer, person))
            self._olm.handle_response(KeysQueryResponse({user: raw}, {}))

    def renewed(self) -> list[str]:
        """Who signs with another identity than at first sight."""
        return sorted(user for user, person in self.store.persons.items() if person.is_other)

    def pin(self, user: str) -> str:
        """From here on their newest identity counts; returns its key."""
        person = self._person(user)
        self.store.save_person(user, replace(person, pinned=person.master))
        return person.master

    # speaking in rooms

    def without_session(self, users: Sequence[str]) -> Json:
        """For which devices a one-time key is needed, as `keys/claim` wants it."""
        missing = self._olm.get_missing_sessions(list(users))
        return {user: dict.fromkeys(devices, _SIGNED) for user, devices in missing.items() if devices}

    def claimed(self, answer: Json) -> None:
        """Begin a session with each device whose one-time key is signed by it; others are left out."""
        for user, found in fields.table(answer, "one_time_keys").items():
            for device, keys in fields.table(found).items():
                one = KeysClaimResponse.from_dict({"one_time_keys": {user: {device: copy.deepcopy(keys)}}})
                if isinstance(one, KeysClaimResponse) and keys:
                    self._begin(one)

    def _begin(self, claimed: Any) -> None:
        try:
            self._olm.handle_response(claimed)
        except Exception:  # a key that is none: that device goes without
            return

    def later(self, room: str, users: Iterable[str], guests: Collection[str]) -> set[str]:
        """Who is given keys after they have come. `guests` are invited only.

        Where nobody ever signed a device, no client is strict, and some never look at a message twice: those are given
        keys at once. Who is owed a key has it before they are given another.
        """
        owed = {user for user in {*users, *guests} if (room, user) in self.store.owed}
        return owed | {guest for guest in guests if self._person(guest).master}

    def share(
        self, room: str, users: Sequence[str], guests: Collection[str], due: datetime
    ) -> list[tuple[set[tuple[str, str]], Json]]:
        """Room keys for the devices that lack it, as to-device bodies. Somebody who left ends the old key.

        What is given `later` is noted, and `due` then where the person is there already.
        """
        readers = {*users, *guests}
        session = self._outbound(room, readers)
        waiting = self.later(room, users, guests)
        for user in waiting:
            owed = self.store.owed.get((room, user)) or Owed(room, user)
            owed = owed.more(session.id, session.session_key)
            self.store.save_owed(owed.joined(due) if user in users else owed)
        ready = sorted(readers - waiting)
        bodies = list(self._olm.share_group_session_parallel(room, ready, ignore_unverified_devices=True))
        return [(devices, body["messages"]) for devices, body in bodies]

    def _outbound(self, room: str, readers: Collection[str]) -> Any:
        """The room's key, another one where somebody has the old one, or is owed it, who does not read on."""
        present = {(user, device) for user in readers for device in self.devices(user)} - {(self.user, self.device)}
        session = self._olm.outbound_group_sessions.get(room)
        if (
            session is None
            or session.expired
            or session.users_shared_with - present
            or self._owed(room, session, readers)
        ):
            self._olm.create_outbound_group_session(room)
        session = self._olm.outbound_group_sessions[room]
        session.shared = False  # nio would make a new key for each new device
        return session

    def _owed(self, room: str, session: Any, readers: Collection[str]) -> bool:
        """Whether somebody else is to get that key."""
        others = (owed for owed in self.store.owed.values() if owed.room == room and owed.user not in readers)
        return any(session.id in owed.keys for owed in others)

    def shared(self, room: str, devices: set[tuple[str, str]]) -> None:
        """They have it."""
        self._olm.outbound_group_sessions[room].users_shared_with.update(devices)

    def session_of(self, room: str) -> str:
        return str(self._olm.outbound_group_sessions[room].id)

    def encrypt(self, room: str, kind: str, content: Json) -> Json:
        """Each call uses the next index; what the content relates to stays outside, as the server needs it."""
        self._olm.outbound_group_sessions[room].mark_as_shared()
        sealed = self._olm.group_encrypt(room, {"type": kind, "content": dict(content)})
        related = content.get("m.relates_to")
        return dict(sealed) | ({"m.relates_to": related} if related else {})

    # keys for whoever has come

    def owed(self, room: str, user: str) -> Owed | None:
        return self.store.owed.get((room, user))

    def hand_over(self, room: str, user: str) -> list[tuple[str, set[tuple[str, str]], Json]]:
        """Each key this person is owed: its session, the devices, and a to-device body for them."""
        owed = self.owed(room, user)
        found: list[tuple[str, set[tuple[str, str]], Json]] = []
        for session, key in (owed.keys if owed is not None else {}).items():
            content = {"algorithm": MEGOLM, "room_id": room, "session_id": session, "session_key": key}
            for some in self._met(user):
                said = {one.id: self._olm._olm_encrypt(olm, one, "m.room_key", content) for one, olm in some}
                found.append((session, {(user, device) for device in said}, {user: said}))
        return found

    def _met(self, user: str) -> list[list[tuple[Any, Any]]]:
        """Their devices that can be written to, with the session to each, by requests."""
        devices = sorted(self._olm.device_store.active_user_devices(user), key=lambda device: str(device.id))
        known = [(device, self._olm.session_store.get(device.curve25519)) for device in devices]
        met = [(device, session) for device, session in known if session is not None]
        return [met[start : start + _MOST_AT_ONCE] for start in range(0, len(met), _MOST_AT_ONCE)]

    def handed(self, room: str, user: str, session: str, devices: set[tuple[str, str]]) -> None:
        """They have that one; the devices are not given it again."""
        if (owed := self.owed(room, user)) is not None:
            self.store.save_owed(owed.without([session]))
        outbound = self._olm.outbound_group_sessions.get(room)
        if outbound is not None and outbound.id == session:
            outbound.users_shared_with.update(devices)

    # broken sessions

    def broken(self) -> Json:
        """Devices whose messages cannot be read any more, as `keys/claim` wants them: a new session is begun."""
        wanted: dict[str, dict[str, str]] = {}
        for device in self._olm.wedged_devices:
            wanted.setdefault(device.user_id, {})[device.id] = _SIGNED
        return wanted

    def mended(self) -> list[tuple[str, Json]]:
        """What tells their devices of the new session: a name, and a to-device body."""
        said = [message for message in self._olm.outgoing_to_device_messages if isinstance(message, DummyMessage)]
        self._olm.outgoing_to_device_messages.clear()
        self._olm.wedged_devices.clear()
        return [(f"{one.recipient}\n{json.dumps(one.content)}", one.as_dict()["messages"]) for one in said]

    # the device's own keys

    def device_keys(self) -> Json:
        keys = self.account.identity_keys
        bare = {
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", MEGOLM],
            "device_id": self.device,
            "user_id": self.user,
            "keys": {f"{kind}:{self.device}": keys[kind] for kind in ("curve25519", "ed25519")},
        }
        return self._signed(bare)

    def upload(self) -> Json | None:
        """What the server has to be given now; None if nothing. The same again until `uploaded`."""
        account, own = self.account, self.account._account
        first = not account.shared
        missing = account.max_one_time_keys - (0 if first else self._known_left())
        if not first and missing <= 0 and not self.fallback_used and not own.one_time_keys:
            return None
        if missing > len(own.one_time_keys):
            own.generate_one_time_keys(missing - len(own.one_time_keys))
        if (first or self.fallback_used) and not own.fallback_key:
            own.generate_fallback_key()
        self._olm.save_account()
        body: dict[str, object] = {"device_keys": self.device_keys()} if first else {}
        body["one_time_keys"] = self._one_time(own.one_time_keys)
        return body | {"fallback_keys": self._one_time(own.fallback_key, fallback=True)}

    def _known_left(self) -> int:
        """Before the first sync of a life it is not known; then the server is taken to lack nothing."""
        known = self._olm.uploaded_key_count
        return self.account.max_one_time_keys if known is None else int(known)

    def uploaded(self, answer: Json) -> None:
        """The server has them."""
        left = fields.value(answer, "one_time_key_counts", _SIGNED)
        self._olm.uploaded_key_count = left if isinstance(left, int) else 0
        self.account.shared, self.fallback_used = True, False
        self.account.mark_keys_as_published()
        self._olm.save_account()

    def unshare(self) -> None:
        """The server does not know this device any more: everything is to be uploaded anew."""
        self.account.shared, self._olm.uploaded_key_count = False, 0

    def _one_time(self, keys: Any, *, fallback: bool = False) -> Json:
        more = {"fallback": True} if fallback else {}
        return {f"{_SIGNED}:{name}": self._signed({"key": key.to_base64()} | more) for name, key in keys.items()}

    def _signed(self, content: dict[str, Any]) -> Json:
        name = f"ed25519:{self.device}"
        return content | {"signatures": {self.user: {name: self._olm.sign_json(content)}}}


def _content(event: Json, said: Json) -> Json:
    """A relation stands outside the ciphertext; what stands inside as well counts."""
    related = fields.value(event, "content", "m.relates_to")
    return said if "m.relates_to" in said or related is None else {**said, "m.relates_to": related}


def _withheld_name(room: str, session: str, sender: str) -> str:
    return f"withheld/{room}/{session}/{sender}"
