"""What people call the closed values of the domain, in English. The catalogs translate them (`GROUP name`).

Labels have their names from the community's profile. Holds names only; which values exist is the domain's matter,
and a value without a name is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ASKS = {
    "cw": "content warning",
    "sensitive": "hide the picture",
    "alt-text": "picture description",
    "captions": "captions",
    "readable-tags": "readable hashtags",
    "edit": "change the text",
    "redraft": "delete and rewrite",
    "delete": "delete it",
    "unlist": "unlist it",
    "retract": "public correction",
    "redact": "take it down",
}

_PHRASES = {
    "thanks": "Thank you for your answer.",
    "not_you": "It is about this one post, not about you.",
    "no_harm": "I know that no harm was meant.",
    "take_time": "Take the time you need.",
    "rest": "Let's leave it at that.",
}

_STATES = {
    "waiting": "waiting",
    "asked": "asked",
    "nothing_heard": "nothing heard",
    "answered": "answered",
    "fixed": "fixed",
    "over": "over",
}

_STAGES = {
    "waiting": "waiting for its time",
    "contacted": "author asked",
    "in_dialogue": "in conversation",
    "remedied": "fixed",
    "unresolved": "not settled",
    "reported": "waiting for a moderator",
    "in_hands": "a moderator has it",
    "mediation": "mediation",
    "charged": "up for decision",
    "voting": "vote running",
    "decided": "decided",
    "running": "measure running",
    "closed": "closed",
}

_OUTCOMES = {
    "remedied": "fixed",
    "agreed": "settled between them",
    "no_violation": "no breach of the rules",
    "dropped": "dropped",
    "decided": "decided",
    "unreachable": "out of reach",
    "unanswered": "no answer",
    "withdrawn": "withdrawn",
    "declined": "author said no",
    "merged": "joined with another case",
}

_ANSWERS = {
    "done": "done",
    "no": "no",
    "mine": "it is their own life",
    "human": "would like a moderator",
    "abuse": "finds the words abusive",
    "stop": "no more messages",
    "text": "own words",
    "seen": "seen, not answered",
    "how": "asked how",
    "why": "asked why",
    "who": "asked who it was",
    "what": "asked what this is",
    "start": "messages are welcome again",
    "distress": "words that sound like self-harm",
    "appeal": "appeals against the decision",
}

_POST_STATES = {
    "unchanged": "unchanged",
    "changed": "changed",
    "fixed": "fixed",
    "gone": "gone or hidden",
    "unsure": "state unknown",
}

_REMEDIES = {
    "warn": "a content warning",
    "mark": "media marked as sensitive",
    "unlist": "unlisted posts",
    "edit": "kinder words",
    "delete": "the posts taken down",
}

_MEASURES = {
    "warn": "warning",
    "label": "content warning added by us",
    "mark_media": "media marked as sensitive by us",
    "strip_media": "media removed from posts",
    "unlist": "posts kept out of the public timelines",
    "followers_only": "posts shown to followers only",
    "limit": "account limited (fewer people see its posts)",
    "mute": "mute (reading only)",
    "kick": "removal from the room (return allowed)",
    "ban": "ban",
    "freeze": "account frozen",
    "suspend": "account suspended",
    "delete_post": "post deleted",
    "delete_account": "account deleted",
}

_TERRITORIES = {
    "server": "our server",
    "room": "the room where it happened",
    "rooms": "all our rooms",
    "everywhere": "our server and all our rooms",
}

_VOTES = {
    "yes": "yes",
    "no": "no",
    "abstain": "abstain",
    "other": "another class",
    "exception_yes": "exception: yes",
    "exception_no": "exception: no",
}

_STRENGTHS = {
    "may": "suggested",
    "should": "recommended",
    "shall": "mandatory",
}

_CATEGORIES = {
    "other": "something else",
    "spam": "spam",
    "legal": "illegal",
    "violation": "against the rules",
    "minors": "about minors",
}

_WHO = {
    "author": "the author",
    "person": "person",
}

_KINDS = {
    "image": "picture",
    "gifv": "moving picture",
    "video": "video",
    "audio": "sound",
    "unknown": "file",
}

GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ask": _ASKS,
        "phrase": _PHRASES,
        "state": _STATES,
        "stage": _STAGES,
        "outcome": _OUTCOMES,
        "answer": _ANSWERS,
        "post_state": _POST_STATES,
        "strength": _STRENGTHS,
        "remedy": _REMEDIES,
        "measure": _MEASURES,
        "territory": _TERRITORIES,
        "vote": _VOTES,
        "category": _CATEGORIES,
        "who": _WHO,
        "kind": _KINDS,
    }
)

#: What translators should know about the names of a group.
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "remedy": "one of a list after a colon, such as “Our suggestion: a content warning or unlisted posts.”",
        "measure": "what is done to an account or a post; one of a list after a colon; nouns, no gender",
        "territory": "after a colon: “Where it holds: our server.”",
        "category": "after a colon: “Said to be: spam”",
        "who": "who said a line, before a colon or a number: “the author: …”, “person 2: …”",
        "kind": "in brackets before a description: “[picture] A bowl of soup”",
        "vote": "after a colon: “your vote is counted: yes”",
    }
)

#: The first line a lock screen may show, per audience: it tells nothing (leak 37).
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {"member": "A note from a bot", "recipient": "About your post", "staff": "", "room": ""}
)
