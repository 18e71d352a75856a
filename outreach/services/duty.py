"""Who is on call, who is away, and whom a message that calls somebody calls by name. Knows no case's content.

Being on call gives no power; it only means being named when it is urgent. Where nobody is on call, everybody enrolled
who is not away is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from outreach.domain.case import Case
from outreach.domain.effects import Ping
from outreach.domain.identity import Account, Platform
from outreach.ports.store import Transaction
from outreach.services.settings import Settings

_ONCALL, _AWAY = "desk:oncall", "desk:away"


def on_call(tx: Transaction) -> tuple[str, ...]:
    """Enrolled moderators on call, as full Matrix ids."""
    return _still_enrolled(tx, _ONCALL)


def away(tx: Transaction) -> tuple[str, ...]:
    """Enrolled moderators who do not want to be called now."""
    return _still_enrolled(tx, _AWAY)


def come_on(tx: Transaction, who: str) -> None:
    """On call from now on, and not away any more."""
    _save(tx, _ONCALL, {*on_call(tx), who})
    _save(tx, _AWAY, set(away(tx)) - {who})


def go_away(tx: Transaction, who: str) -> None:
    """Not called until they come on again, or take a case."""
    _save(tx, _ONCALL, set(on_call(tx)) - {who})
    _save(tx, _AWAY, {*away(tx), who})


def called(tx: Transaction, settings: Settings, case: Case, ping: Ping, who: str = "") -> tuple[str, ...]:
    """The full Matrix ids a message names; the case's own author never, by whichever account (F30)."""
    match ping:
        case Ping.NOBODY:
            people: Iterable[str] = ()
        case Ping.PERSON:
            people = (who,)
        case Ping.ALL:
            people = sorted(tx.registers.enrolled().keys() - set(away(tx)))
        case Ping.LEAD:
            people = (case.lead,)
        case Ping.LEAD_OR_ONCALL if case.lead:
            people = (case.lead,)
        case _:
            people = on_call(tx) or sorted(tx.registers.enrolled().keys() - set(away(tx)))
    free = (one for one in people if one and not _is_about(settings, case, one))
    return tuple(free)


def _is_about(settings: Settings, case: Case, who: str) -> bool:
    return any(settings.are_one(Account(Platform.MATRIX, who), one) for one in case.respondents)


def _still_enrolled(tx: Transaction, name: str) -> tuple[str, ...]:
    enrolled = tx.registers.enrolled()
    return tuple(who for who in json.loads(tx.registers.noted(name) or "[]") if who in enrolled)


def _save(tx: Transaction, name: str, people: set[str]) -> None:
    tx.registers.note(name, json.dumps(sorted(people)))
