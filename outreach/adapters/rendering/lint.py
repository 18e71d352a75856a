"""What may stand in no letter, checked on catalogs and rendered letters: for `outreach letters lint` and the tests.

Finds, names and fixes nothing. How long a letter may be is told as a server such as Mastodon counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import regex
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from outreach.adapters.rendering.catalogs import SOURCE, Catalog, forms, key_of, path_of, read, source
from outreach.adapters.rendering.policy_texts import told
from outreach.adapters.rendering.samples import sample, variants, worst
from outreach.adapters.rendering.templates import Templates
from outreach.domain.letters import LETTERS, Audience
from outreach.domain.profile import Profile

LIMIT = 500
#: The longest local part Mastodon allows, its at-sign and a blank.
HANDLE = 32

_LINK = re.compile(r"https?://\S+")
_LEADING_AT = re.compile(r"(?:^|\W)@\w")
_FORBIDDEN = re.compile(r"#|https?:|www\.|[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FIELD = re.compile(r"%\((\w+)\)s")
_GRAPHEME = regex.compile(r"\X")


def length(text: str) -> int:
    """How long a text is on Mastodon: graphemes, each link 23."""
    return len(_GRAPHEME.findall(_LINK.sub("x" * 23, text)))


def faults(text: str) -> Iterator[str]:
    """What no wording may hold: a leading at-sign (F1), links, hashtags, bidi characters (F36)."""
    if _LEADING_AT.search(text):
        yield "a leading at-sign mentions somebody"
    if _FORBIDDEN.search(text):
        yield "links, hashtags and direction marks belong into values"


def catalog_faults(locales: Path, language: str) -> Iterator[str]:
    """Everything wrong with one language's file."""
    with path_of(locales, language).open("rb") as file:
        messages = read_po(file, locale=language)
    for message in messages:
        if message.id:
            where = f"{language}: {key_of(message)[1][:60]!r}"
            yield from (f"{where}: {fault}" for fault in _message_faults(message, messages.num_plurals))


def _message_faults(message: Message, plurals: int) -> Iterator[str]:
    said = forms(message, plurals)
    if not all(said) or message.fuzzy:
        yield "missing or fuzzy"
        return
    if message.context == "words":
        return
    asked = _fields(*((message.id,) if isinstance(message.id, str) else message.id))
    last = _fields(said[-1])
    if last != asked or any(_fields(form) - asked for form in said):
        yield f"has {sorted(last)}, not {sorted(asked)}"
    for form in said:
        yield from faults(form)


def _fields(*texts: str) -> set[str]:
    return {field for text in texts for field in _FIELD.findall(text)}


def source_faults(templates: Templates) -> Iterator[str]:
    """What is wrong in the English words themselves."""
    for audience, letters in LETTERS.items():
        for name in letters:
            for context, message in templates.needs(audience, name):
                yield from (f"{audience}/{name}: {message!r}: {each}" for each in faults(message) if not context)


def letter_faults(templates: Templates, catalog: Catalog, facts: dict[str, str]) -> Iterator[str]:
    """Letters that do not render, and first contacts too long for one post."""
    for audience, letters in LETTERS.items():
        for name in letters:
            for letter in (sample(audience, name), worst(audience, name)):
                if not templates.render(audience, name, facts | dict(letter.values), catalog):
                    yield f"{catalog.language}: {audience}/{name} is empty"
    for letter in variants(Audience.RECIPIENT, "first_contact"):
        text = templates.render(Audience.RECIPIENT, "first_contact", facts | dict(letter.values), catalog)
        if length(text) + HANDLE > LIMIT:
            chosen = " ".join(letter.values[each] for each in ("ask", "label", "strength"))
            yield f"{catalog.language}: first_contact {chosen} is {length(text) + HANDLE} long"


def all_faults(
    templates: Templates, locales: Path, language: str, facts: dict[str, str], profile: Profile
) -> Iterator[str]:
    """One language, wholly."""
    if language != SOURCE:
        yield from catalog_faults(locales, language)
    catalog = source() if language == SOURCE else read(locales, language)
    yield from letter_faults(templates, told(catalog, profile), facts)
