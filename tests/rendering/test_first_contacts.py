"""No wording of a first letter changes without somebody having read the change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.languages import SHIPPED
from tests.rendering import first_contacts
from tests.rendering.conftest import make, spoil


@pytest.mark.parametrize("language", SHIPPED)
def test_each_language_says_what_was_read(speaking: Callable[[str], Letters], language: str) -> None:
    changed = first_contacts.difference(language, first_contacts.said(speaking(language), language))
    assert not changed, f"see python -m tests.rendering.first_contacts {language}"


def test_every_file_belongs_to_a_language() -> None:
    files = {path.name for path in first_contacts.GOLDEN.glob("first_contact.*.txt")}
    assert files >= {first_contacts.golden(language).name for language in SHIPPED}


def test_a_changed_word_is_seen(copies: tuple[Path, Path]) -> None:
    spoil(copies[0] / "parts" / "choices.txt", "no, human", "no, howto")
    changed = first_contacts.difference("en", first_contacts.said(make(*copies), "en"))
    assert any(line.startswith("+") and "howto" in line for line in changed.splitlines())


def test_nothing_is_written_but_what_was_shown(
    letters: Letters, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(first_contacts, "GOLDEN", tmp_path)
    monkeypatch.setattr(first_contacts, "make_one", lambda *_: letters)
    assert first_contacts.main("en") == 1
    shown = capsys.readouterr().out
    assert "+=== cw food may" in shown
    assert first_contacts.main("en", "0" * 8) == 1 and list(tmp_path.iterdir()) == []
    text = first_contacts.said(letters, "en")
    assert first_contacts.mark(text) in shown
    assert first_contacts.main("en", first_contacts.mark(text)) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["first_contact.en.txt"]
    assert first_contacts.main("en") == 0
