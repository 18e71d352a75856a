"""Search v2: handles and post URLs, and what resolving one tells the origin (1.5, F7).

Mastodon fetches on every resolve and applies edits; GoToSocial fetches an unknown or stale post; Akkoma
fetches an unknown one, even without `resolve`, and never again. A deleted origin does not remove a known
copy. No full text.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from . import addressing, editing, entities
from .errors import unauthorized
from .model import Account, Status
from .visibility import can_see
from .wire import Call, Handler, Reply
from .world import World

SHAPES = {
    "mastodon": r"/(?:web/|deck/)?@[^/]+/(\d+)|/users/[^/]+/statuses/(\d+)|/ap/users/\d+/statuses/(\d+)"
    r"|/web/statuses/(\d+)",
    "gotosocial": r"/@[^/]+/statuses/(\w+)|/users/[^/]+/statuses/(\w+)",
    "akkoma": r"/notice/(\w+)|/objects/(\w+)|/@[^/]+/posts/(\w+)",
}


def search(call: Call) -> Reply:
    query, resolve = str(call.one("q", "")).strip(), call.flag("resolve")
    if call.viewer is None and (resolve or not call.flavour.anonymous_api):
        raise unauthorized(call.flavour)
    kind = call.one("type")
    posts = [s for s in [post(call, query, resolve)] if s] if kind in (None, "statuses") else []
    people = people_named(call.world, query, resolve) if kind in (None, "accounts") else []
    call.touches.update([s.account.acct for s in posts] + [a.acct for a in people])
    return Reply({
        "accounts": [entities.account(call.world, a) for a in people],
        "statuses": [entities.status(call.world, s, call.viewer) for s in posts],
        "hashtags": [],
    })  # fmt: skip


def people_named(world: World, query: str, resolve: bool) -> list[Account]:
    if "/" in query or not query:
        return []
    look_up = addressing.resolve if resolve and "@" in query.lstrip("@") else World.find
    found = look_up(world, query)
    return [found] if found else []


def post(call: Call, query: str, resolve: bool) -> Status | None:
    if not query.startswith(("https://", "http://")):
        return None
    local = _local(call.world, query)
    status = local or _remote(call.world, query, resolve)
    if status is None or not can_see(call.world, call.viewer, status):
        return None
    return status.reblog or status


def _local(world: World, url: str) -> Status | None:
    """Our own URLs, and view URLs `/@user@remote/ID` of remote posts, never leave the house (pitfall 6)."""
    parts = urlsplit(url)
    if parts.netloc not in {world.domain, urlsplit(world.url_base).netloc}:
        return None
    match = re.fullmatch(SHAPES[world.flavour.name], parts.path.rstrip("/"))
    native = next((group for group in match.groups() if group), "") if match else ""
    return world.statuses.get(native)


def _remote(world: World, url: str, resolve: bool) -> Status | None:
    bare = url.partition("#")[0].partition("?")[0]
    found = next((s for s in world.statuses.values() if bare in (s.url, s.uri) and s.account.domain), None)
    if found is None:
        _miss(world, url, resolve)
        return None
    if _asks_origin(world, found, resolve):
        editing.fetch(world, found, url)
    return found


def _miss(world: World, url: str, resolve: bool) -> None:
    if (resolve or world.flavour.name == "akkoma") and urlsplit(url).netloc != world.domain:
        world.fetches.append({"url": url.partition("#")[0], "asked": url, "status": None})


def _asks_origin(world: World, status: Status, resolve: bool) -> bool:
    if world.flavour.name == "akkoma":
        return not status.known
    if world.flavour.name == "gotosocial":
        stale = world.clock.now() - (status.fetched_at or status.created_at) > editing.STALE
        return resolve and (not status.known or stale)
    return resolve


def routes() -> list[tuple[str, str, Handler]]:
    return [("GET", "/api/v2/search", search)]
