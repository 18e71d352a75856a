"""What people may write in one language: one meaning a word, the words that texts show, the words that
prove it.

Does not look at sentences; `wording.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from babel.messages.catalog import Catalog as Messages

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import Catalog, forms, key_of
from outreach.adapters.rendering.checks.catalog import is_open, short
from outreach.adapters.rendering.languages import STOP_WORDS
from outreach.adapters.rendering.names import GROUPS
from outreach.adapters.rendering.scripts import base, spaced
from outreach.adapters.rendering.vocabulary import (
    ASKS,
    COMMANDS,
    CONTEXT,
    NUMBERS,
    Vocabulary,
    folded,
    synonyms,
    words_of,
)

_FEWEST_STOP_WORDS = 15

#: Where an English text offers words to write: what follows is a list of them.
_OFFER = re.compile(
    r"(?:[Rr]eply|Then write|[Cc]hange your mind, write|\? Write|Words for now:|[Oo]ther words:|Words I know:"
    r"|Words for any time:|To stop:|To answer:|Questions:|With an open request:|What I can do:"
    r"|To leave it at that:|No more such messages:) ([^.?]+)"
)


def faults(letters: Letters, messages: Messages, catalog: Catalog) -> Iterator[str]:
    """Everything wrong with the word lists that have been translated."""
    for meanings in ({**COMMANDS, **NUMBERS}, words_of(letters.profile), ASKS):
        yield from _twice(catalog, meanings)
    yield from _round_trip(catalog)
    yield from _names(letters, catalog)
    yield from _stop_words(catalog)
    yield from _offers(letters, messages, catalog)


def _twice(catalog: Catalog, meanings: Mapping[str, str]) -> Iterator[str]:
    meant: dict[str, str] = {}
    for name, words in meanings.items():
        for word in _translated(catalog, words):
            if meant.setdefault(word, name) != name:
                yield f"the word “{word}” means both {meant[word]} and {name}"


def _translated(catalog: Catalog, words: str) -> tuple[str, ...]:
    return synonyms(catalog, words) if catalog.has([(CONTEXT, words)]) else ()


def _names(letters: Letters, catalog: Catalog) -> Iterator[str]:
    """The names that letters print are understood when somebody writes them back."""
    labels = {name: str(label.name) for name, label in letters.profile.labels.items()}
    for group, called, lists, read in (
        ("label", labels, words_of(letters.profile), letters.label),
        ("ask", GROUPS["ask"], ASKS, letters.ask),
    ):
        for value, name in called.items():
            known = catalog.has([(f"{group} name", name), (CONTEXT, lists[value])])
            said = catalog.say(f"{group} name", name)
            if known and read(said, [catalog.language]) != value:
                yield f"“{said}” is printed for the {group} {value}, but is not in its list of words"


def _stop_words(catalog: Catalog) -> Iterator[str]:
    words = _translated(catalog, STOP_WORDS)
    if words and len(words) < _FEWEST_STOP_WORDS:
        yield f"the commonest words need {_FEWEST_STOP_WORDS} at least"


def shows(language: str, word: str, said: str) -> bool:
    """Whether a folded text shows a folded word, as its language sets words apart."""
    if not spaced(language):
        return word.replace(" ", "") in said.replace(" ", "")
    return f" {word}" in f" {said}" if base(language) == "ko" else f" {word} " in f" {said} "


def _offers(letters: Letters, messages: Messages, catalog: Catalog) -> Iterator[str]:
    """Where English offers a word, the translation shows a word of the same meaning."""
    for message in messages:
        context, english = key_of(message) if message.id else (CONTEXT, "")
        if context is not None or is_open(message, messages.num_plurals):
            continue
        said = folded(forms(message, messages.num_plurals)[-1])
        for command in sorted(offered(letters, english)):
            words = _translated(catalog, {**COMMANDS, **NUMBERS}[command])
            if words and not any(shows(catalog.language, word, said) for word in words):
                yield f"“{short(english)}” offers {command}, but shows none of: {', '.join(words)}"


def offered(letters: Letters, english: str) -> set[str]:
    """The commands an English message offers."""
    found = set()
    for words in _OFFER.findall(english.replace("send me", "")):
        for item in re.split(r", (?:or )?| or | and |\(", words):
            parts = item.split()
            heads = (" ".join(parts[:length]) for length in (3, 2, 1))
            found.add(next(filter(None, (letters.command(head, ["en"]) for head in heads)), None))
    return {each for each in found if each}


def _round_trip(catalog: Catalog) -> Iterator[str]:
    """Every word is understood as what it stands for."""
    words = Vocabulary(catalog)
    for meanings, find in (
        ({**COMMANDS, **NUMBERS}, words.command),
        (words_of(catalog.profile) if catalog.profile else {}, words.label),
        (ASKS, words.ask),
    ):
        for name, listed in meanings.items():
            for word in _translated(catalog, listed):
                if find(word) != name:
                    yield f"the word “{word}” of {name} is understood as {find(word)}"
