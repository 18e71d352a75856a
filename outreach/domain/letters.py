"""The names of all letters and the variables each may use. No wording, and no variable for the reporter (leak 12).

Every template may besides use what the community's configuration says: `community`, `contact`, `crisis`, `bot`,
`prefix`, `reveal`, `backups`. Values are plain strings; days are ISO dates, moments ISO times, durations seconds.
Which of them a letter may not lack, `parts.py` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Audience(StrEnum):
    """Who reads a letter; also the folder of its template. A room is everybody in a community room."""

    MEMBER = "member"
    RECIPIENT = "recipient"
    STAFF = "staff"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Letter:
    """A templated message: which one, and what stands in its gaps."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


_POST = "platform author post_day link"
_ASKED = "ask label strength"
_BEHAVIOUR = "role label behaviour behaviour_text grounds grounds_text strength remedies consequence"
_REDRESS = "redress appeal_until appeal_page appeal_code"

_CARD = "alias stage lead reader read_until due steps outcome notes talk"

_MEMBER = {
    # first steps
    "notice": "",
    "notice_more": "",
    "help": "platform",
    "not_understood": "",
    "welcome": "",
    "menu": f"{_POST}",
    "menu_redact": f"{_POST}",
    "change_menu": "",
    "label_menu": "labels",
    "unknown_label": "word labels",
    "unknown_ask": "word asks",
    "never_asked": "ask label labels",
    "lived_question": "label",
    "lived_stays": "",
    "audience_question": "audience",
    "old_question": "post_day",
    "look_later": "moment",
    # the guards of the first message
    "leaked_mention": "",
    "leaked_quote": "",
    "leaked_public": "",
    "private_please": "",
    "no_link": "word",
    "too_many_links": "most",
    "several_authors": "",
    "behaviour": "",
    "post_unseen": "",
    "post_elsewhere": "",
    "post_mine": "",
    "practice": "letter",
    "post_has_it": f"{_POST} {_ASKED} warning",
    "room_not_ours": "",
    "ask_not_here": "asks",
    "too_few_see_it": "",
    "answers_you": "",
    "reads_along": "",
    "too_many_open": "most",
    "may_not_ask": "",
    "too_new": "wait",
    "declines_bots": "",
    # preview to release
    "preview": f"{_POST} {_ASKED} letter letter_language translation wait audience author_is_staff remote",
    "queued": "wait",
    "cancelled": "kept",
    "draft_nudge": "",
    "draft_expired": "",
    "nothing_to_send": "",
    "time_has_come": "",
    "sent_not_needed": f"{_ASKED} gone",
    # what came of it
    "fixed": f"{_ASKED} warning gone",
    "kept_as_is": "",
    "declined_may": "",
    "nothing_heard_may": "",
    "own_life": "",
    "unresolved": f"{_ASKED} reason",
    "author_wrote": "",
    "author_words": "text phrases turns",
    "stopped_kindly": "",
    # the relay toward the author
    "say_how": "phrases",
    "say_preview": "text turns approval",
    "say_queued": "approval",
    "say_not_now": "",
    "say_refused": "text",
    "say_withheld": "",
    # after it failed
    "card_preview": "card translation",
    "escalated": "alias",
    "no_escalation_may": "",
    "escalation_later": "",
    "no_moderators_free": "",
    "rested": "",
    "consent_lapsed": "",
    "human_preview": "card translation",
    "human_called": "alias",
    "human_line_preview": "text",
    "human_line_sent": "",
    "danger_called": "alias",
    "tell_on": "kind",
    "tell_noted": "kind",
    "tell_preview": "card translation never",
    "pictures_question": "count limit",
    "picture_refused": "number fault",
    "moderator_writes": "alias text",
    "identity_revealed": "alias text",
    "closed_by_moderators": "alias",
    # at any time
    "status": "lines now",
    "status_line": f"alias post_day {_ASKED} state moment",
    "status_none": "",
    "which_one": "choices word",
    "which_role": "",
    "nothing_open": "",
    "withdrawn": "",
    "withdrawn_late": "",
    "language_set": "",
    "language_unknown": "languages",
    "not_yet_here": "",
    "forgotten": "platform",
    "forget_question": "open",
    "genuine_yes": "day",
    "genuine_no": "",
    "self_harm": "",
    # by themselves, with support, or as a report (R015 to R020)
    "three_ways": "",
    "direct_help": "",
    "direct_words": "platform post_day reading rule ask label",
    # what came of a report (R030, R037, R038, R115)
    "report_received": "alias wait named",
    "holding_note": "alias moment",
    "decision": f"alias detail result measure why {_REDRESS}",
    "appeal_received": "alias day wait",
    "appeal_decided": f"alias result measure why {_REDRESS}",
    # a talk between both sides (R022, R042)
    "mediation_offer": "alias who names moment",
    "talk": "alias news who",
    # encrypted rooms
    "unreadable": "untrusted",
    "plain_refused": "",
    # too much, or nothing that can be read
    "quiet_now": "moment",
    "too_many_lines": "moment",
    "garbled": "",
    "chat_replaced": "",
}

