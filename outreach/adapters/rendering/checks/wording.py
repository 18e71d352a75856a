"""Every letter of one language, rendered in every variant, and read for what it must and must not say.

A letter that is not wholly translated is left out; what is missing is told elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.checks.catalog import short
from outreach.adapters.rendering.checks.expected import Expected, found
from outreach.adapters.rendering.checks.words import shows
from outreach.adapters.rendering.counting import HANDLE, LIMIT, length
from outreach.adapters.rendering.languages import Guesser
from outreach.adapters.rendering.samples import variants, worst
from outreach.adapters.rendering.scripts import letters_of
from outreach.adapters.rendering.vocabulary import COMMANDS, NUMBERS, folded, synonyms
from outreach.domain.asks import Strength
from outreach.domain.letters import Audience, Letter

OUTSIDE = (Audience.MEMBER, Audience.RECIPIENT)
#: Letters that fit one post, the reader's name included.
ONE_POST = frozenset({"first_contact", "reminder", "notice"})
#: Letters that hold the words of each strength, and none of another.
STRONG = frozenset({"first_contact", "reminder", "why"})
#: Letters after which the person has nothing to choose, or that a human answers.
SILENT = frozenset({"moderator_writes", "status_line", "answered_human", "forgotten"})
#: Letters that show another letter, which may be in another language.
ENCLOSING = frozenset({"practice", "preview", "card_preview", "human_preview"})

_MENTION = re.compile(r"(?:^|[^\w\u2060])@\w")
_RAW = re.compile(r"%\(|\{|\n{3}")
_INNER = re.compile(r"(?i)\b(?:reporter|respondent|recipient|remedy|clause|escalat\w+ case|case id|cw-ask)\b")
#: Texts of so many characters are read for their language, and so many of them for the share that is unsure.
_LONG = 120
_FEW = 20
_UNSURE = 0.2
_SUBJECT = range(3, 32)


@dataclass(frozen=True, slots=True)
class Said:
    """One letter in words."""

    audience: Audience
    letter: Letter
    text: str
    subject: str
    folded: str
    worst: bool = False

    @property
    def name(self) -> str:
        """As `letters list` prints it."""
        return f"{self.audience}/{self.letter.name}"


def everything(letters: Letters, language: str, whole: Sequence[tuple[Audience, str]]) -> tuple[Said, ...]:
    """Every variant of these letters, the worst values last."""
    fold = cache(folded)  # many variants say the same
    return tuple(
        Said(audience, letter, rendered.text, rendered.subject, fold(rendered.text), number < 0)
        for audience, name in whole
        for number, letter in (*enumerate(variants(audience, name)), (-1, worst(audience, name)))
        for rendered in (letters.render(audience, letter, [language]),)
    )


def faults(
    letters: Letters, language: str, whole: Sequence[tuple[Audience, str]], expected: Expected, guesser: Guesser
) -> Iterator[str]:
    """Everything wrong with those letters that are whole in one language, each fault once."""
    said = everything(letters, language, whole)
    shown = _shown(letters, language)
    lived = synonyms(letters.catalog(language), COMMANDS["mine"])[0]
    told: set[tuple[str, str]] = set()
    for each in said:
        mine = lived if letters.profile.lived(each.letter.values.get("label", "")) else ""
        for fault in (*_of_one(each, language, expected, shown), *_offers_mine(each, language, lived, mine)):
            if (each.name, fault) not in told:
                told.add((each.name, fault))
                yield f"{each.name} {fault}"
    yield from _language(said, language, guesser)


def _shown(letters: Letters, language: str) -> tuple[str, ...]:
    meanings = {**COMMANDS, **NUMBERS}.values()
    return tuple(word for words in meanings for word in synonyms(letters.catalog(language), words))


def _of_one(each: Said, language: str, expected: Expected, shown: tuple[str, ...]) -> Iterator[str]:
    yield from _harmless(each)
    yield from _tone(each, expected)
    if each.letter.name in ONE_POST and (long := length(each.text) + HANDLE) > LIMIT:
        yield f"({_choice(each)}) is {long} long with the reader's name, more than {LIMIT}"
    if each.letter.name in STRONG and each.letter.values.get("strength"):
        yield from _strength(each, expected)
    if each.audience in OUTSIDE:
        yield from _first_line(each)
        if each.letter.name not in SILENT and not any(shows(language, word, each.folded) for word in shown):
            yield "shows no word that people may write"


def _offers_mine(each: Said, language: str, lived: str, mine: str) -> Iterator[str]:
    """The word for one's own life stands where the profile marks the label, and nowhere else."""
    if each.letter.name == "first_contact":
        offers = shows(language, lived, each.folded)
        if offers != bool(mine):
            yield f"({_choice(each)}) {'offers' if offers else 'does not offer'} “{lived}”"


