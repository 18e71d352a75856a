"""What people write: whole words only, in their language and English, however a phone spells them."""

from __future__ import annotations

from gettext import NullTranslations

import pytest
from babel import Locale

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import Catalog, Key
from outreach.adapters.rendering.languages import STOP_WORDS, Guesser
from outreach.adapters.rendering.vocabulary import ASKS, COMMANDS, CONTEXT, NUMBERS, folded, synonyms
from outreach.domain.asks import Ask
from tests.rendering.conftest import LANGUAGES, PROFILE

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@LANGUAGE
def test_round_trip(letters: Letters, language: str) -> None:
    catalog = letters._catalogs[language]
    for name, words in {**COMMANDS, **NUMBERS}.items():
        said = synonyms(catalog, words)
        assert said
        for word in said:
            assert letters.command(word, [language]) == name, (language, word)
    for name, label in PROFILE.labels.items():
        assert all(letters.label(word, [language]) == name for word in synonyms(catalog, label.words))
    for name, words in ASKS.items():
        for word in synonyms(catalog, words):
            assert letters.ask(word, [language]) == name, (language, word)


def test_all_labels_and_asks_have_words() -> None:
    assert all(label.words for label in PROFILE.labels.values())
    assert set(ASKS) == {ask.value for ask in Ask}


@LANGUAGE
def test_english_works_everywhere(letters: Letters, language: str) -> None:
    for name, words in COMMANDS.items():
        first = words.partition(",")[0]
        assert letters.command(first, [language]) == name, (language, first)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("  AGREE! 👍", "agree"),
        ("“ok”", "yes"),
        ("1.", "1"),
        ("1️⃣", "1"),
        ("①", "1"),
        ("one", "1"),
        ("@outreach done", "done"),
        ("@outreach@loser.cafe done", "done"),
        ("@outreach:loser.cafe done", "done"),
        ("outreach: done", "done"),
        ("do\u200bne", "done"),
        ("ｄｏｎｅ", "done"),
        ("Genuine?", "genuine"),
        ("I did it!!", "done"),
        ("It’s my own life", "mine"),
        ("Forget-me", "forget me"),
        ("second look", "second-look"),
        ("No problem, done!", None),
        ("no problem", None),
        ("I agree with your post", None),
        ("@alice done", None),
        ("👍", None),
        ("★", None),
        ("", None),
        ("send it to my mother", None),
        ("10", None),
    ],
)
def test_whole_messages_only(letters: Letters, text: str, command: str | None) -> None:
    assert letters.command(text, ["en"]) == command


@pytest.mark.parametrize(
    ("text", "language", "command"),
    [
        ("Einverstanden.", "de", "agree"),
        ("Zurueckziehen", "de", "withdraw"),
        ("zuruckziehen", "de", "withdraw"),
        ("Zwo", "de", "2"),
        ("Stop", "de", "stop"),
        ("D’ACCORD", "fr", "agree"),
        ("d accord", "fr", None),
        ("vecu", "fr", "mine"),
        ("Deuxième", "fr", "2"),
        ("einverstanden", "fr", None),
    ],
)
def test_local_words(letters: Letters, text: str, language: str, command: str | None) -> None:
    assert letters.command(text, [language]) == command


def test_dictation_and_nearness(letters: Letters) -> None:
    for text in ("alt text", "alt-text", "Alt Text.", "AltText"):
        assert letters.ask(text, ["de"]) == "alt-text"
    assert letters.label("uspol", ["fr"]) == letters.label("POL", []) == "pol"
    assert letters.label("spaghetti", ["en"]) is None
    assert letters.nearest_labels("voilence", ["en"])[0] == "violence"
    assert "ec" in letters.nearest_labels("augenkontak", ["de"])
    assert len(letters.nearest_labels("e", ["en"])) <= 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Could you please ask the author to add a warning?", "en"),
        ("Kannst du bitte fragen, ob das geht?", "de"),
        ("Est-ce que vous pouvez demander à cette personne", "fr"),
        ("Thanks", None),
        ("food food food food food", None),
        ("https://x.example/1 cw food", None),
    ],
)
def test_language_of_text(letters: Letters, text: str, language: str | None) -> None:
    assert letters.language_of(text) == language


def test_supports() -> None:
    from tests.rendering.conftest import LOCALES, TEMPLATES

    letters = Letters(
        TEMPLATES, LOCALES, ["en", "de", "pt-BR", "pt-PT", "zh_Hans", "zh_Hant", "uk"], {}, "UTC", PROFILE
    )
    expected = {
        "de-AT": "de",
        "deu": "de",
        "DE_ch": "de",
        "en-GB": "en",
        "pt_BR": "pt_BR",
        "pt-br": "pt_BR",
        "pt-PT": "pt_PT",
        "pt": "pt_BR",
        "zh-CN": "zh_Hans",
        "zh-TW": "zh_Hant",
        "zh-tr": "zh_Hant",
        "cn": "zh_Hans",
        "ua": "uk",
        "de-u-co-phonebk": "de",
        "int": "en",
        "fr": None,
        "": None,
        "nan-TW": None,
        "x": None,
        "..": None,
    }
    assert {code: letters.supports(code) for code in expected} == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Я просто хотела спросить, можно ли добавить предупреждение", None),
        ("请问可以给这篇嘟文加上内容警告吗", "zh_Hans"),
        ("請問可以給這篇貼文加上內容警告嗎", "zh_Hant"),
        ("この投稿に警告を付けてもらえますか", "ja"),
        ("你好", None),
        ("이 글에 경고를 달아 주실 수 있나요", "ko"),
        ("ช่วยใส่คำเตือนให้โพสต์นี้ได้ไหม", "th"),
        ("Você poderia pedir para a pessoa colocar um aviso, por favor, porque isso não é bom para mim", "pt_BR"),
    ],
)
def test_languages_are_told_by_script_then_by_words(text: str, language: str | None) -> None:
    """Of languages that are held with words to tell them by; a script alone is enough where no other has it."""
    names = ("en", "de", "fr", "pt_BR", "zh_Hans", "zh_Hant", "ja", "ko", "th")
    words = {"pt_BR": "você, poderia, para, não, isso, porque, um, uma, por, favor, mim, e, é, com"}
    guesser = Guesser([_speaking(name, words.get(name, "x, y, z")) for name in names])
    assert guesser.of(folded(text)) == language


def _speaking(language: str, words: str) -> Catalog:
    own: dict[Key, str] = {(CONTEXT, STOP_WORDS): words}
    return Catalog(language, Locale.parse(language), NullTranslations(), frozenset(own), own=own)
