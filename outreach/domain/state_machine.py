"""The one table of every rule about stage. A row says in which stage an input means something, what decides it, and
which stages may follow; the diagram in the README is printed from it. Whatever has no row is a typed refusal.

What the table cannot see: which request an input belongs to; each decision asks the case for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.domain import inputs as i
from outreach.domain.case import Case, Stage
from outreach.domain.decisions import (
    abroad,
    answering,
    branches,
    handling,
    mediating,
    merging,
    opening,
    relaying,
    reporting,
    rulings,
    settling,
    watching,
)
from outreach.domain.decisions.decision import Decision
from outreach.domain.errors import NotNow
from outreach.domain.policy import OutreachPolicy

#: A decide function; its second parameter is the row's input type, which the table guarantees.
Decide = Callable[[Case, Any, OutreachPolicy, datetime], Decision]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule about stage. A stage of None stands for a case that is not born yet."""

    stage: Stage | None
    said: type
    decide: Decide
    leads_to: frozenset[Stage]


def _rows(
    stages: Iterable[Stage | None],
    said: type,
    decide: Decide,
    leads_to: set[Stage] | None = None,
    *,
    stays: bool = True,
) -> list[Row]:
    """The same rule for several stages. `stays`: the case may also remain where it is."""
    more = leads_to or set()
    return [Row(s, said, decide, frozenset(more | ({s} if s is not None and stays else set()))) for s in stages]


WAITING, CONTACTED, IN_DIALOGUE = Stage.WAITING, Stage.CONTACTED, Stage.IN_DIALOGUE
REMEDIED, UNRESOLVED = Stage.REMEDIED, Stage.UNRESOLVED
REPORTED, IN_HANDS, MEDIATION = Stage.REPORTED, Stage.IN_HANDS, Stage.MEDIATION
CLOSED = Stage.CLOSED

_ASKED = (CONTACTED, IN_DIALOGUE, UNRESOLVED)
_FRIENDLY = (WAITING, *_ASKED)
_ANSWERED = (IN_DIALOGUE, UNRESOLVED)
_UNTALKED = (REPORTED, IN_HANDS)  #: moderators have it, and no talk is offered or held
_HELD = (IN_HANDS, MEDIATION)
_STAFF = (*_UNTALKED, MEDIATION)
_OPEN = (*_FRIENDLY, REMEDIED, *_STAFF)

