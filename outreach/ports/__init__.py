"""The outside world on one page: what the services need of it, and what it may answer. No implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience, Letter
from outreach.domain.pictures import Picture
from outreach.domain.posts import Observation, Post
from outreach.domain.reports import Report


class Undeliverable(Exception):
    """The other side will not take it. `permanent`: no later attempt can succeed."""

    def __init__(self, reason: str, *, permanent: bool = True) -> None:
        super().__init__(reason)
        self.permanent = permanent


class TooLarge(Undeliverable):
    """A file is larger than what was asked for; the rest of it was not read."""


class TryLater(Exception):
    """May be tried again with the same key after `delay` seconds; where `unsure`, it may even have been done.

    `named`: the delay is the server's own, and no reason to wait longer the next time.
    """

    def __init__(self, delay: float, *, unsure: bool = False, named: bool = False) -> None:
        super().__init__(f"try again in {delay:.0f} s")
        self.delay, self.unsure, self.named = delay, unsure, named


class OutcomeUnknown(Exception):
    """It may have been done. Look it up with `Gateway.seek` before anything is repeated."""


class Misconfigured(Exception):
    """The operator has to mend something; the message names what and how, without personal data."""


class Happening(StrEnum):
    """What kind of thing reached us."""

    LINE = "line"  #: words written to the bot
    EDIT = "edit"  #: an earlier line was changed; never a command again
    REMOVED = "removed"  #: an earlier line was deleted or redacted
    REACTION = "reaction"  #: an emoji or a favourite on a message of ours; `text` holds it ("★" = favourite)
    INVITED = "invited"  #: the bot was invited to `room`
    JOINED = "joined"  #: `sender` joined `room`
    LEFT = "left"  #: `sender` left `room`, or was removed from it
    NEW_IDENTITY = "new_identity"  #: `sender` signs devices with other keys than at first sight
    REPORTED = "reported"  #: `sender` reported somebody to the server; `report` says whom and what for
    REPLACED = "replaced"  #: `sender` closed `room` for good and named another in its place, which is not followed


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing from outside, already neutral and plain. Journaled sealed; deleted once applied (F6).

    `source` is unique per platform (status id, event id). `room` is the Matrix room, empty on the fediverse.
    `parent` is the native id of the message answered, reacted to, edited or removed; `thread` the root of its thread.
    `mentions` are canonical addresses of everybody mentioned beside the bot; `links` all hrefs in order.
    `pictures` are attached ones, not fetched: where each is and which key opens it, opaque to all but `Gateway.fetch`.
    `private` says that only the bot and the sender can read it, as far as the server tells; `addressed` that the words
    are meant for the bot, which in a shared room only a mention of it shows.

    `encrypted` says that the room is; then words are `decrypted`, or they came as plain text and may be anybody's.
    `cipher` is the event as it came while its key is missing: kept since `kept_at`, and given back to
    `Gateway.unseal`. `withheld` is why the sender's device keeps the key back, where it said so. `trusted` says that
    the words came from a device its owner has signed. `twin` is a second name under which the same words could be
    shown to us again, as somebody else's new event.
    """

    source: str
    happening: Happening
    platform: Platform
    sender: Account
    room: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    quotes: bool = False
    private: bool = True
    direct: bool = False
    addressed: bool = True
    encrypted: bool = False
    decrypted: bool = False
    trusted: bool = False
    cipher: str = ""
    withheld: str = ""
    kept_at: datetime | None = None
    twin: str = ""
    notice: bool = False
    parent: str = ""
    thread: str = ""
    at: datetime | None = None
    joined_at: datetime | None = None
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an adapter's own state that has to outlive the process; opaque to everybody else, and kept sealed.

    `name` is unique within its source. `body` None takes it away. What belongs to one `room` is forgotten with it.
    """

    name: str
    body: bytes | None
    room: str = ""


class Keep(Protocol):
    """Where an adapter's pieces outlive the process."""

    async def pieces(self) -> Sequence[Piece]:
        """All that is kept."""

    async def save(self, pieces: Sequence[Piece]) -> None:
        """Keep these as well, in one transaction: all of them or none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer of a server brought, and the cursor from which the next one goes on.

    `pieces` change with the cursor: in the same transaction, all or none.
    """

    source: str
    cursor: str
    items: tuple[Incoming, ...] = ()
    pieces: tuple[Piece, ...] = ()


