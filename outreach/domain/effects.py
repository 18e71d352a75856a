"""What a decision asks of the world: messages with exactly one addressee, errands, timers. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outreach.domain.identity import RequestId
from outreach.domain.inputs import Occasion
from outreach.domain.letters import Audience, Letter
from outreach.domain.parts import check_parts


@dataclass(frozen=True, slots=True)
class ToMember:
    """The member behind a request; who that is, only the link table knows (F6)."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class ToRecipient:
    """The author, in a room or thread of the case's own.

    `person` is the key of one of several people whom reports are about (R006), each in a place of their own.
    """

    person: str = ""


class Post(StrEnum):
    """How a message stands in the staff room."""

    CARD = "card"  #: the case's one card: posted once, then edited in place
    THREAD = "update"  #: below the card
    ROOM = "notice"  #: by itself, belonging to no shown case


class Ping(StrEnum):
    """Whom a message in the staff room calls by name; only assignment, deadlines and danger do."""

    NOBODY = "nobody"
    LEAD = "lead"
    ONCALL = "oncall"
    LEAD_OR_ONCALL = "lead_or_oncall"
    ALL = "all"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ToStaff:
    """The moderators' room, or the other room if the author is one of them (F30)."""

    post: Post
    ping: Ping = Ping.NOBODY
    who: str = ""
    subject: str = ""  #: what of the case it is about, for whoever reacts to it


@dataclass(frozen=True, slots=True)
class ToTalk:
    """Everybody in the room of the case's talk; after `talk_over` the bot leaves it."""


To = ToMember | ToRecipient | ToStaff | ToTalk


@dataclass(frozen=True, slots=True)
class Message:
    """One letter to one addressee; people outside get only a whole one. Raises `IncompleteLetter`."""

    to: To
    letter: Letter

    def __post_init__(self) -> None:
        match self.to:
            case ToMember():
                check_parts(Audience.MEMBER, self.letter)
            case ToRecipient():
                check_parts(Audience.RECIPIENT, self.letter)
            case ToTalk():
                check_parts(Audience.ROOM, self.letter)
            case ToStaff():
                pass  # filled from the case later (`casebook`) and checked when it is rendered


@dataclass(frozen=True, slots=True)
class LookAtPost:
    """An errand: look at the case's post; the answer comes back as `Looked`."""

    occasion: Occasion
    request: RequestId = RequestId("")


@dataclass(frozen=True, slots=True)
class MakeRoom:
    """An errand: make the room of the talk and invite those who agreed to it; comes back as `TalkOpened`."""


class Timer(StrEnum):
    """The names of deadlines. None of them punishes (promise 4)."""

    RELEASE = "release"
    CHECK = "check"
    SETTLE = "settle"
    REMIND = "remind"
    GIVE_UP = "give_up"
    CONSENT = "consent"
    RELAY = "relay"
    CLOSE = "close"
    UNLINK = "unlink"
    PURGE = "purge"
    RESPOND = "respond"
    BRANCH = "branch"
    COLLEAGUES = "colleagues"
    TALK = "talk"
    TALK_OFF = "talk_off"


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Set or move one deadline. `subject` is the request or relay it belongs to."""

    timer: Timer
    at: datetime
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ClearTimer:
    """Forget one deadline, if it stands."""

    timer: Timer
    subject: str = ""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Remember, or forget, that the author (or `person`) wants no more such letters; outlives the case (F28)."""

    wanted: bool = True
    person: str = ""


Effect = Message | LookAtPost | MakeRoom | SetTimer | ClearTimer | OptOut
