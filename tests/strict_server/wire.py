"""From an HTTP request to plain parameters, and from an answer to a response.

Rails-style `name[]` and JSON lists read alike; nothing here knows an endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import unauthorized
from .flavours import Flavour, Json
from .model import Account, Status
from .visibility import seen
from .world import World

FALSE = {"", "0", "f", "false", "off", "none", "null"}


@dataclass
class Reply:
    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One request on its way through a handler."""

    world: World
    viewer: Account | None
    method: str
    url: str  # absolute, without query
    path: str
    query: list[tuple[str, str]]
    body: Any
    headers: dict[str, str]
    match: dict[str, str]
    touches: set[str] = field(default_factory=set)

    @property
    def flavour(self) -> Flavour:
        return self.world.flavour

    @property
    def me(self) -> Account:
        if self.viewer is None:
            raise unauthorized(self.flavour)
        return self.viewer

    def many(self, name: str) -> list[str] | None:
        """The values of `name[]`, or None where the parameter is absent."""
        found = [value for key, value in self.query if key == f"{name}[]"]
        if isinstance(self.body, dict):
            for key in (name, f"{name}[]"):
                value = self.body.get(key)
                found += [str(v) for v in value] if isinstance(value, list) else []
                found += [value] if isinstance(value, str) and key.endswith("[]") else []
            if name in self.body and not found:
                return []
        return found or None

    def one(self, name: str, default: Any = None) -> Any:
        if isinstance(self.body, dict) and self.body.get(name) is not None:
            return self.body[name]
        return dict(self.query).get(name, default)

    def flag(self, name: str) -> bool:
        return str(self.one(name, "")).casefold() not in FALSE

    def status(self) -> Status:
        found = seen(self.world, self.viewer, self.match["id"])
        self.touches.add(found.account.acct)
        return found


Handler: TypeAlias = Callable[[Call], Reply]


async def parsed_body(request: web.Request) -> Any:
    raw = await request.read()
    if not raw:
        return None
    kind = request.content_type
    if kind == "application/json":
        try:
            return json.loads(raw)
        except ValueError:
            return raw.decode(errors="replace")
    if kind.startswith("multipart/"):
        form = await request.post()
        return _pairs([(k, v if isinstance(v, str) else "<file>") for k, v in form.items()])
    return _pairs(parse_qsl(raw.decode(), keep_blank_values=True))


def _pairs(pairs: list[tuple[str, str]]) -> Json:
    out: Json = {}
    for key, value in pairs:
        if key.endswith("[]"):
            out.setdefault(key, []).append(value)
        else:
            out[key] = value
    return out


def respond(reply: Reply, extra: dict[str, str]) -> web.Response:
    text = json.dumps(reply.body, ensure_ascii=False)
    headers = {**extra, **reply.headers}
    return web.Response(text=text, status=reply.status, content_type="application/json", headers=headers)
