"""The plan of classes: with each offence the index rises by one, and the table says what is done (R089, R092 to R094).

A row shifts left by class, and its last cell spans on (1.2.2, R1). Bans grow with bans, not with the index (`ladder`).
Decides no case and knows no person; `Standing` is all that is known of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from outreach.domain.discipline.ladder import Ladder
from outreach.domain.discipline.spans import MonthMode, Span
from outreach.domain.words import Text


class Sanction(StrEnum):
    """What a cell of the table may hold."""

    WARN = "warn"
    MUTE = "mute"
    KICK = "kick"
    BAN = "ban"


class Aside(StrEnum):
    """What leaves index and ladder as they are (1.2.1, R090, R112, R119 to R121)."""

    DEMAND = "demand"
    STOP = "stop"
    DROPPED = "dropped"
    MEDIATED = "mediated"
    UNDERAGE = "underage"
    INTERIM = "interim"
    PRECAUTION = "precaution"
    TRANSFER = "transfer"


_ASIDES = frozenset(Aside)


@dataclass(frozen=True, slots=True)
class OffenceClass:
    """One class (R091, R093). `fast`: the quick way of R109 to R113; `permanent` bans are on no step of the ladder."""

    text: Text
    rules: tuple[str, ...] = ()
    fast: bool = False
    permanent: bool = False
    appeal: bool = True
    authorities: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The table, a row for each class and a cell for each index from 1, and how it is counted (1.2.3)."""

    table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    mute: Span = Span("24h")
    d_warning_each_time: bool = False
    index_per: Literal["incident", "act"] = "incident"
    month_mode: MonthMode = "calendar"
    overlap: Literal["max", "append"] = "max"
    credit_time_served: bool = False
    reset_ladder_with_index: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of a person's past: decided offences and bans under the plan."""

    index: int = 0
    bans: int = 0


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one decision means. `ban` is its length, None for indefinite; it says nothing where nobody is banned."""

    offence: str
    index: int
    measures: tuple[Sanction, ...]
    ban: Span | None
    appeal: bool
    authorities: bool


@dataclass(frozen=True, slots=True)
class Discipline:
    """Classes, plan and ladder of one community, checked to fit one another when they were loaded."""

    classes: Mapping[str, OffenceClass]
    plan: Plan
    ladder: Ladder

    def decide(self, standing: Standing, offence: str) -> tuple[Standing, Consequence]:
        """The next standing and what is done, for a class of this plan; KeyError for any other."""
        of = self.classes[offence]
        now = replace(standing, index=standing.index + 1)
        measures = self._cell(offence, now.index)
        length = None
        if Sanction.BAN in measures:
            now = replace(now, bans=now.bans + 1)
            length = None if of.permanent else self.ladder.step(now.bans)
        return now, Consequence(offence, now.index, measures, length, of.appeal, of.authorities)

    def _cell(self, offence: str, index: int) -> tuple[Sanction, ...]:
        row = self.plan.table[offence]
        first_spans = offence == "D" and self.plan.d_warning_each_time
        return sanctions_in(row[0] if first_spans else row[min(index, len(row)) - 1])

    def row(self, deeds: Iterable[str]) -> Iterator[tuple[Standing, Consequence | None]]:
        """A row of decisions and asides from a clean slate, one after the other."""
        standing = Standing()
        for deed in deeds:
            done = None
            if deed not in _ASIDES:
                standing, done = self.decide(standing, deed)
            yield standing, done


def sanctions_in(cell: str) -> tuple[Sanction, ...]:
    """`warn + mute` taken apart; raises ValueError for a word that is no sanction."""
    return tuple(Sanction(word.strip()) for word in cell.split("+"))


#: R098: the guideline's own example, which a loaded plan is tried on: class, measures, ban.
EXAMPLE: tuple[tuple[str, tuple[Sanction, ...], str | None], ...] = (
    ("A", (Sanction.WARN,), None),
    ("A", (Sanction.MUTE,), None),
    ("B", (Sanction.BAN,), "24h"),
)


def keeps_the_example(discipline: Discipline) -> bool:
    """Whether the plan gives what the guideline's example says."""
    if not {offence for offence, _, _ in EXAMPLE} <= discipline.classes.keys():
        return False
    done = [one for _, one in discipline.row(offence for offence, _, _ in EXAMPLE)]
    return [(one.offence, one.measures, one.ban) for one in done if one] == list(EXAMPLE)
