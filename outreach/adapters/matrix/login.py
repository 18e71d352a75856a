"""Becomes the one account and device of the configuration, or says plainly what to mend. Stores nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

from outreach.adapters.matrix.api import MatrixApi
from outreach.adapters.matrix.client import Lost, MatrixClient, Refused, no_homeserver
from outreach.adapters.matrix.links import is_user
from outreach.ports import Misconfigured

_NO_URL = "[matrix] homeserver is no address of a homeserver; write it like https://matrix.example.org."
_NO_USER = "[matrix] user is no full Matrix user id; write it like @outreach:example.org."
_NEITHER = "Neither matrix_token nor matrix_password is set; provide one of these secrets."
_NO_SERVER = "[matrix] homeserver does not answer like a homeserver; check its address."
_NOT_ACCEPTED = "The homeserver does not accept matrix_password for [matrix] user; correct one of the two."
_OTHER_USER = "matrix_token or matrix_password belongs to another account than [matrix] user; correct one of the two."
_NO_DEVICE = "matrix_token belongs to no device; log in once as the bot and use that token, or set matrix_password."
_NO_ROOM = "[matrix] community_rooms names an alias that the homeserver does not know; correct or remove it."


def checked(homeserver: str, user: str, secret: str) -> None:
    if not _is_address(homeserver):
        raise Misconfigured(_NO_URL)
    if not is_user(user):
        raise Misconfigured(_NO_USER)
    if not secret:
        raise Misconfigured(_NEITHER)


def _is_address(homeserver: str) -> bool:
    try:
        parts = urlsplit(homeserver)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


async def enter(api: MatrixApi, token: str, password: str) -> None:
    """With a token whoever it belongs to, else by password; then compare with what was configured."""
    client = api.client
    user = client.user
    try:
        if token:
            client.show(token)
        else:
            await _by_password(client, password)
        found_user, found_device = await api.whoami()
    except Lost as lost:
        if no_homeserver(lost):
            raise Misconfigured(_NO_SERVER) from lost
        raise
    except Refused as refusal:
        raise Misconfigured(_NO_SERVER) from refusal
    _compare(user, found_user, found_device)
    client.become(found_user, found_device)


def _compare(user: str, found_user: str, found_device: str) -> None:
    """Another device than before is fine: one was lost, and messages of the old one are known by their mark."""
    if found_user != user:
        raise Misconfigured(_OTHER_USER)
    if not found_device:
        raise Misconfigured(_NO_DEVICE)


async def _by_password(client: MatrixClient, password: str) -> None:
    try:
        await client.log_in(password)
    except Refused as refusal:
        if refusal.status == 403:
            raise Misconfigured(_NOT_ACCEPTED) from refusal
        raise


def new_device(entropy: Callable[[int], bytes]) -> str:
    """A name for a device that was never used; chosen here, it is known before the server knows it."""
    return base64.b32encode(entropy(10)).decode()


async def resolved(api: MatrixApi, rooms: tuple[str, ...]) -> dict[str, str]:
    """Room ids as they are, aliases with what the bot's server says they mean."""
    found: dict[str, str] = {}
    for room in rooms:
        try:
            found[room] = await api.resolve(room) if room.startswith("#") else room
        except Refused as refusal:
            raise Misconfigured(_NO_ROOM) from refusal
    return found
