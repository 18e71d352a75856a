"""Mastodon's webhook only wakes the poll: genuine ones once, anything else not at all, and each answer is a status."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from outreach.entrypoints.web import Listener, MastodonHook
from outreach.entrypoints.web.hooks import LARGEST_BODY, PATH
from outreach.ports import Misconfigured

SECRET = "shared"
REPORT = json.dumps({"event": "report.created", "created_at": "2026-03-03T12:00:00Z", "object": {"id": "7"}}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """As Mastodon signs: over the body as it goes over the wire."""
    return {"X-Hub-Signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@dataclass
class Door:
    """The listener, and how often it woke anybody."""

    url: str = ""
    woken: int = 0
    ready: bool = True

    def wake(self) -> None:
        self.woken += 1

    async def knock(self, body: bytes | io.BytesIO, headers: dict[str, str] | None = None, method: str = "POST") -> int:
        async with (
            aiohttp.ClientSession() as http,
            http.request(
                method,
                self.url,
                data=body,
                headers=headers if isinstance(body, io.BytesIO) or headers is not None else signed(body),
            ) as it,
        ):
            assert await it.read() == b"" or it.status >= 400
            return it.status


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    listener = Listener("127.0.0.1:0", MastodonHook(SECRET, made.wake, lambda: made.ready))
    made.url = f"http://127.0.0.1:{await listener.open()}{PATH}"
    yield made
    await listener.close()


async def test_a_genuine_one_wakes_once_however_often_it_is_sent(door: Door) -> None:
    assert [await door.knock(REPORT) for _ in range(3)] == [204, 204, 204]
    assert door.woken == 1
    assert await door.knock(REPORT.replace(b'"7"', b'"8"')) == 204
    assert door.woken == 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(REPORT, "guessed"),
        signed(REPORT + b" "),
        {"X-Hub-Signature": "sha256="},
        {"X-Hub-Signature": "sha1=00"},
    ],
)
async def test_nobody_else_wakes_it_and_mastodon_would_try_again(door: Door, headers: dict[str, str]) -> None:
    """401 is repeated by Mastodon: a secret that was just changed loses nothing."""
    assert await door.knock(REPORT, headers) == 401
    assert door.woken == 0


async def test_the_signature_is_over_the_raw_body(door: Door) -> None:
    same_meaning = json.dumps(json.loads(REPORT), indent=1).encode()
    assert await door.knock(same_meaning, signed(REPORT)) == 401
    assert await door.knock(same_meaning) == 204


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 5000, b'"text"', b"{}", b"report 7 by template"])
async def test_a_body_of_any_form_that_is_signed_counts(door: Door, body: bytes) -> None:
    assert await door.knock(body) == 204
    assert door.woken == 1


async def test_other_events_are_taken_and_wake_nobody(door: Door) -> None:
    assert await door.knock(b'{"event": "account.created", "object": {}}') == 204
    assert door.woken == 0


async def test_too_large_a_body_is_refused(door: Door) -> None:
    assert await door.knock(io.BytesIO(b"x" * (LARGEST_BODY + 1)), signed(b"")) == 413
    assert door.woken == 0


async def test_before_anybody_would_hear_it_a_retry_is_asked_for(door: Door) -> None:
    door.ready = False
    assert await door.knock(REPORT) == 503
    door.ready = True
    assert await door.knock(REPORT) == 204
    assert door.woken == 1


async def test_there_is_nothing_else_there(door: Door) -> None:
    assert await door.knock(b"", {}, "GET") == 405
    door.url = door.url.removesuffix(PATH) + "/"
    assert await door.knock(REPORT) == 404


async def test_an_address_in_use_is_named(door: Door) -> None:
    second = Listener(f"127.0.0.1:{door.url.split(':')[2].partition('/')[0]}")
    with pytest.raises(Misconfigured, match=r"web\.listen"):
        await second.open()
    await second.close()


async def test_comparison_is_constant_in_time(monkeypatch: pytest.MonkeyPatch, door: Door) -> None:
    seen: list[bool] = []
    whole = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        seen.append(whole(one, other))
        return seen[-1]

    monkeypatch.setattr(hmac, "compare_digest", watched)
    await asyncio.gather(*(door.knock(REPORT, {"X-Hub-Signature": f"sha256={n:064x}"}) for n in range(3)))
    assert seen == [False] * 3
