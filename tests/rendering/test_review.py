"""Nobody has checked: told wherever it is read, and a sanction comes with its English original (requirements, 4.7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import path_of, read_file, review_of
from outreach.adapters.rendering.samples import sample
from outreach.adapters.rendering.upkeep import update
from outreach.domain.letters import LETTERS, SANCTIONS, Audience
from outreach.services.versions import versions
from tests.rendering.conftest import make, spoil

REVIEWED = "# reviewed: Mia Muster, 2026-11-30\n"


def review(locales: Path, language: str) -> None:
    path = path_of(locales, language)
    path.write_text(path.read_text("utf-8").replace("# unreviewed\n", REVIEWED), "utf-8")


def test_sanctions_are_letters() -> None:
    assert LETTERS[Audience.RECIPIENT].keys() >= SANCTIONS


@pytest.mark.parametrize("name", sorted(SANCTIONS))
def test_an_unreviewed_sanction_is_followed_by_the_english(letters: Letters, name: str) -> None:
    letter = sample(Audience.RECIPIENT, name)
    german, original = versions(letters, Audience.RECIPIENT, letter, ("de", "en"))
    english = letters.render(Audience.RECIPIENT, letter, ["en"]).text
    assert german.language == original.language == "de"
    assert german.text == letters.render(Audience.RECIPIENT, letter, ["de"]).text
    assert all(f"> {line}".rstrip() in original.text.splitlines() for line in english.splitlines())


def test_what_is_reviewed_english_or_no_sanction_stands_alone(letters: Letters, copies: tuple[Path, Path]) -> None:
    decision = sample(Audience.RECIPIENT, "decision")
    assert len(versions(letters, Audience.RECIPIENT, decision, ("en",))) == 1
    assert len(versions(letters, Audience.RECIPIENT, sample(Audience.RECIPIENT, "why"), ("de",))) == 1
    assert len(versions(letters, Audience.RECIPIENT, decision, ("de", "en"), sure=False)) == 2
    assert len(versions(letters, Audience.RECIPIENT, decision, ("de", "fr"), sure=False)) == 3
    review(copies[1], "de")
    reviewed = make(*copies)
    assert len(versions(reviewed, Audience.RECIPIENT, decision, ("de",))) == 1
    assert reviewed.reviewed(Audience.RECIPIENT, "decision", "de")
    assert not reviewed.reviewed(Audience.RECIPIENT, "decision", "fr")
    assert reviewed.reviewed(Audience.RECIPIENT, "decision", "en")


def test_one_unreviewed_message_makes_a_letter_unreviewed(copies: tuple[Path, Path]) -> None:
    review(copies[1], "de")
    place = "#: templates/recipient/who.txt"
    spoil(path_of(copies[1], "de"), REVIEWED + place, "# unreviewed\n" + place)
    letters = make(*copies)
    assert not letters.reviewed(Audience.RECIPIENT, "who", "de")
    assert letters.reviewed(Audience.RECIPIENT, "why", "de")


def test_a_change_of_the_english_makes_it_unreviewed_again(copies: tuple[Path, Path]) -> None:
    review(copies[1], "de")
    path = copies[0] / "recipient" / "who.txt"
    spoil(path, "it was one friendly wish", "it was a friendly wish")
    assert any(line.startswith("de: 1 missing") for line in update(copies[0], copies[1]))
    states = [review_of(message) for message in read_file(path_of(copies[1], "de"), "de") if message.id]
    assert states.count("unreviewed") == 1
    assert states.count(REVIEWED[2:-1]) == len(states) - 1