def _harmless(each: Said) -> Iterator[str]:
    if not each.text.strip():
        yield "is empty"
    if mention := _MENTION.search(each.text):
        yield f"mentions somebody at “{short(each.text[mention.start() :])}”"
    if not each.worst and (raw := _RAW.search(each.text)):
        yield f"shows raw signs at “{short(each.text[raw.start() :])}”"
    if any(char in each.text for char in "\u202e\u2066\u200b\x07\r\u2028"):
        yield "lets hidden characters through"


def _tone(each: Said, expected: Expected) -> Iterator[str]:
    agreed = found(expected.agree, each.text, re.IGNORECASE)
    if each.letter.name == "notice":
        if expected.agree and not agreed:
            yield "does not show the word of consent (`agree`)"
    elif agreed:
        yield f"says “{agreed}”, which only the notice may"
    if word := found(expected.address, each.text):
        yield f"addresses the reader with “{word}”"
    if word := found(expected.gendered, each.text):
        yield f"tells a gender with “{word}”"
    if each.audience is Audience.RECIPIENT and (word := found(expected.accusing, each.text, re.IGNORECASE)):
        yield f"blames with “{word}”"
    if each.audience in OUTSIDE and (inner := _INNER.search(each.text)):
        yield f"says “{inner[0]}”, a word of the program's own"


def _strength(each: Said, expected: Expected) -> Iterator[str]:
    """All words of its own strength, none of another (R054, R074-R076)."""
    own = each.letter.values["strength"]
    for strength in Strength:
        for piece in expected.modality.of(strength.value):
            if (piece in each.text) != (strength.value == own):
                yield f"({_choice(each)}) {'says' if piece in each.text else 'does not say'} “{piece}” of {strength}"


def _first_line(each: Said) -> Iterator[str]:
    """What a lock screen may show (leak 37)."""
    first = each.text.splitlines()[0]
    author = each.letter.values.get("author", "").lstrip("@").partition("@")[0]
    if each.audience is Audience.MEMBER and author and author in first:
        yield f"names the author in its first line: “{short(first)}”"
    if each.letter.name == "first_contact" and "loser.cafe" not in first:
        yield f"does not name the community in its first line: “{short(first)}”"
    if length(each.subject) not in _SUBJECT:
        yield f"has the subject “{each.subject}”, which is too short or too long"


def _choice(each: Said) -> str:
    return " ".join(filter(None, (each.letter.values.get(name) for name in ("ask", "label", "strength"))))


# the language itself


def _language(said: tuple[Said, ...], language: str, guesser: Guesser) -> Iterator[str]:
    """Script and commonest words prove that letters are in their own language."""
    own = {each.name: text for each in said if _own_words(each) and len(text := _without_values(each)) > _LONG}
    guessed = {name: guesser.of(folded(text)) for name, text in own.items()}
    for name, text in own.items():
        belong, letters = letters_of(language, text)
        if belong < 0.6 * letters:
            yield f"{name} is not in the script of its language: “{short(text)}”"
        elif guessed[name] not in (language, None):
            yield f"{name} reads like {guessed[name]}"
    unsure = sum(each is None for each in guessed.values())
    if len(own) > _FEW and unsure > _UNSURE * len(own):
        yield f"{unsure} of {len(own)} long letters show too few of the language's commonest words"


def _own_words(each: Said) -> bool:
    return each.audience in OUTSIDE and each.letter.name not in ENCLOSING and not each.worst


def _without_values(each: Said) -> str:
    """The bot's own words alone: no link, no name, nothing that came in as a value."""
    text = each.text
    for value in sorted((*each.letter.values.values(), "loser.cafe/about", "loser.cafe"), key=len, reverse=True):
        text = text.replace(value, " ") if len(value) > 7 else text
    return re.sub(r"https?://\S+|^>.*$", " ", text, flags=re.MULTILINE)
