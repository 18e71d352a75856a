"""Days, moments, durations, names and lists as this language writes them. Pure; every value comes and goes as text.

Does not choose a language and reads no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.lists import format_list
from jinja2 import pass_context
from jinja2.runtime import Context

from outreach.adapters.rendering import plain
from outreach.adapters.rendering.catalogs import Catalog
from outreach.adapters.rendering.names import GROUPS
from outreach.adapters.rendering.policy_texts import LABEL_NAME, PARTS, key_of
from outreach.domain.profile import Profile

CATALOG = "_catalog"
ZONE = "_zone"
_PERSON = re.compile("⟦(\\d+)⟧")
_ONE_UNIT = 10**9  # so many of a unit before the next larger one takes over: never
_UNITS: tuple[tuple[Literal["day", "hour", "minute"], int], ...] = (("day", 86400), ("hour", 3600), ("minute", 60))


@pass_context
def day(context: Context, value: str) -> str:
    """`2025-11-03` → 3 November."""
    return format_skeleton("MMMMd", _date(value), locale=_locale(context)) if value else ""


@pass_context
def long_date(context: Context, value: str) -> str:
    """`2025-11-03` → 3 November 2025."""
    return format_date(_date(value), "long", locale=_locale(context)) if value else ""


@pass_context
def moment(context: Context, value: str) -> str:
    """An ISO time → weekday, day and time in the community's zone."""
    if not value:
        return ""
    at, locale = _local(context, value), _locale(context)
    return _glued(locale, format_datetime(at, str(locale.datetime_skeletons["MMMEd"]), locale=locale), at)


def _local(context: Context, value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(ZoneInfo(context[ZONE]))


def _glued(locale: Locale, day_: str, at: datetime) -> str:
    """Day and time, in the order and with the sign between them that the language has."""
    return str(locale.datetime_formats["medium"]).replace("{1}", day_).replace("{0}", f"{at:%H:%M}")


@pass_context
def dated(context: Context, value: str) -> str:
    """The same with the year and the zone's city: an end that may be months away and that people rely on."""
    if not value:
        return ""
    at, locale = _local(context, value), _locale(context)
    return f"{_glued(locale, format_date(at, 'long', locale=locale), at)} ({_city(context)})"


@pass_context
def zoned(context: Context, value: str) -> str:
    """The same with the zone's city, for a room whose readers live in several."""
    return f"{moment(context, value)} {_city(context)}" if value else ""


def _city(context: Context) -> str:
    zone = str(context[ZONE])
    return str(_locale(context).time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " "))


@pass_context
def duration(context: Context, value: str) -> str:
    """Seconds → 6 hours; rounded up, for what is promised."""
    if not value:
        return ""
    unit, length = next(each for each in _UNITS if float(value) >= 2 * each[1] or each[1] == 60)
    # not `format_unit`, which has no such units in half of the locales and then writes their names
    span = timedelta(seconds=ceil(float(value) / length) * length)
    return format_timedelta(span, granularity=unit, threshold=_ONE_UNIT, locale=_locale(context))


def number(value: str) -> int:
    """A count; anything else is 0."""
    return int(value) if value.isdecimal() else 0


def name_in(catalog: Catalog, group: str, value: str) -> str:
    """What people call a label, an ask, a stage …; the value itself where it has no name."""
    if group == "label":
        labels = catalog.profile.labels if catalog.profile else {}
        return catalog.say(LABEL_NAME, labels[value].name) if value in labels else value
    known = GROUPS[group].get(value)
    return catalog.say(f"{group} name", known) if known else value.replace("_", " ")


@pass_context
def name(context: Context, value: str, group: str) -> str:
    """The name of one value of a group."""
    return name_in(context[CATALOG], group, value)


@pass_context
def label(context: Context, value: str) -> str:
    """The word of a warning."""
    return name_in(context[CATALOG], "label", value)


@pass_context
def ask(context: Context, value: str) -> str:
    """What is asked for, in two or three words."""
    return name_in(context[CATALOG], "ask", value)


@pass_context
def names(context: Context, value: str, group: str) -> str:
    """Several values, separated by spaces, as one list: this or that."""
    return _list(context, value, group, "or")


@pass_context
def every(context: Context, value: str, group: str) -> str:
    """The same: this and that."""
    return _list(context, value, group, "standard")


def _list(context: Context, value: str, group: str, style: Literal["or", "standard"]) -> str:
    said = [name_in(context[CATALOG], group, each) for each in value.split()]
    return format_list(said, style, locale=_locale(context)) if said else ""


