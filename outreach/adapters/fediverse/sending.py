"""One message to exactly its addressee, checked before and after; `status_reply` is never used (leak 2).

The text gets one handle in front, everything else in it is made to name nobody. What became of a request that was not
answered is told apart by kind of server: same key again while the server surely knows it, else it has to be looked up.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.client import Refused, Unanswered
from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.length import count, handle_count
from outreach.adapters.fediverse.line import BAD_SCOPE, Line
from outreach.adapters.fediverse.mentions import neutral, only
from outreach.adapters.fediverse.seeking import seek
from outreach.domain.identity import Account
from outreach.ports import Clock, Misconfigured, OutcomeUnknown, Parcel, Place, Receipt, TryLater, Undeliverable

PATH = "/api/v1/statuses"
_SCOPES = "write:statuses"
_DELETE_TRIES = 3


class Sender:
    """Posts for one account."""

    def __init__(self, line: Line, server: Capabilities, me: Account, clock: Clock) -> None:
        self._line, self._server, self._me, self._clock = line, server, me, clock
        self._throttled: set[str] = set()
        self._turns: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def send(self, parcel: Parcel) -> Receipt:
        """Send it, or say exactly what is known about it. One at a time: the fewer are half sent, the better."""
        async with self._turn:
            return await self._send(parcel)

    async def _send(self, parcel: Parcel) -> Receipt:
        if parcel.to is None:
            raise Undeliverable("a fediverse message needs an addressee")
        if self._doubtful(parcel) and (earlier := await self._earlier(parcel)):
            return earlier
        person = await self._addressee(parcel.to)
        draft = self._draft(parcel, person)
        try:
            status = await self._post(parcel, draft, parcel.key)
        except Refused as refusal:
            status = await self._as_root(parcel, draft, refusal)
        return await self._checked(status, text(person.get("id")))

    async def _earlier(self, parcel: Parcel) -> Receipt | None:
        found = await seek(self._line, self._server, self._me, parcel)
        if found is None:
            self.sought(parcel.key)
        return found

    def sought(self, key: str) -> None:
        """It is surely not there. Akkoma repeats a stored error for six hours, so it needs another key (pitfall 28)."""
        self._throttled.discard(key)
        if self._server.pleroma:
            self._turns[key] = self._turns.get(key, 0) + 1

    def _doubtful(self, parcel: Parcel) -> bool:
        """Whether an earlier attempt may have gone through without the key telling so any more."""
        if parcel.key in self._throttled:
            return True
        return parcel.first_tried is not None and not self._key_holds(parcel.first_tried)

    def _key_holds(self, begun: datetime) -> bool:
        return self._clock.now() - begun < self._server.repeatable

    # Before

    async def _addressee(self, to: Account) -> Mapping[str, Any]:
        """The account as it is now; one that was renamed, moved, suspended or that blocks us is not written to."""
        try:
            person = record(await self._known(to))
            address = accounts.address(text(person.get("acct")), self._server.host)
            renamed = bool(to.uri) and accounts.actor(person) != to.uri
            if address != to.address or renamed or accounts.gone(person) or await self._blocked_by(person):
                raise Undeliverable("the account cannot be written to")
            return person
        except Refused as refusal:
            raise await self._final(refusal) from None

    async def reaches(self, to: Account) -> bool:
        """Whether the account could be written to now."""
        try:
            await self._addressee(to)
        except Undeliverable:
            return False
        return True

    async def _known(self, to: Account) -> Any:
        if to.native:
            return await self._line.find(f"/api/v1/accounts/{to.native}")
        found = await self._line.find("/api/v1/accounts/lookup", {"acct": self._handle(to.address)[1:]})
        if found is not None:
            return found
        asked = {"q": "@" + to.address, "type": "accounts", "resolve": "true", "limit": 1}
        people = rows(record(await self._line.find("/api/v2/search", asked)).get("accounts"))
        return people[0] if people else None

    async def _blocked_by(self, person: Mapping[str, Any]) -> bool:
        return await blocked_by(self._line, text(person.get("id")))

    def _handle(self, address: str) -> str:
        name, _, host = address.partition("@")
        return "@" + (name if host == self._server.host else address)

    def _draft(self, parcel: Parcel, person: Mapping[str, Any]) -> dict[str, Any]:
        acct = text(person.get("acct"))
        handle = self._handle(accounts.address(acct, self._server.host))
        body = f"{handle} {neutral(parcel.text)}"
        if not only(body, handle[1:]):
            raise Undeliverable("the text would reach others")
        draft: dict[str, Any] = {"status": body, "visibility": "direct"}
        subject = self._subject(parcel, handle)
        optional = {
            "spoiler_text": subject,
            "language": language(parcel.language),
            "in_reply_to_id": parcel.place.reply_to,
        }
        draft |= {name: value for name, value in optional.items() if value}
        return draft | self._guards(acct, text(person.get("id")))

    def _guards(self, acct: str, native: str) -> dict[str, Any]:
        """Mastodon refuses others itself; `to` replaces all addressing on Pleroma's kin; markup is wanted nowhere."""
        if self._server.flavour is Flavour.MASTODON:
            return {"allowed_mentions": [native]}
        plain = {"content_type": "text/plain"}
        return plain | {"to": [acct]} if self._server.pleroma else plain

    def _subject(self, parcel: Parcel, handle: str) -> str:
        """It counts as well; where it does not fit it is cut, so that the message still goes."""
        flavour = self._server.flavour
        room = self._server.max_characters - handle_count(handle, flavour) - count(neutral(parcel.text), flavour)
        if room < 0:
            raise Undeliverable("the text is too long for the server")
        return neutral(" ".join(parcel.subject.split()))[:room]

    # The request

    async def _post(self, parcel: Parcel, draft: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        turn = self._turns.get(parcel.key, 0)
        try:
            status = record(await self._line.ask("POST", PATH, draft, key=f"{key}/{turn}" if turn else key))
        except Unanswered as silence:
            raise self._unclear(parcel, silence.sent) from None
        except Refused as refusal:
            if _may_be_done(refusal):
                raise self._unclear(parcel, sent=True) from None
            if self._server.pleroma and refusal.status == 429:
                self._throttled.add(parcel.key)
            if refusal.status in (401, 429) or refusal.status >= 500 or 300 <= refusal.status < 400:
                raise self._line.common(refusal, method="POST") or refusal from None
            raise
        if not text(status.get("id")):
            raise self._unclear(parcel, sent=True)
        return status

    def _unclear(self, parcel: Parcel, sent: bool) -> Exception:
        """While the key surely works, the same request again is the way to find out."""
        begun = parcel.first_tried or self._clock.now()
        if not sent or self._key_holds(begun):
            return TryLater(self._line.guess("POST"), unsure=sent)
        return OutcomeUnknown()

    async def _as_root(self, parcel: Parcel, draft: Mapping[str, Any], refusal: Refused) -> Mapping[str, Any]:
        """A parent that is gone or may not be answered must not keep the message back."""
        if "in_reply_to_id" not in draft or not await self._orphaned(parcel, refusal):
            raise await self._final(refusal) from None
        rest = {name: value for name, value in draft.items() if name != "in_reply_to_id"}
        try:
            return await self._post(parcel, rest, parcel.key + "/root")
        except Refused as again:
            raise await self._final(again) from None

    async def _orphaned(self, parcel: Parcel, refusal: Refused) -> bool:
        if refusal.status == 403:  # GoToSocial's reply policy
            return self._server.flavour is Flavour.GOTOSOCIAL
        if refusal.status not in (404, 422):
            return False
        try:
            return await self._line.find(f"{PATH}/{parcel.place.reply_to}") is None
        except Refused:
            return True

    async def _final(self, refusal: Refused) -> Exception:
        """403 also stands for a token that lacks a scope, and for a bot whose login is disabled (pitfall 35)."""
        if refusal.status != 403:
            return self._line.common(refusal) or Undeliverable("the server refuses the message")
        if "scope" in refusal.words.casefold():
            return Misconfigured(BAD_SCOPE.format(_SCOPES))
        try:
            await self._line.read("/api/v1/accounts/verify_credentials")
        except Refused:
            return Misconfigured("The bot's fediverse account may not log in; ask the server's administrators.")
        return Undeliverable("the server refuses the message")

    # After

    async def _checked(self, status: Mapping[str, Any], person: str) -> Receipt:
        native = text(status["id"])
        reached = {text(one.get("id")) for one in rows(status.get("mentions"))}
        if reached != {person} or status.get("visibility") != "direct":
            await self._delete(native)
            raise Undeliverable("leak")
        if self._server.flavour is Flavour.MASTODON and await self._dropped(native):
            raise Undeliverable("the server drops the message")
        return Receipt(native, Place(reply_to=native))

    async def _dropped(self, native: str) -> bool:
        """Mastodon's antispam answers 200 for a post that it never stores (section 1.2); no answer proves nothing."""
        try:
            return await self._line.find(f"{PATH}/{native}") is None
        except (TryLater, Misconfigured, Refused):
            return False

    async def _delete(self, native: str) -> None:
        for _ in range(_DELETE_TRIES):
            try:
                await self._line.ask("DELETE", f"{PATH}/{native}")
            except (Refused, Unanswered):
                continue
            return


def _may_be_done(refusal: Refused) -> bool:
    """Trouble behind the door; a 503 that names a time was sent away at it (GoToSocial under load, proxies)."""
    sent_away = refusal.status == 503 and "Retry-After" in refusal.headers
    return refusal.status == 408 or (refusal.status >= 500 and not sent_away)


async def blocked_by(line: Line, native: str) -> bool:
    """Honoured even where a role would pass it; Akkoma always says no (section 1.3)."""
    found = rows(await line.read("/api/v1/accounts/relationships", {"id[]": [native]}))
    return any(one.get("blocked_by") is True for one in found)


def language(code: str) -> str:
    """ISO 639-1, which is all that every server takes; anything else is left out (pitfall 26)."""
    base = re.split(r"[-_]", code)[0].casefold()
    return base if re.fullmatch(r"[a-z]{2,3}", base) else ""
