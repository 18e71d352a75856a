"""Every letter renders in every language, in one language or not at all, and only from what it may know."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import Catalog, source
from outreach.adapters.rendering.formats import CATALOG, duration
from outreach.adapters.rendering.languages import LOCALES as WRITTEN
from outreach.adapters.rendering.policy_texts import told
from outreach.adapters.rendering.samples import sample, variants, worst
from outreach.adapters.rendering.templates import BadTemplate, Templates
from outreach.domain.letters import AMBIENT, LETTERS, PHRASES, Audience, Letter
from tests.rendering.conftest import LANGUAGES, LOCALES, PROFILE, TEMPLATES, make, spoil
from tests.strict_server import flavours, mentions

ALL = [(audience, name) for audience in Audience for name in LETTERS[audience]]
EACH = pytest.mark.parametrize(("audience", "name"), ALL, ids=lambda value: str(value))
FLAVOURS = list(flavours.FLAVOURS.values())


def mentioned(text: str) -> list[str]:
    return [found.handle for flavour in FLAVOURS for found in mentions.find(flavour, text)]


@EACH
def test_every_variant_renders_in_every_language(letters: Letters, audience: Audience, name: str) -> None:
    for language in LANGUAGES:
        for letter in variants(audience, name):
            rendered = letters.render(audience, letter, [language])
            assert rendered.language == language
            assert rendered.text.strip()
            assert "\n\n\n" not in rendered.text and "%(" not in rendered.text and "{" not in rendered.text
            assert not mentioned(rendered.text)


@EACH
def test_worst_values_stay_harmless(letters: Letters, audience: Audience, name: str) -> None:
    for language in LANGUAGES:
        text = letters.render(audience, worst(audience, name), [language]).text
        assert not mentioned(text)
        assert not any(char in text for char in "\u202e\u2066\u200b\x07\r\u2028")
        assert "evil.example" not in text or "https://evil" not in text
        for line in text.splitlines():
            assert not line.startswith("new line")


def test_every_template_is_a_letter_or_a_part(letters: Letters) -> None:
    files = {path.relative_to(TEMPLATES).with_suffix("").as_posix() for path in TEMPLATES.glob("*/*.txt")}
    assert {file for file in files if not file.startswith("parts/")} == {f"{a}/{n}" for a, n in ALL}


@pytest.mark.parametrize("name", ["first_contact", "thanks"])
def test_a_variable_for_the_reporter_is_refused(copies: tuple[Path, Path], name: str) -> None:
    path = copies[0] / "recipient" / f"{name}.txt"
    path.write_text(path.read_text() + "{{ reporter }}\n")
    with pytest.raises(BadTemplate, match="reporter"):
        make(*copies).check()


def test_a_variable_hidden_in_a_part_is_refused(copies: tuple[Path, Path]) -> None:
    path = copies[0] / "parts" / "choices.txt"
    path.write_text(path.read_text() + "{{ alias }}\n")
    with pytest.raises(BadTemplate, match="alias"):
        make(*copies).render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "first_contact"), ["en"])


def test_no_allowed_variable_names_the_reporter() -> None:
    for audience, name in ALL:
        for variable in LETTERS[audience][name] | AMBIENT:
            assert not variable.startswith(("reporter", "member", "asker_name"))


def test_unknown_and_wrong_values_are_refused(letters: Letters) -> None:
    with pytest.raises(BadTemplate, match="reporter"):
        letters.render(Audience.RECIPIENT, Letter("who", {"reporter": "x"}), ["en"])
    with pytest.raises(BadTemplate, match="day"):
        letters.render(Audience.MEMBER, Letter("genuine_yes", {"day": 3}), ["en"])  # type: ignore[dict-item]


@pytest.mark.parametrize("state", ["missing", "fuzzy"])
def test_a_letter_with_one_gap_is_wholly_in_the_next_language(copies: tuple[Path, Path], state: str) -> None:
    path = copies[1] / "de" / "LC_MESSAGES" / "outreach.po"
    if state == "fuzzy":
        spoil(path, 'msgid "I\'m sure no harm was meant."', '#, fuzzy\nmsgid "I\'m sure no harm was meant."')
    else:
        spoil(path, 'msgstr "Sicher war es nicht böse gemeint."', 'msgstr ""')
    letters = make(*copies)
    letter = sample(Audience.RECIPIENT, "first_contact")
    french = make().render(Audience.RECIPIENT, letter, ["fr"])
    assert letters.render(Audience.RECIPIENT, letter, ["de", "fr"]) == french
    assert letters.render(Audience.RECIPIENT, letter, ["de"]).language == "en"
    assert letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "why"), ["de"]).language == "de"
    assert not letters.complete(Audience.RECIPIENT, "first_contact", "de")


def test_a_missing_plural_form_counts_as_missing(copies: tuple[Path, Path]) -> None:
    spoil(copies[1] / "de" / "LC_MESSAGES" / "outreach.po", 'msgstr[0] "Das geht noch einmal."', 'msgstr[0] ""')
    assert make(*copies).render(Audience.MEMBER, sample(Audience.MEMBER, "say_preview"), ["de"]).language == "en"


def test_only_the_configured_languages_are_held() -> None:
    letters = Letters(LOCALES.parent / "templates", LOCALES, ["de"], {}, "UTC", PROFILE)
    assert set(letters._catalogs) == {"de", "en"}
    assert letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "who"), ["fr"]).language == "en"


def test_plurals(letters: Letters) -> None:
    def said(language: str, count: int) -> str:
        return letters.render(
            Audience.MEMBER, sample(Audience.MEMBER, "too_many_open", most=str(count)), [language]
        ).text

    for count in (2, 3, 5, 11, 12, 21, 22, 25, 101, 111):
        for language, plural in (("en", "requests open"), ("de", "offene Bitten"), ("fr", "demandes ouvertes")):
            assert f"{count} {plural}" in said(language, count)
    assert "one request open" in said("en", 1)
    assert "eine offene Bitte;" in said("de", 1)
    assert "1 demande ouverte" in said("fr", 1) and "0 demande ouverte" in said("fr", 0)


def test_days_moments_durations(letters: Letters) -> None:
    def due(language: str) -> str:
        return letters.render(Audience.STAFF, sample(Audience.STAFF, "card"), [language]).text

    assert "Tue 4 Nov, 14:20 Berlin" in due("en")
    assert "Di., 4. Nov., 14:20 Berlin" in due("de")
    assert "mar. 4 nov., 14:20 Berlin" in due("fr")
    for seconds, said in (("3600", "60 minutes"), ("21600", "6 hours"), ("21601", "7 hours"), ("2592000", "30 days")):
        text = letters.render(Audience.MEMBER, sample(Audience.MEMBER, "too_new", wait=seconds), ["en"]).text
        assert said in text


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("seconds", ["900", "21600", "7776000"])
def test_a_length_of_time_is_words_in_every_language(language: str, seconds: str) -> None:
    """Babel's `format_unit` writes "6 duration-hour" where a locale lacks the unit."""
    context: Any = {CATALOG: Catalog(language, Locale.parse(language), NullTranslations(), None)}
    said = duration(context, seconds)
    assert "duration" not in said and any(char.isdecimal() for char in said), said


