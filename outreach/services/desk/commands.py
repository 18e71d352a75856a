"""What moderators can say, already taken apart: the verbs of this version and how each is used. Parses no text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from outreach.domain.inputs import Ending


class Verb(StrEnum):
    """The commands of this version, in the order in which help shows them."""

    CASES = "cases"
    CASE = "case"
    EVIDENCE = "evidence"
    REPORT = "report"
    LOOK = "look"
    TAKE = "take"
    RELEASE = "release"
    ASSIGN = "assign"
    NOTE = "note"
    AUTHOR = "author"
    ASKER = "asker"
    LETTER = "letter"
    MEDIATE = "mediate"
    DONE = "done"
    APPROVE = "approve"
    REFUSE = "refuse"
    DEFER = "defer"
    ASSIST = "assist"
    TRANSFER = "transfer"
    REMOTE = "remote"
    ANSWERED = "answered"
    MUTE_ASKER = "mute-asker"
    MERGE = "merge"
    REVEAL = "reveal"
    CLOSE = "close"
    REOPEN = "reopen"
    ONCALL = "oncall"
    AWAY = "away"
    ENROL = "enrol"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `text` is all that follows the verb; `alias` its first word, if that is a case's name; then `rest`.

    Only the case at hand shows whether the first word was a name: in a thread it may be left out.
    """

    verb: Verb
    alias: str = ""
    rest: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word after the prefix that is no command, and the one that is spelled most like it."""

    word: str
    nearest: str = ""


#: Takes a line and the prefix; None where the line is talk among moderators.
ReadCommand = Callable[[str, str], Command | Unknown | None]

#: The outcomes with which a moderator may end a case; the others say what happened by itself.
OUTCOMES = (Ending.AGREED, Ending.NO_VIOLATION, Ending.DROPPED, Ending.DECIDED, Ending.UNREACHABLE)

_USAGE = MappingProxyType(
    {
        Verb.CASES: "cases [mine|due]",
        Verb.CASE: "case A|URL",
        Verb.EVIDENCE: "evidence A",
        Verb.REPORT: "report LINK|HANDLE TEXT",
        Verb.LOOK: "look A",
        Verb.TAKE: "take A",
        Verb.RELEASE: "release A",
        Verb.ASSIGN: "assign A WHO",
        Verb.NOTE: "note A TEXT",
        Verb.AUTHOR: "author A TEXT",
        Verb.ASKER: "asker A TEXT",
        Verb.LETTER: "letter A NAME",
        Verb.MEDIATE: "mediate A [WHO…] [7d]|end",
        Verb.DONE: "done A",
        Verb.APPROVE: "approve A [TEXT]",
        Verb.REFUSE: "refuse A WHY",
        Verb.DEFER: "defer A WHY",
        Verb.ASSIST: "assist A [N|all|WHO]",
        Verb.TRANSFER: "transfer A BRANCH|all",
        Verb.REMOTE: "remote A",
        Verb.ANSWERED: "answered A",
        Verb.MUTE_ASKER: "mute-asker A",
        Verb.MERGE: "merge A OTHER",
        Verb.REVEAL: "reveal A WHY",
        Verb.CLOSE: f"close A {'|'.join(OUTCOMES)} [WHY]",
        Verb.REOPEN: "reopen A WHY",
        Verb.ONCALL: "oncall [me|WHO]",
        Verb.AWAY: "away",
        Verb.ENROL: "enrol WHO",
        Verb.HELP: "help",
    }
)


#: What a case can be the object of; the others are about the room, or about nothing yet.
ABOUT_A_CASE = tuple(verb for verb in Verb if " A" in _USAGE[verb] or verb is Verb.HELP)


def usage(verb: Verb, prefix: str) -> str:
    """How a command is written."""
    return prefix + _USAGE[verb]


def outcome_of(words: str) -> tuple[Ending, str] | None:
    """The outcome a moderator named and the reason behind it; "no violation" and "no-violation" are one."""
    tokens = words.split()
    for count in (2, 1):
        name = "_".join(" ".join(tokens[:count]).casefold().replace("-", " ").replace("_", " ").split())
        ending = next((one for one in OUTCOMES if one == name), None)
        if ending is not None:
            return ending, " ".join(tokens[count:])
    return None
