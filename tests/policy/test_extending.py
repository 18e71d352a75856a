"""A community writes its own profile: it extends, overrides by key, removes, and says things in its own languages."""

from __future__ import annotations

from pathlib import Path

from outreach.config import load as load_config
from outreach.domain.asks import Ask, Strength
from outreach.domain.identity import Platform
from outreach.domain.profile import Profile
from tests.policy.conftest import Own, load
from tests.policy.test_faults import CONFIG


def test_what_is_not_said_is_as_it_was(own: Own, shipped: dict[str, Profile]) -> None:
    mine, theirs = load(own("[labels.food]\nlived = true")), shipped["cooperative"]
    assert mine.lived("food") and not theirs.lived("food")
    assert mine.labels["food"].words == theirs.labels["food"].words
    assert mine.clauses == theirs.clauses and mine.procedure == theirs.procedure
    assert mine.name == "own" and mine.version.startswith("own ") and mine.version != theirs.version


def test_a_later_file_overrides_an_earlier_one(own: Own) -> None:
    own("[minor]\nnudity_lt = 21", name="first", extends='["cooperative"]')
    own("[minor]\nsexuality_lt = 20", name="second", extends='["instance"]')
    minor = load(own("", extends='["first.toml", "second.toml"]')).minor
    assert (minor.nudity_lt, minor.sexuality_lt) == (18, 20)
    minor = load(own("", extends='["second.toml", "first.toml"]')).minor
    assert (minor.nudity_lt, minor.sexuality_lt) == (21, 18)
    minor = load(own("[minor]\nnudity_lt = 19", extends='["second.toml", "first.toml"]')).minor
    assert (minor.nudity_lt, minor.sexuality_lt) == (19, 18)


def test_what_two_extend_is_laid_down_once(own: Own, shipped: dict[str, Profile]) -> None:
    """`instance` words a consequence anew; `branches` after it must not bring the shared one back, but its own."""
    own("", name="quiet", extends='["shared/labels"]')
    both = load(own("", extends='["instance", "quiet.toml"]'))
    assert both.strengths[Strength.SHOULD].consequence == shipped["instance"].strengths[Strength.SHOULD].consequence
    both = load(own("", extends='["instance", "branches"]'))
    assert both.strengths[Strength.SHOULD].consequence == shipped["branches"].strengths[Strength.SHOULD].consequence
    assert both.discipline and "account.sandbox" in both.measures


def test_removal(own: Own) -> None:
    clause = "integrity.mental-health"
    mine = load(own(f'remove = ["labels.scat", "labels.mh", "clauses.emissions.faeces", "clauses.{clause}"]'))
    assert "scat" not in mine.labels and clause not in mine.clauses and "food" in mine.labels
    mine = load(own('remove = ["labels.suggestive"]'))
    assert mine.clauses["sexuality.suggestive"].labels == ("lewd",)
    again = 'remove = ["labels.food"]\n[labels.food]\nclause = "food.posts"\nname = "meals"\nwords = "meals"'
    assert load(own(again)).labels["food"].strength is None
    assert load(own(again)).strength_of(Ask.CW, "food") is Strength.MAY


def test_a_label_of_their_own(own: Own) -> None:
    text = """
[clauses."spiders.posts"]
source = "outreach"
topic = "visibility"
strength = "should"
text = { en = "A warning on spiders", de = "Eine Warnung vor Spinnen" }
why.en = "Many legs, many feelings."

[labels.spiders]
clause = "spiders.posts"
name = { en = "spiders", de = "Spinnen", pt-BR = "aranhas" }
words = { en = "spiders, spider", de = "spinnen, spinne" }
"""
    mine = load(own(text))
    label, clause = mine.labels["spiders"], mine.clause_of(Ask.CW, "spiders")
    assert (label.name, dict(label.name.own)) == ("spiders", {"de": "Spinnen", "pt_BR": "aranhas"})
    assert mine.strength_of(Ask.CW, "spiders") is Strength.SHOULD
    assert clause.text.own["de"] == "Eine Warnung vor Spinnen"
    assert mine.said_of(Ask.CW, "spiders", "why") == "Many legs, many feelings."
    assert mine.said_of(Ask.CW, "spiders", "reason") == mine.clauses["visibility.warning"].reason


def test_a_language_beside_a_shipped_text(own: Own, shipped: dict[str, Profile]) -> None:
    mine = load(own("[clauses.'server.1']\ntext.eo = 'Ĉiam kun averto'"))
    assert mine.clauses["server.1"].text == shipped["cooperative"].clauses["server.1"].text
    assert dict(mine.clauses["server.1"].text.own) == {"eo": "Ĉiam kun averto"}


def test_what_is_never_asked(own: Own) -> None:
    mine = load(own("[never_ask]\nlabels = ['food', 'ec']\nasks = ['delete', 'redact']"))
    assert mine.never_asks(Ask.CW, "food") and not mine.never_asks(Ask.CW, "pol") and mine.never_asks(Ask.DELETE)
    assert "food" not in mine.label_names and "food" in mine.labels
    assert mine.asks_on(Platform.MATRIX) == {Ask.EDIT}


def test_what_a_medium_is_not_asked(own: Own) -> None:
    mine = load(own("[asks.unlist]\non = []\n[asks.edit]\non = ['matrix']"))
    assert Ask.UNLIST not in mine.asks_on(Platform.FEDIVERSE) and Ask.EDIT not in mine.asks_on(Platform.FEDIVERSE)
    assert Ask.EDIT in mine.asks_on(Platform.MATRIX)


def test_patterns_of_labels(own: Own, shipped: dict[str, Profile]) -> None:
    theirs = shipped["cooperative"]
    assert {word: theirs.label_matching(word) for word in ("uspol", "depol", "pol", "1spol", "xuspol", "", "usp")} == {
        **dict.fromkeys(("uspol", "depol"), "pol"),
        **dict.fromkeys(("pol", "1spol", "xuspol", "", "usp")),
    }
    assert load(own("[labels.war]\npattern = 'war??'")).label_matching("warua") == "war"


def test_the_configuration_has_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "outreach.toml"
    path.write_text(CONFIG)
    plain = load_config(path).profile
    assert plain.membership.min_age == 14
    path.write_text(
        CONFIG
        + "[policy]\nenrol_after = '1d'\nremove = ['labels.ec']\nnever_ask = { labels = ['food'] }\n"
        + "[policy.membership]\nmin_age = 16\n[policy.sla]\nfirst_response = '6h'\n"
        + "[[policy.membership.steps]]\nsince = 2027-01-01\nmin_age = 18\n"
    )
    mine = load_config(path).profile
    assert (mine.membership.min_age, mine.sla.first_response, mine.never_ask.labels) == (16, "6h", ("food",))
    assert mine.membership.steps[0].min_age == 18
    assert "ec" not in mine.labels and "ec" in plain.labels
    assert mine.name == plain.name and mine.version != plain.version


def test_what_the_readme_shows_can_be_used_as_it_stands(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    blocks = readme.partition("## Rules of your own")[2].split("```toml\n")[1:3]
    overrides, profile = (block.partition("```")[0] for block in blocks)
    (tmp_path / "our-rules.toml").write_text(profile)
    path = tmp_path / "outreach.toml"
    path.write_text(CONFIG.replace("branches", f"{tmp_path}/our-rules.toml") + overrides)
    mine = load_config(path).profile
    assert mine.never_asks(Ask.CW, "food") and mine.lived("climate")
    assert mine.strength_of(Ask.CW, "spiders") is Strength.SHOULD and "scat" not in mine.labels
