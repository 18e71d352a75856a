"""The `Gateway` of Matrix: joins the parts of this package, and holds the one client. Has no rule of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable, Sequence

from outreach.adapters.matrix import login
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.arrivals import Arrivals
from outreach.adapters.matrix.client import MatrixClient
from outreach.adapters.matrix.crypto import keystore
from outreach.adapters.matrix.encryption import Encryption
from outreach.adapters.matrix.identity import Identity, LostDevice
from outreach.adapters.matrix.links import event_link
from outreach.adapters.matrix.media import Media
from outreach.adapters.matrix.pins import Pins
from outreach.adapters.matrix.posts import Posts
from outreach.adapters.matrix.rooms import Rooms
from outreach.adapters.matrix.seals import Seals
from outreach.adapters.matrix.security import Security
from outreach.adapters.matrix.sending import Sender
from outreach.adapters.matrix.sync import Sync
from outreach.adapters.matrix.text import split
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation, Post
from outreach.ports import (
    Clock,
    Incoming,
    Journal,
    Keep,
    Misconfigured,
    Parcel,
    Piece,
    Place,
    Receipt,
    TryLater,
    Undeliverable,
)

_DEVICE = "device"


def of_one_device(name: str) -> bool:
    """Whether a piece means nothing to another device, and harm to the same one where the server has newer keys."""
    return name == _DEVICE or keystore.of_one_device(name)


class MatrixGateway:
    """`device` is "" at the very first start; the caller stores what it holds after `open` and gives it back for life.

    `community_rooms` are ids or aliases. `keep` is where encryption's keys outlive the process; without it, this bot
    cannot encrypt. `sealed_staff`: it speaks in encrypted staff rooms alone. `pause` and `jitter` are only for tests.
    """

    platform = Platform.MATRIX

    def __init__(
        self,
        *,
        homeserver: str,
        user: str,
        clock: Clock,
        token: str = "",
        password: str = "",
        device: str = "",
        community_rooms: Sequence[str] = (),
        keep: Keep | None = None,
        entropy: Callable[[int], bytes] = os.urandom,
        sealed_staff: bool = False,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.me = Account(Platform.MATRIX, user, bot=True)
        self._homeserver, self._token, self._password = homeserver, token, password
        self._named = tuple(community_rooms)
        self._community: dict[str, str] = {}
        self._client = MatrixClient(homeserver, user, device)
        self._api = MatrixApi(self._client)
        self._entropy, self._keep = entropy, keep
        self._is_visitor = False
        self._encryption = Encryption(self._api, keep, clock) if keep is not None else None
        self._identity = Identity(self._api, self._encryption, entropy) if self._encryption is not None else None
        self._security = self._secured(clock)
        self._seals = seals = Seals(self._api, able=keep is not None)
        self._pins = Pins(self._api)
        self._media = Media(self._client)
        self._rooms = Rooms(self._api, seals, sealed_staff=sealed_staff)
        self._sender = Sender(self._api, self._rooms, self._encryption, clock)
        self._sync = Sync(self._api, seals, self._security, pause, jitter)
        self._posts = Posts(self._api, clock, self._community, self._encryption)

    def _secured(self, clock: Clock) -> Security | None:
        if self._encryption is None or self._identity is None:
            return None
        arrivals = Arrivals(self._api, self._encryption, clock)
        return Security(
            self._encryption,
            self._identity,
            arrivals,
            clock,
            lambda: self._client.user,
            lambda: set(self._community.values()),
        )

    @property
    def device(self) -> str:
        return self._client.device

    @property
    def software(self) -> str:
        """What moderators do there is the same on each homeserver."""
        return ""

    async def open(self) -> None:
        login.checked(self._homeserver, self.me.address, self._token or self._password)
        await self._name_device()
        await login.enter(self._api, self._token, self._password)
        if self._identity is not None and self._encryption is not None:
            await self._begin(self._identity)
            self._seals.restore(await self._encryption.sealed_rooms())
        self._community.update(await login.resolved(self._api, self._named))

    async def _name_device(self) -> None:
        """The first device of a password is named, and its name kept, before the server makes it."""
        if self._keep is None or self._token or self._client.device:
            return
        self._client.device = await self._kept_device() or login.new_device(self._entropy)
        await self._keep.save([Piece(_DEVICE, self._client.device.encode())])

    async def _kept_device(self) -> str:
        pieces = await self._keep.pieces() if self._keep is not None else ()
        return next(((piece.body or b"").decode() for piece in pieces if piece.name == _DEVICE), "")

    async def _replace_device(self) -> None:
        self._client.device = login.new_device(self._entropy)
        if self._keep is not None:
            await self._keep.save([Piece(_DEVICE, self._client.device.encode())])
        await login.enter(self._api, "", self._password)

    async def _begin(self, identity: Identity) -> None:
        """With a password a lost device is replaced at once; the saved seeds sign the new one."""
        try:
            await identity.begin()
        except LostDevice:
            if not self._password:
                raise
            await self._replace_device()
            await identity.begin()

    async def examine(self) -> None:
        """What `open` would find wrong with the bot's account, with nothing changed. Raises `Misconfigured`.

        Beside a running bot: a password opens a device for this look alone, for the same one again would end the other.
        """
        login.checked(self._homeserver, self.me.address, self._token or self._password)
        device = self._client.device or await self._kept_device()
        self._client.device = ""
        await login.enter(self._api, self._token, self._password)
        self._is_visitor = not self._token
        if self._identity is not None:
            await self._identity.examine(self._client.device if self._token else device)

    async def is_encrypted(self, room: str) -> bool:
        return await self._seals.sealed(room)

    async def close(self) -> None:
        if self._is_visitor:
            self._is_visitor = False
            with contextlib.suppress(Undeliverable, TryLater, Misconfigured):
                await self._api.log_out()
        await self._client.close()

    async def listen(self, cursor: str, journal: Journal) -> None:
        giving = asyncio.create_task(self._security.arrivals.forever()) if self._security is not None else None
        try:
            await self._sync.forever(cursor, journal)
        finally:
            if giving is not None:
                giving.cancel()
                await asyncio.gather(giving, return_exceptions=True)

    async def listen_once(self, cursor: str, journal: Journal) -> str:
        cursor = await self._sync.once(cursor, journal)
        if self._security is not None:
            await self._security.arrivals.give()
        return cursor

    async def make_room(self, to: Account) -> Place:
        """Encrypted, unless nothing they have could read it."""
        sealed = self._encryption is not None and await self._encryption.can_encrypt(to.address)
        return Place(room=await self._rooms.make(sealed=sealed))

    async def make_shared_room(self, people: Sequence[Account]) -> Place:
        if self._encryption is None:
            raise Undeliverable("encrypted")
        return Place(room=await self._rooms.make_shared([one.address for one in people]))

    async def gather(self, room: str, people: Sequence[Account]) -> None:
        await self._rooms.gather(room, [one.address for one in people])

    async def send(self, parcel: Parcel) -> Receipt:
        return await self._sender.send(parcel)

    async def seek(self, parcel: Parcel) -> Receipt | None:
        return await self._sender.seek(parcel)

    async def look(self, link: str, *, reporter: Account | None = None) -> Observation:
        return await self._posts.look(link, reporter)

    async def redrafts(self, author: Account) -> tuple[Post, ...]:
        """A message that was taken away does not come back under another id that could be known as the same."""
        return ()

    async def unseal(self, line: Incoming) -> Incoming:
        return await self._security.unseal(line) if self._security is not None else line

    async def fetch(self, picture: str, most: int) -> bytes:
        return await self._media.fetch(picture, most)

    async def forget(self, room: str) -> None:
        """Where its keys went, the room goes too: nothing that is said there could be read before they change."""
        if self._encryption is None:
            return
        if await self._seals.sealed(room):
            await self._rooms.leave(room)
        await self._encryption.forget(room)
        self._seals.forget(room)

    async def accept(self, room: str) -> None:
        await self._rooms.accept(room)

    async def leave(self, room: str) -> None:
        await self._rooms.leave(room)

    async def pin(self, room: str, event: str, instead: str = "") -> None:
        await self._pins.pin(room, event, instead)

    async def may_pin(self, room: str) -> bool:
        return await self._pins.allowed(room)

    async def members(self, room: str) -> tuple[Account, ...]:
        return await self._rooms.members(room)

    async def reaches(self, to: Account, place: Place) -> bool:
        """Whether they are still in the room, or invited to it; one that was never made may be made."""
        return not place.room or await self._rooms.holds(place.room, to.address)

    def split(self, text: str, to: Account | None) -> tuple[str, ...]:
        return split(text)

    def recognises(self, link: str) -> bool:
        return event_link(link) is not None
