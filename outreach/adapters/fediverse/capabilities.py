"""What kind of server this is and what it can do; everything that differs by kind is a field here.

Asked once when the line opens. Reads nodeinfo for the kind, the instance page for numbers; trusts no version text
beyond Pleroma's `compatible; …`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from outreach.adapters.fediverse.client import Refused
from outreach.adapters.fediverse.fields import number, record, rows, text
from outreach.adapters.fediverse.line import Line


class Flavour(StrEnum):
    """Whose rules a server follows; `other` gets the most careful treatment."""

    MASTODON = "mastodon"
    GOTOSOCIAL = "gotosocial"
    AKKOMA = "akkoma"
    PLEROMA = "pleroma"
    OTHER = "other"


_KINDS = {"hometown": Flavour.MASTODON, "glitch-soc": Flavour.MASTODON, "glitchcafe": Flavour.MASTODON}
_LIMITS = {Flavour.MASTODON: 500, Flavour.OTHER: 500}
#: How long a repeated Idempotency-Key surely finds the first post again, with a margin (section 1.2).
_REPEATABLE = {Flavour.MASTODON: timedelta(minutes=55), Flavour.AKKOMA: timedelta(hours=5, minutes=30)}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`host` is the domain in the handles of this server; `people` how many accounts it has, None if untold."""

    flavour: Flavour = Flavour.OTHER
    host: str = ""
    max_characters: int = 500
    people: int | None = None
    contact: str = ""

    @property
    def pleroma(self) -> bool:
        return self.flavour in (Flavour.AKKOMA, Flavour.PLEROMA)

    @property
    def types(self) -> str:
        """The parameter that names wanted notification types."""
        return "include_types[]" if self.pleroma else "types[]"

    @property
    def repeatable(self) -> timedelta:
        return _REPEATABLE.get(self.flavour, timedelta(0))


async def learn(line: Line, server: str) -> Capabilities:
    """Ask the server about itself."""
    info = await _nodeinfo(line)
    v2 = record(await _page(line, "/api/v2/instance"))
    v1 = record(await _page(line, "/api/v1/instance")) if not v2 else {}
    flavour = _flavour(info, v2 or v1)
    contact = record(record(v2.get("contact")).get("account")) or record(v1.get("contact_account"))
    return Capabilities(
        flavour, _host(v2, v1, server), _limit(v2 or v1, flavour), _people(info, v1), text(contact.get("id"))
    )


async def _page(line: Line, path: str) -> Any:
    try:
        return await line.find(path)
    except Refused:
        return None


async def _nodeinfo(line: Line) -> Mapping[str, Any]:
    """The path of the announced document, at the configured server: no other host is asked."""
    index = record(await _page(line, "/.well-known/nodeinfo"))
    for link in rows(index.get("links")):
        path = urlsplit(text(link.get("href"))).path
        if path.startswith("/"):
            return record(await _page(line, path))
    return {}


def _flavour(info: Mapping[str, Any], instance: Mapping[str, Any]) -> Flavour:
    name = text(record(info.get("software")).get("name")).casefold()
    if name in {str(kind) for kind in Flavour}:
        return Flavour(name)
    if name in _KINDS:
        return _KINDS[name]
    version = text(instance.get("version")).casefold()
    for kind in (Flavour.AKKOMA, Flavour.PLEROMA, Flavour.GOTOSOCIAL):
        if kind in version:
            return kind
    ours = "mastodon" in record(instance.get("api_versions"))
    return Flavour.MASTODON if ours and not name else Flavour.OTHER


def _host(v2: Mapping[str, Any], v1: Mapping[str, Any], server: str) -> str:
    stated = text(v2.get("domain")) or text(v1.get("uri"))
    netloc = urlsplit(stated if "://" in stated else f"//{stated}").netloc
    return (netloc or urlsplit(server).netloc).casefold()


def _limit(instance: Mapping[str, Any], flavour: Flavour) -> int:
    statuses = record(record(instance.get("configuration")).get("statuses"))
    stated = number(statuses.get("max_characters")) or number(instance.get("max_toot_chars"))
    return stated or _LIMITS.get(flavour, 5000)


def _people(info: Mapping[str, Any], v1: Mapping[str, Any]) -> int | None:
    users = record(record(info.get("usage")).get("users"))
    total = number(users.get("total"))
    return total if total is not None else number(record(v1.get("stats")).get("user_count"))
