"""Every table of the file and every setting in it, with its default. Says what may stand there, not what it does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from outreach.config.values import (
    Duration,
    Helplines,
    HttpUrl,
    Interval,
    Language,
    Listen,
    Prefix,
    RoomId,
    TimeOfDay,
    UserId,
    Wording,
    duration,
    interval,
)

Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file: immutable, and strict about its keys."""


class Community(Table, frozen=True):
    """`[community]`. Name and contact have defaults that other tables provide (`Config.name`, `Config.contact`)."""

    name: Wording | None = None
    profile: str = "cooperative"
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = (Language("en"),)
    timezone: str = "UTC"
    contact: Wording | None = None
    crisis: Helplines = field(default_factory=Helplines)


class Store(Table, frozen=True):
    """`[store]`. Relative paths count from the working directory."""

    url: str = "sqlite:///outreach.db"
    keyring: str = "outreach.keys"

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # the URL of a PostgreSQL server may hold a password
        return [("url", self.url.partition(":")[0]), ("keyring", self.keyring)]

    def __repr__(self) -> str:
        return f"Store({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


class Matrix(Table, frozen=True):
    """`[matrix]`. `encryption`: new rooms are encrypted, and encrypted ones can be read."""

    homeserver: HttpUrl
    user: UserId
    staff_room: RoomId
    alternate_room: RoomId | None = None
    community_rooms: tuple[RoomId, ...] = ()
    encryption: bool = True
    trust: Literal["joined", "cross-signed"] = "joined"
    command_prefix: Prefix = Prefix("!")
    synapse_admin: bool = False


class Fediverse(Table, frozen=True):
    """`[fediverse]`. `media`: where the server keeps files, if elsewhere. `reports` left out: where its token is."""

    server: HttpUrl
    media: HttpUrl | None = None
    reports: bool | UnsetType = UNSET
    poll_every: Interval = interval("20s")


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
    min_account_age: Duration = duration("3d")
    hold: tuple[Duration, Duration] = (duration("30m"), duration("3h"))
    slot: Duration | UnsetType = UNSET
    relay_every: Duration | UnsetType = UNSET
    quiet: tuple[TimeOfDay, ...] | UnsetType = UNSET
    relay: Literal["phrases", "approved", "free"] = "approved"
    relay_turns: Count = 3
    remind_after: Duration = duration("2d")
    give_up_after: Interval = interval("4d")
    check_every: Interval = interval("1h")
    settle: Duration | UnsetType = UNSET
    nudge_after: Duration = duration("1h")
    draft_expires: Interval = interval("24h")
    consent_within: Interval = interval("7d")
    look_grid: Duration | UnsetType = UNSET
    old_post: Interval = interval("365d")
    audience: Audience = Audience()
    limits: Limits = Limits()
    reveal: bool = False


class Reports(Table, frozen=True):
    """`[reports]`: how soon a report is seen and answered. What is UNSET follows the profile.

    `digest_at` is the time of day, in the community's zone, at which each staff room is told what is open.
    """

    poll_every: Interval = interval("10s")
    digest_at: TimeOfDay = TimeOfDay(9)
    first_response: Interval | UnsetType = UNSET
    branch_response: Interval | UnsetType = UNSET


class Retention(Table, frozen=True):
    """`[retention]`: how long what is kept."""

    contact: Duration = duration("90d")
    decided: Duration = duration("200d")
    reporter_link: Duration = duration("14d")
    backups: Duration = duration("30d")


class Branch(Table, frozen=True):
    """`[branches.NAME]`: a language community with its own moderators."""

    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    staff_room: RoomId | None = None
    opted_out: bool = False


class Policy(Table, frozen=True):
    """`[policy]`: what this server wants otherwise than its profile; the profile's loader checks the tables."""

    enrol_after: Duration = duration("72h")
    remove: list[str] = []
    strengths: dict[str, Any] = {}
    levels: dict[str, Any] = {}
    topics: dict[str, Any] = {}
    sources: dict[str, Any] = {}
    clauses: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    asks: dict[str, Any] = {}
    never_ask: dict[str, Any] = {}
    measures: dict[str, Any] = {}
    triage: dict[str, Any] = {}
    names: dict[str, Any] = {}
    no_offence: dict[str, Any] = {}
    classes: dict[str, Any] = {}
    plan: dict[str, Any] = {}
    ladder: dict[str, Any] = {}
    exceptions: dict[str, Any] = {}
    index_request: dict[str, Any] = {}
    clocks: dict[str, Any] = {}
    ballot: dict[str, Any] = {}
    membership: dict[str, Any] = {}
    stop: dict[str, Any] = {}
    decision: dict[str, Any] = {}
    procedure: dict[str, Any] = {}
    sla: dict[str, Any] = {}
    appeal: dict[str, Any] = {}
    minor: dict[str, Any] = {}
    harassment: dict[str, Any] = {}
    spam: dict[str, Any] = {}
    report_abuse: dict[str, Any] = {}
    reporter: dict[str, Any] = {}
    log: dict[str, Any] = {}
    recuse: dict[str, Any] = {}
    class_f: dict[str, Any] = {}
    timers: dict[str, Any] = {}
    restricted: dict[str, Any] = {}
    representation: dict[str, Any] = {}
    evidence: dict[str, Any] = {}

    def overrides(self) -> dict[str, Any]:
        """The tables that say something, in the form of a profile."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "enrol_after"}
        return {name: value for name, value in given.items() if value}


class Web(Table, frozen=True):
    """`[web]`: the pages of staff; without it no port is opened."""

    listen: Listen
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
