"""What the services need to know of the community and its servers. Plain values; made once by `bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta

from outreach.domain.identity import Account, Platform
from outreach.domain.policy import OutreachPolicy
from outreach.domain.profile import Profile

#: Raise when the notice promises something else; members are then asked again.
NOTICE_VERSION = 1


@dataclass(frozen=True, slots=True)
class StaffPerson:
    """One moderator across accounts (`[[staff]]`): canonical addresses, empty where there is none."""

    matrix: str = ""
    fediverse: str = ""
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A language community with moderators of its own (`[branches.NAME]`); `room` is empty where it has none."""

    name: str
    languages: tuple[str, ...]
    room: str = ""
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """The community as services see it. `hosts` are the bot's own servers' names; rooms are ids.

    `digest_at` is a time of day in `zone`.

    `encryption`: the bot reads encrypted rooms. `signed_only`: moderators command it from signed devices alone (F17).
    """

    profile: Profile
    policy: OutreachPolicy = field(default_factory=OutreachPolicy)
    languages: tuple[str, ...] = ("en",)
    hosts: frozenset[str] = frozenset()
    staff_room: str = ""
    alternate_room: str = ""
    community_rooms: frozenset[str] = frozenset()
    staff: tuple[StaffPerson, ...] = ()
    branches: tuple[Branch, ...] = ()
    bots: frozenset[str] = frozenset()
    encryption: bool = False
    signed_only: bool = False
    prefix: str = "!"
    zone: str = "UTC"
    enrol_after: timedelta = timedelta(hours=72)
    reports_every: float = 10.0
    digest_at: time = time(9)

    @property
    def staff_rooms(self) -> dict[str, str]:
        """The moderators' rooms by the names the store knows them by; a branch's room is `branch:NAME`."""
        rooms = {"staff": self.staff_room, "alternate": self.alternate_room}
        rooms |= {f"branch:{branch.name}": branch.room for branch in self.branches}
        return {name: room for name, room in rooms.items() if room}

    def staff_room_named(self, room: str) -> str:
        """Under which name a room is one of the moderators'; "" if it is none."""
        return next((name for name, one in self.staff_rooms.items() if one == room), "")

    def branch(self, name: str) -> Branch | None:
        """The branch of that name, however it is written."""
        return next((one for one in self.branches if one.name.casefold() == name.casefold()), None)

    def branch_of(self, language: str) -> Branch | None:
        """The branch whose people write that language (R079); None where nobody's is."""
        spoken = language.replace("-", "_").casefold().partition("_")[0]
        return next((b for b in self.branches if spoken and spoken in _first_parts(b.languages)), None)

    def is_local(self, account: Account) -> bool:
        """Whether an account lives on one of the bot's own servers."""
        return host_of(account) in self.hosts

    def is_staff(self, account: Account, roster: frozenset[str]) -> bool:
        """Whether somebody is a moderator: by `[[staff]]`, or as a member of the staff room."""
        named = {person.matrix for person in self.staff} | {person.fediverse for person in self.staff}
        return account.address in (named | roster) - {""}

    def accounts_of(self, account: Account) -> tuple[Account, ...]:
        """That account and the others of the same person by `[[staff]]`."""
        people = [person for person in self.staff if account.address in (person.matrix, person.fediverse)]
        on_matrix = (Account(Platform.MATRIX, person.matrix) for person in people if person.matrix)
        on_fediverse = (Account(Platform.FEDIVERSE, person.fediverse) for person in people if person.fediverse)
        return tuple({one.key: one for one in (account, *on_matrix, *on_fediverse)}.values())

    def are_one(self, one: Account, other: Account) -> bool:
        """Whether two accounts are one account, or one person's by `[[staff]]`."""
        both = {one.address, other.address}
        return one.same_as(other) or any(both <= {person.matrix, person.fediverse} for person in self.staff)


def _first_parts(languages: tuple[str, ...]) -> set[str]:
    return {language.replace("-", "_").casefold().partition("_")[0] for language in languages}


def host_of(account: Account) -> str:
    """The server an account lives on."""
    mark = ":" if account.platform is Platform.MATRIX else "@"
    return account.address.rpartition(mark)[2] if account.platform is Platform.FEDIVERSE else _after(account.address)


def _after(address: str) -> str:
    return address.partition(":")[2]
