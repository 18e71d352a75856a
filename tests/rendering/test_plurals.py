"""Counts take the form their language gives them, and days, times and lengths of time can be said in every language."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from babel import Locale

from outreach.adapters.rendering import Letters, formats
from outreach.adapters.rendering.catalogs import forms, path_of, plural_index, read, read_file
from outreach.adapters.rendering.checks.catalog import COUNTS, single_forms
from outreach.adapters.rendering.languages import LOCALES as WRITTEN
from outreach.adapters.rendering.languages import SHIPPED, supports
from outreach.domain.letters import Audience, Letter
from tests.rendering.conftest import LOCALES

NPLURALS = {1: "ja ko zh_Hans zh_Hant th vi", 2: "de fr es it pt_BR pt_PT", 3: "pl ru uk cs"}
TRANSLATED = WRITTEN[1:]


def test_the_table_of_plural_forms() -> None:
    found = {language: read_file(path_of(LOCALES, language), language).num_plurals for language in TRANSLATED}
    assert found == {language: count for count, some in NPLURALS.items() for language in some.split()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_rule_in_the_file_is_that_of_the_language(language: str) -> None:
    """Two counts share a form in the file exactly where they share a category in CLDR (requirements, 4.2)."""
    messages, category = read_file(path_of(LOCALES, language), language), Locale.parse(language).plural_form
    for one, other in combinations(COUNTS, 2):
        same = plural_index(messages, one) == plural_index(messages, other)
        assert same == (category(one) == category(other)), (one, other)


@pytest.mark.parametrize("language", [each for each in SHIPPED if each != "en"])
def test_every_count_is_said(language: str) -> None:
    messages, words = read_file(path_of(LOCALES, language), language), read(LOCALES, language).words
    alone, seen = single_forms(messages), 0
    for message in (each for each in messages if isinstance(each.id, tuple)):
        for count in COUNTS:
            index = plural_index(messages, count)
            said = words.ngettext(message.id[0], message.id[1], count)
            assert said == forms(message, messages.num_plurals)[index]
            seen += 1
            if "%(n)s" in message.id[1]:
                assert index in alone or "%(n)s" in said, (said, count)
    assert seen > 60


@pytest.mark.parametrize("language", WRITTEN)
def test_days_times_lists_can_be_said(speaking: Callable[[str], Letters], language: str) -> None:
    """Babel raises for a skeleton or a unit that a language lacks."""
    letters = speaking(language)
    catalog = letters.catalog(language)
    context: Any = {formats.CATALOG: catalog, formats.ZONE: "Europe/Berlin"}
    moment = "2025-11-04T13:20:00+00:00"
    for said in (
        formats.day(context, "2025-11-03"),
        formats.long_date(context, "2025-11-03"),
        formats.moment(context, moment),
        formats.zoned(context, moment),
        formats.dated(context, moment),
        *(formats.duration(context, str(seconds)) for seconds in (60, 3600, 86400, 400000)),
        formats.names(context, "food ec pol", "label"),
        formats.language(context, "pt-BR"),
    ):
        assert said.strip() and "{" not in said
    assert "14:20" in formats.moment(context, moment)


def test_every_written_language_means_itself() -> None:
    for language in WRITTEN:
        assert supports(language, WRITTEN) == supports(language.replace("_", "-"), WRITTEN) == language


#: The branches and their languages (requirements, 4.1): an explicit map.
BRANCHES = {
    "en": "en",
    "int": "en",
    "cn": "zh_Hans",
    "zh-tr": "zh_Hant",
    "jp": "ja",
    "ko": "ko",
    "ua": "uk",
    "vn": "vi",
    "ptbr": "pt_BR",
    "cs": "cs",
    "de": "de",
    "es": "es",
    "fr": "fr",
    "it": "it",
    "pl": "pl",
    "ru": "ru",
    "th": "th",
}

CODES = {
    "zh-CN": "zh_Hans",
    "zh-SG": "zh_Hans",
    "zh-TW": "zh_Hant",
    "zh-HK": "zh_Hant",
    "zh": "zh_Hans",
    "zh-Hant-HK": "zh_Hant",
    "zh-Hans-TW": "zh_Hans",
    "zh_hant": "zh_Hant",
    "pt": "pt_BR",
    "pt-BR": "pt_BR",
    "pt-PT": "pt_PT",
    "pt-AO": "pt_BR",
    "PT_pt": "pt_PT",
    "es-MX": "es",
    "es-419": "es",
    "fr-CA": "fr",
    "de-AT-u-co-phonebk": "de",
    "en-US": "en",
    "ja-JP": "ja",
    "uk": "uk",
    "uk-UA": "uk",
    "ru-UA": "ru",
    "vi-VN": "vi",
    "th-TH-u-nu-thai": "th",
    "nan-TW": None,
    "tlh": None,
    "": None,
    "x-private": None,
    "und": None,
    "*": None,
}


@pytest.mark.parametrize(("code", "language"), [*BRANCHES.items(), *CODES.items()])
def test_every_code_is_understood(code: str, language: str | None) -> None:
    assert supports(code, WRITTEN) == language


def test_no_language_stands_for_its_neighbour() -> None:
    assert supports("uk", ("ru", "en")) is None
    assert supports("ua", ("ru", "en")) is None
    assert supports("zh-TW", ("zh_Hans", "en")) is None
    assert supports("nan-TW", ("zh_Hant", "en")) is None
    assert supports("pt-BR", ("pt_PT", "en")) == "pt_PT"  # the same language: better than another
    assert supports("zh", ("zh_Hant", "en")) == "zh_Hant"  # nothing says that it is the other script
    assert supports("pt", ("pt_PT", "pt_BR")) in ("pt_PT", "pt_BR")


def test_a_letter_in_brazil_s_portuguese_for_pt_br(speaking: Callable[[str], Letters]) -> None:
    rendered = speaking("pt_BR").render(Audience.RECIPIENT, Letter("who"), ["pt-BR"])
    assert rendered.language in ("pt_BR", "en")
