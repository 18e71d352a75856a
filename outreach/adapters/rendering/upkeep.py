"""Keeps the catalogs in step with the templates: `python -m outreach.adapters.rendering.upkeep TEMPLATES LOCALES`.

Writes `outreach.pot` and updates every `.po`; never guesses a translation (no fuzzy matching), never loses one that
is still asked for. Each entry carries its review state as a comment; a new one is `unreviewed`. Not used at run time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import read_po, write_po

from outreach.adapters.rendering.catalogs import DOMAIN, SOURCE, Key, key_of, path_of
from outreach.adapters.rendering.languages import LOCALES, STOP_WORDS
from outreach.adapters.rendering.messages import noted_in
from outreach.adapters.rendering.names import GROUPS, NOTES, SUBJECTS
from outreach.adapters.rendering.policy_texts import of_profiles, words_of_profiles
from outreach.adapters.rendering.templates import source_of, trees_of
from outreach.adapters.rendering.vocabulary import CONTEXT, every_message

UNREVIEWED = "unreviewed"
_HEADER = "# Letters and words of outreach.\n# Review state of each entry: `unreviewed` or `reviewed: NAME, DATE`."
_WORDS = "words people write, separated by commas; as many as your language needs, the one the letters use first"
_EPOCH = datetime(2026, 11, 22, tzinfo=UTC)


def collected(templates: Path) -> Messages:
    """Every message of templates, names and word lists, with where it is used."""
    messages = _empty(None)
    for place, context, message, note in [*_of_templates(templates), *_of_tables(), *of_profiles()]:
        messages.add(message, context=context, locations=[(place, 0)], auto_comments=[note] if note else [])
    for context, words in _words():
        messages.add(words, context=context, auto_comments=[_WORDS])
    return messages


def _empty(language: str | None) -> Messages:
    return Messages(
        locale=language,
        domain=DOMAIN,
        project="outreach",
        version="1",
        header_comment=_HEADER,
        msgid_bugs_address="see the README",
        last_translator="nobody yet",
        language_team="nobody yet",
        creation_date=_EPOCH,
        revision_date=_EPOCH,
        fuzzy=False,
    )


def asked(templates: Path) -> frozenset[Key]:
    """The messages that every catalog holds."""
    return frozenset(key_of(message) for message in collected(templates) if message.id)


def _of_templates(templates: Path) -> Iterator[tuple[str, str | None, Any, str]]:
    for path in sorted(templates.glob("*/*.txt")):
        name = path.relative_to(templates).as_posix()
        for context, parts, note in noted_in(next(trees_of(templates, name)), source_of(templates, name)):
            yield f"templates/{name}", context, parts if len(parts) > 1 else parts[0], note


def _of_tables() -> Iterator[tuple[str, str, str, str]]:
    for audience, line in SUBJECTS.items():
        if line:
            yield f"subject of letters to a {audience}", "subject", line, ""
    for group, names in GROUPS.items():
        for value, name in names.items():
            yield f"{group}: {value}", f"{group} name", name, NOTES.get(group, "")


def _words() -> Iterable[tuple[str, str]]:
    return ((CONTEXT, words) for words in (*every_message(), *words_of_profiles(), STOP_WORDS))


def update(templates: Path, locales: Path) -> Iterator[str]:
    """Write the source catalog and bring every language in step, new ones included; one line for each."""
    source = collected(templates)
    _write(locales / f"{DOMAIN}.pot", source)
    for language in LOCALES:
        if language == SOURCE:
            continue
        path = path_of(locales, language)
        messages = _read(path, language)
        messages.update(source, no_fuzzy_matching=True, update_header_comment=True, update_creation_date=False)
        messages.obsolete.clear()
        _write(path, marked(messages))
        yield f"{language}: {sum(not _said(message.string) for message in messages if message.id)} missing"


def _read(path: Path, language: str) -> Messages:
    """A catalog as it is, or an empty one; both state the language's plural rule in their header."""
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def marked(messages: Messages) -> Messages:
    """Every entry with its review state."""
    for message in messages:
        if message.id and not message.user_comments:
            message.user_comments = [UNREVIEWED]
    return messages


def _said(string: Any) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def _write(path: Path, messages: Messages) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, messages, width=110, omit_header=False, sort_output=False, include_lineno=False)


if __name__ == "__main__":
    for line in update(Path(sys.argv[1]), Path(sys.argv[2])):
        print(line)
