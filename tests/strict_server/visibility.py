"""Who may read a post. Everything else is 404, as the real servers answer (1.3).

Mastodon tests blocks only on public posts and never for the anonymous reader; GoToSocial always, both ways;
Akkoma never. Timelines are not modelled.
"""

from __future__ import annotations

from .errors import not_found
from .model import Account, Status
from .world import World


def can_see(world: World, viewer: Account | None, status: Status) -> bool:
    if status.deleted or not status.known or status.account.suspended:
        return False
    if status.reblog and not can_see(world, viewer, status.reblog):
        return False
    if viewer is status.account or (viewer and viewer.id in status.addressed and not _walled(world, viewer, status)):
        return True
    if status.visibility == "private":
        follows = viewer is not None and status.account.id in viewer.following
        return follows and not _blocked(world, viewer, status)
    return status.visibility in {"public", "unlisted"} and not _blocked(world, viewer, status)


def _walled(world: World, viewer: Account, status: Status) -> bool:
    """A Mastodon DM stays readable for who is named in it, block or not; so does a public one not."""
    if world.flavour.name == "mastodon" and status.visibility in {"direct", "private"}:
        return False
    return _blocked(world, viewer, status)


def _blocked(world: World, viewer: Account | None, status: Status) -> bool:
    if viewer is None or not world.flavour.blocks_hide:
        return False
    if world.flavour.name == "gotosocial" and status.account.id in viewer.blocking:
        return True
    return viewer.id in status.account.blocking


def seen(world: World, viewer: Account | None, status_id: str) -> Status:
    status = world.statuses.get(status_id)
    if status is None or not can_see(world, viewer, status):
        raise not_found(world.flavour)
    return status
