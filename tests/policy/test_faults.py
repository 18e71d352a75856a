"""Every mistake in a profile is one sentence that names file, line and key; each is planted in a right one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.adapters.profiles import OVERRIDABLE, BadProfile
from outreach.adapters.profiles.lines import line_of
from outreach.config import load as load_config
from outreach.config import places
from outreach.config.tables import Policy
from outreach.ports import Misconfigured
from tests.policy.conftest import Own, load

#: What is written, the line of the mistake in it (the first is 2, below `extends`), and the sentence without its place.
FAULTS: list[tuple[str, int, str]] = [
    # no such key, no such value
    ("[lables.x]", 2, 'lables is not a key of a profile; did you mean "labels"?'),
    ("[procedure]\nack = true", 3, "procedure.ack is not a key of a profile; take it out; possible are account_delete"),
    ("[labels.food]\n\nlivd = true", 4, 'labels.food.livd is not a key of a profile; did you mean "lived"?'),
    ("[asks.dance]\non = []", 2, 'asks.dance is not known; use one of "cw", "sensitive"'),
    ("[strengths.must]", 2, 'strengths.must is not known; use one of "may", "should", "shall".'),
    (
        "[labels.food]\nstrength = 'must'",
        3,
        'labels.food.strength has a value it cannot have; use one of "may", "should"',
    ),
    (
        "[labels.food]\nlived = 'yes'",
        3,
        "labels.food.lived must be true or false, without quotes, but is text in quotes",
    ),
    ("[labels]\nfood = 'may'", 3, "labels.food must be a table; write its keys below its name in [ ]."),
    ("[asks.edit]\non = ['pager']", 3, 'asks.edit.on has a value it cannot have; use one of "fediverse", "matrix".'),
    ("[sla]\nfirst_response = 24", 3, "sla.first_response must be a length of time in quotes"),
    ("[sla]\nfirst_response = '0h'", 3, "sla.first_response must be a length of time in quotes"),
    ("[sla]\nremind_at = ['12h',\n  'noon']", 3, "sla.remind_at must be a length of time in quotes"),
    ("[clauses.x]\ntext = 'X'\nsource = 'outreach'\ntopic = 'food'", 2, "clauses.x.strength is missing; add it."),
    ("topics = 3", 2, "topics must be a table; write [topics]."),
    ("version = 3", 2, "version must be text in quotes; correct it there."),
    # texts
    ("[topics.food]\nname = 3", 3, "topics.food.name must be text in quotes, or a table of languages"),
    ("[topics.new]\nname.de = 'Neu'", 3, "topics.new.name lacks its English"),
    ("[topics.new]\nname = { en = 'New', German = 'Neu' }", 3, 'topics.new.name names the language "German"'),
    # names that must exist
    (
        "[clauses.x]\ntext = 'X'\nsource = 'me'\ntopic = 'food'\nstrength = 'may'",
        4,
        'source names "me", which no [sources]',
    ),
    ("[clauses.x]\ntext = 'X'\nsource = 'outreach'\ntopic = 'me'\nstrength = 'may'", 5, 'topic names "me", which no'),
    ("[labels.food]\nclause = 'fod'", 3, 'labels.food.clause names "fod", which no [clauses] has'),
    ("[labels.new]\nname = 'new'\nwords = 'new'", 2, "labels.new.clause is missing; add it."),
    ("[labels.New]\nclause = 'food.posts'\nname = 'n'\nwords = 'n'", 2, "labels.New is no short word"),
    ("[labels.new]\nclause = 'food.posts'\nname = 'n'\nwords = ''", 5, "labels.new.words is empty"),
    (
        "[labels.new]\nclause = 'food.posts'\nname = 'n'\nwords = 'n, Meal'",
        5,
        'labels.new.words has "meal", which means "food"',
    ),
    ("[clauses.'food.posts']\nlabels = ['foot']", 3, 'clauses."food.posts".labels names the label "foot"'),
    ("[never_ask]\nlabels = ['foot']", 3, 'never_ask.labels names "foot", which no [labels] has'),
    ("[never_ask]\nasks = ['dance']", 3, 'never_ask.asks has a value it cannot have; use one of "cw"'),
    ("[asks.edit]\nclause = 'x'", 3, 'asks.edit.clause names "x", which no [clauses] has'),
    ("[asks.edit]\nclause = 'server.5'", 3, 'asks.edit.clause names "server.5", which gives no reason'),
    ("[asks.alt-text]\non = ['matrix']", 3, 'asks.alt-text.on names "matrix", where nobody can do that'),
    ("[asks.alt-text]\nstrength = 'shall'", 3, "asks.alt-text.strength is stronger than its clause"),
    ("[labels.food]\nstrength = 'should'", 3, "labels.food.strength is stronger than its clause"),
    ("[sources.outreach]\nlicence = ' '", 3, "sources.outreach.licence is empty"),
    # removal
    ("remove = ['labels.none']", 2, 'remove names "labels.none", which nothing before it has'),
    ("remove = ['labels']", 2, 'remove names "labels", which nothing before it has'),
    ("remove = 'labels.food'", 2, "remove must be a list of texts"),
    ("remove = ['asks.edit']", 0, "asks.edit is missing; extend"),
    ("remove = ['clauses.food.posts']", 0, 'labels.food.clause names "food.posts", which no [clauses] has'),
    ("remove = ['sources.code-of-conduct']", 0, 'source names "code-of-conduct", which no [sources] has'),
    # numbers
    ("[minor]\nnudity_lt = -1", 3, "minor.nudity_lt is no age to come of"),
    ("[membership]\nmin_age = 99", 3, "membership.min_age is no age to come of"),
    ("[membership]\nsteps = [{ since = 2027-01-01, min_age = 99 }]", 3, "membership.steps has an age that is none"),
    ("[ballot]\nmajority = -1", 3, "ballot.majority is too small"),
    ("[harassment]\nmin_stop_requests = 0", 3, "harassment.min_stop_requests is too small"),
    ("[stop]\nmute_at_least = '25h'", 3, "stop.mute_at_least is longer than mute_at_most"),
]

OF_PLANS: list[tuple[str, int, str]] = [
    (
        "[classes.G]\ntext = 'More'",
        0,
        "plan.table.G is missing: the plan skips a class; add G = [ … ] to [plan.table].",
    ),
    ("[plan.table]\nG = ['ban']", 3, "plan.table.G is a row for no class; add [classes.G], or take it out."),
    ("[plan.table]\nA = []", 3, "plan.table.A is empty"),
    ("[plan.table]\nA = ['warn', 'hang']", 3, 'plan.table.A has the cell "hang"'),
    ("[plan.table]\nA = ['warn + warn']", 3, 'plan.table.A has the cell "warn + warn"'),
    ("[plan.table]\nE = ['warn', 'ban']", 3, "plan.table.E is no ban, though the class is permanent"),
    (
        "[plan.table]\nB = ['warn', 'mute', 'kick', 'ban']",
        0,
        'plan.example says "B: ban 24h", but the plan gives B: kick',
    ),
    ("[plan]\nexample = ['X: warn']", 3, 'plan.example says "X: warn", but the plan gives no such class'),
    ("[plan]\nmonth_mode = 'moon'", 3, 'plan.month_mode has a value it cannot have; use one of "calendar", "30d".'),
    ("[ladder]\nsteps = []", 3, "ladder.steps is empty"),
    ("[ladder]\nsteps = ['24h', 'soon']", 3, 'ladder.steps has the step "soon"'),
    ("[ladder]\nsteps = ['indefinite', '24h']", 3, 'ladder.steps goes on after "indefinite"'),
    ("[ladder]\nsteps = ['1w', '24h']", 3, "ladder.steps grows shorter"),
    ("[clocks]\nphase_1 = ['36h', '24h']", 3, "clocks.phase_1 begins with the longer length"),
    ("[clocks]\nphase_1 = ['24h']", 3, "clocks.phase_1 must be a list in [ ] of length 2"),
    ("[clocks]\ncap = '59h'", 3, "clocks.cap is shorter than the shortest two phases together"),
    ("remove = ['classes.F']", 0, "plan.table.F is a row for no class"),
]


def fault(path: Path) -> BadProfile:
    with pytest.raises(BadProfile) as caught:
        load(path)
    said = str(caught.value)
    assert said.endswith((".", "?")) and "\n" not in said and "Traceback" not in said
    return caught.value


@pytest.mark.parametrize(("text", "line", "says"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_planted_fault_is_named(own: Own, text: str, line: int, says: str) -> None:
    assert load(own("")).name == "own"
    error = fault(path := own(text))
    assert says in str(error)
    assert not line or str(error).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(("text", "line", "says"), OF_PLANS, ids=lambda value: str(value)[:40])
def test_a_planted_fault_of_a_plan_is_named(own: Own, text: str, line: int, says: str) -> None:
    assert load(own("", extends='["branches"]')).discipline
    error = fault(path := own(text, extends='["branches"]'))
    assert says in str(error)
    assert not line or str(error).startswith(f"{path}:{line}: ")


def test_what_is_wrong_because_of_another_file_names_that_file(own: Own) -> None:
    error = fault(own("remove = ['clauses.food.posts']"))
    assert error.file.name == "labels.toml" and error.line
    assert "food.posts" in error.file.read_text().splitlines()[error.line - 1]


def test_a_file_that_cannot_be_read(own: Own, tmp_path: Path) -> None:
    assert f"{tmp_path}/none.toml: cannot be read (FileNotFoundError)" in str(fault(tmp_path / "none.toml"))
    assert "is not TOML: " in str(fault(own("[labels\n[topics]", name="broken")))
    assert "line 2" in str(fault(tmp_path / "broken.toml"))
    (tmp_path / "latin.toml").write_bytes("name = 'é'".encode("latin-1"))
    assert "is not UTF-8 text; save it as UTF-8." in str(fault(tmp_path / "latin.toml"))


def test_extending_nothing_or_in_a_circle(own: Own, tmp_path: Path) -> None:
    error = fault(own("", extends='["cooperativ"]'))
    assert str(error).startswith(f'{tmp_path}/own.toml:1: extends names "cooperativ", which is no profile and no file')
    assert '"branches", "cooperative", "instance", "shared/labels"' in str(error)
    own("", name="one", extends='["two.toml"]')
    assert "extends goes round in a circle (two → one → two)" in str(fault(own("", name="two", extends='["one.toml"]')))
    assert "(self → self)" in str(fault(own("", name="self", extends='["self.toml"]')))
    assert "extends must be a list of texts" in str(fault(own("", extends='"cooperative"')))


def test_a_profile_from_nothing_is_told_what_it_lacks(own: Own) -> None:
    assert 'asks.cw is missing; extend "shared/labels"' in str(fault(own("name = 'bare'", extends="")))


CONFIG = """
[community]
contact = "https://loser.cafe/about"
profile = "branches"
[matrix]
homeserver = "https://matrix.loser.cafe/"
user = "@outreach:loser.cafe"
staff_room = "!cwg:loser.cafe"
"""


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            "[policy.minor]\nnudity_lt = 'old'",
            10,
            "policy.minor.nudity_lt must be a whole number, but is text in quotes",
        ),
        ("[policy]\nminor = { nudity_lt = 99 }", 10, "policy.minor.nudity_lt is no age to come of"),
        ("[policy.plan.table]\nA = ['hang']", 10, 'policy.plan.table.A has the cell "hang"'),
        ("[policy]\nremove = ['labels.none']", 10, 'policy.remove names "labels.none"'),
        ("[policy.labels.food]\nclause = 'x'", 10, 'policy.labels.food.clause names "x"'),
    ],
)
def test_overrides_in_the_configuration_are_named_there(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = tmp_path / "outreach.toml"
    path.write_text(CONFIG + text)
    with pytest.raises(Misconfigured) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path}:{line}: {says}")


def test_a_profile_of_a_community_s_own_is_named_by_its_path(tmp_path: Path, own: Own) -> None:
    path = tmp_path / "outreach.toml"
    path.write_text(CONFIG.replace("branches", str(own("[minor]\nnudity_lt = 16"))))
    assert load_config(path).profile.minor.nudity_lt == 16
    path.write_text(CONFIG.replace("branches", f"{tmp_path}/absent.toml"))
    with pytest.raises(Misconfigured, match=r"community\.profile names no profile of this version and no file"):
        load_config(path)


def test_everything_in_a_profile_can_be_overridden() -> None:
    assert set(Policy.__struct_fields__) - {"enrol_after", "remove"} == OVERRIDABLE


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("a",), 1),
        (("t",), 3),
        (("t", "x"), 4),
        (("t", "y", "deep"), 5),
        (("t", "many"), 6),
        (("t", "long"), 10),
        (("t", "after"), 13),
        (("t", "absent"), 3),
        (("t", "u.v", "w"), 15),
        (("list",), 17),
        (("nowhere",), 0),
    ],
)
def test_lines_of_keys(key: tuple[str, ...], line: int) -> None:
    text = (
        "a = 1\n# comment with [brackets] and = signs\n[t]\nx = 2\ny.deep = 3\nmany = [\n  1,\n  2, # [no]\n]\n"
        'long = """\nafter = "no"\n"""\nafter = 4\n[t."u.v"]\n w = 5\n\n[[list]]\nq = 1\n'
    )
    assert line_of(text, key) == line


def test_the_shipped_files_have_a_line_for_every_key() -> None:
    for path in places.profiles().rglob("*.toml"):
        text = path.read_text()
        for name in re.findall(r'^\[clauses\."([^"]+)"\]', text, re.MULTILINE):
            assert text.splitlines()[line_of(text, ("clauses", name)) - 1] == f'[clauses."{name}"]'
