"""What an entity tells about who saw a post and who its author is (F21, F22). Pure; an unknown number stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.fields import number, record, rows, text
from outreach.domain.identity import Account
from outreach.domain.posts import Visibility

Entity = Mapping[str, Any]


def audience(status: Entity, visibility: Visibility) -> int | None:
    """At most so many people could see it; None is unknown or unbounded."""
    if visibility is Visibility.DIRECT:
        return len(rows(status.get("mentions")))
    if visibility is Visibility.FOLLOWERS:
        return number(record(status.get("account")).get("followers_count"))
    return None


def reads_along(author: Entity, local: bool, server: Capabilities) -> bool:
    """Contact account, shown staff, or the only person on our server beside the bot: they can read its messages."""
    alone = server.people is not None and server.people <= 2
    contact = bool(server.contact) and text(author.get("id")) == server.contact
    return local and (alone or contact or accounts.staff(author))


def addressed(status: Entity, reporter: Account, host: str) -> bool:
    """By the mentions and the answered account that the status itself names."""
    ids = {text(one.get("id")) for one in rows(status.get("mentions"))}
    ids.add(text(status.get("in_reply_to_account_id")))
    named = {accounts.address(text(one.get("acct")), host) for one in rows(status.get("mentions"))}
    return (reporter.native in ids - {""}) or reporter.address in named
