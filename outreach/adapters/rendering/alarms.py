"""Words that must not pass unnoticed: self-harm, guesses at who asked, minors in a report. Few, careful phrases.

Where a language puts no blanks between words, phrases are looked for without them, and a name is a few characters.

The phrases lie in `locales/LANG/alarms.txt`, apart from the catalogs, because all shipped languages are watched
whichever are configured. Does not judge and answers nobody; a sign is enough to act kindly, never to act on a person.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from outreach.adapters.rendering.scripts import spaced

SELF_HARM = "self_harm"
GUESS = "guess"
#: Material of minors may be meant: better once too often, since it only keeps a post from being shown (R011).
MINORS = "minors"
_SECTIONS = ("self_harm", "not_self_harm", "guess", "no_names", "minors")
_SENTENCE = re.compile(r"[^.!?\n…。！？]+[.!?…。！？]*")
#: Lines are cut there before they come here (`domain.text`); and a longer text is no mere guess at a name.
_LONGEST, _LONGEST_GUESS = 10_000, 400
_QUESTION = re.compile("[?？]")
_APOSTROPHES = re.compile("['\u2019\u02bc\u2018`\u00b4]")


@dataclass(slots=True)
class Phrases:
    """The phrases of one language, by section of its file."""

    self_harm: list[str] = field(default_factory=list)
    not_self_harm: list[str] = field(default_factory=list)
    guess: list[str] = field(default_factory=list)
    no_names: list[str] = field(default_factory=list)
    minors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Guess:
    """One phrase: as a question, where a few words may stand before it, and as a whole sentence."""

    asked: re.Pattern[str]
    told: re.Pattern[str]
    open_end: bool


class Alarms:
    """All phrases of all languages that ship some."""

    def __init__(self, locales: Path) -> None:
        self._languages = [_language(path) for path in sorted(locales.glob("*/alarms.txt"))]

    def of(self, text: str) -> frozenset[str]:
        """Which alarms the words of a text raise."""
        raised = set()
        text = unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST]
        said: dict[object, str] = {}  # the same for most languages, and by far the longest work
        for language in self._languages:
            if type(language)._words not in said:
                said[type(language)._words] = language._words(text.casefold())
        if any(language.self_harm(said[type(language)._words]) for language in self._languages):
            raised.add(SELF_HARM)
        if len(text) <= _LONGEST_GUESS and any(language.guess(text) for language in self._languages):
            raised.add(GUESS)
        if any(language.minors(said[type(language)._words]) for language in self._languages):
            raised.add(MINORS)
        return frozenset(raised)


def _language(path: Path) -> _Language:
    language = path.parent.name
    if not spaced(language):
        return _Unspaced(_read(path))
    return _Korean(_read(path)) if language == "ko" else _Language(_read(path))


class _Language:
    """Words stand apart, and a name has a capital."""

    #: What may stand before and after a phrase.
    start = r"(?<!\w)"
    end = r"(?!\w)"
    #: What may be written onto the last word of a guess.
    ending = ""

    def __init__(self, phrases: Phrases) -> None:
        self._harm = self._any_of(phrases.self_harm)
        self._no_harm = self._any_of(phrases.not_self_harm)
        self._minors = self._any_of(phrases.minors)
        self._guess = [self._guessed(phrase) for phrase in phrases.guess]
        self._no_names = frozenset(words(word.casefold()) for word in phrases.no_names)

    def self_harm(self, said: str) -> bool:
        """`said` are the words of a text, in lower case, as `_words` makes them."""
        return self._harm is not None and bool(self._harm.search(self._without_idioms(said)))

    def minors(self, said: str) -> bool:
        """As `self_harm`."""
        return self._minors is not None and bool(self._minors.search(said))

    def _without_idioms(self, said: str) -> str:
        return self._no_harm.sub(" ", said) if self._no_harm else said

    def guess(self, text: str) -> bool:
        return any(self._guesses(sentence) for sentence in _SENTENCE.findall(text))

    def _guesses(self, sentence: str) -> bool:
        said = self._words(sentence)
        return any(self._fits(guess, said, bool(_QUESTION.search(sentence))) for guess in self._guess)

    def _fits(self, guess: _Guess, said: str, asked: bool) -> bool:
        found = (guess.asked if asked else guess.told).fullmatch(said)
        if found is None:
            return False
        names = (found.groupdict().get("name") or "").split() + (found["after"] or "").split()
        return guess.open_end or all(self._may_be_a_name(name) for name in names)

    def _may_be_a_name(self, word: str) -> bool:
        return _like_a_name(word) and word.casefold() not in self._no_names

    def _words(self, text: str) -> str:
        return words(text)

    def _any_of(self, phrases: list[str]) -> re.Pattern[str] | None:
        if not phrases:
            return None
        said = (self._words(each.casefold()) for each in phrases)
        alternatives = "|".join(re.escape(each) for each in sorted(said, key=len, reverse=True))
        # what may stand around them outside the alternatives: else each is tried at every letter
        return re.compile(f"{self.start}(?:{alternatives}){self.end}")

    def _guessed(self, phrase: str) -> _Guess:
        """`NAME` looks like a name; a phrase that ends in `…` may go on as it likes if it is asked."""
        open_end = phrase.endswith("…")
        core = re.escape(words(phrase)).replace("NAME", r"(?P<name>\S+)", 1) + self.ending
        after = r"(?P<after>(?: \S+)*)" if open_end else r"(?P<after>(?: \S+){0,2})"
        return _Guess(
            re.compile(rf"(?:\S+ ){{0,3}}{core}{after}", re.IGNORECASE),
            re.compile(rf"{core}(?P<after>(?: \S+){{0,2}})", re.IGNORECASE),
            open_end,
        )


class _Korean(_Language):
    """Particles and endings are written onto a word, and no letter is a capital."""

    end = ""
    ending = r"\S*"

    def _may_be_a_name(self, word: str) -> bool:
        return word.casefold() not in self._no_names


class _Unspaced(_Korean):
    """Nothing stands apart: a phrase may begin and end anywhere, a name is up to twelve characters."""

    start = ""

    def _words(self, text: str) -> str:
        return words(text).replace(" ", "")

    def _guessed(self, phrase: str) -> _Guess:
        open_end = phrase.endswith("…")
        core = re.escape(self._words(phrase)).replace("NAME", r"(?P<name>.{1,12})", 1)
        before = "" if core.startswith("(?P<name>") else ".{0,8}"
        after = ".*" if open_end else ".{0,6}"
        return _Guess(
            re.compile(rf"{before}{core}(?P<after>){after}", re.IGNORECASE),
            re.compile(rf"{core}(?P<after>).{{0,4}}", re.IGNORECASE),
            open_end,
        )


def words(text: str) -> str:
    """Words and at-signs of a text, in its own case, one blank between."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text))
    return " ".join("".join(char if _kept(char) else " " for char in text).split())


def _kept(char: str) -> bool:
    return char == "@" or unicodedata.category(char)[0] in "LNM"


def _like_a_name(word: str) -> bool:
    return word[:1].isupper() or "@" in word or word[:1].isdigit()


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
