"""Maps `[outreach]` and `[retention]` to the domain's policy. Decides one thing: what is zero when nothing is held."""

from __future__ import annotations

from datetime import time, timedelta

from msgspec import UNSET, UnsetType

from outreach.config.tables import Outreach, Tables
from outreach.domain.policy import OutreachPolicy
from outreach.domain.profile import Profile

_DEFAULT = OutreachPolicy()


def outreach_policy(tables: Tables, profile: Profile) -> OutreachPolicy:
    """The policy of the community; with `hold = ["0s", "0s"]` nothing is delayed unless it is set."""
    asked, kept = tables.outreach, tables.retention
    held = holds_back(asked)
    return OutreachPolicy(
        who_may_ask=asked.who_may_ask,
        who_may_be_asked=asked.who_may_be_asked,
        min_account_age=asked.min_account_age,
        hold=asked.hold,
        slot=_either(asked.slot, _DEFAULT.slot, held),
        relay_every=_either(asked.relay_every, _DEFAULT.relay_every, held),
        quiet=_quiet(asked, held),
        zone=tables.community.timezone,
        relay=asked.relay,
        relay_turns=asked.relay_turns,
        remind_after=asked.remind_after,
        give_up_after=asked.give_up_after,
        check_every=asked.check_every,
        settle=_either(asked.settle, _DEFAULT.settle, held),
        nudge_after=asked.nudge_after,
        draft_expires=asked.draft_expires,
        consent_within=asked.consent_within,
        look_grid=_either(asked.look_grid, _DEFAULT.look_grid, held),
        old_post=asked.old_post,
        warn_below=asked.audience.warn_below,
        refuse_below=asked.audience.refuse_below,
        open_per_member=asked.limits.open_per_member,
        per_recipient_per_week=asked.limits.per_recipient_per_week,
        per_day=asked.limits.per_day,
        per_domain_per_day=asked.limits.per_domain_per_day,
        reveal=asked.reveal,
        first_response=_else(tables.reports.first_response, profile.sla.first_response.length),
        remind_response=tuple(span.length for span in profile.sla.remind_at),
        defer_max=profile.sla.defer_max.length,
        reporter_outcome=profile.procedure.reporter_outcome,
        appeal_window=profile.appeal.window,
        remote_contact=profile.procedure.remote_contact,
        remote_adequate=profile.sla.remote_adequate.length,
        branch_response=_else(tables.reports.branch_response, profile.clocks.branch_fallback.length),
        keep_contact=kept.contact,
        keep_decided=kept.decided,
        keep_reporter_link=kept.reporter_link,
    )


def holds_back(asked: Outreach) -> bool:
    """Whether first letters wait at all."""
    return any(asked.hold)


def _either(written: timedelta | UnsetType, default: timedelta, held: bool) -> timedelta:
    if written is not UNSET:
        return written
    return default if held else timedelta(0)


def _else(written: timedelta | UnsetType, default: timedelta) -> timedelta:
    return default if written is UNSET else written


def _quiet(asked: Outreach, held: bool) -> tuple[time, time] | None:
    if asked.quiet is UNSET:
        return _DEFAULT.quiet if held else None
    return (asked.quiet[0], asked.quiet[1]) if asked.quiet else None
