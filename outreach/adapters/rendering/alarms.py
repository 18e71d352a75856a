"""Words that must not pass unnoticed: self-harm from anyone, and guesses at who asked. Few, careful phrases.

The phrases lie in `locales/LANG/alarms.txt`, apart from the catalogs, because all shipped languages are watched
whichever are configured. Does not judge and answers nobody; a sign is enough to act kindly, never to act on a person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

SELF_HARM = "self_harm"
GUESS = "guess"
_SECTIONS = ("self_harm", "not_self_harm", "guess", "no_names")
_SENTENCE = re.compile(r"[^.!?\n…。！？]+[.!?…。！？]*")
_QUESTION = re.compile("[?？]")
_APOSTROPHES = re.compile("['\u2019\u02bc\u2018`\u00b4]")


@dataclass(slots=True)
class Phrases:
    """The phrases of one language, by section of its file."""

    self_harm: list[str] = field(default_factory=list)
    not_self_harm: list[str] = field(default_factory=list)
    guess: list[str] = field(default_factory=list)
    no_names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Guess:
    """One phrase: as a question, where a few words may stand before it, and as a whole sentence."""

    asked: re.Pattern[str]
    told: re.Pattern[str]
    open_end: bool


class Alarms:
    """All phrases of all languages that ship some."""

    def __init__(self, locales: Path) -> None:
        self._languages = [_Language(_read(path)) for path in sorted(locales.glob("*/alarms.txt"))]

    def of(self, text: str) -> frozenset[str]:
        """Which alarms the words of a text raise."""
        raised = set()
        if any(language.self_harm(text) for language in self._languages):
            raised.add(SELF_HARM)
        if any(language.guess(text) for language in self._languages):
            raised.add(GUESS)
        return frozenset(raised)


class _Language:
    def __init__(self, phrases: Phrases) -> None:
        self._harm = _any_of(phrases.self_harm)
        self._no_harm = _any_of(phrases.not_self_harm)
        self._guess = [_guess(phrase) for phrase in phrases.guess]
        self._no_names = frozenset(words(word.casefold()) for word in phrases.no_names)

    def self_harm(self, text: str) -> bool:
        said = words(text.casefold())
        return self._harm is not None and bool(self._harm.search(self._without_idioms(said)))

    def _without_idioms(self, said: str) -> str:
        return self._no_harm.sub(" ", said) if self._no_harm else said

    def guess(self, text: str) -> bool:
        return any(self._guesses(sentence) for sentence in _SENTENCE.findall(text))

    def _guesses(self, sentence: str) -> bool:
        said = words(sentence)
        return any(self._fits(guess, said, bool(_QUESTION.search(sentence))) for guess in self._guess)

    def _fits(self, guess: _Guess, said: str, asked: bool) -> bool:
        found = (guess.asked if asked else guess.told).fullmatch(said)
        if found is None:
            return False
        names = (found.groupdict().get("name") or "").split() + (found["after"] or "").split()
        return guess.open_end or all(_like_a_name(name) and name.casefold() not in self._no_names for name in names)


def words(text: str) -> str:
    """Words and at-signs of a text, in its own case, one blank between."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text))
    return " ".join("".join(char if _kept(char) else " " for char in text).split())


def _kept(char: str) -> bool:
    return char == "@" or unicodedata.category(char)[0] in "LNM"


def _like_a_name(word: str) -> bool:
    return word[:1].isupper() or "@" in word or word[:1].isdigit()


def _any_of(phrases: list[str]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    return re.compile("|".join(_bounded(re.escape(words(each.casefold()))) for each in phrases))


def _guess(phrase: str) -> _Guess:
    """`NAME` is one word that looks like a name; a phrase that ends in `…` may go on as it likes if it is asked."""
    open_end = phrase.endswith("…")
    parts = [r"(?P<name>\S+)" if word == "NAME" else re.escape(word) for word in words(phrase).split()]
    core = " ".join(parts)
    after = r"(?P<after>(?: \S+)*)" if open_end else r"(?P<after>(?: \S+){0,2})"
    return _Guess(
        re.compile(rf"(?:\S+ ){{0,3}}{core}{after}", re.IGNORECASE),
        re.compile(rf"{core}(?P<after>(?: \S+){{0,2}})", re.IGNORECASE),
        open_end,
    )


def _bounded(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"


def _read(path: Path) -> Phrases:
    """A file of sections in brackets, one phrase a line; `#` begins a remark."""
    phrases = Phrases()
    section: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.strip("[]") in _SECTIONS and line.startswith("["):
            section = getattr(phrases, line.strip("[]"))
        elif line:
            section.append(line)
    return phrases
