"""What `outreach letters lint` looks at: templates that load, catalogs that say the same, no mention (F1, F36).

A missing translation is a notice, not a fault: the letter goes out in the next language of the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from jinja2 import TemplateError, TemplateSyntaxError

from outreach.adapters import profiles
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import SOURCE, forms, path_of
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE, worst
from outreach.adapters.rendering.templates import BadTemplate
from outreach.config import places
from outreach.domain.letters import LETTERS, Audience

_GAP = re.compile(r"%\((\w+)\)[sd]|%%")
#: What a server would turn into a mention, a tag or a link.
_LIVE = re.compile(r"(?:^|\W)@\w|(?:^|\s)#\w|\w://")
_MENTION = re.compile(r"(?:^|[^\w\u2060])@\w")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for the reader; `wrong` makes the command fail."""

    text: str
    wrong: bool = True


def shipped(locales: Path) -> tuple[str, ...]:
    """English, and every language with a catalog."""
    found = sorted(path.parts[-3] for path in locales.glob("*/LC_MESSAGES/outreach.po"))
    return (SOURCE, *(language for language in found if language != SOURCE))


def findings(templates: Path, locales: Path) -> Iterator[Finding]:
    """All of them, templates first; catalogs are looked at even where a template is broken."""
    yield from _unknown_templates(templates)
    for language in shipped(locales)[1:]:
        yield from _in_catalog(language, locales)
    yield from _in_letters(opened(templates, locales, AMBIENT_SAMPLE), templates)


def opened(templates: Path, locales: Path, ambient: Mapping[str, str]) -> Letters:
    """The letters as the first shipped profile has them, in every language with a catalog."""
    profile = profiles.shipped(places.profiles(), "cooperative")
    return Letters(templates, locales, shipped(locales), ambient, "UTC", profile)


def _unknown_templates(templates: Path) -> Iterator[Finding]:
    for audience, names in LETTERS.items():
        for path in sorted((templates / audience).glob("*")):
            if path.name.removesuffix(".txt") not in names:
                yield Finding(f"{audience}/{path.name} is no letter")
        for name in names:
            if not (templates / audience / f"{name}.txt").is_file():
                yield Finding(f"{audience}/{name} has no template")


def _in_catalog(language: str, locales: Path) -> Iterator[Finding]:
    with path_of(locales, language).open("rb") as file:
        messages = read_po(file, locale=language)
    for message in messages:
        for said in forms(message, messages.num_plurals) if message.id and not message.fuzzy else ():
            yield from _in_form(language, message, said)
    yield from _untranslated(language, messages)


def _in_form(language: str, message: Message, said: str) -> Iterator[Finding]:
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    allowed = {gap for one in ids for gap in _gaps(one)}
    if said and (stranger := _gaps(said) - allowed):
        yield Finding(f"{language}: “{_short(ids[0])}” has the gap {min(stranger)}, which English has not")
    if said and len(ids) == 1 and (lost := allowed - _gaps(said)):
        yield Finding(f"{language}: “{_short(ids[0])}” has lost the gap {min(lost)}")
    if _LIVE.search(said) and not _LIVE.search(ids[0]):
        yield Finding(f"{language}: “{_short(ids[0])}” holds a link, a tag or a mention")


def _untranslated(language: str, messages: Messages) -> Iterator[Finding]:
    open_ = [m for m in messages if m.id and (m.fuzzy or not all(forms(m, messages.num_plurals)))]
    if open_:
        yield Finding(f"{language}: {len(open_)} messages are missing or fuzzy", wrong=False)


def _in_letters(letters: Letters, templates: Path) -> Iterator[Finding]:
    partly: dict[str, list[str]] = {}
    for audience, name in ((audience, name) for audience, names in LETTERS.items() for name in names):
        if not (templates / audience / f"{name}.txt").is_file():
            continue
        try:
            whole = [each for each in letters.languages if letters.complete(audience, name, each)]
            yield from _in_letter(letters, audience, name, whole)
        except (BadTemplate, TemplateError) as error:
            yield Finding(_broken(f"{audience}/{name}.txt", error))
        else:
            for language in set(letters.languages) - set(whole):
                partly.setdefault(language, []).append(f"{audience}/{name}")
    for language, these in sorted(partly.items()):
        yield Finding(f"{language}: {len(these)} letters go out in English: {', '.join(these)}", wrong=False)


def _in_letter(letters: Letters, audience: Audience, name: str, languages: Sequence[str]) -> Iterator[Finding]:
    for language in languages:
        text = letters.render(audience, worst(audience, name), [language]).text
        if found := _MENTION.search(text):
            yield Finding(f"{language}: {audience}/{name} mentions somebody at “{_short(text[found.start() :])}”")


def _broken(path: str, error: Exception) -> str:
    """Jinja's message names what is written in the template, never a value."""
    if isinstance(error, BadTemplate):
        return str(error)
    line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
    return f"{path}{line}: {_short(str(error))}"


def _gaps(text: str) -> set[str]:
    return {found[1] for found in _GAP.finditer(text) if found[1]}


def _short(text: str) -> str:
    return " ".join(text.split())[:50]
