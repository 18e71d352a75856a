"""A reporter all of whose traces are unique words, and what there is of them to find. Searches; knows no sink."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tests.anonymity.cast import Reporter
from tests.anonymity.stage import Stage
from tests.town.actors import OnMatrix

#: Free text, display names and a language that nothing else in these towns contains.
TALK = ("Gentile signora, canaryprose mi fa male agli occhi", "canarymumble, help", "canaryghost?")
FEDI = Reporter(
    "canaryfedi@canaryhome.example",
    "fediverse",
    before=TALK,
    slips=("canaryslip",),
    shape="canary",
    relay="unused",
    traits={"display_name": "Canaryname Feathers", "language": "tlh", "note": "canarybio"},
)
MATRIX = Reporter("canarymatrix", "matrix", before=TALK, slips=("canaryslip",), shape="canary", relay="unused")
_PROSE = ("canaryprose", "canarymumble", "canaryghost", "canaryslip", "canaryhome", "canaryname", "canarybio", "igsh")


@dataclass(frozen=True)
class Tokens:
    """Words by what they are traces of."""

    words: frozenset[str]

    def found_in(self, *haystacks: object) -> set[str]:
        """Which of them stand there; anything that is not bytes or text is looked through as JSON."""
        found: set[str] = set()
        for one in haystacks:
            text = one if isinstance(one, str) else one.decode("utf-8", "replace") if isinstance(one, bytes) else _flat(one)
            lower = text.casefold()
            found |= {word for word in self.words if word in lower}
        return found


def _flat(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, default=str)


async def of_reporter(stage: Stage, reporter: Reporter) -> Tokens:
    """Handle, ids, address, rooms, every id of every private message, the alias told to them, their words."""
    actor = stage.members[reporter.name]
    words = {*_PROSE, reporter.name.partition("@")[0]}
    if isinstance(actor, OnMatrix):
        words |= {actor.room, *(event["event_id"] for event in await actor.person.history(actor.room))}
    else:
        words |= set(_fediverse_ids(stage, reporter.name))
    return Tokens(frozenset(word.casefold() for word in words | await _aliases(stage) if word))


def _fediverse_ids(stage: Stage, name: str) -> Iterable[str]:
    world = stage.town.strict.world
    account = world.account(name)
    yield account.id
    yield '"tlh"'
    yield f"{account.domain}/users/{account.username}"
    for status in world.statuses.values():
        if status.account is account or account in status.mentions:
            yield status.id


async def _aliases(stage: Stage) -> set[str]:
    """The names under which reporters know their requests; moderators know the case by another."""
    def read(tx: Any) -> set[str]:
        found = set()
        for case in tx.cases.all():
            loaded = tx.cases.load(case)
            found |= {str(request.alias) for request in loaded.requests} - {str(loaded.alias)}
        return found

    return await stage.town.database.transact(read)


def of_recipient(stage: Stage) -> Tokens:
    """Who is asked, about which post, and in which words they wrote it (F19)."""
    return Tokens(frozenset(word.casefold() for word in ("dave", stage.native, "strobe lights", "erin")))


def linked(reporter: Reporter, url: str) -> str:
    """The post's link with the reporter's own mark on it."""
    return f"{url}{'&' if '?' in url else '?'}igsh=CANARYSHARE"


def without(reporter: Reporter, **changes: Any) -> Reporter:
    """The same with some other ways."""
    return replace(reporter, **changes)
