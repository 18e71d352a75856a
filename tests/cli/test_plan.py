"""`outreach plan` and the policy that `outreach check` prints, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Outreach
from tests.policy.test_faults import CONFIG

COOPERATIVE = CONFIG.replace('"branches"', '"cooperative"')


def test_a_row_as_json(outreach: Outreach) -> None:
    answer = outreach("plan", "A", "A", "B", "d", "E", "F", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out) == [
        {"class": "A", "index": 1, "measures": ["warn"], "ban": None},
        {"class": "A", "index": 2, "measures": ["mute"], "ban": None},
        {"class": "B", "index": 3, "measures": ["ban"], "ban": "24h"},
        {"class": "D", "index": 4, "measures": ["ban"], "ban": "1w"},
        {"class": "E", "index": 5, "measures": ["ban"], "ban": None, "appeal": False},
        {"class": "F", "index": 6, "measures": ["ban"], "ban": None, "appeal": False, "authorities": True},
    ]


def test_a_row_for_people(outreach: Outreach) -> None:
    answer = outreach("plan", "B", "D", "F")
    assert answer.out.splitlines() == [
        "B  index 1  warning and mute 24h",
        "D  index 2  ban 24h",
        "F  index 3  permanent ban, no appeal, and the authorities are informed",
    ]


def test_the_configured_plan_is_the_one_that_counts(outreach: Outreach, tmp_path: Path) -> None:
    (tmp_path / "outreach.toml").write_text(
        CONFIG + "[policy.ladder]\nsteps = ['1w', 'indefinite']\n[policy.plan]\nexample = []"
    )
    assert json.loads(outreach("plan", "D", "--json").out)[0]["ban"] == "1w"
    assert json.loads(outreach("plan", "D", "--json", "--profile", "branches").out)[0]["ban"] == "24h"
    (tmp_path / "outreach.toml").write_text(COOPERATIVE)
    answer = outreach("plan", "D", "--json")
    assert json.loads(answer.out)[0]["ban"] == "24h"
    assert answer.err == "This community decides without classes; what follows is the plan of branches.\n"


def test_a_plan_of_ones_own(outreach: Outreach, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('extends = ["branches"]\n[plan]\nd_warning_each_time = true\n')
    answer = outreach("plan", "D", "D", "--profile", "own.toml", "--json")
    assert [row["measures"] for row in json.loads(answer.out)] == [["warn", "ban"], ["warn", "ban"]]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["X"], 1, "There is no class X; there are A, B, C, D, E, F."),
        (["A", "--profile", "cooperative"], 1, "The profile cooperative decides without classes, so it has no plan"),
        (
            ["A", "--profile", "nope"],
            1,
            "nope: there is no such profile; use branches, cooperative, instance or the path",
        ),
        ([], 2, "Missing argument"),
        (["A", "--bogus"], 2, "No such option"),
    ],
)
def test_what_cannot_be_planned(outreach: Outreach, arguments: list[str], code: int, says: str) -> None:
    answer = outreach("plan", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert says in answer.err and "Traceback" not in answer.err


def test_check_prints_the_policy_in_force(outreach: Outreach, tmp_path: Path) -> None:
    (tmp_path / "outreach.toml").write_text(CONFIG + "[policy]\nnever_ask = { labels = ['food'] }\n")
    said = outreach("check").out
    for line in (
        "Policy in force: branches 2026-11-25 ",
        "  should: mh, blood, nudity, suggestive, scat, war, climate\n",
        "  never asked: food\n",
        "  food.posts (may, restricted): A warning on food and meals [moderation-guidelines, R065]\n",
        "  B: warn + mute, kick, ban\n",
        "phase_1 24h 36h, phase_2 36h 48h, cap 76h",
        "licence: CC-BY-SA-4.0\n",
    ):
        assert line in said
    policy = json.loads(outreach("check", "--json").out)["policy"]
    assert policy["never_ask"] == {"labels": ["food"], "asks": []}
    assert policy["plan"]["table"]["D"] == ["warn + ban", "ban"]
    assert policy["clauses"]["food.posts"]["text"] == "A warning on food and meals"


def test_a_policy_that_cannot_be_followed_stops_everything_with_one_sentence(
    outreach: Outreach, tmp_path: Path
) -> None:
    (tmp_path / "outreach.toml").write_text(CONFIG + "[policy.plan.table]\nA = []")
    for command in (["check"], ["plan", "A"], ["run"]):
        answer = outreach(*command)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("outreach.toml:10: policy.plan.table.A is empty; ")
