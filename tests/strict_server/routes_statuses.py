"""Endpoints under /api/v1/statuses. They translate; posting, editing and visibility decide."""

from __future__ import annotations

from . import editing, entities, notices, posting
from .errors import ApiError, not_found
from .idempotency import Memory
from .model import Status
from .visibility import can_see
from .wire import Call, Handler, Reply


def _strings(values: list[str] | None) -> list[str]:
    return values or []


def draft(call: Call) -> posting.Draft:
    return posting.Draft(
        text=str(call.one("status", "")),
        spoiler_text=str(call.one("spoiler_text", "")),
        visibility=str(call.one("visibility", "public")),
        language=call.one("language"),
        in_reply_to_id=call.one("in_reply_to_id"),
        sensitive=call.one("sensitive"),
        media=_strings(call.many("media_ids")),
        to=call.many("to"),
        allowed=call.many("allowed_mentions"),
        quote_id=call.one("quoted_status_id"),
        application="outreach-tests",
    )


class Statuses:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def post(self, call: Call) -> Reply:
        key = call.headers.get("idempotency-key", "")
        known = self._known(call, key)
        status = known or posting.publish(call.world, call.me, draft(call))
        call.touches.update(account.acct for account in status.mentions)
        if key and not known and status.id in call.world.statuses:
            self._memory.put(f"{call.me.id}:{key}", status.id)
        return Reply(entities.status(call.world, status, call.me))

    def _known(self, call: Call, key: str) -> Status | None:
        if not key or call.flavour.idempotency != "account":
            return None
        earlier = self._memory.get(f"{call.me.id}:{key}")
        if earlier is None:
            return None
        status = call.world.statuses[earlier]
        if status.deleted:
            raise not_found(call.flavour)
        return status


def show(call: Call) -> Reply:
    status = call.status()
    editing.refresh_if_stale(call.world, status)
    return Reply(entities.status(call.world, status, call.viewer))


def own(call: Call) -> Status:
    me, status = call.me, call.status()
    if status.account is not me:
        raise not_found(call.flavour)
    return status


def update(call: Call) -> Reply:
    status = own(call)
    new = draft(call)
    if call.many("media_ids") is None:
        new.media = list(status.now.media) if call.flavour.name == "akkoma" else []
    call.touches.update(account.acct for account in editing.edit(call.world, status, new).mentions)
    return Reply(entities.status(call.world, status, call.me))


def remove(call: Call) -> Reply:
    status = own(call)
    gone = entities.status(call.world, status, call.me) | {"text": status.now.text}
    call.touches.update(account.acct for account in status.mentions)
    posting.delete(call.world, status)
    return Reply(gone)


def history(call: Call) -> Reply:
    status = call.status()
    return Reply([entities.revision(call.world, status, part) for part in status.revisions])


def source(call: Call) -> Reply:
    status = call.status()
    if status.account is not call.me and not call.flavour.source_of_others:
        raise not_found(call.flavour)
    return Reply(entities.source(call.world, status))


def context(call: Call) -> Reply:
    status = call.status()
    above = call.world.thread_up(status.reply_to)[::-1]
    below = [s for s in call.world.statuses.values() if status in call.world.thread_up(s.reply_to)]
    ways = {"ancestors": above, "descendants": below}
    readable = {name: [s for s in line if can_see(call.world, call.viewer, s)] for name, line in ways.items()}
    return Reply({k: [entities.status(call.world, s, call.viewer) for s in v] for k, v in readable.items()})


def favourite(call: Call) -> Reply:
    me, status = call.me, call.status()
    posting.favourite(call.world, me, status)
    return Reply(entities.status(call.world, status, me))


def unfavourite(call: Call) -> Reply:
    me, status = call.me, call.status()
    status.favourited.discard(me.id)
    notices.withdraw(call.world, "favourite", me, status)
    return Reply(entities.status(call.world, status, me))


def reblog(call: Call) -> Reply:
    me, status = call.me, call.status()
    if status.visibility not in {"public", "unlisted"} and status.account is not me:
        raise not_found(call.flavour)
    return Reply(entities.status(call.world, posting.boost(call.world, me, status), me))


def media(call: Call) -> Reply:
    """Attachments are only described here, never processed."""
    return Reply(posting.attach(call.world, {"description": call.one("description"), "owner": call.me.acct}))


def many(call: Call) -> Reply:
    ids = call.many("id") or []
    if len(ids) > 40:
        raise ApiError(422, "Too many ids")
    found = [s for i in ids if (s := call.world.statuses.get(i)) and can_see(call.world, call.viewer, s)]
    return Reply([entities.status(call.world, s, call.viewer) for s in found])


def routes(memory: Memory) -> list[tuple[str, str, Handler]]:
    one = "/api/v1/statuses/{id}"
    return [
        ("POST", "/api/v1/statuses", Statuses(memory).post),
        ("GET", "/api/v1/statuses", many),
        ("GET", one, show),
        ("PUT", one, update),
        ("DELETE", one, remove),
        ("GET", f"{one}/history", history),
        ("GET", f"{one}/source", source),
        ("GET", f"{one}/context", context),
        ("POST", f"{one}/favourite", favourite),
        ("POST", f"{one}/unfavourite", unfavourite),
        ("POST", f"{one}/reblog", reblog),
        ("POST", "/api/v2/media", media),
    ]
