"""One HTTP request to the homeserver as the bot, through nio; the only place that touches nio's untyped surface.

Every answer is one of: JSON, `Refused`, `Limited`, `Unreachable`, `Lost`, `Misconfigured`. Retries nothing (aiohttp
repeats GET and PUT once when a kept connection proves dead). Knows no endpoint but login and whoami.

nio's own encryption is not switched on here: it would keep its keys where and when it likes.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, cast

import aiohttp
from nio import Api, AsyncClient, AsyncClientConfig

from outreach.adapters.matrix import fields
from outreach.adapters.matrix.fields import Json
from outreach.ports import Misconfigured, TooLarge, TryLater, Undeliverable

# nio logs events that fail its validation with their content, and prints key material at debug (anonymity.md, 25)
logging.getLogger("nio").setLevel(logging.CRITICAL)

_TRY_AGAIN = 5.0
_PATIENCE = 30.0
_LONG_PATIENCE = 45.0  # for files; the homeserver may have to ask another one
_LONGEST_REFUSAL = 10_000
_PIECE = 65_536
_CODE = re.compile(r"\A[A-Z0-9_.]{1,60}\Z")
#: The server wants the account's password for this, in a dialogue the bot does not hold.
ASKS_PROOF = "UIA"
_HALTED = {
    "M_USER_SUSPENDED": "The bot's Matrix account is suspended; have the homeserver's admin lift that.",
    "M_USER_LOCKED": "The bot's Matrix account is locked; have the homeserver's admin unlock it.",
    "M_USER_DEACTIVATED": "The bot's Matrix account is deactivated; make another one and set [matrix] user.",
}
_LOGGED_OUT = (
    "The homeserver does not accept matrix_token any more; log the bot's device in again and store the new token."
)


class Refused(Undeliverable):
    """The homeserver understood and said no: certainly not done."""

    def __init__(self, status: int, code: str, *, permanent: bool = True) -> None:
        super().__init__(f"refused by the homeserver ({status} {code})", permanent=permanent)
        self.status = status
        self.code = code


class Limited(TryLater):
    """429: the server named the time."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay, named=True)


class Unreachable(TryLater):
    """No connection: the request never left."""


