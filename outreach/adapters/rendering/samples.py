"""Sample values for every variable of every letter: what `outreach letters` shows and the tests render.

Invents no person: all names end in `.example`. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from outreach.domain.asks import LABELS, Ask, Strength, strength_of
from outreach.domain.letters import LETTERS, PHRASES, Audience, Letter

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
    "alias": "amber-otter",
    "answer": "text",
    "answer_text": "It's art, not a warning sign.",
    "approval": "1",
    "ask": "cw",
    "asked_day": "2025-11-03",
    "asker_may_be_asked": "1",
    "asks": "cw sensitive alt-text",
    "audience": "300",
    "author": "dave@loser.example",
    "author_is_staff": "",
    "card": "amber-otter: waiting for a moderator",
    "choices": "amber-otter 2025-11-03 cw food\ngreen-heron 2025-11-05 alt-text",
    "commands": "!take A\n!note A TEXT",
    "day": "2025-11-03",
    "due": "2025-11-04T13:20:00+00:00",
    "gone": "",
    "dismissed": "1",
    "kind": "human",
    "kept": "",
    "label": "food",
    "labels": "food ec pol",
    "language": "de",
    "languages": "en de fr",
    "letter": "Hello! I'm the helper bot of loser.cafe.\n\nhttps://loser.example/posts/1",
    "letter_language": "de",
    "lines": "amber-otter (post of 3 November, content warning “food”): asked",
    "link": "https://loser.example/posts/110000000000000001",
    "links": "https://loser.example/posts/110000000000000001\nhttps://loser.example/posts/110000000000000002",
    "moment": "2025-11-04T13:20:00+00:00",
    "most": "3",
    "nearest": "!take",
    "now": "waiting",
    "open": "2",
    "outcome": "",
    "phrase": "thanks",
    "phrases": " ".join(PHRASES),
    "platform": "fediverse",
    "post_day": "2025-11-03",
    "post_state": "unchanged",
    "reason": "declined",
    "remote": "",
    "software": "mastodon",
    "stage": "reported",
    "state": "asked",
    "steps": "!look\n!take",
    "strength": "may",
    "text": "Thanks for telling me.\nI did not know that.",
    "translation": "Hallo! Ich bin der Hilfsbot von loser.cafe.",
    "turns": "2",
    "untrusted": "",
    "usage": "!refuse A WHY",
    "wait": "21600",
    "warning": "food",
    "who": "mia:loser.example",
    "word": "foood",
}

#: The longest or nastiest value of each; all others keep their sample.
WORST: Mapping[str, str] = {
    "answer_text": "@dave #tag https://evil.example/@x \u202e\u200b" + "long words " * 60,
    "author": "@" + "a" * 30 + "@a-very-long-server-name.of-some.example",
    "audience": "123456",
    "post_day": "2025-09-30",
    "day": "2025-09-30",
    "moment": "2025-09-30T21:59:00+00:00",
    "text": "@alice@x.example (@bob) /@carl #tag\n\n> quoted\r\u2028new line \x07 https://evil.example/?q=1",
    "turns": "21",
    "wait": "93600",
    "warning": "@alice \u2066" + "w" * 600,
    "word": "@alice %(x)s {{ 7 }} \n\n second line",
}

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
    "kind": ("human", "abuse", "distress"),
    "approval": ("", "1"),
    "audience": ("", "0", "1", "2"),
    "wait": ("", "0", "3600"),
    "answer": ("", "no", "text"),
    "post_day": ("", "2025-11-03"),
    "outcome": ("", "remedied"),
    "untrusted": ("", "1"),
    "dismissed": ("", "1"),
}

_ASKED = ("ask", "label", "strength", "platform")


def sample(audience: Audience, name: str, /, **chosen: str) -> Letter:
    """One letter with sample values; an ask without label has none, and its own strength, unless chosen."""
    values = {variable: SAMPLES[variable] for variable in LETTERS[audience][name]} | chosen
    if chosen.get("ask", "cw") != "cw" and "label" in values and "label" not in chosen:
        values["label"] = ""
    if "strength" in values and "strength" not in chosen:
        values["strength"] = strength_of(Ask(values["ask"]), values.get("label", "")).value
    if name == "closed" and not values["outcome"]:
        values["outcome"] = "remedied"
    return Letter(name, values)


def worst(audience: Audience, name: str) -> Letter:
    """One letter with the longest and nastiest values."""
    values = {**SAMPLES, **WORST}
    return Letter(name, {variable: values[variable] for variable in LETTERS[audience][name]})


def variants(audience: Audience, name: str) -> Iterator[Letter]:
    """One letter for every ask, label, strength and platform, and for every other choice; only `cw` has a label."""
    variables = LETTERS[audience][name]
    for selecting in (_ASKED, tuple(each for each in CHOICES if each not in _ASKED)):
        present = [variable for variable in selecting if variable in variables]
        for values in product(*(CHOICES[variable] for variable in present)):
            chosen = dict(zip(present, values, strict=True))
            if chosen.get("ask", "cw") == "cw" or not chosen.get("label"):
                yield sample(audience, name, **chosen)
