"""What a server says about itself: nodeinfo, instance v1 and v2, rules (1.5).

Akkoma has v1 only and no rules; the version texts are the real ones.
"""

from __future__ import annotations

from . import entities
from .flavours import Json
from .wire import Call, Handler, Reply


def nodeinfo_index(call: Call) -> Reply:
    base = call.url.removesuffix("/.well-known/nodeinfo")
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    return Reply({"links": [{"rel": schema, "href": f"{base}/nodeinfo/2.0"}]})


def nodeinfo(call: Call) -> Reply:
    software = {"name": call.flavour.name, "version": call.flavour.software}
    local = [a for a in call.world.accounts.values() if a.domain is None]
    usage = {"users": {"total": len(local)}, "localPosts": 0}
    return Reply({"version": "2.0", "software": software, "protocols": ["activitypub"], "usage": usage,
                  "openRegistrations": False, "metadata": {}})  # fmt: skip


def contact(call: Call) -> Json | None:
    """The contact account may not be asked by the bot (F22)."""
    found = call.world.find(call.world.contact) if call.world.contact else None
    return entities.account(call.world, found) if found else None


def _configuration(call: Call) -> Json:
    reserved = {"mastodon": 23, "gotosocial": 25, "akkoma": 0}[call.flavour.name]  # GoToSocial only advertises it
    statuses = {"max_characters": call.flavour.max_chars, "max_media_attachments": 4,
                "characters_reserved_per_url": reserved}  # fmt: skip
    # GoToSocial says wss:// even behind plain http [GL]; the others are told the truth about this stub
    scheme = "wss" if call.flavour.name == "gotosocial" else "ws"
    return {"statuses": statuses, "urls": {"streaming": f"{scheme}://{call.url.split('/')[2]}"}}


def v2(call: Call) -> Reply:
    return Reply({
        "domain": call.world.domain, "title": call.world.title, "version": call.flavour.version,
        "source_url": "", "description": "", "languages": ["en"], "configuration": _configuration(call),
        "registrations": {"enabled": False}, "rules": _rules(call), "api_versions": _api_versions(call),
        "contact": {"email": "", "account": contact(call)},
    })  # fmt: skip


def _api_versions(call: Call) -> Json:
    return {"mastodon": 7} if call.flavour.name == "mastodon" else {}


def v1(call: Call) -> Reply:
    out: Json = {
        "uri": call.world.domain, "title": call.world.title, "version": call.flavour.version, "email": "",
        "description": "", "short_description": "", "languages": ["en"], "registrations": False,
        "contact_account": contact(call), "stats": {},
        "urls": {"streaming_api": _configuration(call)["urls"]["streaming"]},
    }  # fmt: skip
    if call.flavour.name == "akkoma":
        return Reply(out | {"max_toot_chars": call.flavour.max_chars, "pleroma": {"metadata": {"features": []}}})
    return Reply(out | {"rules": _rules(call), "configuration": _configuration(call)})


def _rules(call: Call) -> list[Json]:
    rule: Json = {"id": "1", "text": "Be kind"}
    return [rule | {"hint": "", "translations": {}}] if call.flavour.name == "mastodon" else [rule]


def rules(call: Call) -> Reply:
    return Reply(_rules(call))


def routes(v2_too: bool, akkoma: bool) -> list[tuple[str, str, Handler]]:
    out: list[tuple[str, str, Handler]] = [
        ("GET", "/.well-known/nodeinfo", nodeinfo_index),
        ("GET", "/nodeinfo/2.0", nodeinfo),
        ("GET", "/api/v1/instance", v1),
    ]
    if v2_too:
        out.append(("GET", "/api/v2/instance", v2))
    if not akkoma:
        out.append(("GET", "/api/v1/instance/rules", rules))
    return out
