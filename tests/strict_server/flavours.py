"""One table says in what the three servers differ; no other module compares version strings.

It holds facts only (source: fediverse-apis.md, sections 1 and 4); behaviour lives beside its subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
Name: TypeAlias = Literal["mastodon", "gotosocial", "akkoma"]


@dataclass(frozen=True)
class Flavour:
    name: Name
    version: str
    software: str  # nodeinfo's version of it
    max_chars: int
    too_long: int  # HTTP status of a text over the limit
    bad_parent: int  # HTTP status when the post replied to cannot be read
    page: int  # default page of notifications
    types: str  # parameter that names the wanted notification types
    idempotency: Literal["account", "none", "global"]
    anonymous_api: bool = True
    v2_instance: bool = True
    policy_api: bool = False
    allowed_mentions: bool = False
    blocks_hide: bool = True
    blocked_by_known: bool = True
    limit_headers: bool = True
    sse: bool = False
    header_token_on_ws: bool = True
    source_of_others: bool = True
    reply_addresses_author: bool = False
    missing: str = "Record not found"


FLAVOURS: dict[str, Flavour] = {
    "mastodon": Flavour(
        "mastodon", "4.5.2", "4.5.2", 500, 422, 404, 40, "types[]", "account",
        policy_api=True, allowed_mentions=True, sse=True,
    ),
    "gotosocial": Flavour(
        "gotosocial", "0.20.0+git-57cb4fe", "0.20.0+git-57cb4fe", 5000, 400, 404, 20, "types[]", "none",
        anonymous_api=False, source_of_others=False, missing="Not Found",
    ),
    "akkoma": Flavour(
        "akkoma", "2.7.2 (compatible; Akkoma 3.16.0)", "3.16.0", 5000, 422, 422, 20, "include_types[]", "global",
        v2_instance=False, blocks_hide=False, blocked_by_known=False, limit_headers=False,
        header_token_on_ws=False, reply_addresses_author=True,
    ),
}  # fmt: skip
