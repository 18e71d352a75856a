"""From a server's account entity to `Account`, and what it says about writing to its owner. Total; asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.html_text import plain
from outreach.domain.identity import Account, Platform
from outreach.domain.text import is_plain

_LONGEST_HANDLE = 500


def address(acct: str, host: str) -> str:
    """The canonical handle; a local account gets the bot's own host."""
    name, _, domain = acct.strip().lstrip("@").partition("@")
    return f"{name}@{domain or host}".casefold() if name else ""


def account(entity: Mapping[str, Any], host: str) -> Account | None:
    """None where there is no id or no name to hold on to."""
    native = text(entity.get("id"))
    handle = address(text(entity.get("acct")) or text(entity.get("username")), host)
    if not native or not handle or len(handle) > _LONGEST_HANDLE or not is_plain(handle):
        return None
    return Account(Platform.FEDIVERSE, handle, native, actor(entity), bot=entity.get("bot") is True)


def actor(entity: Mapping[str, Any]) -> str:
    """The ActivityPub id; GoToSocial and old servers give only the page's address, which is as stable."""
    pleroma = text(record(entity.get("pleroma")).get("ap_id"))
    return text(entity.get("uri")) or pleroma or text(entity.get("url"))


def gone(entity: Mapping[str, Any]) -> bool:
    """Moved elsewhere or suspended: nobody reads there (pitfall 31)."""
    return bool(record(entity.get("moved"))) or entity.get("suspended") is True


def declines_bots(entity: Mapping[str, Any]) -> bool:
    """`#nobot` in the bio or a field; no server has an API field for it (pitfall 32)."""
    fields = [plain(text(one.get(part))) for one in rows(entity.get("fields")) for part in ("name", "value")]
    return any("#nobot" in words.casefold() for words in [plain(text(entity.get("note"))), *fields])


def staff(entity: Mapping[str, Any]) -> bool:
    """Publicly shown staff, as far as a server shows any (section 1.5)."""
    named = [text(role.get("name")).casefold() for role in rows(entity.get("roles"))]
    pleroma = record(entity.get("pleroma"))
    return any(name not in ("", "user") for name in named) or True in (
        pleroma.get("is_admin"),
        pleroma.get("is_moderator"),
    )