@pass_context
def numbered(context: Context, value: str, group: str) -> str:
    """Several values, separated by spaces, as a menu: one number and one name a line."""
    return _menu(name_in(context[CATALOG], group, each) for each in value.split())


@pass_context
def cases(context: Context, value: str) -> str:
    """Lines of `ALIAS [DAY [ASK [LABEL]]]` as a menu."""
    return _menu(_case(context, line.split()) for line in value.splitlines() if line.strip())


def _case(context: Context, parts: list[str]) -> str:
    said = parts[:1]
    said += [day(context, each) for each in parts[1:2]]
    said += [ask(context, each) for each in parts[2:3]]
    said += [label(context, each) for each in parts[3:4]]
    return " · ".join(said)


@pass_context
def persons(context: Context, value: str) -> str:
    """`⟦2⟧` → [person 2]: whoever is meant stays a number (F26)."""
    word = name_in(context[CATALOG], "who", "person")
    return _PERSON.sub(lambda found: f"[{word} {found[1]}]", value)


@pass_context
def spoken(context: Context, value: str) -> str:
    """Lines of `NUMBER WORDS`, 0 being the author, as a conversation."""
    return "\n".join(_turn(context, *line.partition(" ")[::2]) for line in value.splitlines())


def _turn(context: Context, who: str, said: str) -> str:
    catalog = context[CATALOG]
    speaker = name_in(catalog, "who", "author") if who == "0" else f"{name_in(catalog, 'who', 'person')} {who}"
    return f"{speaker}: {persons(context, said)}"


@pass_context
def pictures(context: Context, value: str) -> str:
    """Lines of `KIND DESCRIPTION` as they stand below a post; never the picture itself."""
    return "\n".join(_picture(context, *line.partition(" ")[::2]) for line in value.splitlines())


def _picture(context: Context, kind: str, said: str) -> str:
    known = name_in(context[CATALOG], "kind", kind)
    return f"[{known}] {persons(context, said)}".rstrip()


def _menu(lines: Any) -> str:
    return "\n".join(f"{n} {line}" for n, line in enumerate(lines, 1))


@pass_context
def language(context: Context, code: str) -> str:
    """`de` → German."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(_locale(context)) or code
    except (ValueError, UnknownLocaleError):
        return code


def languages(value: str) -> str:
    """Codes, separated by spaces, each with the language's own name."""
    return ", ".join(f"{code} ({_own_name(code)})" for code in value.split())


def _own_name(code: str) -> str:
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name() or code
    except (ValueError, UnknownLocaleError):
        return code


@pass_context
def lived(context: Context, value: str) -> bool:
    """Whether authors may speak of their own life under this label."""
    return _profile(context).lived(value)


@pass_context
def reason(context: Context, value: str, asked: str) -> str:
    """Why a label, or without one an ask, is asked for: one sentence."""
    return _told(context, value, asked, "reason")


@pass_context
def why(context: Context, value: str, asked: str) -> str:
    """The same, at greater length."""
    return _told(context, value, asked, "why")


@pass_context
def rule(context: Context, value: str, asked: str) -> str:
    """The rule that stands behind it."""
    return _told(context, value, asked, "rule")


def _told(context: Context, value: str, asked: str, name: str) -> str:
    catalog: Catalog = context[CATALOG]
    return catalog.say(*key_of(_profile(context), asked, value, PARTS[name]))


def _profile(context: Context) -> Profile:
    catalog: Catalog = context[CATALOG]
    if catalog.profile is None:
        raise LookupError("this catalog knows no profile; make it with policy_texts.told")
    return catalog.profile


def _date(value: str) -> date:
    return date.fromisoformat(value[:10])


def _locale(context: Context) -> Locale:
    catalog: Catalog = context[CATALOG]
    return catalog.locale


#: Every filter of the templates. `label` and `ask` need the names of their group, so do the three with a group.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "date": long_date,
    "moment": moment,
    "dated": dated,
    "zoned": zoned,
    "duration": duration,
    "number": number,
    "name": name,
    "names": names,
    "every": every,
    "numbered": numbered,
    "label": label,
    "ask": ask,
    "cases": cases,
    "persons": persons,
    "spoken": spoken,
    "pictures": pictures,
    "language": language,
    "languages": languages,
    "lived": lived,
    "reason": reason,
    "why": why,
    "rule": rule,
    "plain": plain.plain,
    "bare": plain.bare,
    "quote": plain.quote,
}
