"""Endpoints under /api/v1/accounts: look-up, relationships, an account's posts, follow and block.

`lookup` asks only the local database, never WebFinger (1.5).
"""

from __future__ import annotations

from . import entities, notices, paging
from .errors import not_found
from .flavours import Json
from .model import Account, Status
from .visibility import can_see
from .wire import Call, Handler, Reply


def target(call: Call) -> Account:
    found = call.world.accounts.get(call.match["id"])
    if found is None or not found.known:
        raise not_found(call.flavour)
    call.touches.add(found.acct)
    return found


def verify(call: Call) -> Reply:
    return Reply(entities.own_account(call.world, call.me))


def lookup(call: Call) -> Reply:
    found = call.world.find(str(call.one("acct", "")))
    if found is None:
        raise not_found(call.flavour)
    call.touches.add(found.acct)
    return Reply(entities.account(call.world, found))


def show(call: Call) -> Reply:
    return Reply(entities.account(call.world, target(call)))


def relationships(call: Call) -> Reply:
    ids = call.many("id") or [value for value in [call.one("id")] if value]
    found = [call.world.accounts[i] for i in ids if i in call.world.accounts]
    call.touches.update(account.acct for account in found)
    return Reply([entities.relationship(call.world, call.me, account) for account in found])


def statuses(call: Call) -> Reply:
    """One's own listing holds one's direct posts, on every server [GL]."""
    author = target(call)
    rows = [s for s in call.world.statuses.values() if s.account is author]
    rows = [s for s in rows if can_see(call.world, call.viewer, s) and _wanted(call, s)]
    query = dict(call.query)
    limit = paging.limit_of(query, 20, 40)
    kept = paging.page(rows, query, limit)
    link = paging.link(call.url, kept, call.query, limit, full_only=call.flavour.name == "mastodon")
    return Reply([entities.status(call.world, s, call.viewer) for s in kept], headers=link)


def _wanted(call: Call, status: Status) -> bool:
    own_thread = status.reply_to is None or status.reply_to.account is status.account
    refused = {
        "exclude_replies": not own_thread,
        "exclude_reblogs": status.reblog is not None,
        "only_media": not status.now.media,
        "pinned": True,
    }
    return not any(call.flag(name) and holds for name, holds in refused.items())


def followers(call: Call) -> Reply:
    one = target(call)
    known = [a for a in call.world.accounts.values() if a.known and one.id in a.following]
    return Reply([entities.account(call.world, a) for a in known])


def _relation(call: Call, other: Account) -> Reply:
    return Reply(entities.relationship(call.world, call.me, other))


def follow(call: Call) -> Reply:
    me, other = call.me, target(call)
    if other.id not in me.following:
        me.following.add(other.id)
        notices.notify(call.world, other, "follow", me)
    return _relation(call, other)


def unfollow(call: Call) -> Reply:
    other = target(call)
    call.me.following.discard(other.id)
    return _relation(call, other)


def block(call: Call) -> Reply:
    other = target(call)
    block_account(call.me, other)
    return _relation(call, other)


def block_account(one: Account, other: Account) -> None:
    one.blocking.add(other.id)
    one.following.discard(other.id)
    other.following.discard(one.id)


def unblock(call: Call) -> Reply:
    other = target(call)
    call.me.blocking.discard(other.id)
    return _relation(call, other)


def conversations(call: Call) -> Reply:
    """One per (thread, exact set of participants); a filtered DM makes none for its receiver (1.1)."""
    groups: dict[tuple[str, frozenset[str]], list[Status]] = {}
    held = {n.status for n in call.world.notices if n.to is call.me and n.filtered}
    for status in call.world.statuses.values():
        party = frozenset({status.account.id, *(a.id for a in status.mentions)})
        mine = status.visibility == "direct" and call.me.id in party and status not in held
        if mine and can_see(call.world, call.me, status):
            groups.setdefault((call.world.thread_up(status)[-1].id, party), []).append(status)
    return Reply([_conversation(call, key[1], posts) for key, posts in list(groups.items())[::-1]])


def _conversation(call: Call, party: frozenset[str], posts: list[Status]) -> Json:
    others = [entities.account(call.world, call.world.accounts[i]) for i in sorted(party - {call.me.id})]
    last = entities.status(call.world, posts[-1], call.me)
    return {"id": posts[0].id, "unread": True, "accounts": others, "last_status": last}


def routes() -> list[tuple[str, str, Handler]]:
    one = "/api/v1/accounts/{id}"
    return [
        ("GET", "/api/v1/accounts/verify_credentials", verify),
        ("GET", "/api/v1/accounts/lookup", lookup),
        ("GET", "/api/v1/accounts/relationships", relationships),
        ("GET", one, show),
        ("GET", f"{one}/statuses", statuses),
        ("GET", f"{one}/followers", followers),
        ("POST", f"{one}/follow", follow),
        ("POST", f"{one}/unfollow", unfollow),
        ("POST", f"{one}/block", block),
        ("POST", f"{one}/unblock", unblock),
        ("GET", "/api/v1/conversations", conversations),
    ]
