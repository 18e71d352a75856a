"""A picture as it may be kept: drawn anew from its pixels, under a name of ours. Knows no format and opens nothing.

What can be seen in it stays in it, and may show who made it: hence the question before any is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: So many pictures go with one report, and so many of one member are taken in a day.
MOST_PICTURES, PICTURES_PER_DAY = 4, 20
#: No larger file is read, in bytes: what phones and desktops make of a screen has a tenth of it.
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """One JPEG without anything beside its pixels; sides in pixels."""

    body: bytes
    width: int
    height: int


class Unfit(StrEnum):
    """Why a picture does not reach moderators."""

    FORMAT = "format"  #: no JPEG, PNG, WebP or GIF
    LARGE = "large"  #: more bytes, pixels or work than is safe
    BROKEN = "broken"  #: it says what it is, and cannot be read
    GONE = "gone"  #: the server does not give it to us
    MANY = "many"  #: more than one person may send in a day
    MINORS = "minors"  #: it may be what nobody may copy (R011)


class UnfitPicture(Exception):
    """A file that cannot be used; it is nobody's fault of ours, and no later attempt helps."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(f"a picture is unfit: {why}")
        self.why = why
