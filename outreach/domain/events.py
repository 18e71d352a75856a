"""What happened to a case, in the past tense. Stored for its life; a changed form gets a new version (codec)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.domain.asks import Ask, Strength
from outreach.domain.identity import Alias, RelayId, RequestId
from outreach.domain.inputs import Answer, Concern, Ending
from outreach.domain.posts import Post, Remedy
from outreach.domain.reports import Report
from outreach.domain.talks import Side


@dataclass(frozen=True, slots=True)
class OutreachOpened:
    """A case was born as an outreach, under this version of the community's policy (R044)."""

    alias: Alias
    post: Post
    ask: Ask
    label: str
    strength: Strength
    policy: str = ""


@dataclass(frozen=True, slots=True)
class HelpOpened:
    """A case was born before staff: somebody wants a human, or is in danger."""

    alias: Alias
    concern: Concern
    platform: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportOpened:
    """A case was born as a report."""

    alias: Alias
    concern: Concern
    platform: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportFiled:
    """One report is part of the case. `request` is that of whoever made it, "" where nobody can be answered."""

    request: RequestId
    report: Report
    at: datetime


@dataclass(frozen=True, slots=True)
class PictureUnfit:
    """A picture that was to go with a report of that request cannot be used."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class RequestAdded:
    """A member's wish became part of the case."""

    request: RequestId
    alias: Alias
    release_at: datetime


@dataclass(frozen=True, slots=True)
class RequestReleased:
    """A request's own time came; from here on its member may hear things."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class Contacted:
    """The first letter was handed to delivery."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ContactWithheld:
    """The author is not to be written to, now or any more; to the member this is silence (F20)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AuthorAnswered:
    """The author said something."""

    answer: Answer
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """The one reminder left."""


@dataclass(frozen=True, slots=True)
class RemedySighted:
    """The post looked fixed once; it has to stay so over the settling time."""

    remedy: Remedy


@dataclass(frozen=True, slots=True)
class RemedyLost:
    """The second look did not confirm the first."""


@dataclass(frozen=True, slots=True)
class Remedied:
    """The post was fixed and stayed so."""

    remedy: Remedy
    warning: str


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """The member was asked what next."""

    request: RequestId
    reason: str


@dataclass(frozen=True, slots=True)
class RequestEscalated:
    """The member let moderators have the case."""

    request: RequestId
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """The author's side went to staff, without any request (F19)."""

    kind: Answer
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """One request is over; the others go on (F3)."""

    request: RequestId
    ending: Ending


@dataclass(frozen=True, slots=True)
class RelayOffered:
    """A member's words for the author, waiting for their approval or slot."""

    relay: RelayId
    request: RequestId
    phrase: str
    text: str


@dataclass(frozen=True, slots=True)
class RelayPassed:
    """The words may go, in this form, at this time."""

    relay: RelayId
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RelayStopped:
    """The words will not go."""

    relay: RelayId


@dataclass(frozen=True, slots=True)
class RelaySent:
    """The words were handed to delivery."""

    relay: RelayId
    at: datetime


@dataclass(frozen=True, slots=True)
class Halted:
    """Outreach, reminders and relay stopped for a person's sake (promise 6)."""


@dataclass(frozen=True, slots=True)
class StaffWrote:
    """A moderator wrote to one of the sides; the first human word."""

    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class AuthorTold:
    """A whole letter of the moderators went to the author, or to one of several people (`person`, an account's key)."""

    name: str
    by: str
    at: datetime
    person: str = ""


@dataclass(frozen=True, slots=True)
class MeasureDecided:
    """A measure was decided, and its letter is on its way. `until` is an ISO moment, "" for one that has no end.

    Nobody has carried it out yet: that is a moderator's hand in this version.
    """

    measure: str
    by: str
    at: datetime
    person: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class MeasureCarriedOut:
    """A moderator has carried the measure of that number out."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """A moderator leads the case: by their own word, or because `by` gave it to them."""

    who: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseReleased:
    """Nobody leads the case any more."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseLookedAt:
    """A moderator reads the case until then; others need not."""

    who: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """Moderators' own words about the case; no side ever reads them."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseDeferred:
    """The first word may wait while the matter itself is attended to (R037)."""

    who: str
    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """Moderators took up a closed case again."""

    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BranchChanged:
    """The case is another branch's to lead; `branch` is empty for the whole team."""

    branch: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenedToAll:
    """Nobody of the branch answered in time: volunteers of any branch may take it (R084)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """Whoever leads asks so many colleagues for help (R086)."""

    by: str
    count: int


@dataclass(frozen=True, slots=True)
class HelpGiven:
    """A colleague helps."""

    who: str


@dataclass(frozen=True, slots=True)
class AuthorInRoom:
    """The case's author reads the room it would stand in; from now on it stands elsewhere (F30)."""


@dataclass(frozen=True, slots=True)
class RequestMuted:
    """Moderators hear no more of this request's member in this case (F2: per alias, nowhere else)."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class IdentityRevealed:
    """Two moderators learned who asked; the name stands nowhere here (F29)."""

    by: str
    second: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ColleaguesAsked:
    """The moderators of another server were written to by one of ours, and have until then (R068)."""

    host: str
    platform: str
    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ColleaguesAnswered:
    """They answered."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ColleaguesSilent:
    """No answer of theirs was noted in time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TalkProposed:
    """Both sides were asked whether they want a talk, with this moderator and these guests."""

    request: RequestId
    person: str
    mediator: str
    until: datetime
    by: str
    at: datetime
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TalkAgreed:
    """One side wants it."""

    side: Side


@dataclass(frozen=True, slots=True)
class TalkCalledOff:
    """It does not take place; by whom, or why, stands nowhere. `untold`: the respondent (their key) hears it later."""

    at: datetime
    untold: str | None = None


@dataclass(frozen=True, slots=True)
class TalkOffTold:
    """The respondent has heard that it does not take place."""


@dataclass(frozen=True, slots=True)
class TalkRoomSet:
    """The room it takes place in; nobody has been invited yet."""

    room: str


@dataclass(frozen=True, slots=True)
class TalkBegun:
    """Everybody who agreed has been invited."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The bot leaves the room and forgets it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RequestsMoved:
    """Everybody who asked goes on in another case (R128)."""


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The case ended."""

    ending: Ending
    at: datetime


Event = (
    OutreachOpened
    | HelpOpened
    | ReportOpened
    | ReportFiled
    | PictureUnfit
    | RequestAdded
    | RequestReleased
    | Contacted
    | ContactWithheld
    | AuthorAnswered
    | Reminded
    | RemedySighted
    | RemedyLost
    | Remedied
    | ConsentAsked
    | RequestEscalated
    | StaffCalled
    | RequestEnded
    | RelayOffered
    | RelayPassed
    | RelayStopped
    | RelaySent
    | Halted
    | StaffWrote
    | AuthorTold
    | MeasureDecided
    | MeasureCarriedOut
    | CaseTaken
    | CaseReleased
    | CaseLookedAt
    | NoteAdded
    | CaseDeferred
    | CaseReopened
    | BranchChanged
    | OpenedToAll
    | HelpWanted
    | HelpGiven
    | AuthorInRoom
    | RequestMuted
    | IdentityRevealed
    | ColleaguesAsked
    | ColleaguesAnswered
    | ColleaguesSilent
    | RequestsMoved
    | TalkProposed
    | TalkAgreed
    | TalkCalledOff
    | TalkOffTold
    | TalkRoomSet
    | TalkBegun
    | TalkOver
    | CaseClosed
)
