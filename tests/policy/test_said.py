"""What letters say comes from the profile: whole in one language, own words where a community has its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE, sample
from outreach.config import places
from outreach.domain.letters import Audience
from outreach.ports import Rendered
from tests.policy.conftest import Own, load

SPIDERS = """
[clauses."spiders.posts"]
source = "outreach"
topic = "visibility"
strength = "should"
text = { en = "A warning on spiders", de = "Eine Warnung vor Spinnen" }
why = { en = "Spiders come as a surprise.", de = "Spinnen überraschen." }

[labels.spiders]
clause = "spiders.posts"
name = { en = "spiders", de = "Spinnen" }
words = { en = "spiders, spider", de = "spinnen, spinne" }
lived = true
"""

Open = Callable[[Path], Letters]


def opened(path: Path) -> Letters:
    languages = ["en", "de", "fr"]
    return Letters(places.templates(), places.locales(), languages, AMBIENT_SAMPLE, "UTC", load(path))


def why(letters: Letters, *languages: str, **chosen: str) -> Rendered:
    return letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "why", **chosen), languages)


def test_a_letter_says_the_rule_and_its_reason(own: Own) -> None:
    letters = opened(own(""))
    said = why(letters, "en", ask="cw", label="food").text
    assert "Pictures and talk of food are hard" in said and "The rule: “A warning on food and meals”" in said
    said = why(letters, "de", ask="alt-text").text
    assert "Die Regel: „Eine Beschreibung für Bilder“" in said


def test_own_words_serve_in_the_languages_they_are_in(own: Own) -> None:
    letters = opened(own(SPIDERS))
    chosen = {"ask": "cw", "label": "spiders", "strength": "should"}
    german = why(letters, "de", **chosen)
    assert german.language == "de" and "Spinnen überraschen." in german.text and "Warnung vor Spinnen" in german.text
    french = why(letters, "fr", **chosen)
    assert french.language == "en" and "Spiders come as a surprise." in french.text and "règle" not in french.text
    assert why(letters, "fr", "de", **chosen).language == "de"
    assert why(letters, "fr", ask="cw", label="food").language == "fr"
    first = letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, "first_contact", **chosen), ["de"])
    assert "“Spinnen”" in first.text or "„Spinnen“" in first.text
    assert "meins" in first.text


def test_a_label_named_in_a_menu_has_to_have_its_name(own: Own) -> None:
    letters = opened(own(SPIDERS))
    menu = sample(Audience.MEMBER, "label_menu", labels="food spiders")
    assert letters.render(Audience.MEMBER, menu, ["de"]).language == "de"
    assert letters.render(Audience.MEMBER, menu, ["fr"]).language == "en"
    assert (
        letters.render(Audience.MEMBER, sample(Audience.MEMBER, "label_menu", labels="food"), ["fr"]).language == "fr"
    )
    assert letters.complete(Audience.MEMBER, "label_menu", "de")
    assert not letters.complete(Audience.MEMBER, "label_menu", "fr")


def test_a_reworded_rule_is_no_longer_what_the_catalogs_translate(own: Own) -> None:
    letters = opened(own("[clauses.'food.posts']\nwhy = 'We have a feast every day.'"))
    assert why(letters, "de", ask="cw", label="food").language == "en"
    assert why(letters, "de", ask="cw", label="pol").language == "de"
    letters = opened(own("[clauses.'food.posts']\nwhy = { en = 'A feast every day.', de = 'Jeden Tag ein Fest.' }"))
    assert "Jeden Tag ein Fest." in why(letters, "de", ask="cw", label="food").text


@pytest.mark.parametrize(
    ("word", "language", "label"),
    [
        ("Spinne", "de", "spiders"),
        ("spinne", "en", None),
        ("spider", "de", "spiders"),
        ("spiders", "fr", "spiders"),
        ("depol", "fr", "pol"),
        ("scat", "en", None),
        ("👍", "en", None),
    ],
)
def test_words_of_labels_are_those_of_the_profile(own: Own, word: str, language: str, label: str | None) -> None:
    letters = opened(own('remove = ["labels.scat"]\n' + SPIDERS))
    assert letters.label(word, [language]) == label
