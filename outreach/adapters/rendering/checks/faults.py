"""All checks of one language, and of the templates, in the order in which one would mend what they find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jinja2 import TemplateError, TemplateSyntaxError

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import SOURCE, Key, path_of, read, read_file
from outreach.adapters.rendering.checks import catalog as catalog_
from outreach.adapters.rendering.checks import wording, words
from outreach.adapters.rendering.checks.catalog import short
from outreach.adapters.rendering.checks.expected import BadExpectations, Expected
from outreach.adapters.rendering.languages import LOCALES, Guesser
from outreach.adapters.rendering.templates import BadTemplate
from outreach.adapters.rendering.upkeep import asked
from outreach.domain.letters import LETTERS, Audience

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One line for the reader. `unfinished` is what only a language that people read must not have."""

    text: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What all languages are compared with: the messages of the sources, and the words that tell languages apart."""

    asked: frozenset[Key]
    guesser: Guesser

    @classmethod
    def read(cls, templates: Path, locales: Path) -> Self:
        """From the files; no messages where a template cannot be read, which is a fault of its own."""
        try:
            messages = asked(templates)
        except (BadTemplate, TemplateError):
            messages = frozenset()
        return cls(messages, Guesser([read(locales, each) for each in LOCALES]))


def template_faults(templates: Path, letters: Letters) -> Iterator[Fault]:
    """Templates that are no letter, letters without one, and what cannot be read or says too much."""
    for audience, names in LETTERS.items():
        for path in sorted((templates / audience).glob("*")):
            if path.name.removesuffix(".txt") not in names:
                yield Fault(f"{audience}/{path.name} is no letter")
        for name in names:
            path = templates / audience / f"{name}.txt"
            if not path.is_file():
                yield Fault(f"{audience}/{name} has no template")
                continue
            try:
                needs = letters.needs(audience, name)
            except (BadTemplate, TemplateError) as error:
                yield Fault(_broken(f"{audience}/{name}.txt", error))
            else:
                texts = sorted(message for context, message in needs if not context)
                yield from (Fault(f"{path.name}: “{short(t)}” {each}") for t in texts for each in catalog_.live(t))


def _broken(path: str, error: Exception) -> str:
    """Jinja's message names what is written in the template, never a value."""
    if isinstance(error, BadTemplate):
        return str(error)
    line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
    return f"{path}{line}: {short(str(error))}"


def language_faults(letters: Letters, locales: Path, language: str, known: Known) -> Iterator[Fault]:
    """Everything wrong with one language, each line beginning with its code."""
    for faults in (file_faults, letter_faults):
        for fault in faults(letters, locales, language, known):
            yield Fault(f"{language}: {fault.text}", fault.unfinished)


def file_faults(letters: Letters, locales: Path, language: str, known: Known) -> Iterator[Fault]:
    """What is wrong in the files of a language; English has no catalog."""
    try:
        expected = Expected.read(locales, language)
    except BadExpectations as error:
        yield Fault(str(error))
        return
    messages = None if language == SOURCE else read_file(path_of(locales, language), language)
    if messages is not None:
        yield from (Fault(text, unfinished=True) for text in catalog_.unfinished(messages))
    whole = _whole(letters, language)
    yield from _in_english([f"{a}/{n}" for a, n in _readable(letters) if (a, n) not in whole])
    yield from (Fault(f"checks.toml: {gap}", unfinished=True) for gap in expected.gaps())
    if messages is not None:
        for text in (*catalog_.steps(messages, known.asked), *catalog_.stateless(messages)):
            yield Fault(text, unfinished=True)
        yield from map(Fault, catalog_.faults(messages, language, expected))
        yield from map(Fault, words.faults(letters, messages, letters.catalog(language)))


def letter_faults(letters: Letters, locales: Path, language: str, known: Known) -> Iterator[Fault]:
    """What is wrong in the letters of a language, as people would read them; a bad file is `file_faults`' to tell."""
    try:
        expected = Expected.read(locales, language)
    except BadExpectations:
        return
    whole = _whole(letters, language)
    yield from (Fault(text) for text in wording.faults(letters, language, whole, expected, known.guesser))


def _in_english(names: Sequence[str]) -> Iterator[Fault]:
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield Fault(f"{len(names)} letters go out in English: {', '.join(names[:_NAMED])}{more}", unfinished=True)


def _whole(letters: Letters, language: str) -> list[tuple[Audience, str]]:
    return [each for each in _readable(letters) if letters.complete(*each, language)]


def _readable(letters: Letters) -> Iterator[tuple[Audience, str]]:
    """Letters whose templates can be read; those first that reach people unasked."""
    order = sorted(LETTERS, key=lambda each: each is not Audience.RECIPIENT)
    for audience, name in ((each, name) for each in order for name in LETTERS[each]):
        try:
            letters.needs(audience, name)
        except (BadTemplate, TemplateError):
            continue
        yield audience, name
