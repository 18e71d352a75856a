"""Sample values for every variable of every letter: what `outreach letters` shows and the tests render.

Invents no person: all names end in `.example`. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from outreach.adapters.rendering.policy_texts import shipped_strengths
from outreach.domain.asks import Ask, Strength
from outreach.domain.letters import LETTERS, PHRASES, Audience, Letter
from outreach.domain.parts import MEASURES, REQUIRED

AMBIENT_SAMPLE: Mapping[str, str] = {
    "community": "loser.cafe",
    "contact": "https://loser.cafe/about",
    "crisis": "findahelpline.com",
    "bot": "outreach@loser.cafe",
    "prefix": "!",
    "reveal": "",
    "backups": "2592000",
}

SAMPLES: Mapping[str, str] = {
    "after": "1 I do not like this either.\n0 So what?",
    "alias": "amber-otter",
    "answer": "text",
    "answer_text": "It's art, not a warning sign.",
    "appeal": "",
    "approval": "1",
    "ask": "cw",
    "asked_day": "2025-11-03",
    "asker_may_be_asked": "1",
    "asks": "cw sensitive alt-text",
    "audience": "300",
    "author": "dave@loser.example",
    "author_is_staff": "",
    "before": "2 What do you think of ⟦1⟧?",
    "branch": "fr",
    "complete": "",
    "count": "2",
    "by": "mia:loser.example",
    "card": "amber-otter: waiting for a moderator",
    "category": "spam",
    "choices": "amber-otter 2025-11-03 cw food\ngreen-heron 2025-11-05 alt-text",
    "commands": "!take A\n!note A TEXT",
    "day": "2025-11-03",
    "due": "2025-11-04T13:20:00+00:00",
    "edited": "",
    "gone": "",
    "dismissed": "1",
    "hidden": "",
    "into": "green-heron",
    "kind": "human",
    "kept": "",
    "label": "food",
    "labels": "food ec pol",
    "language": "de",
    "languages": "en de fr",
    "lead": "",
    "letter": "Hello! I'm the helper bot of loser.cafe.\n\nhttps://loser.example/posts/1",
    "letter_language": "de",
    "letters": "а (Cyrillic)",
    "like": "mia:x.example",
    "lines": "amber-otter (post of 3 November, content warning “food”): asked",
    "link": "https://loser.example/posts/110000000000000001",
    "links": "https://loser.example/posts/110000000000000001\nhttps://loser.example/posts/110000000000000002",
    "media": "image A bowl of soup\nvideo ",
    "moment": "2025-11-04T13:20:00+00:00",
    "more": "",
    "most": "3",
    "nearest": "!take",
    "notes": "",
    "now": "waiting",
    "open": "2",
    "outcome": "",
    "part": "grounds",
    "people": "mia:loser.example",
    "phrase": "thanks",
    "phrases": " ".join(PHRASES),
    "platform": "fediverse",
    "post_day": "2025-11-03",
    "post_state": "unchanged",
    "read_until": "2025-11-04T09:15:00+00:00",
    "reader": "",
    "reason": "declined",
    "remote": "",
    "sensitive": "",
    "software": "mastodon",
    "source": "fediverse",
    "stage": "reported",
    "state": "asked",
    "steps": "!look\n!take",
    "strength": "may",
    "taken": "1",
    "text": "Thanks for telling me.\nI did not know that.",
    "translation": "Hallo! Ich bin der Hilfsbot von loser.cafe.",
    "turns": "2",
    "untrusted": "",
    "unreadable": "",
    "usage": "!refuse A WHY",
    "visibility": "public",
    "wait": "21600",
    "warning": "food",
    "host": "elsewhere.example",
    "page": "elsewhere.example/about",
    "colleagues": "",
    "which": "staff",
    "key": "matrix.staff_room",
    "who": "mia:loser.example",
    "word": "foood",
    # letters about rules and decisions
    "abstained": "1",
    "appeal_code": "7KQ2-M4XD",
    "appeal_page": "https://cwg.loser.cafe/appeal",
    "appeal_until": "2026-05-04",
    "automation": "none",
    "behaviour": "unlabelled",
    "behaviour_text": "Most of the posts of this week advertise the same shop.",
    "charge": "B",
    "checksum": "9f2c41d07be8",
    "consequence": "mark_media unlist",
    "detail": "generic",
    "early": "",
    "exception": "More time, since the last weeks were hard.",
    "facts": "On 3 November the post showed flashing pictures without a warning.",
    "grounds": "unprepared",
    "grounds_text": "Nobody can read anything else any more.",
    "ground": "rules",
    "late": "",
    "measure": "mute",
    "named": "",
    "names": "green-heron",
    "news": "made",
    "needed": "3",
    "fault": "format",
    "limit": "",
    "never": "",
    "no": "1",
    "number": "2",
    "pictures": "",
    "open_votes": "1",
    "public": "",
    "reading": "That people who eat differently are ridiculous.",
    "redress": "internal settlement court",
    "remedies": "warn mark",
    "result": "accepted",
    "role": "team",
    "rule": "Put a warning on flashing pictures.",
    "talk": "",
    "term": "limited",
    "territory": "server",
    "trigger": "notice",
    "until": "2025-11-11T13:20:00+00:00",
    "vote": "yes",
    "voters": "5",
    "why": "Flashing pictures can cause seizures.\nA warning alone was not heeded.",
    "yes": "3",
}

#: The longest or nastiest value of each; all others keep their sample.
WORST: Mapping[str, str] = {
    "answer_text": "@dave #tag https://evil.example/@x \u202e\u200b" + "long words " * 60,
    "author": "@" + "a" * 30 + "@a-very-long-server-name.of-some.example",
    "audience": "123456",
    "before": "1 @alice #tag https://evil.example/@x \u202e",
    "media": "image @alice #tag https://evil.example/@x\n@bob \u2066",
    "post_day": "2025-09-30",
    "day": "2025-09-30",
    "moment": "2025-09-30T21:59:00+00:00",
    "text": "@alice@x.example (@bob) /@carl #tag\n\n> quoted\r\u2028new line \x07 https://evil.example/?q=1",
    "turns": "21",
    "wait": "93600",
    "warning": "@alice \u2066" + "w" * 600,
    "word": "@alice %(x)s {{ 7 }} \n\n second line",
}

#: How strongly the shipped profiles stand behind each label, and behind each ask without one.
LABELS: Mapping[str, str] = shipped_strengths("labels")
_ASKS: Mapping[str, str] = shipped_strengths("asks")

#: What selects paragraphs: every value that a letter has to be right for.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "ask": tuple(ask.value for ask in Ask),
    "label": ("", *LABELS),
    "strength": tuple(strength.value for strength in Strength),
    "platform": ("fediverse", "matrix"),
    "gone": ("", "1"),
    "kept": ("", "1"),
    "open": ("0", "1", "2"),
    "author_is_staff": ("", "1", "alone"),
    "now": ("over", "waiting", "asked", "answered", "undecided", "with_moderators", "several"),
    "reason": ("declined", "unanswered"),
    "kind": ("human", "abuse", "distress", "support", "second-look"),
    "approval": ("", "1"),
    "audience": ("", "0", "1", "2"),
    "wait": ("", "0", "3600"),
    "answer": ("", "no", "text"),
    "appeal": ("", "1"),
    "software": ("", "mastodon", "gotosocial", "akkoma", "pleroma"),
    "post_day": ("", "2025-11-03"),
    "outcome": ("", "remedied"),
    "lead": ("", "mia:loser.example"),
    "reader": ("", "mia:loser.example"),
    "more": ("", "1", "5"),
    "people": ("", "mia:loser.example"),
    "names": ("", "green-heron"),
    "branch": ("", "fr"),
    "complete": ("", "1"),
    "count": ("0", "1", "3"),
    "like": ("", "mia:x.example"),
    "which": ("staff", "alternate", "community"),
    "untrusted": ("", "1"),
    "dismissed": ("", "1"),
    "source": ("fediverse", "matrix", "member", "staff", "support", "second_look"),
    "taken": ("", "1"),
    "unreadable": ("", "1"),
    "visibility": ("public", "followers", "direct"),
    "hidden": ("", "1"),
}

#: Choices of the letters made of many parts: each is varied alone, not with all others. A space joins several.
APART: Mapping[str, tuple[str, ...]] = {
    "appeal_page": ("", "https://cwg.loser.cafe/appeal"),
    "automation": ("none", "detection"),
    "behaviour": ("often", "unlabelled", "unmarked", "own"),
    "checksum": ("", "9f2c41d07be8"),
    "consequence": ("none", *MEASURES, " ".join(MEASURES)),
    "detail": ("none", "generic", "full"),
    "early": ("", "1"),
    "exception": ("", "More time."),
    "ground": ("law", "rules"),
    "grounds": ("tiring", "unprepared", "chosen", "seizures", "own"),
    "late": ("", "1"),
    "lines": ("", "amber-otter: waiting for a moderator"),
    "measure": (*MEASURES, "warn kick"),
    "named": ("", "1"),
    "needed": ("1", "2", "5"),
    "fault": ("format", "large", "broken", "gone", "many", "minors"),
    "limit": ("", "4"),
    "never": ("", "1"),
    "pictures": ("", "1", "3"),
    "news": ("yes", "no", "off", "made", "asked", "failed", "over", "account", "encryption"),
    "open_votes": ("", "1"),
    "public": ("", "1"),
    "redress": ("internal", "court", "settlement court"),
    "remedies": ("warn", "mark", "unlist", "edit", "delete", "warn mark unlist"),
    "result": (
        *("accepted", "refused", "tied", "too_few", "halted"),
        *("no_violation", "settled", "acted", "upheld", "changed", "lifted"),
    ),
    "role": ("team", "moderator"),
    "steps": ("", "!vote yes"),
    "talk": ("", "begun", "2025-11-04T13:20:00+00:00"),
    "term": ("limited", "permanent", "once"),
    "territory": ("server", "room", "rooms", "everywhere"),
    "trigger": ("notice", "own"),
    "vote": ("yes", "no", "abstain", "other", "exception_yes", "exception_no"),
    "voters": ("1", "2", "5"),
    "who": ("", "mia:loser.example"),
}

_LATER = {"wait": "604800"}
_OFTEN = {"label": "pol", "behaviour": "often", "grounds": "tiring", "remedies": "warn unlist"}
_MARKED = {"label": "suggestive", "behaviour": "unmarked", "grounds": "chosen", "remedies": "warn mark"}
_UNMARKED = {**_MARKED, "label": "lewd", "remedies": "mark"}

#: Where a letter reads better with values of its own: the three examples of the guidelines (R074 to R076), and others.
OWN: Mapping[tuple[Audience, str], Mapping[str, str]] = {
    (Audience.RECIPIENT, "suggestion"): {**_OFTEN, "strength": "may", "consequence": "none"},
    (Audience.RECIPIENT, "recommendation"): {**_MARKED, "strength": "should", "consequence": "unlist mark_media"},
    (Audience.RECIPIENT, "mandatory"): {**_UNMARKED, "strength": "shall", "consequence": "followers_only mark_media"},
    (Audience.RECIPIENT, "disengage"): {"who": "erin@loser.example", "strength": "shall", "consequence": "suspend"},
    (Audience.RECIPIENT, "problem_post"): {"ask": "edit", "rule": "Be kind about what others eat, wear or love."},
    (Audience.MEMBER, "direct_words"): {"ask": "edit", "rule": "Be kind about what others eat, wear or love."},
    (Audience.RECIPIENT, "demand"): {"text": "Don't post the address of anybody, not even in part."},
    (Audience.ROOM, "demand"): {"who": "dave", "text": "Don't post the address of anybody, not even in part."},
    (Audience.RECIPIENT, "mediation_offer"): {"who": "Mia", "names": ""},
    (Audience.MEMBER, "mediation_offer"): {"who": "Mia", "names": ""},
    (Audience.RECIPIENT, "appeal_received"): _LATER,
    (Audience.MEMBER, "appeal_received"): _LATER,
    (Audience.MEMBER, "report_received"): {"wait": "86400"},
    (Audience.STAFF, "ballot"): {"steps": "!vote amber-otter yes\n!vote amber-otter no\n!vote amber-otter abstain"},
    (Audience.STAFF, "ballot_result"): {"steps": "!carry-out amber-otter"},
    (Audience.STAFF, "due_list"): {"lines": "amber-otter: waiting for a moderator, due Tue 4 Nov, 14:20 Berlin"},
    (Audience.STAFF, "digest"): {"lines": "amber-otter: waiting for a moderator, due Tue 4 Nov, 14:20 Berlin"},
}

_ASKED = ("ask", "label", "strength", "platform")


def sample(audience: Audience, name: str, /, **chosen: str) -> Letter:
    """One letter with sample values; an ask without label has none, and its own strength, unless chosen."""
    values = {variable: SAMPLES[variable] for variable in LETTERS[audience][name]} | dict(OWN.get((audience, name), {}))
    values |= _fitting(audience, name, values) | chosen
    if chosen.get("ask", "cw") != "cw" and "label" in values and "label" not in chosen:
        values["label"] = ""
    if {"ask", "strength"} <= values.keys() and "strength" not in chosen:
        label = values.get("label", "") if values["ask"] == Ask.CW else ""
        values["strength"] = LABELS.get(label, _ASKS[values["ask"]])
    if name == "closed" and not values["outcome"]:
        values["outcome"] = "remedied"
    return Letter(name, values)


def worst(audience: Audience, name: str) -> Letter:
    """One letter with the longest and nastiest values."""
    values = {**SAMPLES, **WORST}
    values = {variable: values[variable] for variable in LETTERS[audience][name]}
    return Letter(name, values | _fitting(audience, name, values))


def _fitting(audience: Audience, name: str, values: Mapping[str, str]) -> dict[str, str]:
    """For each part whose sample does not fit, the first word that does."""
    return {
        part.name: part.words[0]
        for part in REQUIRED.get((audience, name), ())
        if part.words and part.lacks({**values, **dict(part.only)})
    }


def variants(audience: Audience, name: str) -> Iterator[Letter]:
    """One letter for every ask, label, strength and platform, and for every other choice; only `cw` has a label."""
    return (letter for letter in _combined(audience, name) if complete(audience, letter))


def _combined(audience: Audience, name: str) -> Iterator[Letter]:
    variables = LETTERS[audience][name]
    for selecting in (_ASKED, tuple(each for each in CHOICES if each not in _ASKED)):
        present = [variable for variable in selecting if variable in variables]
        for values in product(*(CHOICES[variable] for variable in present)):
            chosen = dict(zip(present, values, strict=True))
            if chosen.get("ask", "cw") == "cw" or not chosen.get("label"):
                yield sample(audience, name, **chosen)
    for variable in sorted(APART.keys() & variables):
        yield from (sample(audience, name, **{variable: value}) for value in APART[variable])


def complete(audience: Audience, letter: Letter) -> bool:
    """Whether it has every part it must have: some of the choices above do not belong together."""
    return not any(part.lacks(letter.values) for part in REQUIRED.get((audience, letter.name), ()))