_RECIPIENT = {
    "first_contact": f"platform {_ASKED} post_day link",
    "reminder": f"platform {_ASKED} post_day link",
    "how": f"platform {_ASKED} software",
    "why": f"{_ASKED}",
    "who": "",
    "what": "",
    "not_yet_visible": f"{_ASKED}",
    "answered_no": f"{_ASKED}",
    "answered_mine": "",
    "answered_human": "",
    "answered_abuse": "",
    "answered_stop": "",
    "answered_start": "",
    "passed_on": "",
    "not_passed_on": "",
    "thanks": f"post_day platform {_ASKED} gone",
    "over": "",
    "second_look": "taken",
    "phrase": "phrase turns",
    "relayed_words": "text",
    "moderator_writes": "text",
    "self_harm": "",
    "language_set": "",
    "language_unknown": "languages",
    "genuine_yes": "day",
    "genuine_no": "",
    # from the moderators, in the community's name (R017, R041, R042, R073 to R077, R119)
    "problem_post": f"role platform post_day link reading rule {_ASKED}",
    "suggestion": _BEHAVIOUR,
    "recommendation": _BEHAVIOUR,
    "mandatory": _BEHAVIOUR,
    "disengage": "role who strength consequence",
    "apology_request": "role post_day platform public moment",
    "mediation_offer": "role who names moment",
    "talk": "news who",
    "demand": "role text",
    # what was decided, and what became of it: R038, R039, R115
    "decision": f"role measure territory term until facts link trigger automation ground rule why {_REDRESS}",
    "no_violation": "post_day platform",
    "measure_over": "measure day early",
    "appeal_received": "day wait",
    "appeal_decided": f"result measure why {_REDRESS}",
    "original": "letter",
    "unreadable": "untrusted",
    "plain_refused": "",
    "quiet_now": "moment",
    "too_many_lines": "moment",
    "garbled": "",
}

