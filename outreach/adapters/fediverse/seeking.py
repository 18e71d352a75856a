"""Whether an earlier attempt went through: looks it up among the bot's own posts (section 5, send exactly once).

Compares reply parent, recipients, canonical words and time. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.client import Refused
from outreach.adapters.fediverse.fields import moment, rows, text
from outreach.adapters.fediverse.html_text import words
from outreach.adapters.fediverse.line import Line
from outreach.adapters.fediverse.listening import lacking
from outreach.adapters.fediverse.mentions import restore
from outreach.adapters.fediverse.translate import names
from outreach.domain.identity import Account
from outreach.ports import Parcel, Place, Receipt

_PAGES = 5
_PAGE = 40
_EARLIER = timedelta(seconds=60)  # two clocks
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


async def seek(line: Line, server: Capabilities, me: Account, parcel: Parcel) -> Receipt | None:
    """The receipt of an attempt that went through, or None."""
    since = parcel.first_tried - _EARLIER if parcel.first_tried else _BEGINNING
    params: dict[str, Any] = {"limit": _PAGE}
    for _ in range(_PAGES):
        page = await _own(line, me, params)
        for status in page:
            if _same(status, parcel, server, since):
                native = text(status.get("id"))
                return Receipt(native, Place(reply_to=native))
        if not page or _before(page[-1], since):
            return None
        params["max_id"] = text(page[-1].get("id"))
    return None


async def _own(line: Line, me: Account, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        return rows(await line.read(f"/api/v1/accounts/{me.native}/statuses", params))
    except Refused as refusal:
        raise lacking(refusal, "read:statuses") from None


def _before(status: Mapping[str, Any], since: datetime) -> bool:
    return (moment(status.get("created_at")) or _BEGINNING) < since


def _same(status: Mapping[str, Any], parcel: Parcel, server: Capabilities, since: datetime) -> bool:
    if parcel.to is None or _before(status, since) or status.get("visibility") != "direct":
        return False
    # a root stands for a parent that was gone when we sent, or has gone since
    parent = text(status.get("in_reply_to_id"))
    if parent not in ("", parcel.place.reply_to):
        return False
    reached = {accounts.address(text(one.get("acct")), server.host) for one in rows(status.get("mentions"))}
    return reached == {parcel.to.address} and _said(status, parcel.to, server) == _canonical(parcel.text)


def _said(status: Mapping[str, Any], to: Account, server: Capabilities) -> str:
    """Without the one handle in front."""
    return _canonical(words(text(status.get("content")), names(status, server.host), to.address).text)


def _canonical(said: str) -> str:
    """One form for what was handed in and what came back as HTML; servers encode some links anew."""
    return " ".join(unquote(restore(said)).split())
