"""From a notification to `Incoming`: plain, neutral, or None where it is nothing for us. Total: it never raises.

Does not decide what a line means, nor whether its sender may write. Should a notification raise all the same, it
becomes a line without words: one poisoned status must not stop all that follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.fields import moment, record, rows, text
from outreach.adapters.fediverse.html_text import Words, words
from outreach.adapters.fediverse.media import attached
from outreach.domain.identity import Account, Platform
from outreach.domain.text import LONGEST_LINK, MOST_MENTIONS, few, heard
from outreach.ports import Happening, Incoming

log = structlog.get_logger()

#: What is asked for; servers ignore types they do not know. Edits reach us only where the server notifies of them.
TYPES = ("mention", "favourite", "update")
PLEROMA_TYPES = (*TYPES, "pleroma:emoji_reaction")
STAR = "★"
_LONGEST_EMOJI = 64


def incoming(value: object, me: Account, host: str) -> Incoming | None:
    """Translate one notification."""
    try:
        return _incoming(record(value), me, host)
    except Exception as error:
        log.error("notification not understood", exc_info=error)
        return _without_words(record(value), me, host)


def _incoming(notification: Mapping[str, Any], me: Account, host: str) -> Incoming | None:
    kind, native = text(notification.get("type")), text(notification.get("id"))
    status = record(notification.get("status"))
    if not native or not text(status.get("id")):
        return None
    if kind in ("mention", "update"):
        return _line(notification, status, me, host)
    if kind in ("favourite", "pleroma:emoji_reaction"):
        return _reaction(notification, status, me, host)
    return None


def _without_words(notification: Mapping[str, Any], me: Account, host: str) -> Incoming | None:
    status = record(notification.get("status"))
    sender, native = accounts.account(record(status.get("account")), host), text(status.get("id"))
    if notification.get("type") != "mention" or not native or sender is None or sender.native == me.native:
        return None
    return Incoming(native, Happening.LINE, Platform.FEDIVERSE, sender)


def _line(notification: Mapping[str, Any], status: Mapping[str, Any], me: Account, host: str) -> Incoming | None:
    author = record(status.get("account"))
    sender = accounts.account(author, host)
    if sender is None or sender.native == me.native:
        return None
    edit = notification.get("type") == "update"
    said = _words(status, me, host)
    return Incoming(
        source=f"update/{text(notification['id'])}" if edit else text(status["id"]),
        happening=Happening.EDIT if edit else Happening.LINE,
        platform=Platform.FEDIVERSE,
        sender=sender,
        text=heard(said.text),
        links=few(said.links, longest=LONGEST_LINK),
        pictures=() if edit else attached(status),
        mentions=_others(status, me, sender, host),
        quotes=_quotes(status),
        private=status.get("visibility") == "direct",
        parent=text(status["id"]) if edit else text(status.get("in_reply_to_id")),
        at=moment((edit and status.get("edited_at")) or status.get("created_at")),
        joined_at=moment(author.get("created_at")),
    )


def _reaction(notification: Mapping[str, Any], status: Mapping[str, Any], me: Account, host: str) -> Incoming | None:
    person = record(notification.get("account"))
    sender = accounts.account(person, host)
    if sender is None or sender.native == me.native:
        return None
    if text(record(status.get("account")).get("id")) not in ("", me.native):
        return None
    kind = text(notification.get("type"))
    return Incoming(
        source=f"{kind}/{text(notification['id'])}",
        happening=Happening.REACTION,
        platform=Platform.FEDIVERSE,
        sender=sender,
        text=STAR if kind == "favourite" else heard(text(notification.get("emoji")))[:_LONGEST_EMOJI] or STAR,
        parent=text(status["id"]),
        at=moment(notification.get("created_at")),
        joined_at=moment(person.get("created_at")),
    )


def names(status: Mapping[str, Any], host: str) -> dict[str, str]:
    """The address behind the URL of each mention the server lists."""
    listed = rows(status.get("mentions"))
    return {text(m.get("url")): accounts.address(text(m.get("acct")), host) for m in listed if text(m.get("url"))}


def _words(status: Mapping[str, Any], me: Account, host: str) -> Words:
    behind = names(status, host) | ({me.uri: me.address} if me.uri else {})
    return words(text(status.get("content")), behind, me.address)


def _others(status: Mapping[str, Any], me: Account, sender: Account, host: str) -> tuple[str, ...]:
    listed = rows(status.get("mentions"))
    found = (accounts.address(text(m.get("acct")) or text(m.get("username")), host) for m in listed)
    return tuple(dict.fromkeys(one for one in found if one not in ("", me.address, sender.address)))[:MOST_MENTIONS]


def _quotes(status: Mapping[str, Any]) -> bool:
    """Under whichever name this server has it: Mastodon 4.4+, Fedibird and forks, Akkoma and Pleroma."""
    pleroma = record(status.get("pleroma"))
    fields = ("quote", "quote_id", "quote_url", "quoted_status_id")
    return any(bool(where.get(name)) for where in (status, pleroma) for name in fields)
