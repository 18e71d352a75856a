"""From a server's report entity to `Incoming`: only what is named here gets in. Total; asks nothing.

E-mail, IP addresses, roles, invitations and other people's posts have no line here. Who is who stands in one table:
what Mastodon calls `account` is the reporter, what Akkoma and Pleroma call `account` is the reported (pitfall 23).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from outreach.adapters.fediverse import accounts
from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.fields import moment, record, rows, text
from outreach.adapters.fediverse.html_text import plain
from outreach.adapters.fediverse.posts import post
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post
from outreach.domain.reports import LONGEST_REPORT, MOST_POSTS, Category, Report, Source
from outreach.ports import Happening, Incoming

Entity = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fields:
    """Under which names a kind of server keeps the two people and the words of a report."""

    reporter: str
    reported: str
    words: str


MASTODON = Fields(reporter="account", reported="target_account", words="comment")
PLEROMA = Fields(reporter="actor", reported="account", words="content")

_NOBODY = Account(Platform.FEDIVERSE, "")


def fields_of(server: Capabilities) -> Fields:
    """Which of the two a server speaks."""
    return PLEROMA if server.pleroma else MASTODON


def incoming(entity: Entity, server: Capabilities) -> Incoming | None:
    """One open report; None where there is no id to know it again by, or where it has been dealt with."""
    native = text(entity.get("id"))
    if not native or is_closed(entity):
        return None
    names = fields_of(server)
    return Incoming(
        source=f"report/{native}",
        happening=Happening.REPORTED,
        platform=Platform.FEDIVERSE,
        sender=_person(entity.get(names.reporter), server) or _NOBODY,
        at=moment(entity.get("created_at")),
        report=_report(entity, names, server),
    )


def is_closed(entity: Entity) -> bool:
    """Whether moderators have dealt with it on their server."""
    return entity.get("action_taken") is True or text(entity.get("state")) in ("closed", "resolved")


def _report(entity: Entity, names: Fields, server: Capabilities) -> Report:
    reported = _person(entity.get(names.reported), server)
    people = (reported,) if reported is not None else ()
    words = text(entity.get(names.words))
    return Report(
        Source.FEDIVERSE,
        Platform.FEDIVERSE,
        people,
        _posts(entity, people, server),
        _category(text(entity.get("category"))),
        (plain(words) if server.pleroma else words.strip())[:LONGEST_REPORT],
    )


def _posts(entity: Entity, people: tuple[Account, ...], server: Capabilities) -> tuple[Post, ...]:
    """Posts of the reported person alone: what others wrote is nobody's to pass on."""
    found = (post(one, server.host) for one in rows(entity.get("statuses"))[:MOST_POSTS])
    return tuple(one for one in found if one is not None and any(one.author.same_as(who) for who in people))


def _person(value: object, server: Capabilities) -> Account | None:
    """An account, be it plain or Mastodon's admin form around it; its name and all else stay behind."""
    outer = record(value)
    inner = record(outer.get("account")) or outer
    found = accounts.account(inner, server.host)
    return None if found is None else replace(found, name="")


def _category(said: str) -> Category:
    try:
        return Category(said)
    except ValueError:
        return Category.OTHER
