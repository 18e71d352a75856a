"""Every mistake is one sentence with file, key and remedy, and repeats no value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.config import ConfigError, load
from tests.config.conftest import Writer

MISTAKES = [
    ("[outrech]", {}, "outrech", 'did you mean "outreach"?'),
    ('[outreach]\n"slo\\nt t" = 3', {}, "outreach.slo t t", "is not a setting"),
    ("[outreach]\nper_day = 3", {}, "outreach.per_day", "move it to [outreach.limits]"),
    ("[outreach.limits]\nper_dya = 3", {}, "outreach.limits.per_dya", 'did you mean "per_day"?'),
    ("[branches.fr]\nlanguage = 1", {}, "branches[...].language", 'did you mean "languages"?'),
    ("", {"matrix": 'token = "CANARY"'}, "matrix.token", "OUTREACH_MATRIX_TOKEN"),
    ('[store]\nmaster_key = "CANARY"', {}, "store.master_key", "OUTREACH_MASTER_KEY"),
    ("[fediverse]", {}, "fediverse.server", "add server"),
    ("[outreach]\nreveal = 'CANARY'", {}, "outreach.reveal", "true or false"),
    ("[outreach]\nrelay_turns = 'CANARY'", {}, "outreach.relay_turns", "a whole number"),
    ("[outreach]\nrelay_turns = -1", {}, "outreach.relay_turns", ">= 0"),
    ("[outreach]\nrelay = 'CANARY'", {}, "outreach.relay", '"phrases", "approved", "free"'),
    ("[outreach]\nslot = 'CANARY'", {}, "outreach.slot", '"30m"'),
    ("[outreach]\nslot = 30", {}, "outreach.slot", '"30m"'),
    ("[outreach]\nslot = '101 years'", {}, "outreach.slot", '"30m"'),
    ("[outreach]\nslot = '9999999d'", {}, "outreach.slot", "hundred years"),
    ("[outreach]\ncheck_every = '0s'", {}, "outreach.check_every", "longer than zero"),
    ("[outreach]\nhold = ['3h', '1h']", {}, "outreach.hold", "shorter one first"),
    ("[outreach]\nhold = ['3h']", {}, "outreach.hold", "length 2"),
    ("[outreach]\nquiet = ['22:00']", {}, "outreach.quiet", "[] for none"),
    ("[outreach]\nquiet = ['22:00', '25:00']", {}, "outreach.quiet", '"22:00"'),
    ("[outreach.audience]\nrefuse_below = 30", {}, "outreach.audience", "smaller number"),
    ("", {"matrix": "encryption = 'CANARY'"}, "matrix.encryption", "true or false"),
    ("", {"matrix": "encryption = false\ntrust = 'cross-signed'"}, "matrix.trust", '"joined"'),
    ("", {"matrix": "command_prefix = 'CANARY'"}, "matrix.command_prefix", '"!"'),
    ("", {"matrix": "community_rooms = ['#CANARY:x.example']"}, "matrix.community_rooms", "internal id"),
    ("", {"matrix": "community_rooms = ['!cwg:loser.cafe']"}, "matrix", "each room once"),
    ("", {"community": "languages = []"}, "community.languages", "length >= 1"),
    ("", {"community": "languages = ['english']"}, "community.languages", '"pt-BR"'),
    ("", {"community": "languages = ['xx']"}, "community.languages", "correct its code"),
    ("", {"community": "languages = ['pt-BR', 'pt_br']"}, "community.languages", "name each once"),
    ("", {"community": "timezone = 'CANARY'"}, "community.timezone", "Europe/Berlin"),
    ("", {"community": "timezone = '/etc/passwd'"}, "community.timezone", "Europe/Berlin"),
    ("", {"community": "profile = 'CANARY'"}, "community.profile", '"cooperative"'),
    ("", {"community": "name = 'write to @CANARY'"}, "community.name", "mention"),
    ("", {"community": "crisis = { de = 1 }"}, "community.crisis", "one line of text"),
    ("", {"community": "crisis = { nowhere = 'x' }"}, "community.crisis", "language code"),
    ("[store]\nurl = 'sqlite://'", {}, "store.url", "sqlite:///outreach.db"),
    ("[store]\nurl = 'sqlite:///:memory:'", {}, "store.url", "sqlite:///outreach.db"),
    ("[store]\nurl = 'mysql://u:CANARY@x/y'", {}, "store.url", "sqlite:///outreach.db"),
    ("[store]\nkeyring = ''", {}, "store.keyring", "outreach.keys"),
    ("[fediverse]\nserver = 'loser.cafe'", {}, "fediverse.server", "https://"),
    ("[fediverse]\nserver = 'https://u:CANARY@loser.cafe'", {}, "fediverse.server", "https://"),
    ("[fediverse]\nserver = 'https://loser.cafe:CANARY'", {}, "fediverse.server", "https://"),
    ("[fediverse]\nserver = 'https://loser.cafe/api'", {}, "fediverse.server", "https://"),
    ("[[staff]]\nowner = true", {}, "staff[0]", "matrix = … or fediverse = …"),
    ("[[staff]]\nfediverse = 'mia'\nbranch = 'xx'", {}, "staff[0].branch", "[branches.NAME]"),
    ("[web]\nlisten = '8460'\npublic_url = 'https://x.example'", {}, "web.listen", "127.0.0.1:8460"),
    ("[web]\nlisten = 'x:99999'\npublic_url = 'https://x.example'", {}, "web.listen", "127.0.0.1:8460"),
    ("[web]\nlisten = 'x:1'", {}, "web.public_url", "add public_url"),
    ("[community]", {}, "is not TOML", "correct that line"),
    ("a = CANARY", {}, "is not TOML", "correct that line"),
]


@pytest.mark.parametrize(("rest", "more", "key", "remedy"), MISTAKES)
def test_a_mistake_is_one_sentence(written: Writer, rest: str, more: dict[str, str], key: str, remedy: str) -> None:
    path = written(rest, **more)
    with pytest.raises(ConfigError) as caught:
        load(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert key in sentence
    assert remedy in sentence
    assert "CANARY" not in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    assert "msgspec" not in sentence
    assert "`" not in sentence


def test_without_matrix_there_is_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "outreach.toml"
    path.write_text("")
    with pytest.raises(ConfigError, match=r"\[matrix\] is missing; add the table\."):
        load(path)


def test_letters_need_a_human_to_name(tmp_path: Path) -> None:
    path = tmp_path / "outreach.toml"
    matrix = '[matrix]\nhomeserver = "https://x.example"\nuser = "@o:x.example"\nstaff_room = "!a"\n'
    path.write_text(matrix)
    with pytest.raises(ConfigError, match=r"community\.contact is missing"):
        load(path)
    path.write_text(matrix + '[fediverse]\nserver = "https://f.example"\n')
    config = load(path)
    assert (config.contact, config.name) == ("f.example/about", "x.example")


@pytest.mark.parametrize("contact", ["@mod@loser.cafe", "write (@mod)", "@mod:loser.cafe", "mod @ ask", "", "a\\nb"])
def test_no_setting_of_a_letter_can_mention_anybody(tmp_path: Path, written: Writer, contact: str) -> None:
    path = written(community=f'name = "{contact}"')
    if contact == "mod @ ask":
        assert load(path).name == contact
        return
    with pytest.raises(ConfigError, match=r"community\.name"):
        load(path)


@pytest.mark.parametrize("make", ["absent", "folder", "latin"])
def test_a_file_that_cannot_be_read(tmp_path: Path, make: str) -> None:
    path = tmp_path / "outreach.toml"
    if make == "folder":
        path.mkdir()
    if make == "latin":
        path.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_no_content_brings_it_down(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "outreach.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load(path)


_ATOMS = st.one_of(
    st.booleans().map(lambda value: str(value).lower()),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(['"x"', '""', '"30m"', "[]", '["x"]', "{}", "{ a = 1 }", "2020-01-01", "22:00:00", "1.5", "inf"]),
)
_TABLES = ["community", "store", "matrix", "fediverse", "outreach", "reports", "retention", "policy", "web"]
_KEYS = [
    "name",
    "languages",
    "timezone",
    "crisis",
    "url",
    "user",
    "hold",
    "quiet",
    "limits",
    "slot",
    "listen",
    "ballot",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.sampled_from(_TABLES), st.sampled_from(_KEYS), _ATOMS)
def test_any_value_anywhere_is_read_or_named(tmp_path: Path, table: str, key: str, value: str) -> None:
    path = tmp_path / "outreach.toml"
    path.write_text(f"[{table}]\n{key} = {value}\n")
    with pytest.raises(ConfigError):
        load(path)