_TABLE: list[Row] = [
    *_rows([None], i.Requested, opening.requested, {WAITING}),
    *_rows([None], i.HelpCalled, opening.help_called, {REPORTED}),
    *_rows([None], i.Reported, reporting.reported, {REPORTED}),
    *_rows(_STAFF, i.ReportJoined, reporting.report_joined),
    *_rows(_STAFF, i.PictureRefused, reporting.picture_refused),
    *_rows((*_FRIENDLY, *_STAFF), i.JoinRequested, opening.joined),
    *_rows(_OPEN, i.ReleaseDue, opening.release_due),
    # looking at the post
    *_rows([WAITING], i.Looked, opening.release_looked, {CONTACTED, CLOSED}),
    *_rows(_ASKED, i.Looked, watching.looked, {REMEDIED}),
    *_rows([REMEDIED], i.Looked, opening.release_looked, {CLOSED}),
    *_rows(_STAFF, i.Looked, watching.looked),
    *_rows((*_ASKED, *_STAFF), i.CheckDue, watching.check_due),
    *_rows((*_ASKED, *_STAFF), i.SettleDue, watching.settle_due),
    *_rows(_ASKED, i.RemindDue, watching.remind_due),
    *_rows((*_ASKED, REMEDIED, *_UNTALKED, CLOSED), i.Undelivered, watching.undelivered),
    *_rows([MEDIATION], i.Undelivered, mediating.unless_gone(watching.undelivered), {IN_HANDS}),
    *_rows((*_ASKED, REMEDIED), i.CloseDue, watching.close_due, {CLOSED}),
    # the author
    *_rows([CONTACTED], i.AuthorSaid, answering.author_said, {IN_DIALOGUE, UNRESOLVED, CLOSED}),
    *_rows([IN_DIALOGUE], i.AuthorSaid, answering.author_said, {UNRESOLVED, CLOSED}),
    *_rows([UNRESOLVED], i.AuthorSaid, answering.author_said, {CLOSED}),
    *_rows(_UNTALKED, i.AuthorSaid, answering.author_said),
    *_rows([MEDIATION], i.AuthorSaid, mediating.unless_gone(answering.author_said), {IN_HANDS}),
    *_rows((REMEDIED, CLOSED), i.AuthorSaid, answering.author_said_after),
    # the member
    *_rows((CONTACTED, IN_DIALOGUE), i.GiveUpDue, settling.give_up_due, {UNRESOLVED, CLOSED}),
    *_rows((UNRESOLVED, REMEDIED, *_STAFF), i.GiveUpDue, settling.give_up_due),
    *_rows([UNRESOLVED], i.ConsentLapsed, settling.consent_lapsed, {CLOSED}),
    *_rows(_STAFF, i.ConsentLapsed, settling.consent_lapsed),
    *_rows((*_ASKED, *_UNTALKED), i.Rested, settling.rested),
    *_rows([MEDIATION], i.Rested, mediating.unless_gone(settling.rested), {IN_HANDS}),
    *_rows([WAITING], i.Withdrawn, settling.withdrawn, {CLOSED}),
    *_rows((*_ASKED, REMEDIED, *_UNTALKED), i.Withdrawn, settling.withdrawn),
    *_rows([MEDIATION], i.Withdrawn, mediating.unless_gone(settling.withdrawn), {IN_HANDS}),
    *_rows([UNRESOLVED], i.Escalated, settling.escalated, {REPORTED}, stays=False),
    *_rows(_STAFF, i.Escalated, settling.escalated),
    *_rows((REMEDIED, *_STAFF), i.NotAllRight, settling.not_all_right),
    *_rows((*_FRIENDLY, REMEDIED), i.MemberInDistress, settling.member_in_distress, {CLOSED}),
    *_rows(_UNTALKED, i.MemberInDistress, settling.member_in_distress),
    *_rows([MEDIATION], i.MemberInDistress, mediating.unless_gone(settling.member_in_distress), {IN_HANDS}),
    *_rows((*_STAFF, CLOSED), i.AskerSaid, settling.asker_said),
    *_rows(_ANSWERED, i.MemberSaid, relaying.member_said),
    *_rows((*_ANSWERED, *_STAFF), i.RelayDue, relaying.relay_due),
    # the moderators
    *_rows((*_ANSWERED, REMEDIED, *_STAFF), i.RelayApproved, relaying.approved),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF), i.RelayRefused, relaying.refused),
    *_rows((*_ANSWERED, REMEDIED, *_HELD, CLOSED), i.AuthorAddressed, rulings.author_addressed),
    *_rows([REPORTED], i.AuthorAddressed, rulings.author_addressed, {IN_HANDS}, stays=False),
    *_rows((*_ANSWERED, REMEDIED, *_HELD, CLOSED), i.LetterConfirmed, rulings.letter_confirmed),
    *_rows([REPORTED], i.LetterConfirmed, rulings.letter_confirmed, {IN_HANDS}, stays=False),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF, CLOSED), i.MeasureDone, rulings.measure_done),
    *_rows([REPORTED], i.AskerAddressed, rulings.asker_addressed, {IN_HANDS}, stays=False),
    *_rows(_HELD, i.AskerAddressed, rulings.asker_addressed),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF), i.StaffClosed, rulings.closed, {CLOSED}, stays=False),
    *_rows([REPORTED], i.Taken, handling.taken, {IN_HANDS}, stays=False),
    *_rows((*_ANSWERED, REMEDIED, *_HELD, CLOSED), i.Taken, handling.taken),
    *_rows([IN_HANDS], i.HandedBack, handling.handed_back, {REPORTED}, stays=False),
    *_rows((*_ANSWERED, REMEDIED, MEDIATION, CLOSED), i.HandedBack, handling.handed_back),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF, CLOSED), i.LookedInto, handling.looked_into),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF, CLOSED), i.Noted, handling.noted),
    *_rows((*_ANSWERED, REMEDIED, *_UNTALKED), i.Deferred, handling.deferred),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF, CLOSED), i.ResponseDue, handling.response_due),
    *_rows([CLOSED], i.StaffReopened, handling.reopened, {IN_HANDS}, stays=False),
    *_rows(_STAFF, i.AskerMuted, handling.asker_muted),
    *_rows(_STAFF, i.Revealed, handling.revealed),
    *_rows(_UNTALKED, i.MergedFrom, merging.merged_from),
    *_rows(_UNTALKED, i.MergedInto, merging.merged_into, {CLOSED}, stays=False),
    *_rows((*_OPEN, CLOSED), i.AuthorSeenInRoom, handling.author_seen_in_room),
    *_rows([IN_HANDS], i.Transferred, branches.transferred, {REPORTED}, stays=False),
    *_rows((*_ANSWERED, REMEDIED, REPORTED, MEDIATION), i.Transferred, branches.transferred),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF, CLOSED), i.BranchDue, branches.branch_due),
    *_rows(_STAFF, i.ColleaguesAsked, abroad.asked),
    *_rows(_STAFF, i.ColleaguesAnswered, abroad.answered),
    *_rows(_STAFF, i.ColleaguesDue, abroad.due),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF), i.HelpAsked, branches.help_asked),
    *_rows((*_ANSWERED, REMEDIED, *_STAFF), i.HelpOffered, branches.help_offered),
    # a talk between both sides
    *_rows(_UNTALKED, i.TalkOffered, mediating.offered, {MEDIATION}, stays=False),
    *_rows([MEDIATION], i.TalkAnswered, mediating.answered, {IN_HANDS}),
    *_rows([MEDIATION], i.TalkLapsed, mediating.lapsed, {IN_HANDS}),
    *_rows(_UNTALKED, i.TalkOffDue, mediating.off_due),
    *_rows([MEDIATION], i.TalkRoomMade, mediating.room_made),
    *_rows([MEDIATION], i.TalkOpened, mediating.opened),
    *_rows([MEDIATION], i.TalkFailed, mediating.failed, {IN_HANDS}, stays=False),
    *_rows([MEDIATION], i.TalkEnded, mediating.ended, {IN_HANDS}, stays=False),
]

