"""What the words must and must not say, in each language, and that each planted fault is seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import key_of, path_of
from outreach.adapters.rendering.checks import Fault, Known, file_faults, language_faults, template_faults
from outreach.adapters.rendering.checks.words import offered
from outreach.adapters.rendering.counting import HANDLE, length
from outreach.adapters.rendering.languages import LOCALES as EVERY
from outreach.adapters.rendering.languages import SHIPPED
from outreach.adapters.rendering.samples import sample, variants
from outreach.domain.letters import LETTERS, Audience, Letter
from tests.rendering.conftest import LANGUAGES, LOCALES, TEMPLATES, make, make_one, spoil

OUTSIDE = (Audience.MEMBER, Audience.RECIPIENT)


def faults(letters: Letters, locales: Path, language: str, known: Known) -> list[str]:
    return [fault.text for fault in language_faults(letters, locales, language, known)]


@pytest.mark.parametrize("language", SHIPPED)
def test_a_shipped_language_has_no_fault(speaking: Callable[[str], Letters], known: Known, language: str) -> None:
    assert faults(speaking(language), LOCALES, language, known) == []


@pytest.mark.parametrize("language", [each for each in EVERY if each not in SHIPPED])
def test_what_is_not_shipped_is_only_unfinished(
    speaking: Callable[[str], Letters], known: Known, language: str
) -> None:
    found = language_faults(speaking(language), LOCALES, language, known)
    assert [fault.text for fault in found if not fault.unfinished] == []


def test_the_templates_have_no_fault(letters: Letters) -> None:
    assert list(template_faults(TEMPLATES, letters)) == []


def test_every_language_states_its_plural_rule() -> None:
    for language in EVERY[1:]:
        assert '"Plural-Forms: nplurals=' in path_of(LOCALES, language).read_text("utf-8"), language
        assert (LOCALES / language / "checks.toml").is_file() and (LOCALES / language / "alarms.txt").is_file()


#: A fault planted into a German file, and what is said about it; seen in the file itself.
PLANTED = {
    "a gap of another name": ("„%(warning)s“. Da bleibt", "„%(warnung)s“. Da bleibt", "has the gap warnung"),
    "a lost gap": ("Etwa %(n)s Menschen", "Etwa viele Menschen", "has lost the gap n"),
    "a loose percent sign": ("Etwa %(n)s Menschen", "Etwa 100 % von %(n)s Menschen", "percent sign"),
    "a mention": ("bob@x.example, nie", "@bob, nie", "at-sign"),
    "a link": ("Deine Bitte ist zurückgezogen. Es", "Siehe https://x.example. Es", "a link"),
    "a tag": ("Hallo vom Hilfsbot von %(community)s zu", "#hallo %(community)s zu", "a tag"),
    "a direction mark": ("Deine Bitte ist zurückgezogen. Es", "\u202eDeine Bitte. Es", "direction mark"),
    "a missing message": ('msgstr "Blitzende Bilder können Anfälle auslösen."', 'msgstr ""', "1 messages are missing"),
    "a missing plural form": ('msgstr[0] "Das geht noch einmal."', 'msgstr[0] ""', "has 1 plural forms, not 2"),
    "a foreign plural rule": ("plural=(n != 1)", "plural=(n > 1)", "plural rule"),
    "English left standing": (
        'msgstr "Nimm dir die Zeit, die du brauchst."',
        'msgstr "Take the time you need."',
        "same as in English",
    ),
    "a letter of another script": ("Blitzende Bilder", "Blitzende Bild\u0435r", "mixes scripts"),
    "a lost review state": ("# unreviewed\n", "", "no review state"),
    "a wrong review state": ("# unreviewed\n", "# reviewed by me\n", "no review state"),
    "a message nobody asks for": ('msgid "Flashing pictures', 'msgid "Flashy pictures', "not used any more"),
    "a message of the sources left out": ('msgid "Flashing pictures', 'msgid "Flashy pictures', "1 messages of the"),
    "a word that is no command": ("Zum Aufhören: abbrechen.", "Zum Aufhören: aufgeben.", "offers cancel, but shows"),
    "one word, two meanings": ('msgstr "mehr,', 'msgstr "abbrechen, mehr,', "means both more and cancel"),
}

#: The same, seen where letters are read as people would read them.
PLANTED_IN_LETTERS = {
    "a suggestion that threatens": (
        "Es ist ein Vorschlag: Du kannst es so lassen",
        "Unsere Regeln verlangen es",
        "says “verlangen” of shall",
    ),
    "a suggestion that is none": ("Es ist ein Vorschlag: ", "", "does not say “Vorschlag” of may"),
    "consent elsewhere": ("Deine Bitte ist zurückgezogen. Es", "Einverstanden. Es", "which only the notice may"),
    "no consent in the notice": ("einverstanden", "gut", "does not show the word of consent"),
    "the other address": ("Deine Bitte ist zurückgezogen. Es", "Ihnen ist geholfen. Es", "addresses the reader"),
    "a gender": ("Die Person hinter dem Beitrag schreibt:", "Der Autor schreibt:", "tells a gender with “Der Autor"),
    "blame": ('Sicher war es nicht böse gemeint."', 'Das war ein Verstoß."', "blames with “Verstoß”"),
    "too long": (
        'Sicher war es nicht böse gemeint."',
        "Sicher war es nicht böse gemeint. " * 8 + '"',
        "long with the reader",
    ),
    "a program's word": ("Deine Bitte ist zurückgezogen. Es", "Deine remedy. Es", "a word of the program's own"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_planted_in_a_file_is_seen(
    letters: Letters, known: Known, copies: tuple[Path, Path], name: str
) -> None:
    assert PLANTED[name][2] in "\n".join(_planted(letters, known, copies, PLANTED[name], file_faults))


@pytest.mark.parametrize("name", PLANTED_IN_LETTERS)
def test_a_fault_planted_in_letters_is_seen(
    letters: Letters, known: Known, copies: tuple[Path, Path], name: str
) -> None:
    planted = PLANTED_IN_LETTERS[name]
    assert planted[2] in "\n".join(_planted(letters, known, copies, planted, language_faults))


def _planted(
    letters: Letters,
    known: Known,
    copies: tuple[Path, Path],
    planted: tuple[str, str, str],
    faults: Callable[[Letters, Path, str, Known], Iterator[Fault]],
) -> list[str]:
    spoil(path_of(copies[1], "de"), *planted[:2])
    spoiled = make_one(copies[0], "de", copies[1])
    spoiled._templates = letters._templates  # they are the same, and compiled
    return [fault.text for fault in faults(spoiled, copies[1], "de", known)]


def test_a_template_s_own_mention_is_seen(copies: tuple[Path, Path]) -> None:
    spoil(copies[0] / "member" / "help.txt", "{% trans %}", "{% trans %}Write @bob. ")
    assert any("at-sign" in fault.text for fault in template_faults(copies[0], make(*copies)))


def test_catalogs_are_in_step_with_the_sources(known: Known) -> None:
    assert len(known.asked) > 400
    with (LOCALES / "outreach.pot").open("rb") as file:
        assert {key_of(message) for message in read_po(file) if message.id} == known.asked


@pytest.mark.parametrize("language", SHIPPED)
@pytest.mark.parametrize("reveal", ["", "1"])
def test_the_notice_fits_one_post(language: str, reveal: str) -> None:
    text = make(reveal=reveal).render(Audience.MEMBER, Letter("notice"), [language]).text
    assert length(text) + HANDLE <= 470


def test_the_english_first_contact_leaves_room(letters: Letters) -> None:
    for letter in variants(Audience.RECIPIENT, "first_contact"):
        text = letters.render(Audience.RECIPIENT, letter, ["en"]).text
        assert length(text) <= 450, text
        assert text.count("http") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_line_for_lock_screens_tells_nothing(letters: Letters, language: str) -> None:
    for audience in OUTSIDE:
        subjects = {letters.render(audience, sample(audience, name), [language]).subject for name in LETTERS[audience]}
        assert len(subjects) == 1
    for letter in variants(Audience.RECIPIENT, "first_contact"):
        first = letters.render(Audience.RECIPIENT, letter, [language]).text.splitlines()[0]
        assert "loser.cafe" in first and letter.values["label"] not in first.split()


def test_english_offers_many_words(letters: Letters, known: Known) -> None:
    """The check of offered words looks at what it should look at."""
    assert sum(len(offered(letters, message)) for context, message in known.asked if context is None) > 200
    assert offered(letters, "Reply yes, human or cancel.") == {"yes", "human", "cancel"}
    assert offered(letters, "Shall I go on?") == set()
    assert re.search("agree", letters.render(Audience.MEMBER, Letter("notice"), ["en"]).text)


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ("'\\beinverstanden'", "'(einverstanden'", "de/checks.toml: agree: “(einverstanden” is no expression"),
        ("agree = [", "agre = [", "unknown field `agre`"),
        ("agree = [", "agree = [7,", "de/checks.toml: Expected `str`"),
        ("[modality]", "[modality", "de/checks.toml: "),
    ],
)
def test_a_mistake_in_what_is_expected_is_named(
    letters: Letters, known: Known, copies: tuple[Path, Path], before: str, after: str, seen: str
) -> None:
    spoil(copies[1] / "de" / "checks.toml", before, after)
    (fault,) = language_faults(letters, copies[1], "de", known)
    assert seen in fault.text


def test_an_unfinished_expectation_is_told(letters: Letters, known: Known, copies: tuple[Path, Path]) -> None:
    path = copies[1] / "de" / "checks.toml"
    path.write_text("# nothing yet\n", "utf-8")
    found = [fault for fault in file_faults(letters, copies[1], "de", known) if fault.unfinished]
    assert [fault.text for fault in found] == [
        "checks.toml: agree is empty",
        *(f"checks.toml: modality.{each} needs two pieces of text at least" for each in ("may", "should", "shall")),
    ]
