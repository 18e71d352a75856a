"""Bytes from both platforms: no more than wanted, from nowhere but where the operator said, opened with their key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nio.crypto.attachments import encrypt_attachment

from outreach.adapters.fediverse import media as fediverse
from outreach.adapters.fediverse.translate import incoming as notified
from outreach.adapters.matrix import media as matrix
from outreach.adapters.matrix.client import MatrixClient
from outreach.adapters.matrix.translate import incoming
from outreach.domain.identity import Account, Platform
from outreach.ports import TooLarge, TryLater, Undeliverable
from tests.pictures.files import Files, serving

MOST = 50_000


@asynccontextmanager
async def fetching(platform: str) -> AsyncIterator[tuple[Files, Any]]:
    """A server, and a function that fetches one of its files by name."""
    async with serving() as files:
        if platform == "fediverse":
            own = fediverse.Media([files.url])
            yield files, lambda name: own.fetch(f"{files.url}/{name}", MOST)
            await own.close()
            return
        client = MatrixClient(files.url, "@bot:x.example", "D")
        client.show("token")
        await client.call("GET", "/first")
        sent = matrix.Media(client)
        yield files, lambda name: sent.fetch(json.dumps({"mxc": f"mxc://x.example/{name}"}), MOST)
        await client.close()


@pytest.mark.parametrize("platform", ["fediverse", "matrix"])
@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("bytes-50000", None),
        ("bytes-50001", TooLarge),
        ("endless-50000", None),
        ("endless-9000000", TooLarge),
        ("away-1", Undeliverable),
        ("404-1", Undeliverable),
        ("500-1", TryLater),
        ("429-1", TryLater),
    ],
)
async def test_bytes(platform: str, name: str, fails: type[Exception] | None) -> None:
    async with fetching(platform) as (files, fetch):
        if fails is None:
            assert await fetch(name) == b"x" * MOST
        else:
            with pytest.raises(fails) as failed:
                await fetch(name)
            assert name not in str(failed.value) and failed.value.__cause__ is None
        assert not [path for path, _ in files.asked if "elsewhere" in path]
        token = files.asked[-1][1]
        assert token == ("" if platform == "fediverse" else "Bearer token")


async def test_nothing_is_unpacked_on_the_way() -> None:
    async with fetching("fediverse") as (_, fetch):
        assert len(await fetch("packed-9000000")) < MOST


@pytest.mark.parametrize(
    "where",
    [
        "https://elsewhere.example/a.png",
        "http://social.example/a.png",
        "https://social.example:8443/a.png",
        "https://social.example@elsewhere.example/a.png",
        "https://me:secret@social.example/a.png",
        "file:///etc/passwd",
        "https://[half/a.png",
        "",
    ],
)
async def test_no_other_server_is_asked(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(fediverse, "_read", asked)
    media = fediverse.Media(["https://social.example", "https://files.example"])
    with pytest.raises(Undeliverable):
        await media.fetch(where, MOST)
    await media.close()


async def test_where_the_operator_says_that_files_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fediverse, "_read", lambda where, most: where.encode())
    media = fediverse.Media(["https://social.example", "https://Files.example"])
    assert await media.fetch("https://files.example/a.png", MOST) == b"https://files.example/a.png"
    await media.close()


# what an event or a status says

BOT = "@bot:x.example"


def event(**content: object) -> dict[str, object]:
    return {"type": "m.room.message", "event_id": "$1", "sender": "@ada:x.example", "content": content}


def sealed_file(**other: object) -> dict[str, object]:
    _, key = encrypt_attachment(b"words")
    return {**key, "url": "mxc://x.example/abc", **other}


def test_of_an_event_only_where_it_is_and_its_key_are_taken() -> None:
    file = sealed_file()
    item = incoming(event(msgtype="m.image", body="IMG of ada.png", file=file, info={"w": 1}), "!r", BOT, sealed=True)
    assert item is not None and item.text == ""
    (where,) = item.pictures
    assert set(json.loads(where)) == {"mxc", "key", "iv", "sha256"} and "ada" not in where
    plain = incoming(event(msgtype="m.image", body="he wrote this", filename="a.png", url="mxc://x/a"), "!r", BOT)
    assert plain is not None and plain.text == "he wrote this" and len(plain.pictures) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.file", "body": "a.png", "url": "mxc://x/a"},
        {"msgtype": "m.text", "body": "a", "url": "mxc://x/a"},
        {"msgtype": "m.image", "body": "a", "url": "https://x/a"},
        {"msgtype": "m.image", "body": "a", "url": "mxc://x/../../admin"},
        {"msgtype": "m.image", "body": "a", "url": "mxc://x/a?b"},
        {"msgtype": "m.image", "body": "a", "url": ["mxc://x/a"]},
        {"msgtype": "m.image", "body": "a", "file": sealed_file(url="mxc://x/" + "a" * 300)},
        {"msgtype": "m.image", "body": "a", "file": sealed_file(iv="")},
        {"msgtype": "m.image", "body": "a", "file": sealed_file(hashes={"sha256": "é" * 40})},
        {"msgtype": "m.image", "body": "a", "file": sealed_file(key={"k": "A" * 1000})},
    ],
)
def test_what_is_no_picture_of_an_event(content: dict[str, object]) -> None:
    item = incoming(event(**content), "!r", BOT)
    assert item is not None and item.pictures == ()


async def test_a_picture_that_was_changed_on_the_way_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden, key = encrypt_attachment(b"a picture")
    (where,) = matrix.attached({"msgtype": "m.image", "file": {**key, "url": "mxc://x/a"}})
    client = MatrixClient("http://x.example", BOT, "D")
    served: dict[str, bytes] = {"raw": hidden}

    async def download(*_: object) -> bytes:
        return served["raw"]

    monkeypatch.setattr(client, "download", download)
    assert await matrix.Media(client).fetch(where, MOST) == b"a picture"
    served["raw"] = hidden[:-1] + b"?"
    with pytest.raises(Undeliverable):
        await matrix.Media(client).fetch(where, MOST)


def test_of_a_status_only_the_addresses_of_its_pictures_are_taken() -> None:
    media: list[object] = [
        {
            "type": "image",
            "url": "https://x.example/1.png",
            "description": "ada's",
            "preview_url": "https://x.example/p",
        },
        {"type": "video", "url": "https://x.example/2.mp4"},
        {"type": "image", "url": None},
        {"type": "image", "url": "https://x.example/" + "a" * 5000},
        "image",
    ]
    status = {"id": "7", "visibility": "direct", "content": "", "account": {"id": "2", "acct": "ada", "url": ""}}
    notice = {"id": "1", "type": "mention", "status": {**status, "media_attachments": media}}
    item = notified(notice, Account(Platform.FEDIVERSE, "bot@x.example", native="1"), "x.example")
    assert item is not None and item.pictures == ("https://x.example/1.png",)
    edit = notified({**notice, "type": "update"}, Account(Platform.FEDIVERSE, "bot@x.example", native="1"), "x.example")
    assert edit is not None and edit.pictures == ()
