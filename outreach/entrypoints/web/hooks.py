"""Mastodon's webhook as a wake-up: that something was reported is believed, what was reported is not even read.

The signature stands over the raw body (an operator's template may change it). Nothing is stored, so that answering
2xx can lose nothing: the list of reports is polled in any case. Mastodon repeats after 401, 408, 429 and 5xx alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable

from aiohttp import web

PATH = "/hooks/mastodon"
#: Its `report.created` with all reported posts stays far below.
LARGEST_BODY = 2 * 2**20
#: A sender that dawdles is cut off after so many seconds.
PATIENCE = 10.0
_REMEMBERED = 1024
_EVENT = "report.created"


class MastodonHook:
    """`wake` is called for each new and genuine message about a report; `ready` says whether anybody would hear it."""

    def __init__(self, secret: str, wake: Callable[[], None], ready: Callable[[], bool]) -> None:
        self._secret, self._wake, self._ready = secret.encode(), wake, ready
        self._seen: deque[str] = deque(maxlen=_REMEMBERED)

    async def answer(self, request: web.Request) -> web.Response:
        """One message. No answer tells more than its status."""
        if not self._ready():
            return web.Response(status=503, headers={"Retry-After": "30"})
        try:
            async with asyncio.timeout(PATIENCE):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        if not self._is_genuine(request.headers.get("X-Hub-Signature", ""), body):
            return web.Response(status=401)
        if self._is_news(body) and _about_a_report(body):
            self._wake()
        return web.Response(status=204)

    def _is_genuine(self, stated: str, body: bytes) -> bool:
        """In constant time; a header of other than ASCII is none."""
        own = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(own.encode(), stated.strip().encode("utf-8", "replace"))

    def _is_news(self, body: bytes) -> bool:
        """Whoever repeats a message they have seen makes nobody ask the server more often."""
        mark = hashlib.sha256(body).hexdigest()
        if mark in self._seen:
            return False
        self._seen.append(mark)
        return True


def _about_a_report(body: bytes) -> bool:
    """A body in a form of the operator's own counts; one that names another event does not."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return True
    event = said.get("event") if isinstance(said, dict) else None
    return event in (None, _EVENT)
