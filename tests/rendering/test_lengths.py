"""Every letter fits one post or is cut where its language may be cut, with the longest values, as servers count."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from outreach.adapters.fediverse import length
from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.languages import SHIPPED
from outreach.adapters.rendering.samples import sample, worst
from outreach.domain.letters import LETTERS, Audience
from tests.rendering import pseudo
from tests.rendering.conftest import TEMPLATES, make_one

LIMIT = 500
HANDLE = "a" * 30 + "@a-very-long-server-name.of-some.example"
SERVER = Capabilities(flavour=Flavour.MASTODON, max_characters=LIMIT)
NUMBERED = " (10/12)"
OUTSIDE = (Audience.MEMBER, Audience.RECIPIENT)
#: What a part may end with when it is not the end of a word.
SIGNS = "。！？、，；"


def parts_of(text: str, subject: str) -> tuple[str, ...]:
    return length.split(text, HANDLE, len(subject), SERVER)


def check(text: str, subject: str) -> int:
    """That a letter is cut well; returns the number of its parts."""
    parts = parts_of(text, subject)
    for part in parts:
        counted = length.count(part + (NUMBERED if len(parts) > 1 else ""), Flavour.MASTODON)
        assert counted + length.handle_count(HANDLE, Flavour.MASTODON) + len(subject) <= LIMIT, part
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text), "no letter of it is lost"
    rest = text
    for part in parts:
        before, found, rest = rest.partition(part)
        assert found and not before.strip(), part
        if rest.strip() and len(max(re.split(rf"\s|(?<=[{SIGNS}])", part), key=len)) < 60:
            assert rest[0].isspace() or part[-1] in SIGNS, (part[-20:], rest[:20])
    return len(parts)


@pytest.mark.parametrize("language", SHIPPED)
def test_every_letter_is_cut_well(speaking: Callable[[str], Letters], language: str) -> None:
    letters, most = speaking(language), 0
    for audience in OUTSIDE:
        for name in LETTERS[audience]:
            for letter in (sample(audience, name), worst(audience, name)):
                rendered = letters.render(audience, letter, [language])
                most = max(most, check(rendered.text, rendered.subject))
    assert most > 1, "the test sees letters that are cut"


def test_a_language_far_longer_than_english_is_cut_well(tmp_path_factory: pytest.TempPathFactory) -> None:
    locales = tmp_path_factory.mktemp("locales")
    pseudo.make(TEMPLATES, locales)
    letters = make_one(TEMPLATES, pseudo.LONG, locales)
    for name in LETTERS[Audience.RECIPIENT]:
        rendered = letters.render(Audience.RECIPIENT, sample(Audience.RECIPIENT, name), [pseudo.LONG])
        check(rendered.text.replace("~" * 10, "~ ~ ~ ~ ~ "), rendered.subject)


@pytest.mark.parametrize(
    "text",
    [
        "投稿を消さなくても大丈夫です。" * 60,
        "請您在方便的時候看一看這則貼文，" * 60,
        "คุณไม่ต้องรีบ ตอบเมื่อพร้อม " * 40,
        "👩‍👩‍👧‍👦 " * 300,
        "ไม่ต้องรีบ" * 100,
    ],
)
def test_scripts_without_blanks_are_cut_where_they_may_be(text: str) -> None:
    check(text.strip(), "About your post")
