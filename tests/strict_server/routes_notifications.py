"""Endpoints for notifications, their policy and their requests (1.1).

Type filters follow the flavour: Akkoma has `include_types[]` and ignores `types[]`. GoToSocial and Akkoma
have no policy (404). Grouped notifications (v2) are not modelled.
"""

from __future__ import annotations

from . import entities, notices, paging
from .errors import ApiError, not_found
from .flavours import Json
from .model import POLICY, Account, Notice
from .wire import Call, Handler, Reply
from .world import World


def visible(world: World, viewer: Account, include_filtered: bool) -> list[Notice]:
    mine = [n for n in world.notices if n.to is viewer and not n.sender.suspended]
    mine = [n for n in mine if n.status is None or not n.status.deleted]
    return [n for n in mine if include_filtered or not n.filtered]


def index(call: Call) -> Reply:
    rows = visible(call.world, call.me, call.flag("include_filtered"))
    wanted = call.many(call.flavour.types.removesuffix("[]"))
    unwanted = call.many("exclude_types") or []
    rows = [n for n in rows if (wanted is None or n.type in wanted) and n.type not in unwanted]
    sender = call.one("account_id")
    rows = [n for n in rows if sender in (None, n.sender.id)]
    query = dict(call.query)
    limit = paging.limit_of(query, call.flavour.page)
    kept = paging.page(rows, query, limit)
    link = paging.link(call.url, kept, call.query, limit, full_only=call.flavour.name == "mastodon")
    return Reply([entities.notice(call.world, n, call.me) for n in kept], headers=link)


def _mine(call: Call) -> Notice:
    for notice in visible(call.world, call.me, include_filtered=True):
        if notice.id == call.match["id"]:
            return notice
    raise not_found(call.flavour)


def show(call: Call) -> Reply:
    return Reply(entities.notice(call.world, _mine(call), call.me))


def dismiss(call: Call) -> Reply:
    call.world.notices.remove(_mine(call))
    return Reply({})


def policy(call: Call) -> Reply:
    held = [n for n in call.world.notices if n.to is call.me and n.filtered]
    senders = {n.sender.id for n in held}
    summary = {"pending_requests_count": len(senders), "pending_notifications_count": len(held)}
    return Reply({**_rules(call), "summary": summary})


def _rules(call: Call) -> Json:
    """`for_bots` came with 4.6; an older server neither shows nor takes it."""
    newest = call.flavour.version >= "4.6"
    return {name: value for name, value in call.me.policy.items() if newest or name != "for_bots"}


def set_policy(call: Call) -> Reply:
    for name in POLICY:
        value = call.one(name)
        if value is None or name not in _rules(call):
            continue
        if value not in {"accept", "filter", "drop"}:
            raise ApiError(422, f"Validation failed: {name} is not included in the list")
        call.me.policy[name] = value
    return policy(call)


def requests(call: Call) -> Reply:
    held = [n for n in call.world.notices if n.to is call.me and n.filtered]
    senders = {n.sender.id: n.sender for n in held}
    return Reply([_request(call, one, held) for one in senders.values()])


def _request(call: Call, sender: Account, held: list[Notice]) -> Json:
    count = sum(n.sender is sender for n in held)
    return {"id": sender.id, "account": entities.account(call.world, sender), "notifications_count": str(count)}


def accept(call: Call) -> Reply:
    sender = call.world.accounts.get(call.match["id"])
    if sender is None:
        raise not_found(call.flavour)
    notices.accept_requests(call.world, call.me, sender)
    return Reply({})


def routes(with_policy: bool) -> list[tuple[str, str, Handler]]:
    always: list[tuple[str, str, Handler]] = [("GET", "/api/v1/notifications", index)]
    single: list[tuple[str, str, Handler]] = [
        ("GET", "/api/v1/notifications/{id}", show),
        ("POST", "/api/v1/notifications/{id}/dismiss", dismiss),
    ]
    if not with_policy:
        return always + single
    return [
        *always,
        ("GET", "/api/v2/notifications/policy", policy),
        ("PATCH", "/api/v2/notifications/policy", set_policy),
        ("GET", "/api/v1/notifications/requests", requests),
        ("POST", "/api/v1/notifications/requests/{id}/accept", accept),
        *single,
    ]
