"""Every table of the file and every setting in it, with its default. Says what may stand there, not what it does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from outreach.config.values import (
    Duration,
    HttpUrl,
    Interval,
    Language,
    RoomId,
    TimeOfDay,
    UserId,
    Wording,
)
from outreach.config.values import decode as _decode

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Prefix = Annotated[str, Meta(pattern=r"^[^\w\s@#/]{1,3}$")]


def _length(text: str) -> Duration:
    return Duration(seconds=_decode(Duration, text).total_seconds())  # type: ignore[attr-defined]


def _interval(text: str) -> Interval:
    return Interval(seconds=_length(text).total_seconds())


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file: immutable, and strict about its keys."""


class Community(Table, frozen=True):
    """`[community]`. Name and contact have defaults that other tables provide (`Config.name`, `Config.contact`)."""

    name: Wording | None = None
    profile: str = "cooperative"
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = (Language("en"),)
    timezone: str = "UTC"
    contact: Wording | None = None
    crisis: dict[Language, Wording] = {}


class Store(Table, frozen=True):
    """`[store]`. Relative paths count from the working directory."""

    url: str = "sqlite:///outreach.db"
    keyring: str = "outreach.keys"

    def __repr__(self) -> str:  # the URL of a PostgreSQL server may hold a password
        return f"Store(url={self.url.partition(':')[0]!r}, keyring={self.keyring!r})"


class Matrix(Table, frozen=True):
    """`[matrix]`. `encryption` counts as false where it is left out, until this version can encrypt."""

    homeserver: HttpUrl
    user: UserId
    staff_room: RoomId
    alternate_room: RoomId | None = None
    community_rooms: tuple[RoomId, ...] = ()
    encryption: bool = False
    trust: Literal["joined", "cross-signed"] = "joined"
    command_prefix: Prefix = "!"
    synapse_admin: bool = False


class Fediverse(Table, frozen=True):
    """`[fediverse]`. `reports` asks for the staff token only once reports are read."""

    server: HttpUrl
    reports: bool = True
    poll_every: Interval = _interval("20s")


class StaffMember(Table, frozen=True):
    """`[[staff]]`: who is one person across accounts."""

    matrix: UserId | None = None
    fediverse: str = ""
    branch: str = ""
    owner: bool = False


class Audience(Table, frozen=True):
    """How few people may see a post before the member is warned, or nothing is sent."""

    warn_below: Count = 10
    refuse_below: Count = 3


class Limits(Table, frozen=True):
    """How many requests and letters there may be."""

    open_per_member: Count = 3
    per_recipient_per_week: Count = 2
    per_day: Count = 30
    per_domain_per_day: Count = 3


class Outreach(Table, frozen=True):
    """`[outreach]`. What is UNSET follows `hold`: zero where nothing is held back, else the domain's default."""

    who_may_ask: Literal["local", "known", "anyone"] = "local"
    who_may_be_asked: Literal["local", "anyone"] = "local"
    min_account_age: Duration = _length("3d")
    hold: tuple[Duration, Duration] = (_length("30m"), _length("3h"))
    slot: Duration | UnsetType = UNSET
    relay_every: Duration | UnsetType = UNSET
    quiet: tuple[TimeOfDay, ...] | UnsetType = UNSET
    relay: Literal["phrases", "approved", "free"] = "approved"
    relay_turns: Count = 3
    remind_after: Duration = _length("2d")
    give_up_after: Interval = _interval("4d")
    check_every: Interval = _interval("1h")
    settle: Duration | UnsetType = UNSET
    nudge_after: Duration = _length("1h")
    draft_expires: Interval = _interval("24h")
    consent_within: Interval = _interval("7d")
    look_grid: Duration | UnsetType = UNSET
    old_post: Interval = _interval("365d")
    audience: Audience = Audience()
    limits: Limits = Limits()
    reveal: bool = False


class Reports(Table, frozen=True):
    """`[reports]`: how soon a report is seen and answered."""

    poll_every: Interval = _interval("10s")
    first_response: Interval = _interval("24h")
    branch_response: Interval = _interval("12h")


class Retention(Table, frozen=True):
    """`[retention]`: how long what is kept."""

    contact: Duration = _length("90d")
    decided: Duration = _length("200d")
    reporter_link: Duration = _length("14d")
    backups: Duration = _length("30d")


class Branch(Table, frozen=True):
    """`[branches.NAME]`: a language community with its own moderators."""

    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    staff_room: RoomId | None = None


class Policy(Table, frozen=True):
    """`[policy]`: overrides of the profile. The groups are checked by what uses them."""

    enrol_after: Duration = _length("72h")
    ballot: dict[str, Any] = {}
    clocks: dict[str, Any] = {}
    appeal: dict[str, Any] = {}
    minor: dict[str, Any] = {}
    class_f: dict[str, Any] = {}
    timers: dict[str, Any] = {}
    stop: dict[str, Any] = {}


class Web(Table, frozen=True):
    """`[web]`: the pages of staff; without it no port is opened."""

    listen: Annotated[str, Meta(pattern=r"^(\[[0-9a-fA-F:]+\]|[\w.-]+):[0-9]{1,5}$")]
    public_url: HttpUrl


class Tables(Table, frozen=True):
    """The whole file."""

    matrix: Matrix
    fediverse: Fediverse | None = None
    community: Community = Community()
    store: Store = Store()
    staff: tuple[StaffMember, ...] = ()
    outreach: Outreach = Outreach()
    reports: Reports = Reports()
    retention: Retention = Retention()
    branches: dict[str, Branch] = {}
    policy: Policy = Policy()
    web: Web | None = None
