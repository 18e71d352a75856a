"""What reaches the domain: durations, and what is zero when nothing is held back."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from outreach.config import warnings
from outreach.domain.policy import OutreachPolicy
from tests.config.conftest import Loader

ZERO = timedelta(0)


def test_nothing_said_is_the_domain_s_default(loaded: Loader) -> None:
    assert loaded().outreach_policy() == OutreachPolicy()


def test_without_hold_nothing_is_delayed_anywhere(loaded: Loader) -> None:
    policy = loaded('[outreach]\nhold = ["0s", "0s"]').outreach_policy()
    assert policy.quiet is None
    assert (policy.slot, policy.relay_every, policy.settle, policy.look_grid) == (ZERO, ZERO, ZERO, ZERO)


def test_unless_it_is_set(loaded: Loader) -> None:
    policy = loaded(
        '[outreach]\nhold = ["0s", "0s"]\nslot = "2h"\nrelay_every = "3h"\nsettle = "4m"\nlook_grid = "5m"\n'
        'quiet = ["21:30", "07:15"]'
    ).outreach_policy()
    assert policy.quiet == (time(21, 30), time(7, 15))
    assert policy.slot == timedelta(hours=2)
    assert policy.relay_every == timedelta(hours=3)
    assert policy.settle == timedelta(minutes=4)
    assert policy.look_grid == timedelta(minutes=5)


def test_no_quiet_hours_can_be_asked_for(loaded: Loader) -> None:
    assert loaded("[outreach]\nquiet = []").outreach_policy().quiet is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0s", ZERO),
        ("30m", timedelta(minutes=30)),
        ("1.5h", timedelta(minutes=90)),
        ("0.25s", timedelta(milliseconds=250)),
        ("2w", timedelta(days=14)),
        ("6mo", timedelta(days=180)),
        ("36500d", timedelta(days=36500)),
    ],
)
def test_durations(loaded: Loader, text: str, meant: timedelta) -> None:
    assert loaded(f'[outreach]\nnudge_after = "{text}"').outreach_policy().nudge_after == meant


def test_every_setting_of_outreach_reaches_the_domain(loaded: Loader) -> None:
    changed = """
    [outreach]
    who_may_ask = "known"
    who_may_be_asked = "anyone"
    min_account_age = "1d"
    hold = ["1m", "2m"]
    slot = "3m"
    relay_every = "4m"
    quiet = ["01:00", "02:00"]
    relay = "free"
    relay_turns = 7
    remind_after = "5m"
    give_up_after = "6m"
    check_every = "7m"
    settle = "8m"
    nudge_after = "9m"
    draft_expires = "10m"
    consent_within = "11m"
    look_grid = "12m"
    old_post = "13d"
    audience = { warn_below = 21, refuse_below = 20 }
    limits = { open_per_member = 31, per_recipient_per_week = 32, per_day = 33, per_domain_per_day = 34 }
    reveal = true
    [retention]
    contact = "41d"
    decided = "42d"
    reporter_link = "43d"
    [reports]
    first_response = "44h"
    branch_response = "45h"
    [policy.sla]
    remind_at = ["46h"]
    defer_max = "47h"
    remote_adequate = "48h"
    [policy.procedure]
    reporter_outcome = "none"
    remote_contact = true
    [policy.appeal]
    window = "7mo"
    """
    policy = loaded(changed, community='timezone = "Europe/Berlin"').outreach_policy()
    default = OutreachPolicy()
    same = [name for name in OutreachPolicy.__slots__ if getattr(policy, name) == getattr(default, name)]
    assert same == []


def test_doubtful_choices_are_named_not_refused(loaded: Loader) -> None:
    config = loaded('[outreach]\nhold = ["0s", "0s"]\nremind_after = "9d"\naudience = { refuse_below = 1 }')
    said = " ".join(warnings(config))
    for key in ("outreach.hold", "outreach.slot", "outreach.relay_every", "remind_after", "refuse_below"):
        assert key in said


def test_a_careful_configuration_is_not_nagged_at(loaded: Loader) -> None:
    assert warnings(loaded(community='crisis = { en = "findahelpline.com" }')) == ()


def test_tokens_in_the_open_are_named(loaded: Loader) -> None:
    crisis = 'crisis = { en = "x" }'
    assert "without TLS" in warnings(loaded('[fediverse]\nserver = "http://f.example"', community=crisis))[0]
    assert warnings(loaded('[fediverse]\nserver = "http://127.0.0.1:3000"', community=crisis)) == ()


def test_a_host_that_only_looks_like_loopback_is_named(loaded: Loader) -> None:
    crisis = 'crisis = { en = "x" }'
    assert warnings(loaded('[fediverse]\nserver = "http://127.evil.example"', community=crisis))


def test_a_language_without_finished_letters_is_told(loaded: Loader) -> None:
    both = 'crisis = { en = "x", tr = "y" }\nlanguages = ["en", "tr"]'
    told = "No finished letters in tr: what is missing there goes out in English."
    assert warnings(loaded(community=both)) == (told,)
    assert warnings(loaded('[branches.tr]\nlanguages = ["tr"]', community='crisis = { en = "x" }')) == (told,)