_STAFF = {
    "card": (f"{_CARD} {_POST} {_ASKED} post_state asked_day answer answer_text asker_may_be_asked remote colleagues"),
    "card_human": f"{_CARD} platform links",
    "card_recipient": f"{_CARD} kind {_POST} {_ASKED} text",
    "card_danger": f"{_CARD} link",
    "card_report": (
        f"{_CARD} platform source author more category links text count pictures unreadable asker_may_be_asked remote"
        " colleagues"
    ),
    "report_again": "alias text",
    "no_evidence": "alias",
    "picture": "alias number count more",
    "pictures_missing": "alias never",
    "message_ours": "day alias",
    "message_not_ours": "",
    "evidence": (
        "alias author post_day link warning text media sensitive visibility edited before after unreadable hidden"
    ),
    "answer_update": "alias answer text who",
    "fixed_update": "alias gone",
    "asker_wrote": "alias text appeal",
    "letter_sent": "alias letter language",
    "approval_request": "alias text",
    "approved": "alias",
    "refused": "alias",
    "no_words_wait": "alias",
    "to_author_preview": "alias who lead names text letter translation",
    "letter_lacks": "letter part usage",
    "talk": "alias news who moment",
    "measure_step": "alias who measure platform software",
    "measure_done": "alias who measure by",
    "to_asker_preview": "alias text",
    "sent": "alias",
    "closed": "alias outcome",
    "taken": "alias who",
    "taken_before": "alias who moment",
    "assigned": "alias who",
    "handed_back": "alias who",
    "noted": "alias",
    "deferred": "alias moment text",
    "reopened": "alias who text",
    "asker_muted": "alias",
    "merged": "alias into who",
    "no_free_room": "card",
    "also_writing": "alias who names",
    "reveal_second": "alias who text",
    "reveal_noted": "alias who by text",
    "revealed": "alias people",
    "transferred": "alias branch",
    "colleagues_asked": "alias who host due page",
    "colleagues_answered": "alias who host",
    "colleagues_due": "alias host due platform software",
    "volunteers": "alias",
    "help_wanted": "alias who count",
    "help_given": "alias people complete",
    "cases": "lines more",
    "case_line": "alias stage lead due",
    "case_whole": "card notes",
    "note_line": "who moment text",
    "oncall": "people",
    "away": "who lines",
    "help": "commands",
    "unknown_command": "word nearest",
    "unknown_alias": "word",
    "wrong_use": "usage",
    "not_now": "alias stage",
    "names_somebody": "",
    "not_enrolled": "who",
    "enrolled": "who",
    "enrol_second": "who",
    "enrolled_already": "who",
    "enrol_alone": "who moment",
    "counts_later": "moment",
    "left": "who",
    "joined": "who",
    "joined_enrolled": "who",
    "joined_alike": "who like",
    "many_come_and_go": "moment",
    "enrol_alike": "who like letters",
    "too_many_commands": "who moment",
    "put_aside": "",
    "room_replaced": "which",
    "room_lost": "key",
    "undeliverable": "alias who",
    "parked": "alias",
    "room_open": "",
    "bot_limited": "moment",
    # what is due
    "due_line": "alias stage who due",
    "due_list": "lines",
    "due_reminder": "alias due late wait",
    "digest": "day open lines checksum",
    # deciding together (R103 to R107)
    "discussion": "alias",
    "ballot": "alias charge measure exception voters needed due open_votes steps",
    "ballot_result": "alias result yes no abstained steps",
    "vote_counted": "alias vote",
    "vote_missing": "alias due",
    "unreadable": "who untrusted",
    "plain_refused": "who",
    "device_unsigned": "who",
    "confirm_in_words": "who",
    "new_identity": "who dismissed",
}

_ROOM = {
    "stop_order": "moment",
    "stop_over": "",
    "demand": "who text",
    # in the room of a talk
    "talk_opening": "who",
    "talk_over": "",
}


def _split(rows: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name: frozenset(variables.split()) for name, variables in rows.items()})


LETTERS: Mapping[Audience, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        Audience.MEMBER: _split(_MEMBER),
        Audience.RECIPIENT: _split(_RECIPIENT),
        Audience.STAFF: _split(_STAFF),
        Audience.ROOM: _split(_ROOM),
    }
)

#: What every template may use: facts of the community, the same for every reader.
AMBIENT = frozenset({"community", "contact", "crisis", "bot", "prefix", "reveal", "backups"})

#: The closed phrases a member may send back without approval (R024, design `relay = "phrases"`).
PHRASES = ("thanks", "not_you", "no_harm", "take_time", "rest")

#: Letters to recipients that impose something: what nobody has checked in them is followed by the English original.
SANCTIONS = frozenset({"mandatory", "disengage", "demand", "decision", "appeal_decided"})
