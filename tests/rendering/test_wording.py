"""What the words must and must not say, in each language, and that a planted fault is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from outreach.adapters.rendering import Letters, lint
from outreach.adapters.rendering.catalogs import Key, forms, key_of, path_of, read
from outreach.adapters.rendering.names import GROUPS
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE, sample, variants
from outreach.adapters.rendering.templates import Templates
from outreach.adapters.rendering.upkeep import collected
from outreach.adapters.rendering.vocabulary import COMMANDS, NUMBERS, folded, synonyms
from outreach.domain.letters import LETTERS, Audience, Letter
from tests.rendering.conftest import LANGUAGES, LOCALES, PROFILE, TEMPLATES, make, spoil

TRANSLATED = ("de", "fr")
OUTSIDE = (Audience.MEMBER, Audience.RECIPIENT)

#: Words of each strength; none of them may stand in a letter of another strength.
MODALITY = {
    "en": {
        "may": ("suggestion", "you may leave"),
        "should": ("recommend", "should be done", "may look"),
        "shall": ("require", "must be done", "will look"),
    },
    "de": {
        "may": ("Vorschlag", "Du kannst es so lassen"),
        "should": ("empfehlen", "sollte", "vielleicht die Moderation"),
        "shall": ("verlangen", "muss", "sonst sieht die Moderation"),
    },
    "fr": {
        "may": ("suggestion", "vous pouvez le laisser"),
        "should": ("recommandent", "devrait", "peut regarder"),
        "shall": ("exigent", "cela doit", "regardera"),
    },
}

AGREE = {"en": r"\bagree", "de": r"\beinverstanden", "fr": r"\bd.accord"}

#: Forms that would tell a gender of either side.
GENDERED = {
    "en": r"\b(?:he|she|his|hers?|him)\b",
    "de": r"\b(?:Sie haben|Ihnen|(?:ein(?:e|en)?|der|die) (?:Nutzer|Autor|Moderator|Verfasser)(?:in)?|Nutzer(?:in)?)\b",
    "fr": r"\b(?:tu|toi|ton|l'auteure?|autrice|utilisat\w+|un modérateur|une modératrice|vous êtes \w+é?e?s? sûr)\b",
}

#: What is rightly the same in English.
SAME = {
    "de": {"%(alias)s: %(stage)s", "%(alias)s: %(state)s"},
    "fr": {"suggestion", "mediation", "violence"},
}

ACCUSING = (
    r"(?i)\b(?:you (?:violated|broke|must stop)|offen[cs]e|guilty|punish|Verstoß|Strafe droht|coupable|infraction)\b"
)


def messages(language: str, locales: Path = LOCALES) -> Iterator[tuple[Key, Message, int]]:
    with path_of(locales, language).open("rb") as file:
        catalog = read_po(file, locale=language)
    return ((key_of(message), message, catalog.num_plurals) for message in list(catalog) if message.id)


def all_texts(letters: Letters, audience: Audience, language: str) -> Iterator[tuple[str, str]]:
    for name in LETTERS[audience]:
        for letter in variants(audience, name):
            yield name, letters.render(audience, letter, [language]).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_lint_finds_nothing(language: str) -> None:
    templates = Templates(TEMPLATES, "UTC")
    assert list(lint.all_faults(templates, LOCALES, language, dict(AMBIENT_SAMPLE), PROFILE)) == []
    assert list(lint.source_faults(templates)) == []


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("„%(warning)s“. Da bleibt", "„%(warnung)s“. Da bleibt", "warnung"),
        ("bob@x.example, nie", "@bob, nie", "at-sign"),
        ("Deine Bitte ist zurückgezogen. Es", "Siehe https://x.example. Es", "links"),
        ("Hallo vom Hilfsbot von %(community)s zu deinem Beitrag", "#hallo %(community)s zu deinem Beitrag", "links"),
        ('msgstr "Blitzende Bilder können Anfälle auslösen."', 'msgstr ""', "missing"),
        ("Etwa %(n)s Menschen", "Etwa viele Menschen", "not ['n']"),
    ],
)
def test_lint_sees_planted_faults(copies: tuple[Path, Path], before: str, after: str, seen: str) -> None:
    spoil(path_of(copies[1], "de"), before, after)
    found = list(lint.catalog_faults(copies[1], "de"))
    assert len(found) == 1 and seen in found[0]


def test_lint_sees_a_first_contact_that_is_too_long(copies: tuple[Path, Path]) -> None:
    spoil(path_of(copies[1], "fr"), "Nulle mauvaise intention, bien sûr.", "Nulle mauvaise intention, bien sûr. " * 4)
    found = list(lint.all_faults(Templates(TEMPLATES, "UTC"), copies[1], "fr", dict(AMBIENT_SAMPLE), PROFILE))
    assert found and all("first_contact" in each and "long" in each for each in found)


def test_catalogs_are_in_step_with_the_sources() -> None:
    asked = {key_of(message) for message in collected(TEMPLATES) if message.id}
    assert len(asked) > 400
    for language in TRANSLATED:
        assert {key for key, _, _ in messages(language)} == asked
    with (LOCALES / "outreach.pot").open("rb") as file:
        assert {key_of(message) for message in read_po(file) if message.id} == asked


def test_every_entry_carries_its_review_state() -> None:
    for language in TRANSLATED:
        for key, message, _ in messages(language):
            assert message.user_comments, key
            assert re.fullmatch(r"unreviewed|reviewed: .+, \d{4}-\d\d-\d\d", message.user_comments[0]), key


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_the_same_as_in_english_is_meant_so(language: str) -> None:
    same = {key[1] for key, message, count in messages(language) if key[1] in forms(message, count)}
    assert same <= SAME[language] | {key[1] for key, _, _ in messages(language) if key[0] == "words"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_written_in_its_own_language(letters: Letters, language: str) -> None:
    for audience in OUTSIDE:
        for name, text in all_texts(letters, audience, language):
            if len(text.split()) > 25 and name not in ("practice", "preview", "card_preview"):
                assert letters.language_of(text) in (language, None), (name, text)
    found = [letters.language_of(text) for _, text in all_texts(letters, Audience.RECIPIENT, language)]
    assert found.count(language) > 0.8 * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_notice_says_agree(letters: Letters, language: str) -> None:
    assert re.search(AGREE[language], letters.render(Audience.MEMBER, Letter("notice"), [language]).text)
    for audience in Audience:
        for name, text in all_texts(letters, audience, language):
            assert name == "notice" or not re.search(AGREE[language], text, re.IGNORECASE), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["first_contact", "reminder", "why"])
def test_each_strength_has_its_own_words(letters: Letters, language: str, name: str) -> None:
    for letter in variants(Audience.RECIPIENT, name):
        text = letters.render(Audience.RECIPIENT, letter, [language]).text
        for strength, words in MODALITY[language].items():
            present = [word for word in words if word in text]
            assert present == (list(words) if strength == letter.values["strength"] else []), (letter, text)


def test_a_suggestion_that_threatens_is_seen(copies: tuple[Path, Path], letters: Letters) -> None:
    spoil(path_of(copies[1], "de"), "Es ist ein Vorschlag: Du kannst es so lassen", "Unsere Regeln verlangen es")
    with pytest.raises(AssertionError):
        test_each_strength_has_its_own_words(make(*copies), "de", "first_contact")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_gendered_and_nothing_accuses(letters: Letters, language: str) -> None:
    for audience in OUTSIDE:
        for name, text in all_texts(letters, audience, language):
            assert not re.search(GENDERED[language], text), (name, text)
            if audience is Audience.RECIPIENT:
                assert not re.search(ACCUSING, text), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_inner_word_reaches_a_person_outside(letters: Letters, language: str) -> None:
    inner = r"(?i)\b(?:reporter|respondent|recipient|remedy|clause|escalat\w+ case|case id|cw-ask)\b"
    for audience in OUTSIDE:
        for name, text in all_texts(letters, audience, language):
            assert not re.search(inner, text), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_contact_fits_one_post(letters: Letters, language: str) -> None:
    for letter in variants(Audience.RECIPIENT, "first_contact"):
        rendered = letters.render(Audience.RECIPIENT, letter, [language])
        assert lint.length(rendered.text) + lint.HANDLE <= 500, rendered.text
        assert language != "en" or lint.length(rendered.text) <= 450, rendered.text
        assert rendered.text.count("http") == 1
        first = rendered.text.splitlines()[0]
        assert "loser.cafe" in first and letter.values["label"] not in first.split()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reveal", ["", "1"])
def test_the_notice_fits_one_post(language: str, reveal: str) -> None:
    text = make(reveal=reveal).render(Audience.MEMBER, Letter("notice"), [language]).text
    assert lint.length(text) + lint.HANDLE <= 470


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_line_for_lock_screens_tells_nothing(letters: Letters, language: str) -> None:
    for audience in OUTSIDE:
        subjects = {letters.render(audience, sample(audience, name), [language]).subject for name in LETTERS[audience]}
        assert len(subjects) == 1 and len(subjects.pop()) in range(5, 32)
    for name in LETTERS[Audience.MEMBER]:
        letter = sample(Audience.MEMBER, name)
        first = letters.render(Audience.MEMBER, letter, [language]).text.splitlines()[0]
        assert letter.values.get("author", "nobody here").partition("@")[0] not in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lived_question_is_offered_where_it_belongs(letters: Letters, language: str) -> None:
    mine = {"en": "mine", "de": "meins", "fr": "vécu"}[language]
    for letter in variants(Audience.RECIPIENT, "first_contact"):
        text = letters.render(Audience.RECIPIENT, letter, [language]).text
        assert (mine in re.findall(r"\w+", text)) == PROFILE.lived(letter.values["label"])


#: Letters after which the person has nothing to choose, or that a human answers.
SILENT = {"moderator_writes", "status_line", "answered_human", "forgotten"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_shows_words_that_may_follow(letters: Letters, language: str) -> None:
    for audience in OUTSIDE:
        for name in LETTERS[audience]:
            if name in SILENT:
                continue
            text = letters.render(audience, sample(audience, name), [language]).text
            words = [folded(word) for word in re.findall(r"[^\s,.;:()„“”«»]+", text)]
            pairs = [" ".join(pair) for pair in pairwise(words)]
            assert any(letters.command(word, [language]) for word in words + pairs if word), (name, text)


def test_names_shown_are_understood(letters: Letters) -> None:
    for language in LANGUAGES:
        catalog = letters._catalogs[language]
        for label, known in PROFILE.labels.items():
            assert letters.label(catalog.say("label name", known.name), [language]) == label
        for ask, name in GROUPS["ask"].items():
            assert letters.ask(catalog.say("ask name", name), [language]) == ask


OFFER = re.compile(
    r"(?:[Rr]eply|Then write|[Cc]hange your mind, write|\? Write|Words for now:|[Oo]ther words:|Words I know:"
    r"|Words for any time:|To stop:|To answer:|Questions:|With an open request:|What I can do:"
    r"|To leave it at that:|No more such messages:) ([^.?]+)"
)


def offered(letters: Letters, english: str) -> set[str]:
    """The commands an English message offers: what stands in its lists of words."""
    found = set()
    for words in OFFER.findall(english.replace("send me", "")):
        for item in re.split(r", (?:or )?| or | and |\(", words):
            parts = item.split()
            heads = (" ".join(parts[:length]) for length in (3, 2, 1))
            found.add(next(filter(None, (letters.command(head, ["en"]) for head in heads)), None))
    return {each for each in found if each}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_offer_the_same_words_in_their_language(letters: Letters, language: str) -> None:
    catalog, seen, missing = letters._catalogs[language], 0, []
    for (context, english), message, count in messages(language):
        for command in offered(letters, english) if context is None else ():
            seen += 1
            said = f" {folded(forms(message, count)[-1])} "
            words = synonyms(catalog, {**COMMANDS, **NUMBERS}[command])
            if not any(f" {word} " in said for word in words):
                missing.append((command, english, said))
    assert missing == [] and seen > 200


def test_a_word_that_is_no_command_is_seen(copies: tuple[Path, Path]) -> None:
    spoil(path_of(copies[1], "de"), "Zum Aufhören: abbrechen.", "Zum Aufhören: aufgeben.")
    catalog = read(copies[1], "de")
    assert "abbrechen" in synonyms(catalog, COMMANDS["cancel"])
    assert "cancel" in offered(make(*copies), "To stop: cancel.")
    assert not any(
        word in folded(catalog.say(None, "To stop: cancel.")) for word in synonyms(catalog, COMMANDS["cancel"])
    )
