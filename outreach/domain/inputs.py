"""What reaches a case: parties' words already understood, looks at the post, deadlines, rulings. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from outreach.domain.asks import Ask, Strength
from outreach.domain.identity import Alias, RelayId, RequestId
from outreach.domain.letters import Letter
from outreach.domain.pictures import Unfit
from outreach.domain.posts import Post, Remedy
from outreach.domain.reports import Report
from outreach.domain.talks import Side

if TYPE_CHECKING:  # a case knows its inputs' words; of these two alone the inputs know its parts
    from outreach.domain.case import Filed, Request


class Answer(StrEnum):
    """What a recipient can say (design 5.3). `seen` is a favourite; `text` anything in own words."""

    DONE = "done"
    NO = "no"
    MINE = "mine"
    HOW = "how"
    WHY = "why"
    WHO = "who"
    WHAT = "what"
    HUMAN = "human"
    ABUSE = "abuse"
    STOP = "stop"
    START = "start"
    TEXT = "text"
    SEEN = "seen"
    DISTRESS = "distress"
    APPEAL = "appeal"


class Occasion(StrEnum):
    """Why a look at the post was taken."""

    RELEASE = "release"
    CHECK = "check"
    SETTLE = "settle"
    DONE = "done"


class Ending(StrEnum):
    """The outcome with which a case closes (design, section 3)."""

    REMEDIED = "remedied"
    AGREED = "agreed"
    NO_VIOLATION = "no_violation"
    DROPPED = "dropped"
    DECIDED = "decided"
    UNREACHABLE = "unreachable"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    MERGED = "merged"


class Concern(StrEnum):
    """Why a case is born before staff at once."""

    HUMAN = "human"
    DANGER = "danger"
    REPORT = "report"
    SUPPORT = "support"  #: R021: somebody wants help and no contact with the other person


@dataclass(frozen=True, slots=True)
class Requested:
    """A member confirmed a preview; `draw` in [0, 1) comes from the case secret (F11), never from the clock.

    `policy` is the version of the community's policy under which `strength` holds (R044).
    """

    request: RequestId
    alias: Alias
    case_alias: Alias
    post: Post
    ask: Ask
    label: str
    strength: Strength
    draw: float
    policy: str = ""


@dataclass(frozen=True, slots=True)
class JoinRequested:
    """Another member confirmed the same ask about the same post (F3)."""

    request: RequestId
    alias: Alias
    draw: float


@dataclass(frozen=True, slots=True)
class HelpCalled:
    """A member left the outreach path: a human is wanted, or somebody is in danger. `link` is shown to staff."""

    request: RequestId
    alias: Alias
    case_alias: Alias
    concern: Concern
    platform: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report about nobody and nothing that an open case is about. `request` is "" where its maker has no way back."""

    request: RequestId
    alias: Alias
    case_alias: Alias
    report: Report
    concern: Concern = Concern.REPORT


@dataclass(frozen=True, slots=True)
class ReportJoined:
    """A further report on the same post or person (R128); by who reported before, under the same request."""

    request: RequestId
    alias: Alias
    report: Report


@dataclass(frozen=True, slots=True)
class Looked:
    """An errand's answer: what the post shows now, and whether its author may be written to at all."""

    occasion: Occasion
    remedy: Remedy
    may_contact: bool = True
    warning: str = ""
    request: RequestId = RequestId("")


@dataclass(frozen=True, slots=True)
class AuthorSaid:
    """An answer from the bound account in the bound place (F8, F12); `person` is that account's key."""

    answer: Answer
    text: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A letter to the author came back for good; to one of several people, where `person` is their key."""

    person: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseDue:
    """A request's own time has come."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class CheckDue:
    """Time for a routine look at the post."""


@dataclass(frozen=True, slots=True)
class SettleDue:
    """Time to see whether the remedy stayed."""


@dataclass(frozen=True, slots=True)
class RemindDue:
    """Time for the one reminder."""


@dataclass(frozen=True, slots=True)
class GiveUpDue:
    """Nothing was heard within `give_up_after` of this request's time."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class ConsentLapsed:
    """The member left the question what next unanswered."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class RelayDue:
    """A relay's slot has come."""

    relay: RelayId


@dataclass(frozen=True, slots=True)
class CloseDue:
    """A thanked author's case may be laid to rest."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The member takes the request back."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class Rested:
    """The member lets it rest."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class Escalated:
    """The member, having seen the card, wants moderators to have it."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class NotAllRight:
    """The member says that what was thanked for does not help."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """Words for the author: a closed phrase, or own words that were previewed."""

    request: RequestId
    relay: RelayId
    phrase: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AskerSaid:
    """Previewed words of the member for the moderators of a case they can see.

    `appeal`: they want what was decided looked at again (R115).
    """

    request: RequestId
    text: str
    appeal: bool = False


@dataclass(frozen=True, slots=True)
class MemberInDistress:
    """Words of self-harm from the person who asked (promise 6)."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class RelayApproved:
    """A moderator lets own words pass, as they are or reworded."""

    relay: RelayId
    text: str = ""


@dataclass(frozen=True, slots=True)
class RelayRefused:
    """A moderator does not let own words pass."""

    relay: RelayId
    why: str


