"""Letters hold when a language is far longer than English, and when it runs from right to left."""

from __future__ import annotations

import re

import pytest

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.plain import bare
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE, sample, variants, worst
from outreach.domain.letters import LETTERS, Audience, Letter
from tests.rendering import pseudo
from tests.rendering.conftest import PROFILE, TEMPLATES

ALL = [(audience, name) for audience in Audience for name in LETTERS[audience]]
_ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Letters:
    locales = tmp_path_factory.mktemp("locales")
    pseudo.make(TEMPLATES, locales)
    languages = [pseudo.LONG, pseudo.RIGHT_TO_LEFT]
    return Letters(TEMPLATES, locales, languages, AMBIENT_SAMPLE, "Europe/Berlin", PROFILE)


@pytest.mark.parametrize(("audience", "name"), ALL, ids=str)
def test_every_letter_is_wholly_said(letters: Letters, audience: Audience, name: str) -> None:
    for language in letters.languages:
        for letter in (*variants(audience, name), worst(audience, name)):
            rendered = letters.render(audience, letter, [language])
            assert rendered.language == language
            assert rendered.text.count("\u2068") == rendered.text.count("\u2069")


def _lines_of(letter: Letter) -> list[str]:
    """What came in from outside, as it may be printed."""
    values = [line for value in (*letter.values.values(), *AMBIENT_SAMPLE.values()) for line in value.splitlines()]
    said = [part for line in values for part in re.split(r"⟦\d+⟧", line.partition(" ")[2])]  # behind who said it
    return [*values, *map(bare, values), *filter(None, said)]


@pytest.mark.parametrize(("audience", "name"), ALL, ids=str)
def test_no_english_is_left_standing(letters: Letters, audience: Audience, name: str) -> None:
    for letter in variants(audience, name):
        text = letters.render(audience, letter, [pseudo.RIGHT_TO_LEFT]).text
        for value in sorted(_lines_of(letter), key=len, reverse=True):
            text = text.replace(value, " ") if len(value) > 1 else text
        text = re.sub(r"!\w+(?: me)?|\S+\.example\S*|\w+-otter|\w+-heron", " ", text.replace("\u2060", ""))
        if name == "language_unknown":  # languages are called by their own names
            text = re.sub(r"\w+ \([^)]+\)", " ", text)
        assert not re.search("[A-Za-z]{2,}", text), (letter, text)


@pytest.mark.parametrize(("audience", "name"), ALL, ids=str)
def test_names_and_links_keep_their_direction(letters: Letters, audience: Audience, name: str) -> None:
    letter = sample(audience, name)
    text = letters.render(audience, letter, [pseudo.RIGHT_TO_LEFT]).text
    plain = _ISOLATED.sub("", re.sub("^!.*$", "", text, flags=re.MULTILINE))  # commands stand in lines of their own
    for variable in ("author", "who", "alias", "link", "links"):
        for value in letter.values.get(variable, "").splitlines():
            assert value.replace("@", "@\u2060") not in plain, (variable, text)
    assert "loser.cafe/about" not in plain