#: Stores a batch and its cursor in one transaction; the adapter goes on only after it returned.
Journal = Callable[[Batch], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held. Matrix: `room`. Fediverse: `reply_to`, the status to answer, empty for a root post.

    In a staff room `thread` is the card's event id.
    """

    room: str = ""
    reply_to: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message part, rendered and ready. `key` is stored with its row and never changes between attempts.

    `to` is its one addressee; None for a staff room, and for one in which nobody may be but those `among`, full Matrix
    ids. `subject` is the neutral line a lock screen may show. `facts` become the `community.outreach` content of a
    staff-room message; `replaces` edits an earlier event there; `picture` goes with the words, into a staff room alone,
    under the name `picture_name`. `pings` are full Matrix user ids to notify. `first_tried` is when the first attempt
    began, None before it.
    """

    key: str
    to: Account | None
    place: Place
    text: str
    language: str
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    replaces: str = ""
    buttons: tuple[str, ...] = ()
    pings: tuple[str, ...] = ()
    picture: Picture | None = None
    picture_name: str = ""
    first_tried: datetime | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server made of a parcel: the native id of the message, and where the conversation now is."""

    native: str
    place: Place


class Gateway(Protocol):
    """One account of the bot on one platform. Decides nothing; knows no case.

    Every call raises `Undeliverable`, `TryLater`, `OutcomeUnknown` or `Misconfigured`, and nothing else of its vendor.
    """

    platform: Platform
    me: Account

    @property
    def software(self) -> str:
        """What kind of server this is, "" where that is not known; what moderators can do there depends on it."""

    async def open(self) -> None:
        """Log in, verify what the operator has to provide, set what must be set. Raises `Misconfigured`."""

    async def close(self) -> None:
        """Release sockets and threads; safe to call twice."""

    async def listen(self, cursor: str, journal: Journal) -> None:
        """Read for ever from `cursor` ("" at the first start: the past is not answered) and journal each batch."""

    async def listen_once(self, cursor: str, journal: Journal) -> str:
        """One round without waiting: read what is there, journal it, return the cursor. For tests and start-up."""

    async def make_room(self, to: Account) -> Place:
        """A place in which nobody else is; on Matrix a room made empty (F11), on the fediverse nothing is sent."""

    async def make_shared_room(self, people: Sequence[Account]) -> Place:
        """A room for these people, and nobody in it yet: encrypted, by invitation alone, and no name tells of it.

        `Undeliverable` where this platform, or this bot, cannot make one.
        """

    async def gather(self, room: str, people: Sequence[Account]) -> None:
        """Invite exactly these, and nobody a second time; `Undeliverable` where somebody else is there."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one part to exactly its addressee, checked before and after."""

    async def seek(self, parcel: Parcel) -> Receipt | None:
        """Whether an earlier attempt of this parcel went through."""

    async def look(self, link: str, *, reporter: Account | None = None) -> Observation:
        """Look at a post by its link or canonical uri; query and fragment never leave (F7).

        `reporter` only decides whether the post answers or mentions them (F21) and whether a room is theirs too;
        it changes nothing that any server but the bot's own can observe.
        """

    async def redrafts(self, author: Account) -> tuple[Post, ...]:
        """The author's newest posts, to find one that was put up again after deletion; () where that cannot be."""

    async def unseal(self, line: Incoming) -> Incoming:
        """A line whose `cipher` could not be read when it came, read now if its key has come; else as it was."""

    async def fetch(self, picture: str, most: int) -> bytes:
        """What an `Incoming.pictures` stands for, no more than `most` bytes; `TooLarge` if there are more of them.

        Only the bot's own server is asked, or where the configuration says that it keeps its files.
        """

    async def forget(self, room: str) -> None:
        """Let go of what this process still holds of a room whose conversation was forgotten."""

    async def accept(self, room: str) -> None:
        """Join a room the bot was invited to."""

    async def leave(self, room: str) -> None:
        """Decline an invitation, or leave a room, for good."""

    async def pin(self, room: str, event: str, instead: str = "") -> None:
        """Pin one message of a staff room, in place of another; what else is pinned there stays.

        `Undeliverable` where the bot has not the power to.
        """

    async def members(self, room: str) -> tuple[Account, ...]:
        """Who is joined to a room now, the bot left out."""

    async def reaches(self, to: Account, place: Place) -> bool:
        """Whether a message there would still reach them now: the account stands, blocks nobody here, left no room."""

    def split(self, text: str, to: Account | None) -> tuple[str, ...]:
        """Cut at paragraphs so that each part fits this server, counted as it counts, with the addressee's handle."""

    def recognises(self, link: str) -> bool:
        """Whether a link is one of this platform's posts."""


class ReportSource(Protocol):
    """A server's own list of reports, read with an account that may. Polling is the truth; a webhook only wakes it.

    Raises `TryLater` and `Misconfigured`, and nothing else of its vendor.
    """

    name: str  #: under which the cursor is kept
    breath: float  #: so many seconds at least lie between two readings, however often somebody wakes it

    async def open(self) -> None:
        """See that the list can be read. Raises `Misconfigured` with the remedy where it cannot."""

    async def close(self) -> None:
        """Release sockets and threads; safe to call twice."""

    async def read_once(self, cursor: str, journal: Journal) -> str:
        """Journal what is new since `cursor`, page by page; at the first start ("") older ones stay where they are."""


class Redraw(Protocol):
    """Makes a file from outside harmless and silent."""

    async def redraw(self, raw: bytes) -> Picture:
        """The picture drawn anew, with nothing of the file but what can be seen. Raises `UnfitPicture`, `TryLater`."""


class Witness(Protocol):
    """Sees what stands around a reported post; on a platform whose reports are read, or whose posts are."""

    platform: Platform

    async def surroundings(self, post: Post) -> tuple[tuple[Post, ...], tuple[Post, ...]]:
        """Up to two visible posts before and after it, oldest first; `Undeliverable` where nothing can be seen."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in one language. `subject` is the neutral first line for lock screens.

    `reviewed`: a fluent reader has compared every message that may stand in it with the English; English always is.
    """

    text: str
    language: str
    subject: str = ""
    reviewed: bool = True


class Renderer(Protocol):
    """Turns letters into words, and words people write into commands. One language or not at all."""

    def render(self, audience: Audience, letter: Letter, languages: Sequence[str]) -> Rendered:
        """Render in the first language of the chain in which the whole letter is translated; English is last."""

    def command(self, text: str, languages: Sequence[str]) -> str | None:
        """The command whose word is the whole of `text` (case, punctuation, emoji ignored), or None."""

    def label(self, word: str, languages: Sequence[str]) -> str | None:
        """The content-warning label a word stands for, synonyms included; None if unknown."""

    def ask(self, word: str, languages: Sequence[str]) -> str | None:
        """The ask a word or short phrase stands for ("alt text"), or None."""

    def nearest_labels(self, word: str, languages: Sequence[str]) -> tuple[str, ...]:
        """Up to three labels whose names are spelled alike."""

    def alarms(self, text: str, languages: Sequence[str]) -> frozenset[str]:
        """Which of "self_harm", "guess" (who asked?) the words of a text suggest, in any shipped language."""

    def language_of(self, text: str) -> str | None:
        """The configured language a longer text is surely written in, else None."""

    def supports(self, code: str) -> str | None:
        """The configured language a code such as `pt_BR`, `de-AT` means, else None."""


class Clock(Protocol):
    """The only source of time; made in `bootstrap`."""

    def now(self) -> datetime:
        """Aware UTC time."""


class Chance(Protocol):
    """The only source of randomness; made in `bootstrap`. Case secrets come from a stream nothing else draws from."""

    def case_secret(self) -> bytes:
        """32 bytes, from a stream of their own (T1)."""

    def token(self) -> str:
        """An unguessable opaque id without time or order (leak 21)."""

    def alias(self) -> str:
        """A random public name from the word list, such as `amber-otter`."""