@dataclass(frozen=True, slots=True)
class AuthorAddressed:
    """A moderator's confirmed words to the author, or to one of several people whom reports are about."""

    text: str
    person: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class AskerAddressed:
    """A moderator's confirmed words to whoever asked."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class LetterConfirmed:
    """A whole letter of the moderators to the author that was shown and confirmed; `by` is a full Matrix id."""

    letter: Letter
    by: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class MeasureDone:
    """A moderator says that a decided measure has been carried out by hand: the one of that number, or the oldest."""

    by: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class StaffClosed:
    """A moderator ends the case; `why` is what a community that tells everything tells (R038)."""

    ending: Ending
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A moderator (`who`, a full Matrix id) takes the case, or is given it by another (`by`)."""

    who: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The moderator who leads the case leads it no more."""

    who: str


@dataclass(frozen=True, slots=True)
class LookedInto:
    """A moderator reads the case just now."""

    who: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A moderator's note for moderators."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The first word has to wait, for a reason (R037)."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class ResponseDue:
    """Time to see whether a human has written yet (R031)."""


@dataclass(frozen=True, slots=True)
class StaffReopened:
    """A moderator takes up a closed case again."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Transferred:
    """A moderator hands the case to another branch; an empty one stands for the whole team."""

    branch: str
    by: str


@dataclass(frozen=True, slots=True)
class BranchDue:
    """Nobody of the branch has answered within its time (R084)."""


@dataclass(frozen=True, slots=True)
class ColleaguesAsked:
    """A moderator writes to the moderators of the server somebody is on (R068); `by` is a full Matrix id."""

    by: str
    host: str
    platform: str


@dataclass(frozen=True, slots=True)
class ColleaguesAnswered:
    """They have answered, as a moderator says."""

    by: str


@dataclass(frozen=True, slots=True)
class ColleaguesDue:
    """The time that they were given is over."""


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """Help is wanted from one (`who`), so many, or all colleagues (`count` 0)."""

    by: str
    count: int = 0
    who: str = ""


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """A moderator will help."""

    who: str


@dataclass(frozen=True, slots=True)
class AuthorSeenInRoom:
    """The author is in the very room in which the case would be shown."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """Two moderators open who let moderators have the case, in an emergency (F29)."""

    by: str
    second: str
    why: str


@dataclass(frozen=True, slots=True)
class MergedFrom:
    """Another case's reports and requests go on here (R128)."""

    reports: tuple[Filed, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class MergedInto:
    """This case goes on in the one of that name."""

    alias: Alias
    by: str


@dataclass(frozen=True, slots=True)
class PictureRefused:
    """A picture with which somebody reported cannot be shown: the one of that number, for that reason."""

    request: RequestId
    number: int
    why: Unfit


@dataclass(frozen=True, slots=True)
class TalkOffered:
    """A moderator's confirmed offer of a talk to both sides (R042): who leads it, and by when they are to answer."""

    by: str
    mediator: str
    until: datetime
    person: str = ""
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TalkAnswered:
    """One side wants the talk, or does not."""

    side: Side
    wants: bool


@dataclass(frozen=True, slots=True)
class TalkLapsed:
    """The day has come by which both sides were to answer."""


@dataclass(frozen=True, slots=True)
class TalkOffDue:
    """Time to tell the respondent that the talk does not take place."""


@dataclass(frozen=True, slots=True)
class TalkRoomMade:
    """An errand's answer: there is a room, and nobody in it yet but the bot."""

    room: str


@dataclass(frozen=True, slots=True)
class TalkOpened:
    """An errand's answer: everybody has been invited."""


@dataclass(frozen=True, slots=True)
class TalkFailed:
    """An errand's answer: there can be no such room."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """A moderator takes the offer back, or ends the talk."""

    by: str


@dataclass(frozen=True, slots=True)
class AskerMuted:
    """Moderators want to hear no more of whoever asked, in this case alone."""


Input = (
    Requested
    | JoinRequested
    | HelpCalled
    | Reported
    | ReportJoined
    | PictureRefused
    | Looked
    | AuthorSaid
    | Undelivered
    | ReleaseDue
    | CheckDue
    | SettleDue
    | RemindDue
    | GiveUpDue
    | ConsentLapsed
    | RelayDue
    | CloseDue
    | Withdrawn
    | Rested
    | Escalated
    | NotAllRight
    | MemberSaid
    | AskerSaid
    | MemberInDistress
    | RelayApproved
    | RelayRefused
    | AuthorAddressed
    | AskerAddressed
    | LetterConfirmed
    | MeasureDone
    | StaffClosed
    | Taken
    | HandedBack
    | LookedInto
    | Noted
    | Deferred
    | ResponseDue
    | StaffReopened
    | AskerMuted
    | Revealed
    | MergedFrom
    | MergedInto
    | ColleaguesAsked
    | ColleaguesAnswered
    | ColleaguesDue
    | AuthorSeenInRoom
    | Transferred
    | BranchDue
    | HelpAsked
    | HelpOffered
    | TalkOffered
    | TalkAnswered
    | TalkLapsed
    | TalkOffDue
    | TalkRoomMade
    | TalkOpened
    | TalkFailed
    | TalkEnded
)
