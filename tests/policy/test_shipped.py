"""The profiles that come with the program: what the sources say is in them, in our own words, for all to read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.pofile import read_po

from outreach.adapters.rendering.catalogs import key_of
from outreach.adapters.rendering.policy_texts import TEXTS
from outreach.config import places
from outreach.domain.asks import Ask, Strength
from outreach.domain.identity import Platform
from outreach.domain.profile import Profile
from tests.policy.conftest import SHIPPED

Profiles = dict[str, Profile]
EACH = pytest.mark.parametrize("name", SHIPPED)

#: The requirements that are data, and the profiles that hold each.
NUMBERS = {
    "cooperative": [*range(1, 13)],
    "instance": [7, 8, *range(44, 66)],
    "branches": [*range(89, 102), *range(121, 125)],
}

LABELS = {
    "may": {"food", "ec", "pol"},
    "should": {"mh", "nudity", "suggestive", "blood", "scat", "war", "climate"},
    "shall": {"violence", "lewd", "flashing"},
}
LIVED = {"mh", "pol", "violence", "war", "blood", "nudity"}

#: R059 to R065, one row each: clause, level, strength, labels, strength of the sensitive mark.
TOPICS = [
    ("integrity.medical", "restricted", "should", (), None),
    ("integrity.mental-health", "restricted", "should", ("mh",), None),
    ("integrity.violence", "restricted", "shall", ("violence",), "shall"),
    ("integrity.abuse", "restricted", "shall", (), None),
    ("nudity.private-parts", "restricted", "should", ("nudity",), None),
    ("nudity.torso", "restricted", "may", ("nudity",), None),
    ("nudity.not-sexual", "unrestricted", "may", (), None),
    ("nudity.erotic", "restricted", "shall", ("nudity", "lewd"), "shall"),
    ("nudity.pictures", "restricted", "should", ("nudity",), "should"),
    ("nudity.minors", "prohibited", "shall", (), None),
    ("sexuality.suggestive", "restricted", "should", ("suggestive", "lewd"), "should"),
    ("sexuality.general", "restricted", "should", (), None),
    ("sexuality.explicit", "restricted", "shall", ("lewd",), "shall"),
    ("sexuality.minors", "prohibited", "shall", (), None),
    ("emissions.blood", "restricted", "should", ("blood",), "should"),
    ("emissions.urine", "restricted", "should", (), None),
    ("emissions.faeces", "restricted", "should", ("scat",), "should"),
    ("emissions.ejaculate", "restricted", "shall", (), "shall"),
    ("threats.war", "restricted", "should", ("war",), None),
    ("threats.climate", "restricted", "should", ("climate",), None),
    ("threats.other", "restricted", "should", (), None),
    ("politics.posts", "restricted", "may", ("pol",), None),
    ("food.posts", "restricted", "may", ("food",), "may"),
    ("eyes.contact", "restricted", "may", ("ec",), "may"),
]

#: X01 to X24 and the presets of 1.4: the key, and its value in each profile.
KEYS: list[tuple[str, Any, Any, Any]] = [
    ("decision.mode", "judgement", "ladder", "table"),
    ("procedure.history", "notes", "contacts", "index"),
    ("procedure.first_contact", "member", "team", "noticer"),
    ("procedure.public_notice", "confirm", "off", "on"),
    ("sla.first_response", "24h", "24h", "24h"),
    ("appeal.window", "6mo", "6mo", "6mo"),
    ("appeal.ef", "internal", "internal", "legal_only"),
    ("minor.nudity_lt", 18, 18, 18),
    ("minor.sexuality_lt", 18, 16, 18),
    ("membership.min_age", 0, 0, 14),
    ("procedure.account_delete", "off", "two_mods", "off"),
    ("restricted.unlabelled", "may_remove", "may_remove", "may_remove"),
    ("clocks.cap", "76h", "76h", "76h"),
    ("decision.exits", ("drop", "mediation"), ("drop", "mediation"), ("drop", "exception", "mediation")),
    ("class_f.duty_to_report", True, True, True),
    ("report_abuse.hint_after", 5, 5, 5),
    ("reporter.visible_to", "team", "team", "delegations"),
    ("log.visibility", "team", "git", "staff"),
    ("procedure.staff_locale", "community", "en", "en"),
    ("procedure.user_locale", "own", "own", "branch"),
    ("recuse.same_branch_as_offended", False, False, False),
    ("stop.mute", "until_end", "until_end", "until_end"),
    ("plan.index_per", "incident", "incident", "incident"),
    ("harassment.min_stop_requests", 1, 2, 1),
    ("spam.max_promos_per_day", None, None, None),
    ("evidence.context_posts", 2, 2, 2),
    ("procedure.options_menu", True, False, False),
    ("procedure.proxy_outreach", "on", "on", "delegation"),
    ("procedure.wording", "plain", "graded", "order"),
    ("procedure.cure_window", "48h", "48h", None),
    ("procedure.acknowledge", True, True, True),
    ("procedure.reporter_outcome", "full", "generic", "generic"),
    ("procedure.votes", False, False, True),
    ("procedure.branches", False, False, True),
    ("procedure.stop_orders", False, False, True),
    ("procedure.remote_contact", False, True, False),
]


@EACH
def test_every_requirement_that_is_data_is_carried_by_a_key(name: str) -> None:
    files = [places.profiles() / f"{name}.toml", places.profiles() / "shared" / "labels.toml"]
    lines = [line for file in files for line in file.read_text().splitlines() if not line.startswith("#")]
    carried = {int(number) for line in lines for number in re.findall(r"R(\d{3})", line)}
    assert set(NUMBERS[name]) - carried == set()


@EACH
def test_every_source_has_a_licence_and_every_rule_a_source_and_a_number(shipped: Profiles, name: str) -> None:
    profile = shipped[name]
    assert profile.sources["code-of-conduct"].licence == "CC-BY-SA-4.0"
    assert profile.sources["code-of-conduct"].adapted_from == "social.coop v3.1"
    for clause in profile.clauses.values():
        assert clause.source in profile.sources and clause.rules, clause
        assert all(re.fullmatch(r"R\d{3}", rule) for rule in clause.rules)


@EACH
def test_labels_asks_and_their_strengths(shipped: Profiles, name: str) -> None:
    profile = shipped[name]
    for strength, labels in LABELS.items():
        assert {label for label in profile.labels if profile.strength_of(Ask.CW, label) == strength} == labels
    assert {label for label in profile.labels if profile.lived(label)} == LIVED
    assert profile.strength_of(Ask.CW) is Strength.SHOULD
    assert {ask for ask in Ask if profile.strength_of(ask) is Strength.MAY} == {
        *(Ask.ALT_TEXT, Ask.CAPTIONS, Ask.READABLE_TAGS, Ask.UNLIST)
    }
    assert profile.asks_on(Platform.MATRIX) == {Ask.EDIT, Ask.REDACT}
    assert profile.asks_on(Platform.FEDIVERSE) == frozenset(Ask) - {Ask.REDACT}


@pytest.mark.parametrize("row", TOPICS, ids=lambda row: str(row[0]))
def test_one_row_of_the_visibility_guideline(shipped: Profiles, row: tuple[Any, ...]) -> None:
    clause = shipped["instance"].clauses[row[0]]
    assert (clause.level, clause.strength, clause.labels, clause.sensitive) == row[1:]


def test_what_is_prohibited_goes_to_humans_at_once_and_leaves_no_copy(shipped: Profiles) -> None:
    cooperative, instance = shipped["cooperative"].clauses, shipped["instance"].clauses
    for clause in (cooperative["sharing.minors"], cooperative["sharing.without-consent"], instance["nudity.minors"]):
        assert clause.urgent and clause.keep_no_copy
    assert all(cooperative[name].urgent for name in ("sharing.bigotry", "sharing.private-data", "conduct.violence"))
    assert instance["law.illegal"].flag == "illegal_de" and instance["law.illegal"].urgent
    assert instance["sexuality.own-abuse"].edge and not instance["sexuality.own-abuse"].labels


def test_a_description_may_never_be_demanded(shipped: Profiles) -> None:
    for profile in shipped.values():
        assert profile.permits("access.alt-text", Strength.MAY)
        assert not profile.permits("access.alt-text", Strength.SHOULD)
        assert not profile.permits("access.alt-text", Strength.SHALL)


def test_the_draft_names_its_gaps(shipped: Profiles) -> None:
    assert {name for name, topic in shipped["instance"].topics.items() if topic.gap} == {
        *("spam", "automated", "frequency")
    }


@pytest.mark.parametrize(("key", "wanted"), [(key, values) for key, *values in KEYS], ids=[key for key, *_ in KEYS])
def test_each_open_question_has_a_key_and_its_defaults(shipped: Profiles, key: str, wanted: list[Any]) -> None:
    table, field = key.split(".")
    assert [getattr(getattr(shipped[name], table), field) for name in SHIPPED] == wanted


@EACH
def test_every_text_is_in_the_catalogs(shipped: Profiles, name: str) -> None:
    with (places.locales() / "outreach.pot").open("rb") as file:
        known = {key_of(message) for message in read_po(file) if message.id}
    contexts = {**TEXTS, ("labels", "words"): "words"}
    for table, key, text in shipped[name].texts():
        assert (contexts[table, key], str(text)) in known, text


@EACH
def test_rules_leave_the_strength_to_the_strength(shipped: Profiles, name: str) -> None:
    for clause in shipped[name].clauses.values():
        assert not re.search(r"\b(?:may|should|shall|must|can't)\b", clause.text), clause.text


@EACH
def test_no_reason_names_who_suffers(shipped: Profiles, name: str) -> None:
    group = (
        r"(?i)\b(?:blind|deaf|epilep\w*|autis\w*|neurodiv\w*|disab\w*|traum\w*|survivors?|victims?|disorder|ill|queer)"
    )
    for clause in shipped[name].clauses.values():
        assert not re.search(group, f"{clause.reason} {clause.why}"), clause
        assert "@" not in clause.text and "#" not in clause.text


def test_the_text_of_a_class_is_neutral(shipped: Profiles) -> None:
    classes = shipped["branches"].classes
    assert list(classes) == [*"ABCDEF"]
    assert [name for name, each in classes.items() if not each.appeal] == ["E", "F"]
    assert [name for name, each in classes.items() if each.authorities] == ["F"]
    slang = r"(?i)\b(?:shit\w*|dick\w*|ass\w*|wiener|tantrum\w*|p(?:a|ae)edo\w*|rapist)\b"
    assert not any(re.search(slang, each.text) for each in classes.values())


def test_the_version_names_the_profile_and_changes_with_its_content(shipped: Profiles) -> None:
    versions = {profile.version for profile in shipped.values()}
    assert len(versions) == 3
    assert all(re.fullmatch(r"\w+ \d{4}-\d\d-\d\d [0-9a-f]{8}", version) for version in versions)
