"""The list of reports, and who is who in it (1.4): Akkoma swaps the names of reporter and reported.

As full as the real ones: e-mail, addresses, roles, invitations, and posts whoever may see them. Of the admin
interfaces nothing else is modelled. A token needs no scope here; its account's role decides.
"""

from __future__ import annotations

from . import entities, paging
from .clock import stamp
from .errors import ApiError
from .flavours import Json
from .model import Account, Report
from .wire import Call, Handler, Reply


def _staff(call: Call) -> None:
    """GoToSocial admits admins only; moderators get 403 [GL]."""
    enough = {"admin"} if call.flavour.name == "gotosocial" else {"admin", "moderator"}
    if call.me.role not in enough:
        raise ApiError(403, "This action is not allowed")


def reports(call: Call) -> Reply:
    _staff(call)
    rows = [report for report in call.world.reports if _listed(call, report)]
    query = dict(call.query)
    gotosocial = call.flavour.name == "gotosocial"
    limit = paging.limit_of(query, *((20, 100) if gotosocial else (100, 200)))
    kept = paging.page(rows, query, limit)
    link = paging.link(call.url, kept, call.query, limit, full_only=not gotosocial)
    return Reply([_entity(call, report) for report in kept], headers=link)


def _listed(call: Call, report: Report) -> bool:
    """Without a filter Mastodon lists the unresolved, GoToSocial all."""
    asked = call.one("resolved")
    if asked is None:
        return call.flavour.name == "gotosocial" or not report.resolved
    return report.resolved == call.flag("resolved")


def _person(call: Call, account: Account) -> Json:
    """The admin form around an account; of remote people there is neither mail nor address."""
    local = account.domain is None
    return {
        "id": account.id, "username": account.username, "domain": account.domain,
        "created_at": stamp(account.created_at), "email": f"{account.username}@mail.example" if local else "",
        "ip": "192.0.2.7" if local else None, "ips": [{"ip": "192.0.2.7", "used_at": stamp(account.created_at)}],
        "locale": "de", "invite_request": f"let {account.username} in" if local else None,
        "role": {"id": str(account.position), "name": account.role}, "confirmed": True, "approved": True,
        "disabled": False, "silenced": account.silenced, "suspended": account.suspended,
        "account": entities.account(call.world, account),
    }  # fmt: skip


def _entity(call: Call, report: Report) -> Json:
    closed = stamp(call.world.clock.now()) if report.resolved else None
    out: Json = {
        "id": report.id, "action_taken": report.resolved, "action_taken_at": closed, "category": report.category,
        "comment": report.comment, "forwarded": False, "created_at": stamp(report.created_at),
        "updated_at": stamp(report.created_at), "account": _person(call, report.reporter),
        "target_account": _person(call, report.target), "assigned_account": None, "rules": [],
        "action_taken_by_account": None,
        "statuses": [entities.status(call.world, s, None) for s in report.statuses],
    }  # fmt: skip
    return out | ({"action_taken_comment": None} if call.flavour.name == "gotosocial" else {})


def akkoma_reports(call: Call) -> Reply:
    """Offset paging, the newest first."""
    _staff(call)
    state = call.one("state")
    rows = [r for r in call.world.reports[::-1] if state in (None, "resolved" if r.resolved else "open")]
    size, number = int(call.one("page_size", 50)), int(call.one("page", 1))
    kept = rows[(number - 1) * size : number * size]
    return Reply({"total": len(rows), "reports": [_swapped(call, report) for report in kept]})


def _swapped(call: Call, report: Report) -> Json:
    """`account` is the reported, `actor` the reporter (pitfall 23); the words are HTML."""
    return {
        "id": report.id, "account": _pleroma(call, report.target), "actor": _pleroma(call, report.reporter),
        "content": entities.note_html(report.comment), "created_at": stamp(report.created_at),
        "state": "resolved" if report.resolved else "open", "notes": [],
        "statuses": [entities.status(call.world, s, None) for s in report.statuses],
    }  # fmt: skip


def _pleroma(call: Call, account: Account) -> Json:
    """An account with what the AdminAPI merges into it."""
    return entities.account(call.world, account) | {
        "email": f"{account.username}@mail.example", "registration_reason": f"let {account.username} in",
        "nickname": account.acct, "roles": {"admin": False, "moderator": False}, "is_active": True,
    }  # fmt: skip


def routes(akkoma: bool) -> list[tuple[str, str, Handler]]:
    if akkoma:
        return [("GET", "/api/v1/pleroma/admin/reports", akkoma_reports)]
    return [("GET", "/api/v1/admin/reports", reports)]
