"""What the services need to know of the community and its servers. Plain values; made once by `bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

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
class Settings:
    """The community as services see it. `hosts` are the bot's own servers' names; rooms are ids.

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
    bots: frozenset[str] = frozenset()
    encryption: bool = False
    signed_only: bool = False
    prefix: str = "!"
    zone: str = "UTC"
    enrol_after: timedelta = timedelta(hours=72)
    first_response: timedelta = timedelta(hours=24)

    def is_local(self, account: Account) -> bool:
        """Whether an account lives on one of the bot's own servers."""
        return host_of(account) in self.hosts

    def is_staff(self, account: Account, roster: frozenset[str]) -> bool:
        """Whether somebody is a moderator: by `[[staff]]`, or as a member of the staff room."""
        named = {person.matrix for person in self.staff} | {person.fediverse for person in self.staff}
        return account.address in (named | roster) - {""}


def host_of(account: Account) -> str:
    """The server an account lives on."""
    mark = ":" if account.platform is Platform.MATRIX else "@"
    return account.address.rpartition(mark)[2] if account.platform is Platform.FEDIVERSE else _after(account.address)


def _after(address: str) -> str:
    return address.partition(":")[2]