#: What means something in a case that is about no post: somebody wants a human, or is in danger.
_WITHOUT_POST = (
    i.Requested,
    i.HelpCalled,
    i.Reported,
    i.ReportJoined,
    i.PictureRefused,
    i.Withdrawn,
    i.AskerSaid,
    i.MemberInDistress,
    i.AskerAddressed,
    i.StaffClosed,
    i.Taken,
    i.HandedBack,
    i.LookedInto,
    i.Noted,
    i.Deferred,
    i.ResponseDue,
    i.StaffReopened,
    i.AskerMuted,
    i.Revealed,
    i.MergedFrom,
    i.MergedInto,
    i.Transferred,
    i.BranchDue,
    i.HelpAsked,
    i.HelpOffered,
    i.ColleaguesAsked,
    i.ColleaguesAnswered,
    i.ColleaguesDue,
    i.AuthorSeenInRoom,
)
#: What does besides in a report, where somebody is known whom it is about.
_ABOUT_SOMEBODY = (
    i.AuthorSaid,
    i.AuthorAddressed,
    i.LetterConfirmed,
    i.MeasureDone,
    i.Undelivered,
    i.TalkOffered,
    i.TalkAnswered,
    i.TalkLapsed,
    i.TalkOffDue,
    i.TalkRoomMade,
    i.TalkOpened,
    i.TalkFailed,
    i.TalkEnded,
)

TRANSITIONS: dict[tuple[Stage | None, type], Row] = {(row.stage, row.said): row for row in _TABLE}


def decide(
    case: Case | None, said: i.Input, policy: OutreachPolicy, now: datetime, *, born_as: Case | None = None
) -> Decision:
    """What follows from one input in the case's stage. `born_as` is the empty case of a birth.

    Raises a `Refusal`; then nothing happened.
    """
    row = TRANSITIONS.get((case.stage if case else None, type(said)))
    subject = case or born_as
    if row is None or subject is None:
        raise NotNow
    known = _ABOUT_SOMEBODY if subject.respondents else ()
    if subject.concern is not None and not isinstance(said, (*_WITHOUT_POST, *known)):
        raise NotNow
    return row.decide(subject, said, policy, now)
