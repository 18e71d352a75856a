"""The plan of classes: with each offence the index rises by one, and the table says what is done (R089, R092 to R094).

A row shifts left by class, and its last cell spans on (1.2.2, R1). Bans grow with bans, not with the index (`ladder`).
Decides no case and knows no person; `Standing` is all that is known of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from outreach.domain.discipline.ladder import INDEFINITE, Ladder
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
    """The table, a row for each class and a cell for each index from 1, and how it is counted (1.2.3).

    `example` is a row of decisions and what each must give: a plan that gives something else is refused (R098).
    """

    table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
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

    def consequences(self, offences: Iterable[str]) -> tuple[Consequence, ...]:
        """What each decision of a row means, from a clean slate; KeyError for a class that there is not."""
        return tuple(done for _, done in self.row(offences) if done is not None)


def sanctions_in(cell: str) -> tuple[Sanction, ...]:
    """`warn + mute` taken apart; raises ValueError for a word that is no sanction."""
    return tuple(Sanction(word.strip()) for word in cell.split("+"))


def told(one: Consequence) -> str:
    """A consequence as an example states it: `B: ban 24h`."""
    length = one.ban or INDEFINITE
    said = (f"{each} {length}" if each is Sanction.BAN else str(each) for each in one.measures)
    return f"{one.offence}: {' + '.join(said)}"


def broken_example(discipline: Discipline) -> tuple[str, str] | None:
    """The first line of the plan's own example that the plan does not keep, and what it gives instead (R098)."""
    lines = discipline.plan.example
    offences = [line.partition(":")[0].strip() for line in lines]
    if strangers := [line for line, offence in zip(lines, offences, strict=True) if offence not in discipline.classes]:
        return strangers[0], "no such class"
    given = map(told, discipline.consequences(offences))
    return next(((line, done) for line, done in zip(lines, given, strict=True) if line != done), None)
