"""What a row of decisions means: the vectors of the requirements (1.2.4), and what no row can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters import profiles
from outreach.config import places
from outreach.domain.discipline.plan import Aside, Discipline, Sanction, Standing, broken_example, sanctions_in, told


def shipped() -> Discipline:
    discipline = profiles.shipped(places.profiles(), "branches").discipline
    assert discipline is not None
    return discipline


PLAN = shipped()

W, M, K, B = Sanction.WARN, Sanction.MUTE, Sanction.KICK, Sanction.BAN

#: Deeds, what each brings (nothing for an aside), and index and bans at the end.
VECTORS: list[tuple[Sequence[str], list[str], tuple[int, int]]] = [
    ("AAB", ["A: warn", "A: mute", "B: ban 24h"], (3, 1)),
    ("AAAAA", ["A: warn", "A: mute", "A: kick", "A: ban 24h", "A: ban 1w"], (5, 2)),
    ("BBB", ["B: warn + mute", "B: kick", "B: ban 24h"], (3, 1)),
    ("CC", ["C: warn + kick", "C: ban 24h"], (2, 1)),
    (
        "DDDDDDD",
        ["D: warn + ban 24h", *(f"D: ban {step}" for step in ("1w", "1mo", "3mo", "6mo", "indefinite", "indefinite"))],
        (7, 7),
    ),
    ("ABCD", ["A: warn", "B: kick", "C: ban 24h", "D: ban 1w"], (4, 2)),
    ("DAAA", ["D: warn + ban 24h", "A: mute", "A: kick", "A: ban 1w"], (4, 2)),
    (["A", "demand", "stop", "A"], ["A: warn", "A: mute"], (2, 0)),
    ("AF", ["A: warn", "F: ban indefinite"], (2, 1)),
    (["underage", "A"], ["A: warn"], (1, 0)),
    (["A", "dropped", "A"], ["A: warn", "A: mute"], (2, 0)),
]

#: R092: the table, classes by index 1 to 6.
TABLE = {
    "A": ["warn", "mute", "kick", "ban", "ban", "ban"],
    "B": ["warn + mute", "kick", "ban", "ban", "ban", "ban"],
    "C": ["warn + kick", "ban", "ban", "ban", "ban", "ban"],
    "D": ["warn + ban", "ban", "ban", "ban", "ban", "ban"],
    "E": ["ban"] * 6,
    "F": ["ban"] * 6,
}

DEEDS = st.lists(st.sampled_from([*"ABCDEF", *Aside]), max_size=12)


@pytest.mark.parametrize(("deeds", "gives", "end"), VECTORS, ids=lambda value: str(value)[:30])
def test_vectors(deeds: Sequence[str], gives: list[str], end: tuple[int, int]) -> None:
    row = list(PLAN.row(deeds))
    assert [told(done) for _, done in row if done is not None] == gives
    assert (row[-1][0].index, row[-1][0].bans) == end


@pytest.mark.parametrize("offence", "ABCDEF")
def test_the_table(offence: str) -> None:
    for index, cell in enumerate(TABLE[offence], 1):
        now, done = PLAN.decide(Standing(index - 1), offence)
        assert (now.index, done.index, done.measures) == (index, index, sanctions_in(cell))


def test_e_and_f_are_for_good_and_only_f_informs_the_authorities() -> None:
    for offence, authorities in (("E", False), ("F", True)):
        for index in range(6):
            _, done = PLAN.decide(Standing(index, 2), offence)
            assert (done.ban, done.appeal, done.authorities) == (None, False, authorities)
    assert all(PLAN.decide(Standing(), offence)[1].appeal for offence in "ABCD")


def test_the_other_reading_of_class_d_warns_each_time() -> None:
    other = replace(PLAN, plan=replace(PLAN.plan, d_warning_each_time=True))
    assert [told(done) for done in other.consequences("DDB")] == ["D: warn + ban 24h", "D: warn + ban 1w", "B: ban 1mo"]
    assert [told(done) for done in PLAN.consequences("DD")] == ["D: warn + ban 24h", "D: ban 1w"]


@pytest.mark.parametrize(
    "row",
    [
        ("warn + mute", "warn + mute", "kick", "ban"),  # R2
        ("warn", "mute", "kick", "ban"),  # R3
    ],
)
def test_the_readings_that_contradict_the_example_are_seen(row: tuple[str, ...]) -> None:
    table = {**PLAN.plan.table, "B": row}
    assert broken_example(PLAN) is None
    assert broken_example(replace(PLAN, plan=replace(PLAN.plan, table=table))) == ("B: ban 24h", "B: kick")


def test_an_unknown_class_is_no_decision() -> None:
    with pytest.raises(KeyError):
        PLAN.consequences("AX")
    with pytest.raises(ValueError, match="hang"):
        sanctions_in("hang")


@given(DEEDS)
def test_the_index_never_falls_and_rises_with_decisions_alone(deeds: list[str]) -> None:
    before = Standing()
    for deed, (after, done) in zip(deeds, PLAN.row(deeds), strict=True):
        assert after.index - before.index == (0 if deed in set(Aside) else 1)
        assert (done is None) == (deed in set(Aside))
        before = after


@given(DEEDS)
def test_the_ladder_grows_with_bans_alone_and_nothing_outside_the_table_is_done(deeds: list[str]) -> None:
    before, lengths = Standing(), list(PLAN.ladder.steps)
    for after, done in PLAN.row(deeds):
        banned = done is not None and B in done.measures
        assert after.bans - before.bans == int(banned)
        if done is not None:
            row = PLAN.plan.table[done.offence]
            assert done.measures == sanctions_in(row[min(done.index, len(row)) - 1])
            limited = banned and not PLAN.classes[done.offence].permanent
            step = lengths[min(after.bans, len(lengths)) - 1] if limited else "indefinite"
            assert (done.ban or "indefinite") == step
        before = after
