"""Which scripts a language is written in, and which of its letters a near language does not have. Data from Unicode
and from the character sets of the countries (GB 2312, Big5, Shift JIS), which the standard library carries.

Does not know words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import regex

#: Languages that put no blank between words: nothing is cut or compared there by words.
UNSPACED = frozenset({"ja", "th", "zh"})

_LATIN = r"\p{Latin}"
_CYRILLIC = r"\p{Cyrillic}"
_LATIN_LETTER, _CYRILLIC_LETTER = regex.compile(_LATIN), regex.compile(_CYRILLIC)
_WORD = regex.compile(r"\p{L}+")
_OWN: Mapping[str, str] = MappingProxyType(
    {
        "ja": r"\p{Hiragana}\p{Katakana}\p{Han}",
        "ko": r"\p{Hangul}",
        "zh": r"\p{Han}",
        "th": r"\p{Thai}",
        "ru": _CYRILLIC,
        "uk": _CYRILLIC,
    }
)
#: Letters that show the neighbour's language.
_FOREIGN: Mapping[str, str] = MappingProxyType({"ru": "іїєґІЇЄҐ", "uk": "ыэъёЫЭЪЁ"})
#: Character sets that hold a language's own forms of Han characters and not the other ones.
_CHARSETS: Mapping[str, str] = MappingProxyType({"zh_Hans": "gb2312", "zh_Hant": "big5", "ja": "cp932", "ko": "cp949"})


#: Shares and lengths from which a text counts as written in a script.
_MOST = 0.6
_FEWEST = 4
_SENTENCE = 10


def base(language: str) -> str:
    """`pt_BR` → `pt`."""
    return language.partition("_")[0]


def spaced(language: str) -> bool:
    """Whether words stand apart."""
    return base(language) not in UNSPACED


def script_alone(language: str) -> bool:
    """Whether the script tells the language, but for the two ways to write Chinese."""
    return _OWN.get(base(language), _CYRILLIC) != _CYRILLIC


def letters_of(language: str, text: str) -> tuple[int, int]:
    """How many letters of a text are of the language's own script, and how many there are."""
    own = regex.findall(rf"[{_OWN.get(base(language), _LATIN)}]", text)
    return len(own), len(regex.findall(r"\p{L}", text))


def written_in(language: str, text: str) -> bool:
    """Whether a text may be in this language, by its script alone. Where no letter decides, a short one is not."""
    own, letters = letters_of(language, text)
    if letters == 0 or own < _MOST * letters or strangers(language, text):
        return False
    return not script_alone(language) or (own >= _FEWEST and _decided(language, text))


def _decided(language: str, text: str) -> bool:
    """Kana are Japanese; Han characters alone are Chinese only where they fill a sentence."""
    kana = len(regex.findall(r"[\p{Hiragana}\p{Katakana}]", text))
    if language == "ja":
        return kana > 0
    return base(language) != "zh" or (kana == 0 and len(text) >= _SENTENCE)


def strangers(language: str, text: str) -> str:
    """Letters that do not belong: the neighbour's, or Han characters of another country's form."""
    foreign = {char for char in text if char in _FOREIGN.get(language, "")}
    charset = _CHARSETS.get(language)
    if charset:
        foreign |= {char for char in regex.findall(r"\p{Han}", text) if not _in(charset, char)}
    return "".join(sorted(foreign))


def mixed_words(text: str) -> list[str]:
    """Words of Latin and Cyrillic letters in one: a letter that only looks right (requirements, 4.6)."""
    if not (_LATIN_LETTER.search(text) and _CYRILLIC_LETTER.search(text)):
        return []
    return [word for word in _WORD.findall(text) if _LATIN_LETTER.search(word) and _CYRILLIC_LETTER.search(word)]


def _in(charset: str, char: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
