"""Cursor semantics and Link headers (paginable.rb): `min_id` is the page right after the cursor, `since_id`
the newest.

Rows are always answered newest first; ids are compared, so a cursor may name a row that is gone (pitfall
9).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from .ids import order


class Row(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Row)


def page(rows: list[R], query: Mapping[str, str], limit: int) -> list[R]:
    rows = sorted(rows, key=lambda row: order(row.id))
    upper, lower = query.get("max_id"), query.get("min_id") or query.get("since_id")
    if upper:
        rows = [row for row in rows if order(row.id) < order(upper)]
    if lower:
        rows = [row for row in rows if order(row.id) > order(lower)]
    kept = rows[:limit] if query.get("min_id") else rows[-limit:] if limit else []
    return kept[::-1]


def limit_of(query: Mapping[str, str], default: int, most: int = 80) -> int:
    try:
        return max(1, min(int(query.get("limit", default)), most))
    except ValueError:
        return default


def link(url: str, kept: list[R], pairs: list[tuple[str, str]], limit: int, full_only: bool) -> dict[str, str]:
    """next carries max_id, prev carries min_id; Mastodon offers next only after a full page."""
    if not kept:
        return {}
    rest = [(k, v) for k, v in pairs if k not in {"max_id", "min_id", "since_id"}]
    ways = {"next": ("max_id", kept[-1].id), "prev": ("min_id", kept[0].id)}
    if full_only and len(kept) < limit:
        del ways["next"]
    parts = [f'<{url}?{urlencode([*rest, pair])}>; rel="{rel}"' for rel, pair in ways.items()]
    return {"Link": ", ".join(parts)}
