"""How a community wants outreach done: delays, limits, windows, and the arithmetic of release times (F9, leak 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.domain.discipline.spans import Span, end_of

#: What somebody who appeals is told about when an answer usually comes.
APPEAL_WITHIN = timedelta(days=14)

_EPOCH = datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))
_NIGHT_STEPS = 4 * 24


@dataclass(frozen=True, slots=True)
class OutreachPolicy:
    """The `[outreach]` and `[retention]` tables, as plain values. Durations of zero mean "at once"."""

    who_may_ask: str = "local"
    who_may_be_asked: str = "local"
    min_account_age: timedelta = timedelta(days=3)
    hold: tuple[timedelta, timedelta] = (timedelta(minutes=30), timedelta(hours=3))
    slot: timedelta = timedelta(hours=3)
    relay_every: timedelta = timedelta(days=1)
    quiet: tuple[time, time] | None = (time(22), time(8))
    zone: str = "UTC"
    relay: str = "approved"
    relay_turns: int = 3
    remind_after: timedelta = timedelta(days=2)
    give_up_after: timedelta = timedelta(days=4)
    check_every: timedelta = timedelta(hours=1)
    settle: timedelta = timedelta(minutes=15)
    nudge_after: timedelta = timedelta(hours=1)
    draft_expires: timedelta = timedelta(hours=24)
    consent_within: timedelta = timedelta(days=7)
    look_grid: timedelta = timedelta(minutes=5)
    old_post: timedelta = timedelta(days=365)
    warn_below: int = 10
    refuse_below: int = 3
    open_per_member: int = 3
    per_recipient_per_week: int = 2
    per_day: int = 30
    per_domain_per_day: int = 3
    reveal: bool = False
    first_response: timedelta = timedelta(hours=24)
    remind_response: tuple[timedelta, ...] = (timedelta(hours=12), timedelta(hours=20))
    branch_response: timedelta = timedelta(hours=12)
    defer_max: timedelta = timedelta(hours=24)
    reporter_outcome: str = "full"
    remote_contact: bool = False
    remote_adequate: timedelta = timedelta(hours=72)
    appeal_window: Span = Span("6mo")
    keep_contact: timedelta = timedelta(days=90)
    keep_decided: timedelta = timedelta(days=200)
    keep_reporter_link: timedelta = timedelta(days=14)


def appeal_until(now: datetime, policy: OutreachPolicy) -> date:
    """The last day of an appeal against what is decided now (X06; DSA Art. 20(1): six months at least)."""
    return end_of(now, policy.appeal_window).astimezone(ZoneInfo(policy.zone)).date()


def next_slot(moment: datetime, grid: timedelta) -> datetime:
    """Round up to the grid, so that the exact time of an act cannot be read from what follows it (F7, F9)."""
    if not grid:
        return moment
    steps = -((_EPOCH - moment) // grid)
    rounded = _EPOCH + steps * grid
    return rounded if rounded >= moment else rounded + grid


def release_time(now: datetime, draw: float, policy: OutreachPolicy) -> datetime:
    """When a first contact may leave: hold drawn at random (`draw` in [0, 1)), rounded up to a slot, not at night."""
    low, high = policy.hold
    begun = next_slot(now, policy.slot)  # first of all, so that no moment within a slot tells on itself (T1b)
    return awake(next_slot(begun + low + (high - low) * draw, policy.slot), policy)


def relay_time(now: datetime, last: datetime | None, policy: OutreachPolicy) -> datetime:
    """When words of the member may leave: in slots, and at most one in `relay_every` (F9)."""
    earliest = now if last is None else max(now, last + policy.relay_every)
    return awake(next_slot(earliest, policy.slot), policy)


def awake(moment: datetime, policy: OutreachPolicy) -> datetime:
    """The first slot at or after `moment` outside the quiet hours of the community's zone."""
    if policy.quiet is None:
        return moment
    step = policy.slot or timedelta(minutes=15)
    for _ in range(_NIGHT_STEPS):
        if not _is_quiet(moment, policy.quiet, policy.zone):
            return moment
        moment += step
    return moment


def _is_quiet(moment: datetime, quiet: tuple[time, time], zone: str) -> bool:
    begin, end = quiet
    local = moment.astimezone(ZoneInfo(zone)).time()
    if begin <= end:
        return begin <= local < end
    return local >= begin or local < end


def longest_wait(policy: OutreachPolicy) -> timedelta:
    """What a member is told about when a request leaves: one slot, then the hold in whole slots, nights aside."""
    return policy.slot + (next_slot(_EPOCH + policy.hold[1], policy.slot) - _EPOCH)
