"""How a community proceeds: the choices that its rules leave open, each with its values (1.3, 1.4). Plain data.

Every field has a default, so that a community's own profile says only what it wants otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from outreach.domain.discipline.spans import Span


@dataclass(frozen=True, slots=True)
class Deciding:
    """`[decision]`: who decides, which ways out there are, what needs two moderators (X01, X13, R045, R048)."""

    mode: Literal["judgement", "ladder", "table"] = "judgement"
    exits: tuple[Literal["drop", "exception", "mediation"], ...] = ("drop", "mediation")
    two_moderators_for: tuple[str, ...] = ("ban",)
    requires: tuple[Literal["harm", "necessary", "effective"], ...] = ()
    cooperation_first: bool = False
    cooperation_waived_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """`[procedure]`: what is switched on (X02 to X04, X08, X18, 1.4)."""

    history: Literal["notes", "contacts", "index"] = "notes"
    first_contact: Literal["member", "team", "noticer"] = "member"
    public_notice: Literal["confirm", "off", "on"] = "confirm"
    account_delete: Literal["off", "two_mods"] = "off"
    options_menu: bool = False
    proxy_outreach: Literal["on", "off", "delegation"] = "on"
    wording: Literal["plain", "graded", "order"] = "plain"
    cure_window: Span | None = None
    acknowledge: bool = True
    reporter_outcome: Literal["none", "generic", "full"] = "generic"
    votes: bool = False
    branches: bool = False
    stop_orders: bool = False
    remote_contact: bool = False
    language_routing: bool = False
    staff_locale: str = "community"
    user_locale: Literal["own", "branch", "community"] = "own"


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """`[sla]`: within what time somebody answers (X05, R031, R037, R068)."""

    first_response: Span = Span("24h")
    remind_at: tuple[Span, ...] = (Span("12h"), Span("20h"))
    defer_max: Span = Span("24h")
    remote_adequate: Span = Span("72h")


@dataclass(frozen=True, slots=True)
class Appeals:
    """`[appeal]`: X06, R115."""

    window: Span = Span("6mo")
    decided_by: Literal["another", "any"] = "another"
    ef: Literal["none", "legal_only", "internal"] = "internal"


@dataclass(frozen=True, slots=True)
class Minors:
    """`[minor]`: under which age depictions are prohibited (X07, R063, R064)."""

    nudity_lt: int = 18
    sexuality_lt: int = 18


@dataclass(frozen=True, slots=True)
class Harassment:
    """`[harassment]`: R005."""

    min_stop_requests: int = 1


@dataclass(frozen=True, slots=True)
class Spam:
    """`[spam]`: R009 names no number; None leaves it to humans."""

    max_promos_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class ReportAbuse:
    """`[report_abuse]`: from when moderators are shown a hint; nothing else follows (X15, R027)."""

    hint_after: int = 5
    within: Span = Span("30d")


@dataclass(frozen=True, slots=True)
class ReporterSeen:
    """`[reporter]`: X16."""

    visible_to: Literal["team", "delegations"] = "team"


@dataclass(frozen=True, slots=True)
class LogSeen:
    """`[log]`: X17."""

    visibility: Literal["team", "git", "staff"] = "team"


@dataclass(frozen=True, slots=True)
class Recusal:
    """`[recuse]`: who does not decide (X20)."""

    involved: bool = True
    same_branch_as_offended: bool = False


@dataclass(frozen=True, slots=True)
class Authorities:
    """`[class_f]`: whether informing the authorities is a duty (X14, R114)."""

    duty_to_report: bool = True


@dataclass(frozen=True, slots=True)
class TimersSeen:
    """`[timers]`: R117."""

    public: bool = False


@dataclass(frozen=True, slots=True)
class Restricted:
    """`[restricted]`: what an unlabelled post of that level means (X09)."""

    unlabelled: Literal["must_remove", "may_remove"] = "may_remove"


@dataclass(frozen=True, slots=True)
class EvidenceKept:
    """`[evidence]`: how much around a post is looked at (R047)."""

    context_posts: int = 2


@dataclass(frozen=True, slots=True)
class StopOrders:
    """`[stop]`: how long a mute after a stop order lasts (X21, R119, F37)."""

    rules: tuple[str, ...] = ()
    mute: Literal["until_end", "at_least"] = "until_end"
    mute_at_least: Span = Span("15m")
    mute_at_most: Span = Span("24h")


@dataclass(frozen=True, slots=True)
class Ballots:
    """`[ballot]`: R104 to R107, R112. A majority of 0 is computed from the roster."""

    rules: tuple[str, ...] = ()
    majority: int = 0
    majority_counts: Literal["same_option", "cast"] = "same_option"
    visibility: Literal["named", "counts"] = "named"
    other_class_halts_after: int = 1
    timeout_rule: Literal["relative", "delegation"] = "relative"
    precaution_in_favour: int = 4
    precaution_fallback: Literal["majority", "any", "unanimous"] = "majority"


@dataclass(frozen=True, slots=True)
class IndexRequests:
    """`[index_request]`: how often a person may ask to lower their index (R097)."""

    rules: tuple[str, ...] = ()
    every: Span = Span("6mo")
    since: Literal["request", "decision", "offence"] = "request"
