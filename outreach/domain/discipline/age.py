"""Until when somebody is too young to be a member (R121). Keeps nothing: the birth date may be forgotten after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class AgeStep:
    """From a day on, another minimum age."""

    since: date
    min_age: int


@dataclass(frozen=True, slots=True)
class Membership:
    """The minimum age, 0 for none, and its later changes; `grandfather`: who is there already keeps the old one."""

    min_age: int = 0
    rules: tuple[str, ...] = ()
    leap_birthday: Literal["02-28", "03-01"] = "03-01"
    keep_birth_date: bool = False
    grandfather: bool = True
    steps: tuple[AgeStep, ...] = ()

    def age_on(self, day: date, joined: date | None = None) -> int:
        """The minimum age that holds on a day for somebody who joined then, or comes now."""
        counts = joined if joined is not None and self.grandfather else day
        return max(
            ((step.since, step.min_age) for step in self.steps if step.since <= counts), default=(None, self.min_age)
        )[1]

    def until_birthday(self, born: date, today: date, joined: date | None = None) -> date | None:
        """The day on which somebody born then is old enough; None if they are today."""
        enough = self._years_later(born, self.age_on(today, joined))
        return enough if enough > today else None

    def until_age(self, age: int, today: date, joined: date | None = None) -> date | None:
        """The same from an age alone: the missing years, counted from today."""
        missing = self.age_on(today, joined) - age
        return self._years_later(today, missing) if missing > 0 else None

    def _years_later(self, day: date, years: int) -> date:
        try:
            return day.replace(year=day.year + years)
        except ValueError:  # 29 February, and no leap year
            month, in_month = map(int, self.leap_birthday.split("-"))
            return date(day.year + years, month, in_month)
