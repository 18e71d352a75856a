"""The shipped words in three languages, and copies of them in which a fault can be planted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from outreach.adapters import profiles
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.checks import Known
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
LOCALES = ROOT / "locales"
LANGUAGES = ("en", "de", "fr")
PROFILE = profiles.shipped(ROOT / "outreach" / "profiles", "cooperative")


def make(
    templates: Path = TEMPLATES, locales: Path = LOCALES, more: Mapping[str, str] = AMBIENT_SAMPLE, **facts: str
) -> Letters:
    return Letters(templates, locales, LANGUAGES, {**AMBIENT_SAMPLE, **more, **facts}, "Europe/Berlin", PROFILE)


def make_one(templates: Path, language: str, locales: Path = LOCALES) -> Letters:
    """One language alone, and English."""
    return Letters(templates, locales, [language], AMBIENT_SAMPLE, "Europe/Berlin", PROFILE)


@pytest.fixture(scope="session")
def letters() -> Letters:
    return make()


@pytest.fixture(scope="session")
def speaking(letters: Letters) -> Callable[[str], Letters]:
    """Any language alone, on templates that are compiled once."""

    def one(language: str) -> Letters:
        made = make_one(TEMPLATES, language)
        made._templates = letters._templates
        return made

    return one


@pytest.fixture(scope="session")
def known() -> Known:
    return Known.read(TEMPLATES, LOCALES)


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """Templates and locales that a test may spoil."""
    templates, locales = tmp_path / "templates", tmp_path / "locales"
    shutil.copytree(TEMPLATES, templates)
    for language in LANGUAGES:
        shutil.copytree(LOCALES / language, locales / language)
    return templates, locales


def spoil(path: Path, before: str, after: str) -> None:
    """Plant a fault; fails if there is nothing to spoil."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
