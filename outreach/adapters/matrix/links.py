"""Matrix addresses: matrix.to links and matrix: URIs, taken apart and written in one form. Asks no server.

What follows a question mark (`via`, which names the sharer's server) is dropped at once (anonymity.md, 7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from outreach.domain.text import LONGEST_LINK

_MATRIX_TO = re.compile(r"\Ahttps?://(?:www\.)?matrix\.to/#/", re.IGNORECASE)
_SCHEME = re.compile(r"\Amatrix:(?://[^/]*/)?", re.IGNORECASE)
_SIGILS = {"roomid": "!", "r": "#", "room": "#", "u": "@", "user": "@", "e": "$", "event": "$"}
_USER = re.compile(r"\A@[^:\s/]{1,250}:[^\s/]{1,250}\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: a user, or a room (id or alias) and perhaps an event in it."""

    user: str = ""
    room: str = ""
    event: str = ""


def parse(link: str) -> Target | None:
    if len(link) > LONGEST_LINK:
        return None
    if found := _MATRIX_TO.match(link):
        return _target(_matrix_to_parts(link[found.end() :]))
    if found := _SCHEME.match(link):
        return _target(_uri_parts(link[found.end() :]))
    return None


def event_link(link: str) -> Target | None:
    """The room and event of a link that points at an event."""
    target = parse(link.strip())
    return target if target and target.event else None


def is_user(address: str) -> bool:
    return bool(_USER.match(address))


def server_of(user: str) -> str:
    return user.partition(":")[2]


def uri(room: str, event: str) -> str:
    """The canonical form: no sigils, no `via`, percent-encoded."""
    return f"matrix:roomid/{quote(room[1:], safe='')}/e/{quote(event[1:], safe='')}"


def matrix_to(room: str, event: str) -> str:
    return f"https://matrix.to/#/{quote(room, safe='')}/{quote(event, safe='')}"


def _matrix_to_parts(rest: str) -> list[str]:
    parts = [unquote(part) for part in rest.partition("?")[0].rstrip("/").split("/", 1)]
    whole, mark, event = parts[0].partition("/$")  # some clients quote both as one
    return [whole, f"${event}"] if mark and len(parts) == 1 else parts


def _uri_parts(rest: str) -> list[str]:
    pieces = re.split(r"[?#]", rest, maxsplit=1)[0].rstrip("/").split("/")
    if len(pieces) not in (2, 4) or any(kind not in _SIGILS for kind in pieces[::2]):
        return []
    return [_SIGILS[kind] + unquote(name) for kind, name in zip(pieces[::2], pieces[1::2], strict=True)]


def _target(parts: list[str]) -> Target | None:
    if not parts or len(parts) > 2 or any(len(p) < 2 or re.search(r"[\s\x00-\x1f]", p) for p in parts):
        return None
    first, event = parts[0], parts[1] if len(parts) == 2 else ""
    if first[0] == "@" and not event:
        return Target(user=first) if is_user(first) else None
    if first[0] not in "!#" or (event and event[0] != "$"):
        return None
    return Target(room=first, event=event)
