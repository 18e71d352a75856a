"""The fediverse account of the bot, as `outreach.ports.Gateway`. Joins the parts; each rule is in one of them.

Edits of messages reach us only where the server sends an `update` notification; nothing is ever edited, favourited or
followed from here (leaks 14, 15, 38).
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from outreach.adapters.fediverse import accounts, capabilities, length, links
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.client import Refused, Unanswered
from outreach.adapters.fediverse.fields import record
from outreach.adapters.fediverse.line import Line
from outreach.adapters.fediverse.listening import Listener, lacking
from outreach.adapters.fediverse.looking import Onlooker
from outreach.adapters.fediverse.media import Media
from outreach.adapters.fediverse.seeking import seek
from outreach.adapters.fediverse.sending import Sender
from outreach.adapters.fediverse.surroundings import surroundings
from outreach.adapters.fediverse.waking import Waker
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Observation, Post
from outreach.ports import Clock, Incoming, Journal, Misconfigured, Parcel, Place, Receipt, TryLater, Undeliverable

T = TypeVar("T")
#: Harmless questions that fail where the token lacks the scope named beside them.
_PROBES = (
    ("/api/v1/notifications", {"limit": "1"}, "read:notifications"),
    ("/api/v2/search", {"q": "outreach", "type": "accounts", "resolve": "false", "limit": "1"}, "read:search"),
)


class FediverseGateway:
    """`media` is where the server keeps its files, if not under its own name.

    `recheck` is after how many polls the notification policy is looked at again; `jitter` gives [0, 1).
    """

    platform = Platform.FEDIVERSE

    def __init__(
        self,
        server: str,
        token: str,
        clock: Clock,
        *,
        poll_every: float = 20.0,
        media: str = "",
        streaming: bool = True,
        recheck: int = 180,
        subject_room: int = 38,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._url = server.rstrip("/")
        self._token, self._clock, self._streaming = token, clock, streaming
        self._every, self._recheck, self._subject_room = poll_every, max(1, recheck), subject_room
        self._line = Line(self._url, token, clock, jitter)
        self._waker = Waker(self._url, token, streaming=False)
        self._files = media
        self.me = Account(Platform.FEDIVERSE, "")
        self._equip(Capabilities())

    def _equip(self, server: Capabilities) -> None:
        self._server = server
        hosts = frozenset((server.host, urlsplit(self._url).netloc.casefold()))
        self._listener = Listener(self._line, server, self.me)
        self._sender = Sender(self._line, server, self.me, self._clock)
        self._onlooker = Onlooker(self._line, server, hosts, self._clock)
        scheme = self._url.partition("://")[0]
        self._media = Media({*(f"{scheme}://{host}" for host in hosts), self._files})

    @property
    def software(self) -> str:
        """What the server says it runs on."""
        return "" if self._server.flavour is capabilities.Flavour.OTHER else str(self._server.flavour)

    async def open(self) -> None:
        """Who am I, what server is this, does it let strangers' messages through."""
        own = await self._own_account()
        server = await capabilities.learn(self._line, self._url)
        me = accounts.account(own, server.host)
        if me is None:
            raise Misconfigured("The fediverse server's answers are no Mastodon API; check `server` under [fediverse].")
        self.me = me
        self._equip(server)
        await self._probe("/api/v1/accounts/relationships", {"id[]": me.native}, "read:follows")
        for path, params, scope in _PROBES:
            await self._probe(path, params, scope)
        await self._listener.open_policy()
        mastodon = server.flavour is capabilities.Flavour.MASTODON
        self._waker = Waker(self._url, self._token, streaming=self._streaming and mastodon)

    async def _own_account(self) -> dict[str, object]:
        try:
            return dict(record(await self._line.read("/api/v1/accounts/verify_credentials")))
        except Refused as refusal:
            raise lacking(refusal, "read:accounts") from None

    async def _probe(self, path: str, params: dict[str, str], scope: str) -> None:
        try:
            await self._line.read(path, params)
        except Refused as refusal:
            if refusal.status == 403:
                raise lacking(refusal, scope) from None

    async def close(self) -> None:
        """End stream and thread; safe to call twice."""
        await self._waker.stop()
        await self._media.close()
        await self._line.close()

    async def listen(self, cursor: str, journal: Journal) -> None:
        """Poll for ever."""
        await self._listener.listen(cursor, journal, self._waker, self._every, self._recheck)

    async def listen_once(self, cursor: str, journal: Journal) -> str:
        """One round of polling until a short page."""
        return await self._listener.once(cursor, journal)

    async def make_room(self, to: Account) -> Place:
        """Nothing to make: the first post of a conversation is its room."""
        return Place()

    async def make_shared_room(self, people: Sequence[Account]) -> Place:
        """A private post has no room that others could be kept out of, and admins read it."""
        raise Undeliverable("no rooms here")

    async def gather(self, room: str, people: Sequence[Account]) -> None:
        raise Undeliverable("no rooms here")

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one part to exactly its addressee."""
        return await _plainly(self._sender.send(parcel))

    async def seek(self, parcel: Parcel) -> Receipt | None:
        """Whether an earlier attempt of this parcel went through."""
        found = await _plainly(seek(self._line, self._server, self.me, parcel))
        if found is None:
            self._sender.sought(parcel.key)
        return found

    async def look(self, link: str, *, reporter: Account | None = None) -> Observation:
        """Look at a post through the own server."""
        return await _plainly(self._onlooker.look(link, reporter))

    async def redrafts(self, author: Account) -> tuple[Post, ...]:
        """The author's newest posts, for whoever knows the author of a post that is gone."""
        return await _plainly(self._onlooker.redrafts(author))

    async def unseal(self, line: Incoming) -> Incoming:
        """Nothing is encrypted here."""
        return line

    async def fetch(self, picture: str, most: int) -> bytes:
        """A picture that came with a message."""
        return await self._media.fetch(picture, most)

    async def forget(self, room: str) -> None:
        """There are no rooms."""

    async def surroundings(self, post: Post) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
        """What stands around a post (`outreach.ports.Witness`)."""
        return await _plainly(surroundings(self._line, self._server, post))

    async def accept(self, room: str) -> None:
        """There are no rooms here."""
        raise Undeliverable("the fediverse has no rooms")

    async def leave(self, room: str) -> None:
        """There are no rooms here."""
        raise Undeliverable("the fediverse has no rooms")

    async def pin(self, room: str, event: str, instead: str = "") -> None:
        """There are no rooms here."""

    async def members(self, room: str) -> tuple[Account, ...]:
        """There are no rooms here."""
        return ()

    async def reaches(self, to: Account, place: Place) -> bool:
        """Whether the account stands, is the same person's, and does not block the bot."""
        return await _plainly(self._sender.reaches(to))

    def split(self, text: str, to: Account | None) -> tuple[str, ...]:
        """Cut so that each part fits beside the handle and a subject."""
        handle = "@" + to.address if to else ""
        return length.split(text, handle, self._subject_room, self._server)

    def recognises(self, link: str) -> bool:
        """Any web address but Matrix's own."""
        return links.is_post_link(link)


async def _plainly(work: Awaitable[T]) -> T:
    """The last net: nothing of the client's own passes the port."""
    try:
        return await work
    except Refused:
        failure: Exception = Undeliverable("the server refuses")
    except Unanswered:
        failure = TryLater(5.0)
    raise failure
