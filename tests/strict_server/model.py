"""What the server knows: accounts, posts, notifications. Plain data; rules live in the other modules.

A remote account is an account with a domain; the stub plays its server as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .flavours import Json

POLICY = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "filter",  # the default of every Mastodon account, both ways (1.1)
    "for_limited_accounts": "filter",
    "for_bots": "accept",
}


@dataclass(eq=False)
class Account:
    id: str
    username: str
    domain: str | None
    token: str
    created_at: datetime
    role: str = "user"
    highlighted: bool = False
    bot: bool = False
    locked: bool = False
    display_name: str = ""
    note: str = ""
    fields: list[Json] = field(default_factory=list)
    language: str | None = "en"
    known: bool = True  # to the bot's server; a remote account may still have to be looked up
    suspended: bool = False
    silenced: bool = False
    force_sensitive: bool = False
    moved_to: Account | None = None
    policy: dict[str, str] = field(default_factory=lambda: dict(POLICY))
    permitted: set[str] = field(default_factory=set)  # senders whose filtered requests were accepted
    following: set[str] = field(default_factory=set)
    blocking: set[str] = field(default_factory=set)

    @property
    def acct(self) -> str:
        return f"{self.username}@{self.domain}" if self.domain else self.username

    @property
    def position(self) -> int:
        return {"user": 0, "moderator": 10, "admin": 100}[self.role]


@dataclass(frozen=True)
class Revision:
    text: str
    spoiler_text: str
    sensitive: bool
    language: str | None
    media: tuple[str, ...]
    created_at: datetime


@dataclass(eq=False)
class Status:
    id: str
    account: Account
    visibility: str
    uri: str
    url: str
    created_at: datetime
    revisions: list[Revision]
    mentions: list[Account]
    addressed: set[str]  # everybody it ever named: they keep the right to read it
    reply_to: Status | None = None
    reblog: Status | None = None
    quote: Status | None = None
    application: str | None = None
    edited_at: datetime | None = None
    favourited: set[str] = field(default_factory=set)
    deleted: bool = False
    known: bool = True  # has the bot's server a copy of this remote post
    fetched_at: datetime | None = None
    pending: list[Json] = field(default_factory=list)  # edits made at its origin that have not reached us
    origin_gone: bool = False

    @property
    def now(self) -> Revision:
        return self.revisions[-1]


@dataclass(eq=False)
class Notice:
    id: str
    type: str
    to: Account
    sender: Account
    status: Status | None
    created_at: datetime
    filtered: bool = False


@dataclass(eq=False)
class Report:
    id: str
    reporter: Account
    target: Account
    comment: str
    statuses: list[Status]
    created_at: datetime
    category: str = "other"
    resolved: bool = False
