"""Letters about rules and decisions: whole or refused, each strength in its own words, and short (R017, R054, R073)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.adapters.fediverse import length
from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.messages import noted_in, notes_in
from outreach.adapters.rendering.names import GROUPS
from outreach.adapters.rendering.samples import sample, variants
from outreach.adapters.rendering.templates import BUILT_OF, BadTemplate, source_of, trees_of
from outreach.domain import effects as fx
from outreach.domain.asks import Strength
from outreach.domain.errors import IncompleteLetter
from outreach.domain.identity import RequestId
from outreach.domain.letters import LETTERS, Audience, Letter
from outreach.domain.parts import COOPERATIVE, MEASURES, REQUIRED, Part
from tests.rendering.conftest import LANGUAGES, TEMPLATES, make, spoil

OUTSIDE = (Audience.MEMBER, Audience.RECIPIENT, Audience.ROOM)
EACH = pytest.mark.parametrize(("audience", "name"), list(REQUIRED), ids=lambda value: str(value))
GOLDEN = Path(__file__).parent / "golden" / "rules_and_decisions.en.txt"

#: Regulation (EU) 2022/2065, Article 17(3)(a) to (f), by our variables.
ARTICLE_17 = {
    *("measure", "territory", "term", "until"),
    *("facts", "trigger"),
    "automation",
    *("ground", "rule", "why"),
    *("redress", "appeal_until"),
}

#: Of each strength: what is asked, how binding it is, what follows.
MODALITY = {
    "en": {
        "may": ("suggestion", "You may leave", "Nothing follows"),
        "should": ("recommend", "should be done", "may follow"),
        "shall": ("require", "must be done", "will follow"),
    },
    "de": {
        "may": ("Vorschlag", "Du kannst es so lassen", "folgt nichts"),
        "should": ("empfehlen", "sollte", "kann das hier folgen"),
        "shall": ("verlangen", "muss sein", "folgt das hier"),
    },
    "fr": {
        "may": ("suggestion", "vous pouvez le laisser", "découle rien"),
        "should": ("recommandons", "devrait", "peut suivre"),
        "shall": ("exigent", "doit se faire", "suivra"),
    },
}

#: Groups of people who may suffer from a post: a reason that names them points at who asked (design, section 7).
SUFFERING = re.compile(
    r"(?i)\b(?:epilep|blind|deaf|autis|disab|surviv|trauma|addict|anorexi|women|queer|trans(?:gender)?\b|refugee"
    r"|épilep|aveugle|sourde?s?\b|handicap|femmes|réfugié|gehörlos|taub\b|behinder|betroffene|frauen|geflüchtet)"
)

#: Letters with a reason to be longer than one post of a fediverse server; the preview is known to take two.
LONG = {
    *("notice_more", "help", "preview", "direct_help", "direct_words", "appeal_decided", "decision"),
    *("problem_post", "recommendation", "mandatory", "disengage", "apology_request"),
}


def without(letter: Letter, part: str, value: str = "") -> Letter:
    return Letter(letter.name, {**letter.values, part: value})


def whole(audience: Audience, name: str, part: Part) -> Letter:
    """A letter in which this part is required."""
    return sample(audience, name, **dict(part.only))


@EACH
def test_a_letter_without_one_of_its_parts_is_refused_by_its_name(
    letters: Letters, audience: Audience, name: str
) -> None:
    for part in REQUIRED[audience, name]:
        letter = whole(audience, name, part)
        assert letters.render(audience, letter, ["en"]).text
        for nothing in ("", " \n"):
            with pytest.raises(IncompleteLetter, match="is missing") as refused:
                letters.render(audience, without(letter, part.name, nothing), ["en"])
            assert refused.value.part == part.name
            assert refused.value.letter == f"{audience}/{name}"
        gone = Letter(name, {key: value for key, value in letter.values.items() if key != part.name})
        with pytest.raises(IncompleteLetter, match=part.name):
            letters.render(audience, gone, ["en"])


@EACH
def test_each_word_of_a_part_is_said_in_words_of_its_own(
    letters: Letters, monkeypatch: pytest.MonkeyPatch, audience: Audience, name: str
) -> None:
    for part in (each for each in REQUIRED[audience, name] if len(each.words) > 1):
        letter = whole(audience, name, part)
        said = {word: letters.render(audience, without(letter, part.name, word), ["en"]).text for word in part.words}
        with pytest.raises(IncompleteLetter, match="can't be 'other_word'"):
            letters.render(audience, without(letter, part.name, "other_word"), ["en"])
        with monkeypatch.context() as unchecked:
            unchecked.setattr("outreach.adapters.rendering.templates.check_parts", lambda *_: None)
            nothing = letters.render(audience, without(letter, part.name, "other_word"), ["en"]).text
        if (audience, part.name) == (Audience.MEMBER, "detail"):
            assert said.pop("generic") == nothing, "the result alone, without more detail"
        assert nothing not in said.values(), part.name
        assert len(set(said.values())) == len(said), part.name


def test_a_decision_has_every_field_of_article_17(letters: Letters) -> None:
    assert {part.name for part in REQUIRED[Audience.RECIPIENT, "decision"]} == ARTICLE_17 | {"role"}
    letter = sample(Audience.RECIPIENT, "decision", redress="court")
    text = letters.render(Audience.RECIPIENT, letter, ["en"]).text
    assert "An appeal to us is not possible." in text and "You can go to court." in text
    assert "You can appeal" not in text


def test_nothing_incomplete_is_even_decided() -> None:
    good = sample(Audience.RECIPIENT, "decision")
    assert fx.Message(fx.ToRecipient(), good).letter is good
    with pytest.raises(IncompleteLetter, match="recipient/decision: facts is missing"):
        fx.Message(fx.ToRecipient(), without(good, "facts"))
    with pytest.raises(IncompleteLetter, match="member/decision: result"):
        fx.Message(fx.ToMember(RequestId("r")), without(sample(Audience.MEMBER, "decision"), "result"))


@pytest.mark.parametrize("name", sorted(BUILT_OF))
def test_a_template_that_loses_a_part_is_refused(copies: tuple[Path, Path], name: str) -> None:
    path = copies[0] / "recipient" / f"{name}.txt"
    text = path.read_text("utf-8")
    for part in BUILT_OF[name]:
        line = f'{{% include "parts/{part}.txt" %}}'
        inside = name == "problem_post" and part in ("request", "strength")
        path.write_text(text.replace(line, "", 1), "utf-8")
        with pytest.raises(BadTemplate, match=rf"recipient/{name}\.txt has lost parts/{part}\.txt"):
            make(*copies).render(Audience.RECIPIENT, sample(Audience.RECIPIENT, name), ["en"])
        assert line in text or inside


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("strength", list(Strength))
def test_each_strength_has_its_own_words(letters: Letters, language: str, strength: Strength) -> None:
    name = COOPERATIVE[strength]
    for letter in variants(Audience.RECIPIENT, name):
        text = letters.render(Audience.RECIPIENT, letter, [language]).text
        mild = letter.values["consequence"] == "none" and strength is not Strength.MAY
        for other, words in MODALITY[language].items():
            expected = words[: 2 if mild else 3] if other == strength else ()
            assert tuple(word for word in words if word in text) == expected, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggestion_threatens_nothing(letters: Letters, language: str) -> None:
    catalog = letters._catalogs[language]
    # a warning shares its word with the content warning that is suggested
    threats = [catalog.say("measure name", GROUPS["measure"][each]) for each in MEASURES if each != "warn"]
    letter = sample(Audience.RECIPIENT, "suggestion")
    text = letters.render(Audience.RECIPIENT, letter, [language]).text
    assert not any(threat in text for threat in threats)
    with pytest.raises(IncompleteLetter, match="consequence can't be 'ban', only none"):
        letters.render(Audience.RECIPIENT, without(letter, "consequence", "ban"), [language])


def test_a_suggestion_that_threatens_is_seen(copies: tuple[Path, Path]) -> None:
    spoil(copies[0] / "parts" / "consequence.txt", '% if strength == "may"', '% if strength == "never"')
    with pytest.raises(AssertionError):
        test_each_strength_has_its_own_words(make(*copies), "en", Strength.MAY)


@pytest.mark.parametrize("name", ["problem_post", "apology_request", "decision", "demand", *COOPERATIVE.values()])
def test_a_letter_of_the_moderators_says_how_to_check_and_answer_it(name: str) -> None:
    for language, genuine in (("en", "Genuine?"), ("de", "Echt?"), ("fr", "Vrai\u00a0?")):
        letter = sample(Audience.RECIPIENT, name)
        text = make().render(Audience.RECIPIENT, letter, [language]).text
        assert genuine in text.splitlines()[-1]
        assert genuine not in make(contact="").render(Audience.RECIPIENT, letter, [language]).text
        assert "loser.cafe" in text.splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reason_names_the_group_that_suffers(letters: Letters, language: str) -> None:
    for name in LETTERS[Audience.RECIPIENT]:
        for letter in variants(Audience.RECIPIENT, name):
            text = letters.render(Audience.RECIPIENT, letter, [language]).text
            assert not SUFFERING.search(text), (name, text)


def test_a_reason_that_names_a_group_is_seen(copies: tuple[Path, Path]) -> None:
    spoil(copies[0] / "parts" / "grounds.txt", "Flashing pictures can cause", "People with epilepsy get")
    with pytest.raises(AssertionError):
        test_no_reason_names_the_group_that_suffers(make(*copies), "en")


def english(letters: Letters) -> Iterator[tuple[str, str]]:
    for audience in OUTSIDE:
        for name in LETTERS[audience]:
            yield name, letters.render(audience, sample(audience, name), ["en"]).text


def test_english_letters_are_short_and_hold_one_link(letters: Letters) -> None:
    for name, text in english(letters):
        assert text.count("://") <= 1, text
        assert name in LONG or length.count(text, Flavour.MASTODON) <= 450, (name, text)


def test_choices_stand_in_the_last_part(letters: Letters) -> None:
    server = Capabilities(flavour=Flavour.MASTODON, max_characters=500)
    silent, seen = {"stop_over", "moderator_writes", "status_line", "answered_human", "forgotten"}, 0
    for name, text in english(letters):
        parts = length.split(text, "dave@loser.example", 20, server)
        words = {"".join(filter(str.isalpha, word)).casefold() for word in parts[-1].split()}
        seen += len(parts) > 1
        assert name in silent or any(letters.command(word, ["en"]) for word in words if word), (name, parts[-1])
    assert seen > 5


def test_the_words_of_rules_and_decisions_change_on_purpose_only(letters: Letters) -> None:
    """The file is changed by hand: nothing writes it, so that no change of wording goes unread."""
    said = [
        f"=== {audience}/{name}\n{letters.render(audience, sample(audience, name), ['en']).text}\n"
        for audience, name in REQUIRED
        if audience in OUTSIDE
    ]
    assert "\n".join(said) == GOLDEN.read_text("utf-8")


def test_every_note_to_translators_stands_before_a_message() -> None:
    seen = 0
    for path in sorted(TEMPLATES.glob("*/*.txt")):
        name = path.relative_to(TEMPLATES).as_posix()
        source = source_of(TEMPLATES, name)
        told = [note for _, _, note in noted_in(next(trees_of(TEMPLATES, name)), source) if note]
        seen += len(told)
        assert len(told) == path.read_text("utf-8").count("l10n:") == len(notes_in(source)), name
    assert seen > 20
