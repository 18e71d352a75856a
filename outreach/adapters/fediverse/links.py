"""Which post of the bot's own server a link names, by the shapes that servers write (pitfall 6). Asks nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from outreach.adapters.fediverse.posts import bare

_ID = r"(?P<native>[A-Za-z0-9]{1,64})"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"/(?:web/|deck/)?@(?P<acct>[^/]+)/(?:statuses/|posts/)?{_ID}",
        rf"/users/(?P<acct>[^/]+)/statuses/{_ID}",
        rf"/ap/users/\d+/statuses/{_ID}",
        rf"/(?:web/|deck/)?statuses/{_ID}",
        rf"/notice/{_ID}",
    )
)
_OBJECT = re.compile(r"/(?:objects|activities)/[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Own:
    """A link to the bot's own server: the id it names, whose post it says it is, or an object only search can find."""

    native: str = ""
    acct: str = ""
    opaque: bool = False


def own(link: str, hosts: frozenset[str]) -> Own | None:
    """None for a link to any other server."""
    parts = urlsplit(bare(link))
    if parts.netloc not in hosts:
        return None
    path = parts.path.rstrip("/")
    for shape in _SHAPES:
        if match := shape.fullmatch(path):
            found = match.groupdict()
            return Own(found["native"], found.get("acct", ""))
    return Own(opaque=_OBJECT.fullmatch(path) is not None)


def is_post_link(link: str) -> bool:
    """Any web address but Matrix's own."""
    host = urlsplit(bare(link)).hostname
    return bool(host) and host != "matrix.to"


_USERS = re.compile(r"\A(https?://[^/]+)/users/([^/]+)/statuses/(\d+)\Z")


def one_form(link: str) -> str:
    """Mastodon's two addresses of a post as one, so that its server does not learn in which form it was pasted."""
    return _USERS.sub(r"\1/@\2/\3", link)
