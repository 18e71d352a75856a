"""What `outreach letters lint` prints: templates that load, catalogs that say the same, letters that may go out.

A language that is not shipped yet may be unfinished: that is a notice, not a fault, unless it was asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from outreach.adapters import profiles
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import SOURCE
from outreach.adapters.rendering.checks import Known, language_faults, template_faults
from outreach.adapters.rendering.languages import SHIPPED
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE
from outreach.config import places


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for the reader; `wrong` makes the command fail."""

    text: str
    wrong: bool = True


def shipped(locales: Path) -> tuple[str, ...]:
    """English, and every language with a catalog."""
    found = sorted(path.parts[-3] for path in locales.glob("*/LC_MESSAGES/outreach.po"))
    return (SOURCE, *(language for language in found if language != SOURCE))


def opened(templates: Path, locales: Path, ambient: Mapping[str, str], languages: Sequence[str]) -> Letters:
    """The letters as the first shipped profile has them."""
    profile = profiles.shipped(places.profiles(), "cooperative")
    return Letters(templates, locales, languages, ambient, "UTC", profile)


def findings(templates: Path, locales: Path, only: Sequence[str] = ()) -> Iterator[Finding]:
    """All of them, templates first; languages are looked at even where a template is broken.

    `only` names languages that have to be finished; without it all are looked at, and the shipped have to be.
    """
    languages = tuple(only) or shipped(locales)
    letters = opened(templates, locales, AMBIENT_SAMPLE, languages)
    yield from (Finding(fault.text) for fault in template_faults(templates, letters))
    known = Known.read(templates, locales)
    for language in languages:
        finished = language in only or language in SHIPPED
        for fault in language_faults(letters, locales, language, known):
            yield Finding(fault.text, wrong=finished or not fault.unfinished)
