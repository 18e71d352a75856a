"""Edits: what changes, who hears of it, and edits made at a remote origin that have not arrived yet.

An edit of a DM makes no notification, except GoToSocial's `update` to who interacted with it (1.1). An
unchanged edit leaves no trace. PUT without `spoiler_text` clears the warning, on every server (1.2).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from . import addressing, notices, posting
from .flavours import Json
from .model import Account, Status
from .world import World

STALE = timedelta(hours=2)


def edit(world: World, status: Status, draft: posting.Draft) -> Status:
    posting.shorten(world, draft)
    posting.measure(world, draft)
    new = posting.revision(world, status.account, draft)
    if replace(new, created_at=status.now.created_at) == status.now:
        return status
    status.revisions.append(new)
    status.edited_at = new.created_at
    _readdress(world, status, draft)
    for account in _hearers(world, status):
        notices.notify(world, account, "update", status.account, status)
    for account in status.mentions:
        world.tell(account, "status.update", status)
    return status


def _readdress(world: World, status: Status, draft: posting.Draft) -> None:
    status.mentions = addressing.recipients(world, status.account, draft.text, draft.to, status.reply_to)
    fresh = [account for account in status.mentions if account.id not in status.addressed]
    status.addressed |= {account.id for account in fresh}
    for account in fresh:
        notices.notify(world, account, "mention", status.account, status)


def _hearers(world: World, status: Status) -> list[Account]:
    posts = [s for s in world.statuses.values() if not s.deleted]
    heard = [s.account for s in posts if s.reblog is status]
    if world.flavour.name == "gotosocial":
        heard += [s.account for s in posts if s.reply_to is status]
        heard += [world.accounts[one] for one in sorted(status.favourited)]
    return list(dict.fromkeys(account for account in heard if account is not status.account))


def remote_edit(world: World, status: Status, draft: posting.Draft, deliver: bool | None) -> None:
    """A remote edit reaches us only along certain ties (1.3); else it waits at the origin."""
    arrives = reaches_us(world, status) if deliver is None else deliver
    if arrives:
        edit(world, status, draft)
    else:
        status.pending.append({"draft": draft})


def reaches_us(world: World, status: Status) -> bool:
    local = {a.id for a in world.accounts.values() if a.domain is None}
    if local & status.addressed or any(status.account.id in world.accounts[a].following for a in local):
        return True
    if world.flavour.name == "gotosocial" or status.visibility not in {"public", "unlisted"}:
        return False
    posts = [s for s in world.statuses.values() if s.account.id in local and not s.deleted]
    return bool(local & status.favourited) or any(status in (s.reblog, s.reply_to) for s in posts)


def fetch(world: World, status: Status, asked: str) -> bool:
    """Ask the origin, in full view of it (F7): the log keeps the URL as sent, query included."""
    world.fetches.append({"url": asked.partition("#")[0], "asked": asked, "status": status.id})
    if status.origin_gone:
        return False
    status.known, status.fetched_at = True, world.clock.now()
    status.account.known = True
    waiting: list[Json] = status.pending
    status.pending = []
    for entry in waiting:
        edit(world, status, entry["draft"])
    return True


def refresh_if_stale(world: World, status: Status) -> None:
    """GoToSocial refreshes on GET when its copy is over two hours old [GL]."""
    fetched = status.fetched_at or status.created_at
    remote = status.account.domain is not None and status.known
    if world.flavour.name == "gotosocial" and remote and world.clock.now() - fetched > STALE:
        fetch(world, status, status.uri)
