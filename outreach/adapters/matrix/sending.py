"""Sends one parcel to exactly its addressee, under its own key. Renders nothing, queues nothing.

Synapse keeps transaction ids per device for 24 h: until shortly before that a repetition is the same event.
Afterwards nothing is sent before the room was searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from outreach.adapters.matrix import fields, parcels
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Limited, Lost, Refused
from outreach.adapters.matrix.encryption import Encryption
from outreach.adapters.matrix.media import Media
from outreach.adapters.matrix.rooms import Present, Rooms
from outreach.ports import Clock, OutcomeUnknown, Parcel, Place, Receipt, Undeliverable

_MESSAGE, _SEALED = "m.room.message", "m.room.encrypted"
_KEYS_HOLD = timedelta(hours=23)
_SLACK = timedelta(hours=1)  # between our clock and the homeserver's
_PAGES = 200


class Sender:
    def __init__(self, api: MatrixApi, rooms: Rooms, encryption: Encryption | None, clock: Clock) -> None:
        self._api = api
        self._encryption = encryption
        self._rooms = rooms
        self._media = Media(api.client)
        self._clock = clock

    async def send(self, parcel: Parcel) -> Receipt:
        if not parcel.place.room:
            raise Undeliverable("no room")
        if self._is_old(parcel) and (found := await self.seek(parcel)):
            return found
        if parcel.among:
            return await self._to_several(parcel)
        return await (self._to_staff(parcel) if parcel.to is None else self._to_party(parcel, parcel.to.address))

    async def seek(self, parcel: Parcel) -> Receipt | None:
        """Our device sees its own transaction ids for ever, an earlier device's are known by the mark.

        `OutcomeUnknown` if the room's past has no end.
        """
        mark = parcels.mark(parcel.key)
        start = ""
        for _ in range(_PAGES):
            page, start = await self._older(parcel, start)
            for event in page:
                names = (fields.text(event, "unsigned", "transaction_id"), fields.text(event, "content", parcels.MARK))
                if self._is_own(event) and (names[0] == parcel.key or names[1] == mark):
                    return _receipt(parcel, fields.text(event, "event_id"))
            if not start or not page or self._is_before(page[-1], parcel):
                return None
        raise OutcomeUnknown("the room holds too much to search")

    async def _older(self, parcel: Parcel, start: str) -> tuple[Sequence[object], str]:
        try:
            return await self._api.older(parcel.place.room, start)
        except Refused as refusal:
            raise _mendable(refusal) if parcel.to is None and not parcel.among else refusal from refusal

    async def _to_party(self, parcel: Parcel, party: str) -> Receipt:
        present = await self._rooms.party_only(parcel.place.room, party)
        event = await self._put(parcel, parcels.private(parcel), present)
        await self._rooms.shut_if_crowded(parcel.place.room, party)
        return _receipt(parcel, event)

    async def _to_several(self, parcel: Parcel) -> Receipt:
        present = await self._rooms.only_these(parcel.place.room, parcel.among)
        return _receipt(parcel, await self._put(parcel, parcels.private(parcel), present))

    async def _to_staff(self, parcel: Parcel) -> Receipt:
        present = await self._rooms.staff_only(parcel.place.room)
        try:
            event = await self._put(parcel, await self._staff_content(parcel, present), present)
        except Refused as refusal:
            raise _mendable(refusal) from refusal
        await self._buttons(parcel, parcel.replaces or event)
        return _receipt(parcel, event)

    async def _staff_content(self, parcel: Parcel, present: Present) -> fields.Json:
        """A picture is uploaded before the event that names it; after a crash once more, for nobody was told of it."""
        content = parcels.staff(parcel)
        if parcel.picture is None:
            return content
        where = await self._media.put(parcel.picture, sealed=present.sealed)
        return parcels.with_picture(content, parcel.picture_name, parcel.picture, where)

    async def _put(self, parcel: Parcel, content: fields.Json, present: Present) -> str:
        """A repetition is encrypted anew: the server keeps the first event of a key and drops the other's words."""
        kind, room = _MESSAGE, parcel.place.room
        if present.sealed:
            if self._encryption is None:
                raise Undeliverable("encrypted")
            content = await self._encryption.seal(room, kind, content, present.joined, present.invited)
            kind = _SEALED
        try:
            return await self._api.put(room, kind, parcel.key, parcels.marked(content, parcel.key))
        except Lost as lost:
            if self._is_old(parcel):
                raise OutcomeUnknown("no answer, and the key may have expired") from lost
            raise

    async def _buttons(self, parcel: Parcel, event: str) -> None:
        """A button that is there already, or that the server will not take, does not undo the message.

        Where the server limits us, words go first: whoever wants to can set the sign, or write what it stands for.
        """
        for number, key in enumerate(parcel.buttons):
            try:
                content = parcels.reaction(event, key)
                await self._api.put(parcel.place.room, "m.reaction", f"{parcel.key}/b{number}", content)
            except Refused:
                continue
            except Limited:
                return

    def _is_old(self, parcel: Parcel) -> bool:
        return parcel.first_tried is not None and self._clock.now() - parcel.first_tried >= _KEYS_HOLD

    def _is_own(self, event: object) -> bool:
        is_message = fields.text(event, "type") in (_MESSAGE, _SEALED)
        return is_message and fields.text(event, "sender") == self._api.client.user

    def _is_before(self, event: object, parcel: Parcel) -> bool:
        at = fields.when(event, "origin_server_ts")
        return parcel.first_tried is not None and at is not None and at < parcel.first_tried - _SLACK


def _mendable(refusal: Refused) -> Refused:
    """What keeps the bot out of a staff room, people there or an operator can change."""
    return Refused(refusal.status, refusal.code, permanent=refusal.status not in (403, 404))


def _receipt(parcel: Parcel, event: str) -> Receipt:
    """A staff room's first message opens the thread that the rest of its matter goes into."""
    opened = event if parcel.to is None and not parcel.replaces else ""
    return Receipt(event, Place(room=parcel.place.room, thread=parcel.place.thread or opened))
