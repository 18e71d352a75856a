"""`letters lint` finds what is planted, and only that (F1, F36)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outreach.config import places
from outreach.entrypoints.cli.lint import findings, shipped

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: eo\\n"\n\n'


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(places.templates(), tmp_path / "templates"))


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    folder = tmp_path / "locales"
    (folder / "eo" / "LC_MESSAGES").mkdir(parents=True)
    shutil.copytree(places.locales() / "en", folder / "en")
    return folder


def faults(templates: Path, locales: Path, catalog: str = "") -> list[str]:
    """What lint says is wrong."""
    (locales / "eo" / "LC_MESSAGES" / "outreach.po").write_text(PO + catalog)
    return [finding.text for finding in findings(templates, locales) if finding.wrong]


def test_what_is_shipped_has_no_fault(templates: Path) -> None:
    assert [finding.text for finding in findings(templates, places.locales()) if finding.wrong] == []


def test_languages_are_english_and_what_has_a_catalog(locales: Path, templates: Path) -> None:
    faults(templates, locales)
    assert shipped(locales) == ("en", "eo")


def test_what_is_not_translated_is_a_notice(templates: Path, locales: Path) -> None:
    catalog = 'msgid "Hello."\nmsgstr ""\n'
    assert faults(templates, locales, catalog) == []
    said = [finding.text for finding in findings(templates, locales)]
    assert said[0] == "eo: 1 messages are missing or fuzzy"
    assert said[1].startswith("eo: ")
    assert "recipient/first_contact" in said[1]


def test_translations_that_say_more_or_less(templates: Path, locales: Path) -> None:
    planted = [
        ("Hello %(author)s.", "Saluton.", "has lost the gap author"),
        ("Hello, %(author)s.", "Saluton %(autoro)s.", "has the gap autoro"),
        ("Hello.", "Saluton @bob.", "a mention"),
        ("Hello!", "Saluton (@bob).", "a mention"),
        ("Hello?", "Saluton #etikedo.", "a tag"),
        ("Hello;", "Saluton https://evil.example.", "a link"),
    ]
    catalog = "".join(f'msgid "{msgid}"\nmsgstr "{msgstr}"\n\n' for msgid, msgstr, _ in planted)
    found = faults(templates, locales, catalog)
    for msgid, _, said in planted:
        assert any(said in fault and fault.startswith(f"eo: “{msgid}”") for fault in found), (msgid, found)


def test_faithful_translations(templates: Path, locales: Path) -> None:
    faithful = {
        "Hello %(author)s.": "Saluton %(author)s.",
        "Write bob@x.example.": "Skribu al bob@x.example.",
        "100%% sure.": "Certe 100%%.",
    }
    catalog = "".join(f'msgid "{msgid}"\nmsgstr "{msgstr}"\n\n' for msgid, msgstr in faithful.items())
    assert faults(templates, locales, catalog) == []


def test_templates_without_a_letter_and_letters_without_one(templates: Path, locales: Path) -> None:
    (templates / "member" / "stray.txt").write_text("x")
    assert faults(templates, locales) == ["member/stray.txt is no letter"]


def test_a_missing_template_is_one_line(templates: Path, locales: Path) -> None:
    (templates / "member" / "help.txt").unlink()
    assert faults(templates, locales) == ["member/help has no template"]


def test_a_template_that_asks_for_the_reporter(templates: Path, locales: Path) -> None:
    with (templates / "recipient" / "who.txt").open("a") as file:
        file.write("{{ reporter }}")
    assert faults(templates, locales) == ["recipient/who.txt uses reporter, which it may not"]


def test_a_template_that_mentions_somebody(templates: Path, locales: Path) -> None:
    with (templates / "member" / "help.txt").open("a") as file:
        file.write("\nWrite @bob.")
    assert faults(templates, locales) == ["en: member/help mentions somebody at “@bob.”"]


def test_a_template_that_does_not_parse(templates: Path, locales: Path) -> None:
    (templates / "member" / "help.txt").write_text("{{ broken")
    found = faults(templates, locales)
    assert len(found) == 1
    assert "member/help.txt" in found[0]
