"""One look at a post, through the bot's own server alone: seen, gone, or no certain answer; never a guess.

The stripped link is all that leaves (F7); the copy our server knows comes first, and Mastodon is made to refresh a
remote one. Akkoma and GoToSocial cannot be made to (section 1.3): there an unchanged remote post proves nothing.
"Gone" is only said after the second test that tells a deletion from a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.appraisal import addressed, audience, reads_along
from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.client import Refused
from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.line import Line
from outreach.adapters.fediverse.links import Own, one_form, own
from outreach.adapters.fediverse.posts import bare, post
from outreach.adapters.fediverse.sending import blocked_by
from outreach.domain.identity import Account
from outreach.domain.posts import Observation, Post, Sight
from outreach.ports import Clock

_STATUS = "/api/v1/statuses/"
_SEARCH = "/api/v2/search"
_REDRAFTS = 20
Entity = Mapping[str, Any]


class Onlooker:
    """Looks for one account."""

    def __init__(self, line: Line, server: Capabilities, hosts: frozenset[str], clock: Clock) -> None:
        self._line, self._server, self._hosts, self._clock = line, server, hosts, clock

    async def look(self, link: str, reporter: Account | None) -> Observation:
        """Raises `TryLater` and `Misconfigured`; every other trouble is "no certain answer"."""
        stripped = bare(link)
        if not stripped:
            return self._nothing(Sight.UNSURE)
        try:
            place = own(stripped, self._hosts)
            if place is None:
                return await self._elsewhere(stripped, reporter)
            return await self._here(place, stripped, reporter)
        except Refused:
            return self._nothing(Sight.UNSURE)

    async def redrafts(self, author: Account) -> tuple[Post, ...]:
        """The author's newest posts, among which a redraft of a vanished one would be."""
        params = {"limit": _REDRAFTS, "exclude_reblogs": "true"}
        try:
            found = rows(await self._line.find(f"/api/v1/accounts/{author.native}/statuses", params))
        except Refused:
            return ()
        seen = (post(_original(one), self._server.host) for one in found)
        return tuple(one for one in seen if one is not None and one.author.native == author.native)

    # Finding it

    async def _here(self, place: Own, link: str, reporter: Account | None) -> Observation:
        if not place.native:
            status = await self._search(link)
            return await self._seen(status, reporter) if status else self._nothing(
                Sight.GONE if place.opaque else Sight.UNSURE
            )  # fmt: skip
        status = record(await self._line.find(_STATUS + place.native))
        if not status:
            return await self._missing(place, reporter)
        return await self._seen(await self._refreshed(_original(status)), reporter)

    async def _elsewhere(self, link: str, reporter: Account | None) -> Observation:
        status = await self._found_remote(link)
        return await self._seen(status, reporter) if status else self._nothing(Sight.UNSURE)

    async def _found_remote(self, link: str) -> Entity:
        """GoToSocial's own copy first, then, and on the others at once, a search that may ask the author's server."""
        if self._server.flavour is Flavour.GOTOSOCIAL and (known := await self._search(link, resolve=False)):
            fresh = record(await self._line.find(_STATUS + text(known.get("id"))))
            return _original(fresh) if fresh else known
        return await self._search(link)

    async def _refreshed(self, status: Entity) -> Entity:
        """Mastodon alone fetches a remote post anew when asked to resolve it."""
        remote = "@" in text(record(status.get("account")).get("acct"))
        if self._server.flavour is not Flavour.MASTODON or not remote:
            return status
        uri = bare(text(status.get("uri")))
        fresh = await self._search(uri) if uri else {}
        return fresh if fresh.get("id") == status.get("id") else status

    async def _search(self, link: str, *, resolve: bool = True) -> Entity:
        params = {"q": one_form(link), "type": "statuses", "resolve": "true" if resolve else "false", "limit": 1}
        found = rows(record(await self._line.find(_SEARCH, params)).get("statuses"))
        return _original(found[0]) if found else {}

    # The second test

    async def _missing(self, place: Own, reporter: Account | None) -> Observation:
        if self._server.flavour is Flavour.MASTODON:
            return await self._asked_as_stranger(place.native, reporter)
        if self._server.pleroma:  # a block hides nothing there
            return self._nothing(Sight.GONE)
        return await self._asked_about_author(place.acct)

    async def _asked_as_stranger(self, native: str, reporter: Account | None) -> Observation:
        """Mastodon tests blocks only on who is logged in: what a stranger sees is hidden from us alone.

        It counts as seen, by somebody who may not be written to: that the bot is blocked is nobody's to know (F20).
        """
        try:
            status = record(await self._line.read(_STATUS + native, anonymous=True))
        except Refused as refusal:
            return self._nothing(Sight.GONE if refusal.status in (404, 410) else Sight.UNSURE)
        seen = await self._seen(_original(status), reporter)
        return replace(seen, author_reachable=False)

    async def _asked_about_author(self, acct: str) -> Observation:
        if not acct:
            return self._nothing(Sight.UNSURE)
        author = record(await self._line.find("/api/v1/accounts/lookup", {"acct": acct}))
        if not author:
            return self._nothing(Sight.UNSURE)
        if await blocked_by(self._line, text(author.get("id"))):
            return self._nothing(Sight.UNSURE, reachable=False)
        return self._nothing(Sight.GONE)

    # What was seen

    async def _seen(self, status: Entity, reporter: Account | None) -> Observation:
        found = post(status, self._server.host)
        if found is None or not found.day:  # letters name a post by its day
            return self._nothing(Sight.UNSURE)
        author = record(status.get("account"))
        blocked = await blocked_by(self._line, found.author.native)
        return Observation(
            sight=Sight.SEEN,
            post=found,
            at=self._clock.now(),
            audience=audience(status, found.visibility),
            author_local=_is_local(found.author, self._server),
            author_reachable=not (blocked or accounts.gone(author)),
            author_reads_along=reads_along(author, _is_local(found.author, self._server), self._server),
            author_declines_bots=accounts.declines_bots(author),
            reporter_addressed=reporter is not None and await self._addressed(status, reporter),
        )

    async def _addressed(self, status: Entity, reporter: Account) -> bool:
        """Whether it mentions or answers the reporter; asks no server but ours (F21)."""
        if addressed(status, reporter, self._server.host):
            return True
        parent = text(status.get("in_reply_to_id"))
        if not parent or (text(status.get("in_reply_to_account_id")) and reporter.native):
            return False
        if self._server.flavour is Flavour.GOTOSOCIAL:  # its GET may fetch the parent from its author's server
            return False
        answered = record(await self._line.find(_STATUS + parent))
        author = accounts.account(record(answered.get("account")), self._server.host)
        return author is not None and author.address == reporter.address

    def _nothing(self, sight: Sight, *, reachable: bool = True) -> Observation:
        return Observation(sight, at=self._clock.now(), author_reachable=reachable)


def _original(status: Entity) -> Entity:
    """A boost stands for the post it shows."""
    return record(status.get("reblog")) or status


def _is_local(author: Account, server: Capabilities) -> bool:
    return author.address.partition("@")[2] == server.host
