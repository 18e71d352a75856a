"""How long deciding may take (R084, R099 to R101, R111, 1.2.5). Bounds, not waiting times. Starts no timer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from outreach.domain.discipline.spans import Span


@dataclass(frozen=True, slots=True)
class Clocks:
    """Bounds of the two phases, the cap over both, who is exempt from it, and the quick way of E and F."""

    phase_1: tuple[Span, Span] = (Span("24h"), Span("36h"))
    phase_2: tuple[Span, Span] = (Span("36h"), Span("48h"))
    cap: Span = Span("76h")
    rules: tuple[str, ...] = ()
    cap_from: Literal["offence", "report", "opened"] = "offence"
    exempt: tuple[str, ...] = ("harassment", "research")
    branch_fallback: Span = Span("12h")
    fallback_from: Literal["ping", "offence"] = "ping"
    fast_classification: Span = Span("12h")
    fast_vote: Span = Span("12h")
    precaution_wait: Span = Span("15m")


class Overrun(StrEnum):
    """Which bound a choice of limits breaks."""

    PHASE_1 = "phase_1"
    PHASE_2 = "phase_2"
    CAP = "cap"


def overrun(clocks: Clocks, phase_1: Span, phase_2: Span, flags: Collection[str] = ()) -> Overrun | None:
    """The first bound that a delegation's limits break; an exempt flag lifts the cap, never the bounds of a phase."""
    if not _within(phase_1, clocks.phase_1):
        return Overrun.PHASE_1
    if not _within(phase_2, clocks.phase_2):
        return Overrun.PHASE_2
    if phase_1.length + phase_2.length > clocks.cap.length and not set(flags) & set(clocks.exempt):
        return Overrun.CAP
    return None


def _within(limit: Span, bounds: tuple[Span, Span]) -> bool:
    return bounds[0].length <= limit.length <= bounds[1].length
