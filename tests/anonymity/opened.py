"""What was sealed for Matrix rooms, as it was before: T1 compares there, with the number and size of what was sent.

Ciphertexts are random by design, and so are keys. In their place stands what the room's readers read, how long the
ciphertext is, and the name of the session in order of appearance, so that a renewed one shows. Keys given to devices
are told by device and size. What only the reporter's side can see of it is left out, as elsewhere in T1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from outreach.entrypoints.sandbox.people import MatrixPerson
from tests.recorder import Recorded

Json = dict[str, Any]
_SEND = "/send/m.room.encrypted/"
_GIVE = "/sendToDevice/"
#: Requests about other people's keys, and the field of their body that names the people.
_ABOUT = {"/keys/query": "device_keys", "/keys/claim": "one_time_keys", _GIVE: "messages"}
#: Told to the bot's own server alone; how many keys it uploads depends on who has written to it.
_OWN = ("/keys/upload", "/keys/device_signing/upload", "/keys/signatures/upload")
_ROOM = re.compile(r"/rooms/([^/]+)/")
_KEY, _SIGNATURE = re.compile(r"\A[A-Za-z0-9+/]{43}\Z"), re.compile(r"\A[A-Za-z0-9+/]{86}\Z")


@dataclass
class Opener:
    """`readers` are people with devices; `unseen` are those whose keys only they and their server see."""

    readers: Iterable[MatrixPerson]
    unseen: frozenset[str]
    device: str
    _sessions: dict[str, str] = field(default_factory=dict)

    def request(self, one: Recorded) -> Recorded | None:
        """The request as others may see it, if they can."""
        if one.path.endswith(_OWN):
            return None
        if _SEND in one.path:
            match = _ROOM.search(one.path)
            assert match is not None
            return replace(one, body=self._told(one.body, self._read(unquote(match[1]), one.body)))
        for path, named in _ABOUT.items():
            if path in one.path:
                return self._about(one, named)
        return one

    def _about(self, one: Recorded, named: str) -> Recorded | None:
        body = {key: value for key, value in one.body.items() if key != named}
        people = {who: what for who, what in one.body[named].items() if who not in self.unseen}
        if not people:
            return None
        head, gives, _ = one.path.partition(_GIVE)  # its transaction id ends at the bot's own server
        return replace(one, path=head + gives, body=body | {named: _sized(people)}, headers=_without_length(one))

    def seen(self, found: Any) -> Any:
        """An event as `eyes` bring it, and those within it."""
        if isinstance(found, list):
            return [self.seen(one) for one in found]
        if not isinstance(found, dict):
            return found
        rest = {key: self.seen(value) for key, value in found.items() if key != "opened"}
        return rest | {"content": self._told(found["content"], found["opened"])} if "opened" in found else rest

    def _told(self, sealed: Json, opened: Json | None) -> Json:
        session = self._sessions.setdefault(sealed["session_id"], f"session {len(self._sessions) + 1}")
        told = {"sealed in": session, "size": len(sealed["ciphertext"]), "relation": sealed.get("m.relates_to")}
        return told | {"says": opened and {key: opened[key] for key in ("type", "content")}}

    def _read(self, room: str, sealed: Json) -> Json:
        """What its readers read, one of whom there must be."""
        event = {"type": "m.room.encrypted", "sender": "", "content": sealed}
        devices = [reader.device for reader in self.readers if reader.device is not None]
        found = [opened for device in devices if (opened := device.reread(room, event)) is not None]
        assert found, f"nobody in {room} can read what was sent there"
        return found[0]

    def face(self, found: Any) -> Any:
        """An answer of /keys/query with each key and signature replaced by that word, in it and in its names."""
        if isinstance(found, dict):
            return {self._named(key): self.face(value) for key, value in found.items()}
        if isinstance(found, list):
            return [self.face(one) for one in found]
        return self._named(found) if isinstance(found, str) else found

    def _named(self, text: str) -> str:
        head, colon, tail = text.rpartition(":")
        tail = "key" if _KEY.match(tail) else "signature" if _SIGNATURE.match(tail) else tail
        return (head + colon + tail).replace(self.device, "DEVICE")


def _sized(people: Json) -> Json:
    """Each device's message by its kind and size; ids of devices are the server's, and random."""
    return {
        who: sorted(map(_message, what.values())) if isinstance(what, dict) else what for who, what in people.items()
    }


def _message(message: Any) -> str:
    if not isinstance(message, dict):
        return str(message)
    parts = message.get("ciphertext", {}).values() if isinstance(message.get("ciphertext"), dict) else ()
    told = [{"type": part["type"], "size": len(part["body"])} for part in parts]
    return json.dumps(told or message, sort_keys=True)


def _without_length(one: Recorded) -> list[tuple[str, str]]:
    return [(key, value) for key, value in one.headers if key.lower() != "content-length"]