class Lost(TryLater):
    """The request may have arrived, its answer did not. Repeating it is safe for idempotent requests alone."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay, unsure=True)


class MatrixClient:
    """`call` is everything there is; `open` makes it speak as one user and device."""

    def __init__(self, homeserver: str, user: str, device: str) -> None:
        config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=_PATIENCE)
        self._nio: Any = AsyncClient(homeserver.rstrip("/"), user, device_id=device, config=config)
        self.user = user
        self.device = device

    async def log_in(self, password: str) -> None:
        """With the device of the last time, if any: transaction ids and encryption belong to it."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user},
            "password": password,
            "initial_device_display_name": "outreach",
        }
        answer = await self.call("POST", path("login"), body | ({"device_id": self.device} if self.device else {}))
        self.show(fields.text(answer, "access_token"))

    def show(self, token: str) -> None:
        """Speak with that token, whoever it belongs to."""
        self._nio.access_token = token

    def become(self, user: str, device: str) -> None:
        """From here on nio knows whom it works for, too."""
        self.user, self.device = user, device
        self._nio.restore_login(user, device, self._nio.access_token)

    async def close(self) -> None:
        await self._nio.close()

    async def call(
        self,
        method: str,
        where: str,
        body: Json | None = None,
        *,
        raw: bytes | None = None,
        kind: str = "application/json",
        patience: float = _PATIENCE,
    ) -> Json:
        """`where` from `path`. An answer that is not a JSON object counts as `Lost`: some proxy wrote it.

        `raw` of the media type `kind` goes in place of a JSON body.
        """
        data = raw if body is None else json.dumps(body)
        try:
            status, said = await self._exchange(method, where, data, kind, patience)
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(_TRY_AGAIN) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Lost(_TRY_AGAIN) from error
        answer = _decoded(said)
        if answer is None or status >= 500:
            raise _Strange(status)
        if status >= 400:
            raise _refusal(status, answer)
        return answer

    async def upload(self, body: bytes, kind: str) -> Json:
        """A file of that media type, under no name; repeating it makes another one."""
        return await self.call("POST", media_path("v3", "upload"), raw=body, kind=kind, patience=_LONG_PATIENCE)

    async def download(self, where: str, most: int) -> bytes:
        """A file of no more than `most` bytes: what it says of its size is believed only if it says too much.

        A redirect is not followed: no other host is ever asked. Raises `TooLarge`.
        """
        session = self._nio.client_session
        if session is None:  # nio makes it with the first request, and `open` asks who we are
            raise Lost(_TRY_AGAIN)
        patience = aiohttp.ClientTimeout(total=_LONG_PATIENCE)
        address, headers = f"{self._nio.homeserver}{where}", {**self._authorization(), "Accept-Encoding": "identity"}
        try:
            async with session.get(address, headers=headers, allow_redirects=False, timeout=patience) as answer:
                if answer.status != 200:
                    raise _media_refusal(answer.status, await answer.content.read(_LONGEST_REFUSAL))
                return await _at_most(answer, most)
        except aiohttp.ClientConnectorError:
            failure: TryLater = Unreachable(_TRY_AGAIN)
        except (aiohttp.ClientError, TimeoutError, OSError):
            failure = Lost(_TRY_AGAIN)
        raise failure

    def _authorization(self) -> dict[str, str]:
        token = self._nio.access_token
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def _exchange(
        self, method: str, where: str, data: str | bytes | None, kind: str, patience: float
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": kind, **self._authorization()}
        answer = await self._nio.send(method, where, data, headers, timeout=patience)
        async with answer:
            return cast(int, answer.status), cast(bytes, await answer.read())


class _Strange(Lost):
    """A 5xx, or a body no homeserver writes."""

    def __init__(self, status: int) -> None:
        super().__init__(_TRY_AGAIN)
        self.status = status


def path(*parts: str, query: Mapping[str, str] | None = None) -> str:
    """An address of the client-server API, each part quoted whole."""
    return cast(str, Api._build_path(parts, dict(query or {})))


def media_path(version: str, *parts: str) -> str:
    """An address of the media API: from `v1` of the client-server API, or from the older one to upload."""
    base = "/_matrix/client/v1/media" if version == "v1" else f"/_matrix/media/{version}"
    return cast(str, Api._build_path(parts, {}, base))


async def _at_most(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if (answer.content_length or 0) > most:
        raise TooLarge("too large")
    found = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        found += piece
        if len(found) > most:
            raise TooLarge("too large")
    return bytes(found)


def _media_refusal(status: int, raw: bytes) -> Exception:
    """As for any request; a file that is not there, or lies elsewhere, is refused for good."""
    if status >= 500:
        return _Strange(status)
    return Refused(status, "redirect") if status < 400 else _refusal(status, _decoded(raw) or {})


def no_homeserver(error: Lost) -> bool:
    """Whether the address answered, but as something that is no homeserver."""
    return isinstance(error, _Strange) and error.status < 500


def _decoded(raw: bytes) -> Json | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refusal(status: int, answer: Json) -> Exception:
    said = fields.text(answer, "errcode")
    code = said if _CODE.match(said) else "no code"
    if status == 429:
        return Limited(_wait(answer))
    if code in _HALTED:
        return Misconfigured(_HALTED[code])
    if status == 401 and "flows" in answer:
        return Refused(status, ASKS_PROOF)
    if status == 401:
        return Misconfigured(_LOGGED_OUT)
    return Refused(status, code)


def _wait(answer: Json) -> float:
    asked = fields.value(answer, "retry_after_ms")
    known = isinstance(asked, int | float) and not isinstance(asked, bool) and 0 <= asked < 86_400_000
    return float(cast(float, asked)) / 1000 if known else _TRY_AGAIN
