"""The part of the View on the fediverse: requests of the bot, fetches elsewhere, and what accounts are shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.anonymity import eyes
from tests.anonymity.stage import Stage, within
from tests.strict_server.recorder import TOKEN, Entry, View
from tests.town.actors import OnMatrix

#: The one request that may make the bot's server ask another one.
_LEAVES = "/api/v2/search"
_POLL = {"types[]", "min_id", "limit", "include_filtered"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")


async def take(stage: Stage) -> bytes:
    """Requests with their times, then what was seen; ids of the reporter's side bear their owner's name."""
    spans = [span for _, span in stage.intake]
    kept = []
    for number, one in enumerate(stage.town.strict.recorder.entries):
        if _is_observable(stage, one):
            talk = one.method == "GET" and one.path != _LEAVES and within(number, spans)
            kept.append(replace(one, at="while they talk" if talk else _shifted(one.at, stage.shift)))
    labelled = [_labelled(stage, one) for one in [*kept, *await _sights(stage)]]
    return View(labelled, stage.town.strict.world.ids.kind_of).bytes()


async def _sights(stage: Stage) -> list[Entry]:
    strangers = [one for one in await eyes.of_strangers(stage) if "username" in one or "uri" in one]
    sights = {"fetches": stage.town.strict.fetches(), "strangers": strangers}
    if not isinstance(stage.dave, OnMatrix):
        sights["recipient"] = await eyes.of_recipient(stage)
    return [_sight(who, _moved(stage, one)) for who, seen in sights.items() for one in seen]


def _is_observable(stage: Stage, one: Entry) -> bool:
    if one.account not in (None, "outreach"):
        return False
    if one.method == "GET" and one.path == "/api/v1/notifications" and {key for key, _ in one.query} <= _POLL:
        return False
    alone = bool(one.touches) and set(one.touches) <= stage.askers
    alone |= one.method == "GET" and one.path.removeprefix("/api/v1/statuses/") in _owners(stage)
    return not alone or (one.method == "POST" and _parts(one).get("visibility") != "direct")


def _parts(one: Entry) -> dict[str, Any]:
    return one.body if isinstance(one.body, dict) else {}


def _sight(what: str, seen: Any) -> Entry:
    return Entry(0, "", "SEES", what, [], {}, seen, None)


def _labelled(stage: Stage, entry: Entry) -> Entry:
    """Ids of the reporter's side carry their owner's name instead of a number, which might be anybody's."""
    owners = _owners(stage)
    whole = json.dumps([entry.path, entry.query, entry.headers, entry.body], ensure_ascii=False)
    path, query, headers, body = json.loads(TOKEN.sub(lambda match: owners.get(match[0], match[0]), whole))
    return replace(entry, path=path, query=query, headers=headers, body=body)


def _owners(stage: Stage) -> dict[str, str]:
    """Whose each id of the reporter's side is: their account, their posts, private posts to them alone."""
    world = stage.town.strict.world
    askers = {account.id: account.acct for account in world.accounts.values() if account.acct in stage.askers}
    posts = {
        status.id: f"post of {askers.get(status.account.id) or askers[status.mentions[0].id]}"
        for status in world.statuses.values()
        if status.account.id in askers or (status.mentions and {m.id for m in status.mentions} <= set(askers))
    }
    return askers | posts


def _shifted(at: str, by: timedelta) -> str:
    return (datetime.fromisoformat(at) - by).isoformat()


def _moved(stage: Stage, one: Any) -> Any:
    """Times that a server shows; what was there before a run's beginning is moved in no run."""
    if isinstance(one, list):
        return [_moved(stage, each) for each in one]
    if isinstance(one, dict):
        return {key: _moved(stage, value) for key, value in one.items()}
    if not isinstance(one, str) or not _TIME.fullmatch(one):
        return one
    at = datetime.fromisoformat(one)
    return (at - stage.shift if at >= stage.start + stage.shift else at).isoformat()
