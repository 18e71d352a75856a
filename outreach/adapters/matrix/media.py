"""Pictures on Matrix: where one is that somebody sent, its bytes, and one of ours on its way. Looks into none.

A picture in an encrypted chat is encrypted itself (AES-CTR; client-server API, "Sending encrypted attachments"), and
its key stands in the event. Of the event nothing else is taken: no file name, no size, no thumbnail.
"""

from __future__ import annotations

import json
import re

from nio.crypto.attachments import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.client import Lost, MatrixClient, media_path
from outreach.adapters.matrix.fields import Json
from outreach.domain.pictures import Picture
from outreach.ports import Undeliverable

_MXC = re.compile(r"\Amxc://([A-Za-z0-9.:\[\]-]{1,255})/([A-Za-z0-9_-]{1,255})\Z")
_BASE64 = re.compile(r"\A[A-Za-z0-9+/_=-]{1,100}\Z")
_PLAIN, _SEALED = "image/jpeg", "application/octet-stream"


def attached(content: Json) -> tuple[str, ...]:
    """Where the picture of a message is, if it is one; everything that `fetch` will need."""
    if fields.text(content, "msgtype") != "m.image":
        return ()
    file = fields.table(content, "file")
    found = {"mxc": fields.text(content, "url")}
    if file:
        found = {"mxc": fields.text(file, "url"), "key": fields.text(file, "key", "k")}
        found |= {"iv": fields.text(file, "iv"), "sha256": fields.text(file, "hashes", "sha256")}
    sound = _MXC.match(found.pop("mxc")), all(map(_BASE64.match, found.values()))
    if sound[0] is None or not sound[1]:
        return ()
    return (json.dumps({"mxc": sound[0][0], **found}),)


def caption(content: Json) -> bool:
    """Whether the body of an attachment is words: only if its file's name stands beside it, and is another."""
    name = fields.text(content, "filename")
    return fields.text(content, "msgtype") == "m.image" and bool(name) and name != fields.text(content, "body")


class Media:
    """`client` asks the bot's own homeserver, which asks others."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client

    async def fetch(self, where: str, most: int) -> bytes:
        """The picture that `attached` named. Raises `TooLarge`, `Undeliverable`."""
        named = json.loads(where)
        place = _MXC.match(fields.text(named, "mxc"))
        if place is None:
            raise Undeliverable("no picture")
        raw = await self._client.download(media_path("v1", "download", place[1], place[2]), most)
        return _opened(raw, named) if "key" in named else raw

    async def put(self, picture: Picture, *, sealed: bool) -> Json:
        """Upload a picture for a room; returns what its event says of where it is."""
        if not sealed:
            return {"url": await self._uploaded(picture.body, _PLAIN)}
        hidden, key = encrypt_attachment(picture.body)
        return {"file": {**key, "url": await self._uploaded(hidden, _SEALED)}}

    async def _uploaded(self, body: bytes, kind: str) -> str:
        where = fields.text(await self._client.upload(body, kind), "content_uri")
        if not _MXC.match(where):
            raise Lost(5.0)
        return where


def _opened(raw: bytes, named: Json) -> bytes:
    key, iv, digest = (fields.text(named, part) for part in ("key", "iv", "sha256"))
    try:
        opened: bytes = decrypt_attachment(raw, key.replace("-", "+").replace("_", "/"), digest, iv)
    except (EncryptionError, ValueError, TypeError):
        raise Undeliverable("not what was sent") from None
    return opened