def test_crisis_lines_are_those_of_the_language() -> None:
    letters = make(TEMPLATES, LOCALES, {"crisis.de": "0800 111 0 111"}, crisis="findahelpline.com")
    for audience in (Audience.MEMBER, Audience.RECIPIENT):
        assert "0800 111 0 111" in letters.render(audience, Letter("self_harm"), ["de"]).text
        assert "findahelpline.com" in letters.render(audience, Letter("self_harm"), ["fr"]).text


def test_reveal_is_told_exactly_where_it_is_enabled() -> None:
    for language, word in (("en", "emergency, and"), ("de", "Notfall"), ("fr", "en urgence")):
        told = make(reveal="1").render(Audience.MEMBER, Letter("notice"), [language]).text
        silent = make(reveal="").render(Audience.MEMBER, Letter("notice"), [language]).text
        assert word in told and word not in silent


def test_phrases_are_said_in_the_reader_s_language(letters: Letters) -> None:
    for phrase in PHRASES:
        texts = {
            letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "phrase", phrase=phrase), [each]).text
            for each in LANGUAGES
        }
        assert len(texts) == len(LANGUAGES)
        assert not any(phrase in text for text in texts if "_" in phrase)


def test_own_words_are_quoted_line_by_line(letters: Letters) -> None:
    letter = sample(Audience.RECIPIENT, "relayed_words", text="one\n\nA moderator writes: two")
    lines = letters.render(Audience.RECIPIENT, letter, ["en"]).text.splitlines()
    assert [line for line in lines if line.startswith(">")] == ["> one", ">", "> A moderator writes: two"]


def test_links_are_canonical_and_the_contact_has_no_scheme(letters: Letters) -> None:
    letter = sample(Audience.RECIPIENT, "first_contact", link="https://x.example/p/1?u=alice#c")
    text = letters.render(Audience.RECIPIENT, letter, ["en"]).text
    assert "https://x.example/p/1\n" in text and "alice" not in text
    assert text.count("://") == 1 and "loser.cafe/about" in text


def test_handles_keep_their_direction_in_right_to_left_letters(copies: tuple[Path, Path]) -> None:
    catalog = told(replace(source(), locale=Locale.parse("ar")), PROFILE)
    values = dict(sample(Audience.MEMBER, "menu").values)
    text = Templates(copies[0], "UTC").render(Audience.MEMBER, "menu", values, catalog)
    assert "\u2068dave@\u2060loser.example\u2069" in text
    assert "\u2068" not in make().render(Audience.MEMBER, sample(Audience.MEMBER, "menu"), ["de"]).text


def test_no_blank_follows_a_full_stop_that_holds_one(speaking: Callable[[str], Letters]) -> None:
    text = speaking("zh_Hans").render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "first_contact"), ["zh"]).text
    assert "？这样" in text and not re.search("[。！？；：，、] ", text)
    german = speaking("de").render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "first_contact"), ["de"]).text
    assert ". Sicher" in german or "? " in german
