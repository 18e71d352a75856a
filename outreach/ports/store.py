"""What the services need of storage: plain calls inside one transaction. No SQL, no key and no network here.

Every function that takes a `Transaction` runs on the one writer thread between BEGIN and COMMIT; it cannot await.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Protocol, TypeVar

from outreach.domain.case import Case
from outreach.domain.draft import Draft
from outreach.domain.effects import Timer
from outreach.domain.events import Event
from outreach.domain.evidence import Evidence
from outreach.domain.identity import Account, Alias, CaseId, ConversationId, Platform, RequestId, Role
from outreach.domain.letters import Audience, Letter
from outreach.domain.pictures import Picture
from outreach.ports import Batch, Incoming, Piece, Place

T = TypeVar("T")


class Conflict(Exception):
    """Somebody else wrote meanwhile; load again and decide anew."""


class AliasTaken(Exception):
    """A random alias was drawn twice; draw again."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One private place and the one part its party has there (F8). `version` is the form it was loaded in.

    `notice` is the version of the notice that was agreed to, 0 for none. `deaf`: they were asked to write again what
    could not be read, and nothing readable came since. `people` are those a talk's room is for, as full Matrix ids.
    """

    id: ConversationId
    platform: Platform
    role: Role
    account: Account
    place: Place
    case: CaseId | None = None
    language: str = ""
    notice: int = 0
    draft: Draft | None = None
    left: bool = False
    deaf: bool = False
    version: int = 0
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One journaled thing, waiting to be worked. `lane` keeps the order of one conversation."""

    id: int
    lane: str
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Torn:
    """A journaled thing whose row does not open any more."""

    id: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, opaque until sending: exactly one of the fields is set (F6).

    `conversation` answers a line; `request` is the member behind it; `author_of` the recipient of a case, by `person`
    (an account's key) where there may be several; `staff` one of the moderators' rooms by name.
    """

    conversation: str = ""
    request: str = ""
    author_of: str = ""
    staff: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A letter shown inside another one: rendered for `audience` in `languages` into `variable`.

    With `translation`, the same letter in the outer reader's language goes into that variable where it differs.
    Without `sure` it is shown in two languages, as it will be sent.
    """

    variable: str
    audience: Audience
    letter: Letter
    languages: tuple[str, ...]
    translation: str = ""
    language_variable: str = ""
    sure: bool = True


class Rank(IntEnum):
    """Which message of a lane leaves first; of one rank it is the oldest, and what was begun comes before all."""

    DETAIL = 0
    CARD = 1  #: the first that moderators see of a case
    ANSWER = 2  #: somebody waits for it, or is called


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message on its way. `key` is fixed when it is written; parts are keyed by it and their number.

    `version` is that of the case which a card shows.
    `picture` is the number of the case's picture that goes with the words, 0 for none.
    `urgent`: its lane goes before others; `rank`: its place within the lane.
    """

    address: Address
    audience: Audience
    letter: Letter
    key: str
    case: str = ""
    alias: str = ""
    stage: str = ""
    staff_post: str = ""
    pings: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    nonce: str = ""
    answers: str = ""
    version: int = 0
    picture: int = 0
    urgent: bool = False
    rank: Rank = Rank.DETAIL
    id: int = 0
    lane: str = ""
    parts: int = 0
    attempts: int = 0
    last_native: str = ""
    first_tried: datetime | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to look up or do in the world: `kind` names it, `facts` say about what. Answered as an input."""

    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    case: str = ""
    conversation: str = ""
    not_before: datetime | None = None
    id: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A stored deadline of a case or of a draft (`owner` is a case or conversation id)."""

    owner: str
    timer: str
    subject: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A message of ours that somebody may answer: to whom, and about which matter.

    `version` is that of the case which a card shows since its last edit.
    """

    conversation: str = ""
    case: str = ""
    request: str = ""
    letter: str = ""
    day: str = ""
    relay: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A member's request, from the table of its own under a key of its own (F6)."""

    conversation: ConversationId
    case: CaseId
    request: RequestId
    alias: Alias


@dataclass(frozen=True, slots=True)
class Listed:
    """How a case stands in the moderators' lists.

    `due`: a human's first word is due at `moment`; else moderators have had it since then.
    """

    alias: Alias
    room: str
    lead: str
    due: bool
    moment: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which listed cases: of a room, in somebody's hands, with a first word due; `but` these."""

    room: str = ""
    lead: str = ""
    due: bool = False
    but: frozenset[str] = frozenset()


class Inbox(Protocol):
    """Journaled things until they are applied."""

    def journal(self, batch: Batch) -> int:
        """Store what is new in a batch, and its cursor. Returns how many lines were new."""

    def cursor(self, source: str) -> str:
        """Where that source was read to; "" before the first time."""

    def lines(self, limit: int = 50) -> Sequence[Line | Torn]:
        """The oldest unapplied line of each lane, oldest first."""

    def done(self, line: Line) -> None:
        """Forget the line's body; its id stays as an HMAC."""

    def opened(self, line: Line, incoming: Incoming) -> Line | None:
        """A line that can be read now, in its place; None where its words were shown to us before (`twin`)."""

    def put_aside(self, line: Line | Torn) -> None:
        """A line that no code could work: kept sealed, out of its lane's way, and shown by `db check`."""


class Conversations(Protocol):
    """Private places, sealed each under a key of its own."""

    def get(self, conversation: str) -> Conversation | None:
        """By id."""

    def of_member(self, account: Account) -> Conversation | None:
        """The member's own conversation on that platform."""

    def of_authors(self, case: str) -> Sequence[Conversation]:
        """The recipients' conversations of a case: one for each person written to."""

    def of_talk(self, case: str) -> Conversation | None:
        """The room of a case's talk."""

    def as_author(self, account: Account) -> Sequence[Conversation]:
        """All recipient conversations of one person."""

    def in_room(self, room: str) -> Conversation | None:
        """The Matrix conversation held in a room."""

    def save(self, conversation: Conversation) -> Conversation:
        """Insert or replace; raises `Conflict` if it changed since it was loaded."""

    def forget(self, conversation: str) -> None:
        """Destroy key and row."""


class Cases(Protocol):
    """Event logs under keys of their own."""

    def create(self, case: CaseId, secret: bytes) -> None:
        """Make the key of a new case and seal its secret."""

    def load(self, case: str) -> Case | None:
        """Fold the stored events; None where the case is unknown or forgotten."""

    def append(self, before: Case, events: Sequence[Event]) -> Case:
        """Append at the version of `before`, index what changed; raises `Conflict` or `AliasTaken`."""

    def derive(self, case: str, purpose: str) -> str:
        """The next HMAC under the case secret for a purpose (F11); each call gives a new one."""

    def draw(self, case: str, purpose: str) -> float:
        """A number in [0, 1) under the case secret, the same for the same purpose."""

    def about(self, uri: str) -> Sequence[str]:
        """Ids of cases about a post that are not closed."""

    def of_author(self, account: Account) -> Sequence[str]:
        """Ids of cases, open or kept, whose post that person wrote."""

    def reported(self, subjects: Sequence[str]) -> Sequence[str]:
        """Ids of open cases born as reports that are about any of these, the newest first."""

    def with_alias(self, alias: str) -> str:
        """The id of the case with exactly that alias, before staff or not; "" if none."""

    def by_alias(self, prefix: str) -> Iterator[Case]:
        """Cases before staff whose case alias begins so; of closed ones only by the whole alias."""

    def with_staff(self) -> Sequence[str]:
        """Ids of cases before staff that are not closed."""

    def open_count(self) -> int:
        """How many cases are not closed."""

    def all(self) -> Sequence[str]:
        """Ids of all kept cases."""

    def forget(self, case: str, today: date) -> None:
        """Destroy key, events, deadlines and indexes of a case; a restored backup forgets it again."""


class OnDesk(Protocol):
    """The lists of what moderators have open."""

    def put(self, case: str, listed: Listed) -> None:
        """List a case, or list it anew."""

    def take(self, case: str) -> None:
        """Moderators have it no more; nothing happens if it was not listed."""

    def first(self, wanted: Wanted, limit: int) -> Sequence[str]:
        """Ids of what is due first; then of what waits longest. To the hour: within one there is no order."""

    def count(self, wanted: Wanted) -> int:
        """How many there are in all."""

    def named(self, prefix: str) -> Sequence[str]:
        """Ids of those whose alias may begin so."""


class Links(Protocol):
    """Request to member and back; under the link key alone."""

    def add(self, link: Link) -> None:
        """Remember who asked."""

    def of_request(self, request: str) -> Link | None:
        """Who asked; None once forgotten."""

    def of_member(self, conversation: str) -> Sequence[Link]:
        """What this member asked, oldest first."""

    def count_of(self, conversation: str) -> int:
        """How much that is."""

    def among(self, requests: Sequence[str], conversation: str) -> Sequence[Link]:
        """Which of these requests are this member's."""

    def forget(self, request: str) -> None:
        """Forget who asked."""


class Outbox(Protocol):
    """Messages and errands until they are done."""

    def add(self, message: Outbound) -> None:
        """Queue behind what its lane already holds of its rank and above."""

    def add_errand(self, errand: Errand) -> None:
        """Queue an errand."""

    def messages(self, now: datetime, limit: int = 20) -> Sequence[Outbound]:
        """The first message of each lane that may be tried now; urgent lanes first. What does not open is parked."""

    def errands(self, now: datetime, limit: int = 20) -> Sequence[Errand]:
        """Errands that may be tried now. A row that does not open is parked."""

    def trying(self, message: Outbound, now: datetime) -> Outbound:
        """Record that an attempt begins."""

    def part_done(self, message: Outbound, parts: int, native: str) -> Outbound:
        """Record that the first `parts` parts are out."""

    def revise(self, message: Outbound) -> None:
        """Other words for a message of which no attempt was begun yet."""

    def done(self, message: Outbound) -> None:
        """The message is out, or will never be."""

    def errand_done(self, errand: Errand) -> None:
        """The errand was answered."""

    def retry(self, row: Outbound | Errand, at: datetime, *, unknown: bool = False, counted: bool = True) -> None:
        """Try again later; `unknown`: look it up first. What is not `counted` was nobody's failure."""

    def park(self, message: Outbound) -> None:
        """Set aside what stays unknown; shown to staff and by `check`."""

    def parked(self) -> int:
        """How many are set aside."""

    def next_due(self, now: datetime) -> datetime | None:
        """When the next row that has to wait may be tried; None if none waits."""

    def half_sent(self, lane: str) -> bool:
        """Whether an attempt was begun in that lane whose end nobody has seen."""

    def waiting_for(self, conversation: str) -> int:
        """How many messages of one conversation or room are still queued; what is set aside is not."""


class Timers(Protocol):
    """Deadlines of cases and drafts."""

    def set(self, owner: str, timer: Timer | str, at: datetime, subject: str = "") -> None:
        """Set or move a deadline."""

    def clear(self, owner: str, timer: Timer | str, subject: str = "") -> None:
        """Forget a deadline, if it stands."""

    def due(self, now: datetime, limit: int = 20) -> Sequence[Deadline]:
        """What is due, oldest first."""

    def next_due(self) -> datetime | None:
        """The earliest deadline; None if none stands."""

    def of(self, owner: str) -> Sequence[Deadline]:
        """The deadlines of one case or draft."""


class Registers(Protocol):
    """Small facts that outlive a case or name nobody: sent messages, counters, opt-outs, roster, the bot's own."""

    def remember_told(self, native: str, told: Told) -> None:
        """A message of ours and what it was about."""

    def told(self, native: str) -> Told | None:
        """What a message of ours was about."""

    def last_told(self, conversation: str, case: str, letter: str) -> str:
        """The native id of the newest message of that kind; "" if none (the card of a case, an author's thread)."""

    def newest_told(self, conversation: str, cases: Sequence[str], but: frozenset[str]) -> Told | None:
        """The newest message of ours to somebody about one of these cases or about none; letters `but` left out."""

    def days_told(self, account: Account) -> Sequence[str]:
        """On which days the bot wrote to that person (F34)."""

    def note_day(self, account: Account, day: str) -> None:
        """Remember that the bot wrote to that person on a day."""

    def count(self, purpose: str, value: str, since: date) -> int:
        """How often something was counted for a value since a day; values are HMACed."""

    def add_count(self, purpose: str, value: str, day: date, expires: date) -> None:
        """Count once more."""

    def opted_out(self, account: Account) -> bool:
        """Whether that person wants no letters."""

    def set_opted_out(self, account: Account, wanted: bool) -> None:
        """Remember or forget an opt-out; outlives cases and key rotation (F28)."""

    def enrolled(self) -> Mapping[str, str]:
        """Enrolled moderators and the moment they were enrolled (ISO)."""

    def enrol(self, who: str, at: datetime) -> None:
        """Enrol a moderator."""

    def dismiss(self, who: str) -> None:
        """A moderator left the room for good."""

    def note(self, name: str, value: str) -> None:
        """A fact about the bot itself (device id, schema notes); sealed."""

    def noted(self, name: str) -> str:
        """Such a fact, "" if unknown."""


class Pieces(Protocol):
    """What adapters keep of their own."""

    def all(self, source: str) -> Sequence[Piece]:
        """Everything one adapter keeps."""

    def save(self, source: str, pieces: Sequence[Piece]) -> None:
        """Put, replace or take away."""

    def forget_room(self, room: str) -> None:
        """Take away what belongs to a room (F6)."""


class Exhibits(Protocol):
    """Evidence, sealed under the key of its case and gone with it."""

    def keep(self, case: str, evidence: Evidence) -> None:
        """Keep what a post looked like, in place of an earlier look at it."""

    def of(self, case: str) -> Sequence[Evidence]:
        """All that is kept, in order of arrival."""

    def keep_picture(self, case: str, picture: Picture) -> None:
        """Keep one picture more; it gets the next number of its case, the first being 1."""

    def pictures(self, case: str) -> int:
        """How many pictures are kept."""

    def picture(self, case: str, number: int) -> Picture | None:
        """The picture of that number."""


class Transaction(Protocol):
    """Everything one transaction can read and write."""

    inbox: Inbox
    conversations: Conversations
    cases: Cases
    desk: OnDesk
    links: Links
    outbox: Outbox
    timers: Timers
    registers: Registers
    pieces: Pieces
    exhibits: Exhibits


class Store(Protocol):
    """The one writer."""

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction; commit if it returns, roll back on any `BaseException`."""
