"""Ends of bans, clocks of a decision, ages: dates that people will rely on, month ends and leap days included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from outreach.domain.discipline.age import AgeStep, Membership
from outreach.domain.discipline.clocks import Clocks, Overrun, overrun
from outreach.domain.discipline.ladder import Ladder, ban_end
from outreach.domain.discipline.requests import IndexRequests
from outreach.domain.discipline.spans import Span, end_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "span", "calendar", "thirty"),
    [
        ("2026-01-31T10:00", "1mo", "2026-02-28T10:00", "2026-03-02T10:00"),
        ("2028-01-31T10:00", "1mo", "2028-02-29T10:00", "2028-03-01T10:00"),
        ("2026-03-31T10:00", "1mo", "2026-04-30T10:00", "2026-04-30T10:00"),
        ("2026-11-30T10:00", "3mo", "2027-02-28T10:00", "2027-02-28T10:00"),
        ("2026-08-31T23:59", "6mo", "2027-02-28T23:59", "2027-02-27T23:59"),
        ("2026-12-15T00:00", "1mo", "2027-01-15T00:00", "2027-01-14T00:00"),
        ("2026-10-24T12:00", "1w", "2026-10-31T12:00", "2026-10-31T12:00"),  # over the end of summer time
        ("2026-03-28T12:00", "24h", "2026-03-29T12:00", "2026-03-29T12:00"),
        ("2026-12-31T00:00", "120mo", "2036-12-31T00:00", "2036-11-08T00:00"),
    ],
)
def test_ends_of_spans(start: str, span: str, calendar: str, thirty: str) -> None:
    assert end_of(at(start), Span(span)) == at(calendar)
    assert end_of(at(start), Span(span), "30d") == at(thirty)


@pytest.mark.parametrize("written", ["", "0h", "24", "h", "1.5h", "-1h", "1y", "101w ", "1218mo", "999999w", "24H"])
def test_what_is_no_length_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        Span(written)


def test_the_ladder_and_its_appeals() -> None:
    ladder = Ladder()
    assert [ladder.step(bans) for bans in range(1, 9)] == ["24h", "1w", "1mo", "3mo", "6mo", None, None, None]
    assert ladder.first_appeal(at("2026-08-31T10:00")) == at("2027-02-28T10:00")
    assert replace(ladder, appeal_first="at_once").first_appeal(at("2026-08-31T10:00")) == at("2026-08-31T10:00")
    assert ladder.next_appeal(at("2027-03-05T10:00")) == at("2027-09-05T10:00")


@pytest.mark.parametrize(
    ("running", "overlap", "end"),
    [
        (None, "max", "2026-05-08T10:00"),
        ("2026-04-30T10:00", "max", "2026-05-08T10:00"),
        ("2026-04-30T10:00", "append", "2026-05-08T10:00"),
        ("2026-05-03T10:00", "max", "2026-05-08T10:00"),
        ("2026-06-01T10:00", "max", "2026-06-01T10:00"),
        ("2026-05-03T10:00", "append", "2026-05-10T10:00"),
    ],
)
def test_a_ban_beside_a_running_one(running: str | None, overlap: str, end: str) -> None:
    until = at(running) if running else None
    assert ban_end(at("2026-05-01T10:00"), Span("1w"), until, overlap=overlap) == at(end)  # type: ignore[arg-type]  # the cases name it


@pytest.mark.parametrize(
    ("phase_1", "phase_2", "flags", "breaks"),
    [
        (23, 40, (), Overrun.PHASE_1),
        (37, 36, (), Overrun.PHASE_1),
        (30, 35, (), Overrun.PHASE_2),
        (24, 49, (), Overrun.PHASE_2),
        (36, 48, (), Overrun.CAP),
        (29, 48, (), Overrun.CAP),
        (28, 48, (), None),
        (36, 40, (), None),
        (30, 46, (), None),
        (24, 36, (), None),
        (36, 48, ("harassment",), None),
        (36, 48, ("research",), None),
        (36, 48, ("haste",), Overrun.CAP),
        (37, 48, ("harassment",), Overrun.PHASE_1),
    ],
)
def test_limits_of_the_two_phases(phase_1: int, phase_2: int, flags: tuple[str, ...], breaks: Overrun | None) -> None:
    assert overrun(Clocks(), Span(f"{phase_1}h"), Span(f"{phase_2}h"), flags) is breaks


MEMBERS = Membership(min_age=14)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("born", "until"),
    [
        (date(2013, 3, 10), date(2027, 3, 10)),
        (date(2016, 2, 29), date(2030, 3, 1)),
        (date(2012, 11, 22), None),
        (date(2012, 11, 23), date(2026, 11, 23)),
        (date(1990, 1, 1), None),
    ],
)
def test_until_a_birthday(born: date, until: date | None) -> None:
    assert MEMBERS.until_birthday(born, TODAY) == until


def test_a_leap_day_by_either_custom() -> None:
    early = replace(MEMBERS, leap_birthday="02-28")
    assert early.until_birthday(date(2016, 2, 29), TODAY) == date(2030, 2, 28)
    assert MEMBERS.until_age(13, date(2028, 2, 29)) == date(2029, 3, 1)
    assert early.until_age(13, date(2028, 2, 29)) == date(2029, 2, 28)
    assert early.until_age(10, date(2028, 2, 29)) == date(2032, 2, 29)


def test_until_an_age_that_was_said() -> None:
    assert MEMBERS.until_age(12, TODAY) == date(2028, 11, 22)
    assert MEMBERS.until_age(13, TODAY) == date(2027, 11, 22)
    assert MEMBERS.until_age(14, TODAY) is None
    assert Membership().until_age(3, TODAY) is None


def test_a_raised_age_leaves_those_alone_who_are_there() -> None:
    raised = replace(MEMBERS, steps=(AgeStep(date(2026, 1, 1), 17), AgeStep(date(2027, 1, 1), 18)))
    born = date(2010, 6, 1)
    assert raised.until_birthday(born, TODAY) == date(2027, 6, 1)
    assert raised.until_birthday(born, TODAY, joined=date(2025, 12, 31)) is None
    assert raised.until_birthday(born, TODAY, joined=date(2026, 1, 1)) == date(2027, 6, 1)
    assert raised.until_birthday(born, date(2027, 1, 1)) == date(2028, 6, 1)
    strict = replace(raised, grandfather=False)
    assert strict.until_birthday(born, TODAY, joined=date(2020, 1, 1)) == date(2027, 6, 1)


def test_a_request_for_a_lower_index_waits_six_months() -> None:
    requests = IndexRequests()
    assert requests.open_from(None) is None
    opens = requests.open_from(at("2026-01-15T09:00"))
    assert opens == at("2026-07-15T09:00")
    assert opens > at("2026-06-14T09:00") + timedelta(days=30)  # five months and thirty days are too few
