"""A reporter all of whose traces are unique words, and what there is of them to find. Searches; knows no sink."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from outreach.ports.store import Transaction
from tests.anonymity.cast import Reporter
from tests.anonymity.stage import Stage
from tests.town.actors import OnMatrix

_TALK = ("Gentile signora, canaryprose mi fa male agli occhi", "canarymumble, help", "canaryghost?")
_HABITS: dict[str, Any] = {
    "before": _TALK,
    "slips": ("canaryslip",),
    "changes": True,
    "shape": "tracked",
    "relay": "It is too bright for me",
}
FEDIVERSE = Reporter(
    "canaryfedi@canaryhome.example",
    "fediverse",
    traits={"display_name": "Canaryname Feathers", "language": "tlh", "note": "canarybio"},
    **_HABITS,
)
MATRIX = Reporter("canarymatrix", "matrix", **_HABITS)
#: What holds from the first line on; the last two are their post language and the mark on their link.
_ALWAYS = ("canaryprose", "canarymumble", "canaryghost", "canaryslip", "canaryhome", "canaryname", "canarybio")
_MARKS = ('"tlh"', "igsh=tracked", "gentile signora")


@dataclass(frozen=True)
class Tokens:
    """Words by which somebody would be found."""

    words: frozenset[str]

    def found_in(self, *haystacks: object) -> set[str]:
        """Which of them stand there; anything that is neither bytes nor text is looked through as JSON."""
        texts = [_flat(one) for one in haystacks]
        return {word for word in self.words if any(word.encode() in text for text in texts)}


def _flat(one: object) -> bytes:
    """In small letters; all tokens are plain ones."""
    if isinstance(one, bytes):
        return one.lower()
    text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, default=str)
    return text.casefold().encode()


def always(reporter: Reporter) -> Tokens:
    """What is known of them before they ever write."""
    return Tokens(frozenset({*_ALWAYS, *_MARKS[1:], reporter.name.partition("@")[0]}))


async def of_reporter(stage: Stage, reporter: Reporter) -> Tokens:
    """Handle, ids, address, language, room, the id of every private message, words."""
    actor = stage.members[reporter.name]
    words = {*always(reporter).words, *_MARKS}
    if isinstance(actor, OnMatrix):
        words |= {actor.room, *(event["event_id"] for event in await actor.person.history(actor.room))}
    else:
        words |= set(_fediverse_ids(stage, reporter.name))
    return Tokens(frozenset(word.casefold() for word in words if word))


def _fediverse_ids(stage: Stage, name: str) -> Iterable[str]:
    world = stage.town.strict.world
    account = world.account(name)
    yield f"{account.domain}/users/{account.username}"
    yield account.id
    for status in world.statuses.values():
        if status.account is account or account in status.mentions:
            yield status.id


async def names_for_requests(stage: Stage) -> Tokens:
    """Under these a member alone knows what they asked; without the link key the store names no owner of them."""
    return Tokens(frozenset(await stage.town.database.transact(_aliases)))


def _aliases(tx: Transaction) -> set[str]:
    """Moderators know the case by another one."""
    cases = [case for case in map(tx.cases.load, tx.cases.all()) if case is not None]
    return {str(request.alias) for case in cases for request in case.requests} - {str(case.alias) for case in cases}


def of_recipient(stage: Stage) -> Tokens:
    """Who is asked, about which post, and in which words they wrote it (F19)."""
    return Tokens(frozenset(word.casefold() for word in ("dave", stage.native, "strobe lights")))
