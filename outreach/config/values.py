"""How single values are written in the file: durations, times of day, addresses. Knows no setting by its name.

A parser raises ValueError with what the value must be; the loader adds file and key. Values are never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400}
_LONGEST = timedelta(days=36525)
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?(mo|[smhdw])")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")
_USER_ID = re.compile(r"@[^\s:@]+:[^\s@]+")
_PREFIX = re.compile(r"[^\w\s@#/<>]{1,3}")
_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[\w.-]+):([0-9]{1,5})")
_ROOM_ID = re.compile(r"![^\s!#@]+")
#: What a server might take for a mention: no word of ours may hold one (F1).
_MENTION = re.compile(r"(?:^|\W)@\w|^\s*@|@\s*$")


class Duration(timedelta):
    """A length of time, written as `"30m"`; a month is thirty days."""


class Interval(Duration):
    """A duration between repetitions: never zero, which would be a loop without rest."""


class TimeOfDay(time):
    """A time of day, written as `"22:00"`."""


class Language(str):
    """A language code in the form of our catalogs: `pt_BR`, whichever way it was written."""


class HttpUrl(str):
    """The address of a server: scheme and host, perhaps a port, no path."""


class UserId(str):
    """A full Matrix user id."""


class RoomId(str):
    """The internal id of a Matrix room; an alias can be given to another room, an id cannot."""


class Wording(str):
    """One line that is printed in letters; holds nothing a server could take for a mention (F1)."""


class Prefix(str):
    """What begins a command in the staff room."""


class Listen(str):
    """Address and port of a listener."""


class Helplines(dict[str, str]):
    """By language, the line or page that helps in a crisis."""


def duration(value: object) -> Duration:
    """Read a duration."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a duration in quotes, such as "30m", with one of the units s m h d w mo')
    seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError("must be a duration of at most a hundred years")
    return Duration(seconds=seconds)


def interval(value: object) -> Interval:
    """Read a duration that is longer than zero."""
    length = duration(value)
    if not length:
        raise ValueError('must be longer than zero, such as "1s"')
    return Interval(seconds=length.total_seconds())


def _time_of_day(value: object) -> TimeOfDay:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a time of day in quotes, such as "22:00"')
    return TimeOfDay(int(found[1]), int(found[2]))


def _language(value: object) -> Language:
    found = _LANGUAGE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a language code in quotes, such as "de" or "pt-BR"')
    language, script, region = found[1].lower(), found[2], found[3]
    parts = (language, script and script.title(), region and region.upper())
    return Language("_".join(part for part in parts if part))


def _http_url(value: object) -> HttpUrl:
    wanted = ValueError('must be the address of a server in quotes, such as "https://loser.cafe"')
    if not isinstance(value, str):
        raise wanted
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        raise wanted from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra or re.search(r"\s", value):
        raise wanted
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return HttpUrl(f"{parts.scheme}://{host}{port}")


def _user_id(value: object) -> UserId:
    if isinstance(value, str) and _USER_ID.fullmatch(value):
        return UserId(value)
    raise ValueError('must be a full Matrix user id in quotes, such as "@outreach:loser.cafe"')


def _room_id(value: object) -> RoomId:
    if isinstance(value, str) and _ROOM_ID.fullmatch(value):
        return RoomId(value)
    raise ValueError('must be the internal id of a room in quotes, which begins with "!"')


def _wording(value: object) -> Wording:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("must be one line of text in quotes")
    if _MENTION.search(value):
        raise ValueError("must hold no word that begins with @, which a server would take for a mention")
    return Wording(value.strip())


def _prefix(value: object) -> Prefix:
    if isinstance(value, str) and _PREFIX.fullmatch(value):
        return Prefix(value)
    raise ValueError('must be one to three signs in quotes, no letters, such as "!"')


def _listen(value: object) -> Listen:
    found = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if found and int(found[1]) < 65536:
        return Listen(found[0])
    raise ValueError('must be an address and a port in quotes, such as "127.0.0.1:8460"')


def _helplines(value: object) -> Helplines:
    if isinstance(value, dict):
        return Helplines({_language(code): _wording(line) for code, line in value.items()})
    raise ValueError('must be a table of languages, such as { de = "0800 111 0 111" }')


_PARSERS: Mapping[type, Callable[[object], object]] = MappingProxyType(
    {
        Duration: duration,
        Interval: interval,
        TimeOfDay: _time_of_day,
        Language: _language,
        HttpUrl: _http_url,
        UserId: _user_id,
        RoomId: _room_id,
        Wording: _wording,
        Prefix: _prefix,
        Listen: _listen,
        Helplines: _helplines,
    }
)


def decode(wanted: type, value: Any) -> object:
    """The hook that msgspec calls for each type it does not know itself."""
    return _PARSERS[wanted](value)
