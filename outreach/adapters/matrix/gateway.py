"""The `Gateway` of Matrix: joins the parts of this package, and holds the one client. Has no rule of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from outreach.adapters.matrix import login
from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import MatrixClient
from outreach.adapters.matrix.links import event_link
from outreach.adapters.matrix.posts import Posts
from outreach.adapters.matrix.rooms import Rooms
from outreach.adapters.matrix.seals import Seals
from outreach.adapters.matrix.sending import Sender
from outreach.adapters.matrix.sync import Sync
from outreach.adapters.matrix.text import split
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation, Post
from outreach.ports import Clock, Journal, Parcel, Place, Receipt


class MatrixGateway:
    """`device` is "" at the very first start; the caller stores what it holds after `open` and gives it back for life.

    `community_rooms` are ids or aliases. `pause` and `jitter` are only for tests.
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
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.me = Account(Platform.MATRIX, user, bot=True)
        self._homeserver, self._token, self._password = homeserver, token, password
        self._named = tuple(community_rooms)
        self._community: dict[str, str] = {}
        self._client = MatrixClient(homeserver, user, device)
        self._api = MatrixApi(self._client)
        seals = Seals(self._api)
        self._rooms = Rooms(self._api, seals)
        self._sender = Sender(self._api, self._rooms, clock)
        self._sync = Sync(self._api, seals, pause, jitter)
        self._posts = Posts(self._api, clock, self._community)

    @property
    def device(self) -> str:
        return self._client.device

    async def open(self) -> None:
        login.checked(self._homeserver, self.me.address, self._token or self._password)
        await login.enter(self._api, self._token, self._password)
        self._community.update(await login.resolved(self._api, self._named))

    async def close(self) -> None:
        await self._client.close()

    async def listen(self, cursor: str, journal: Journal) -> None:
        await self._sync.forever(cursor, journal)

    async def listen_once(self, cursor: str, journal: Journal) -> str:
        return await self._sync.once(cursor, journal)

    async def make_room(self, to: Account) -> Place:
        return Place(room=await self._rooms.make())

    async def send(self, parcel: Parcel) -> Receipt:
        return await self._sender.send(parcel)

    async def seek(self, parcel: Parcel) -> Receipt | None:
        return await self._sender.seek(parcel)

    async def look(self, link: str, *, reporter: Account | None = None) -> Observation:
        return await self._posts.look(link, reporter)

    async def redrafts(self, author: Account) -> tuple[Post, ...]:
        """A message that was taken away does not come back under another id that could be known as the same."""
        return ()

    async def accept(self, room: str) -> None:
        await self._rooms.accept(room)

    async def leave(self, room: str) -> None:
        await self._rooms.leave(room)

    async def members(self, room: str) -> tuple[Account, ...]:
        return await self._rooms.members(room)

    async def reaches(self, to: Account, place: Place) -> bool:
        """Whether they are still in the room, or invited to it; one that was never made may be made."""
        return not place.room or await self._rooms.holds(place.room, to.address)

    def split(self, text: str, to: Account | None) -> tuple[str, ...]:
        return split(text)

    def recognises(self, link: str) -> bool:
        return event_link(link) is not None
