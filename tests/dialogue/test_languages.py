"""In which language an author is written to: never the reporter's, in two where it stays open (R080, leak 10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.adapters import profiles
from outreach.adapters.rendering import Letters
from outreach.config import places
from outreach.domain.identity import Account, Platform
from outreach.domain.letters import Audience
from outreach.domain.posts import Post, Visibility
from outreach.services.languages import Tongues, of_author
from outreach.services.settings import Settings
from tests.dialogue.talk import Community, People, begins, request

PROFILE = profiles.shipped(places.profiles(), "cooperative")
HERE = Account(Platform.FEDIVERSE, "dave@x.example")
AWAY = Account(Platform.FEDIVERSE, "dave@away.example")
POST = Post(Platform.FEDIVERSE, "u", "l", "1", HERE, "2025-11-03", Visibility.PUBLIC, "soup")
GERMAN = "Ich habe heute wirklich viel gegessen und es war sehr gut"
ENGLISH = "I have eaten so much today and it was very good for me"


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(places.templates(), places.locales(), ["en", "de", "fr"], {}, "UTC", PROFILE)


@pytest.mark.parametrize(
    ("traits", "chosen", "chain", "sure"),
    [
        ({"language": "fr"}, "", "fr en de", True),
        ({"language": "fr-CA"}, "", "fr en de", True),
        ({"language": "fr"}, "de", "de en fr", True),
        ({"language": "fr", "parent": "p"}, "", "en de fr", True),
        ({"text": GERMAN}, "", "de en fr", True),
        ({"text": GERMAN, "language": "de"}, "", "de en fr", True),
        ({"text": GERMAN, "language": "fr", "parent": "p"}, "", "de en fr", True),
        ({"text": GERMAN, "language": "en"}, "", "de en fr", False),
        ({"text": GERMAN, "language": "en"}, "fr", "fr en de", True),
        ({}, "", "en de fr", True),
        ({"language": "tlh"}, "", "en de fr", True),
        ({"author": AWAY}, "", "en de fr", False),
        ({"author": AWAY, "language": "fr", "parent": "p"}, "", "en fr de", False),
        ({"author": AWAY, "language": "fr"}, "", "fr en de", True),
        ({"author": AWAY}, "de", "de en fr", True),
    ],
)
def test_of_author(letters: Letters, traits: dict[str, str], chosen: str, chain: str, sure: bool) -> None:
    settings = Settings(PROFILE, languages=("en", "de", "fr"), hosts=frozenset({"x.example"}))
    found = of_author(replace(POST, **traits), chosen, settings, letters)  # type: ignore[arg-type]
    assert found == Tongues(tuple(chain.split()), sure)


def test_one_language_is_always_enough(letters: Letters) -> None:
    settings = Settings(PROFILE, languages=("en",), hosts=frozenset())
    assert of_author(replace(POST, author=AWAY), "", settings, letters) == Tongues(("en",))


@pytest.mark.asyncio(loop_scope="package")
async def test_a_letter_in_two_languages_until_the_author_s_words_settle_it(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    post = town.strict.post(dave.name, GERMAN, language="en")
    await request(ada, post["url"])
    await town.wait(hours=20)
    german, english = await dave.heard()
    assert begins(town, german, "first_contact", Audience.RECIPIENT, "de") and german.endswith("(1/2)")
    assert begins(town, english, "first_contact", Audience.RECIPIENT) and english.endswith("(2/2)")
    sent = [status.now for status in town.strict.world.statuses.values() if "/2)" in status.now.text]
    assert [(each.language, each.text[-5:]) for each in sent] == [("de", "(1/2)"), ("en", "(2/2)")]
    why = await dave.say("why", reply=True)
    assert [begins(town, text, "why", Audience.RECIPIENT, code) for text, code in zip(why, ["de", "en"], strict=True)]
    (no,) = await dave.say("Das ist mir zu viel, ich lasse es so und fertig", reply=True)
    assert not no.endswith("/2)")


@pytest.mark.asyncio(loop_scope="package")
async def test_the_preview_shows_both(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    post = town.strict.post(dave.name, GERMAN, language="en")
    await ada.say(post["url"])
    await ada.say("agree")
    (preview,) = await ada.say("1 food")
    assert "Hallo vom Hilfsbot" in preview and "Hello from the helper bot" in preview
    assert "In your language that says" not in preview
