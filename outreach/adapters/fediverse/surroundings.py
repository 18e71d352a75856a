"""What stands around a post, as the bot itself may see it: no more than anybody could read, and nobody's private post.

Asks the own server alone, which answers from what it knows. The bot's account is used, never the moderators'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from outreach.adapters.fediverse.capabilities import Capabilities
from outreach.adapters.fediverse.client import Refused
from outreach.adapters.fediverse.fields import record, rows, text
from outreach.adapters.fediverse.line import Line
from outreach.adapters.fediverse.posts import post
from outreach.domain.evidence import NEIGHBOURS
from outreach.domain.posts import Post, Visibility
from outreach.ports import Undeliverable

_OPEN = (Visibility.PUBLIC, Visibility.UNLISTED)


async def surroundings(line: Line, server: Capabilities, of: Post) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
    """The posts it answers and the first that answer it. Raises `TryLater`, `Misconfigured`, `Undeliverable`."""
    try:
        found = record(await line.find(f"/api/v1/statuses/{of.native}/context"))
    except Refused:
        raise Undeliverable("no context") from None
    if not found:
        raise Undeliverable("no context")
    before = [*_shown(found.get("ancestors"), server)][-NEIGHBOURS:]
    after = [*_shown(found.get("descendants"), server)][:NEIGHBOURS]
    return tuple(before), tuple(after)


def _shown(value: object, server: Capabilities) -> Iterable[Post]:
    for entity in rows(value):
        seen = _public(entity, server)
        if seen is not None:
            yield seen


def _public(entity: Mapping[str, Any], server: Capabilities) -> Post | None:
    """A message to the bot is visible to it, and is nobody's to show."""
    if text(entity.get("visibility")) == "direct":
        return None
    seen = post(entity, server.host)
    return seen if seen is not None and seen.visibility in _OPEN else None
