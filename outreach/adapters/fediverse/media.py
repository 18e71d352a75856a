"""Pictures on the fediverse: where those of a status are, and their bytes. Looks into none.

Asked are the bot's own server and where the configuration says that it keeps its files, as a stranger, without the
token: media has no other lock than its name. On a thread of its own, so that a slow file keeps no message waiting.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from outreach.adapters.fediverse.client import TIMEOUT
from outreach.adapters.fediverse.fields import rows, text
from outreach.adapters.fediverse.worker import Closed, Worker
from outreach.domain.text import LONGEST_LINK, few
from outreach.ports import TooLarge, TryLater, Undeliverable

#: Nothing is unpacked here: what comes packed all the same is no picture.
_HEADERS = {"User-Agent": "outreach", "Accept-Encoding": "identity"}
_PIECE = 65_536
_LONGEST = 45.0  # seconds for one file, however slowly it drips
_TRY_AGAIN = 30.0


def attached(status: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the pictures of a status are; nothing else is taken of them, no description and no preview."""
    media = rows(status.get("media_attachments"))
    return few((text(one.get("url")) for one in media if one.get("type") == "image"), longest=LONGEST_LINK)


class Media:
    """`servers` are those that may be asked: scheme, host and port, as they are configured."""

    def __init__(self, servers: Collection[str]) -> None:
        self._servers = frozenset(filter(None, map(_server, servers)))
        self._worker = Worker()

    async def fetch(self, where: str, most: int) -> bytes:
        """The picture at an address. Raises `TooLarge`, `Undeliverable`, `TryLater`."""
        if _server(where) not in self._servers:
            raise Undeliverable("a picture on a server that is not ours")
        try:
            return await self._worker.run(lambda: _read(where, most))
        except Closed:
            raise TryLater(_TRY_AGAIN) from None

    async def close(self) -> None:
        """End the thread; safe to call twice."""
        await self._worker.close(lambda: None)


def _server(where: str) -> str:
    """Scheme, host and port of an address; "" where it has none, or somebody's name stands before them."""
    try:
        parts = urlsplit(where)
    except ValueError:
        return ""
    sound = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    return f"{parts.scheme}://{parts.netloc}".casefold() if sound else ""


def _read(where: str, most: int) -> bytes:
    """What fails says nothing of the address, which names the sender's server (leak 25)."""
    try:
        with requests.get(where, headers=_HEADERS, stream=True, allow_redirects=False, timeout=TIMEOUT) as answer:
            if answer.status_code != 200:
                raise _refusal(answer.status_code)
            return _at_most(answer, most)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        raise TryLater(_TRY_AGAIN) from None


def _refusal(status: int) -> Exception:
    passing = status == 429 or status >= 500
    return TryLater(_TRY_AGAIN) if passing else Undeliverable(f"no picture there ({status})")


def _at_most(answer: requests.Response, most: int) -> bytes:
    said = answer.headers.get("Content-Length", "")
    if said.isdecimal() and len(said) < 20 and int(said) > most:
        raise TooLarge("too large")
    found, end = bytearray(), time.monotonic() + _LONGEST
    for piece in answer.raw.stream(_PIECE, decode_content=False):
        found += piece
        if len(found) > most:
            raise TooLarge("too large")
        if time.monotonic() > end:
            raise TryLater(_TRY_AGAIN)
    return bytes(found)
