"""Room keys that are kept for somebody invited until they are there. Pure: when they go out is `arrivals`' matter.

A current client that gets a key from a device it has not heard of yet refuses the words for good, and only in a shared
room does it ask whose devices there are. So a key used before its reader has joined follows some seconds after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

#: A hundred messages or a week make one key; of somebody invited for years the oldest go.
_MOST_KEYS = 100
#: Devices that cannot be reached are tried again after so many seconds, then after twice as many, and so on.
_AGAIN, _SELDOM = 5.0, 3600.0


@dataclass(frozen=True, slots=True)
class Owed:
    """What one person is given of one room. `keys` by session, each from the first message on that they may read.

    `due` is None until they have joined. `gone` is the day (ISO) on which they left: what was said while they were
    there stays theirs, should they come back. `tries` were in vain.
    """

    room: str
    user: str
    keys: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None
    gone: str = ""
    tries: int = 0

    def more(self, session: str, key: str) -> Owed:
        """Of one session the first key counts: it opens what the later ones open, too."""
        if session in self.keys:
            return self
        return replace(self, keys=dict([*self.keys.items(), (session, key)][-_MOST_KEYS:]))

    def joined(self, due: datetime) -> Owed:
        """They came; told twice, the first time counts."""
        return self if self.due is not None else replace(self, due=due, gone="", tries=0)

    def left(self, today: date) -> Owed:
        """They went, or declined."""
        return replace(self, due=None, gone=today.isoformat())

    def invited(self) -> Owed:
        """They are asked in again. Told late, that undoes no coming: nobody is asked in who is there."""
        return replace(self, gone="")

    def unreached(self, now: datetime) -> Owed:
        """None of their devices could be given anything."""
        delay = min(_AGAIN * 2.0 ** min(self.tries, 10), _SELDOM)
        return replace(self, due=now + timedelta(seconds=delay), tries=self.tries + 1)

    def without(self, sessions: Iterable[str]) -> Owed:
        """They have those."""
        given = set(sessions)
        return replace(self, keys={session: key for session, key in self.keys.items() if session not in given})
