"""Sends pictures to the bot as clients do, and sees what of them stands in the moderators' room. Asserts nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from tests.dialogue.talk import Actor, OnFediverse, OnMatrix
from tests.pictures.making import CANARY, telling
from tests.town import Town

#: What a telephone calls a screenshot, with what nobody is to see in it.
FILE_NAME = f"Screenshot of {CANARY}.png"


async def show(who: Actor, text: str = "", raw: bytes = b"", *, sealed: bool = True) -> list[str]:
    """Write to the bot with a picture beside the words; returns what it answers."""
    raw = raw or telling("PNG")
    if isinstance(who, OnFediverse):
        media = [{"body": raw, "description": CANARY}]
        who.town.strict.post(who.name, f"@outreach {text}", media=media, visibility="direct")
    else:
        await _on_matrix(who, text, raw, sealed=sealed)
    await who.town.turn()
    return await who.heard()


async def _on_matrix(who: OnMatrix, text: str, raw: bytes, *, sealed: bool) -> None:
    if not who.room:
        who.room = await who.person.dm(who.town.bot.user_id)
        await who.town.turn()
    sealed = sealed and who.person.device is not None
    body, key = encrypt_attachment(raw) if sealed else (raw, {})
    where = await upload(who, body)
    content: dict[str, Any] = {"msgtype": "m.image", "body": text or FILE_NAME, "filename": FILE_NAME}
    content |= {"file": {**key, "url": where}} if sealed else {"url": where}
    await who.person.send(who.room, "m.room.message", content)


async def upload(who: OnMatrix, body: bytes) -> str:
    """A file, as any client uploads it; returns its address."""
    address, own = f"{who.town.synapse.url}/_matrix/media/v3/upload?filename=x", who.person._caller._headers
    async with aiohttp.ClientSession() as http, http.post(address, data=body, headers=own) as got:
        return str((await got.json())["content_uri"])


def pictures(found: list[Happening]) -> list[Happening]:
    """The pictures among what came to the room."""
    return [h for h in found if h.content.get("msgtype") == "m.image"]


async def opened(town: Town, content: dict[str, Any]) -> bytes:
    """What a moderator's client makes of an event, with their own token."""
    file = content.get("file")
    if not file:
        return await download(town, content["url"])
    key, digest = file["key"]["k"].replace("-", "+").replace("_", "/"), file["hashes"]["sha256"]
    clear: bytes = decrypt_attachment(await download(town, file["url"]), key, digest, file["iv"])
    return clear


async def download(town: Town, mxc: str) -> bytes:
    """The bytes at an address, as the homeserver has them."""
    address = f"{town.synapse.url}/_matrix/client/v1/media/download/{mxc.removeprefix('mxc://')}"
    async with aiohttp.ClientSession() as http, http.get(address, headers=town.mia._caller._headers) as got:
        return await got.read()


@dataclass
class Fetches:
    """Which pictures the bot has fetched: a note beside the real thing."""

    town: Town
    seen: list[str] = field(default_factory=list)

    def watch(self, monkeypatch: Any) -> Fetches:
        for gateway in self.town.gateways.values():
            monkeypatch.setattr(gateway, "fetch", self._noting(gateway.fetch))
        return self

    def _noting(self, fetch: Any) -> Any:
        async def noted(picture: str, most: int) -> bytes:
            self.seen.append(picture)
            raw: bytes = await fetch(picture, most)
            return raw

        return noted

    def names(self) -> list[str]:
        """By what any of them would be known again: names of files, and keys."""
        return [part for where in self.seen for part in where.replace('"', "/").split("/") if len(part) > 15]
