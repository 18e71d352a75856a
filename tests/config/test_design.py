"""The example of the design is a configuration this program reads, every setting of it."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from outreach.config import ConfigError, load
from outreach.domain.policy import OutreachPolicy

EXAMPLE = """
[community]
name = "loser.cafe"
profile = "cooperative"                 # cooperative | instance | branches | a path to your own
languages = ["en", "de"]                # the first is the fallback
timezone = "Europe/Berlin"
contact = "https://loser.cafe/about"    # the human channel, printed without scheme in letters
crisis = { de = "0800 111 0 111", en = "findahelpline.com" }

[store]
url = "sqlite:///outreach.db"           # or postgresql://…
keyring = "outreach.keys"               # shared by standby processes; never inside a backup

[matrix]
homeserver = "https://matrix.loser.cafe"
user = "@outreach:loser.cafe"
staff_room = "!cwg:loser.cafe"
alternate_room = "!other:loser.cafe"    # for cases about moderators; optional
community_rooms = []
encryption = ENCRYPTION
trust = "joined"                        # joined | cross-signed: staff commands only from signed devices
command_prefix = "!"
synapse_admin = false                   # also read in-client reports; needs the admin token

[fediverse]
server = "https://loser.cafe"
reports = true                          # needs the staff token
poll_every = "20s"

[[staff]]                               # who is one person across accounts
matrix = "@mia:loser.cafe"
fediverse = "mia"
branch = "fr"
owner = false

[outreach]
who_may_ask = "local"                   # local | known | anyone
who_may_be_asked = "local"              # local | anyone
min_account_age = "3d"
hold = ["30m", "3h"]                    # toward the recipient, drawn at random, then rounded up to
slot = "3h"
relay_every = "1d"                      # own words toward the recipient leave at most this often
quiet = ["22:00", "08:00"]              # the recipient's night, where known
relay = "approved"
relay_turns = 3
remind_after = "2d"
give_up_after = "4d"                    # both counted from the first contact
check_every = "1h"                      # looking for the remedy; seen twice over settle before it counts
settle = "15m"
nudge_after = "1h"                      # a preview left without an answer
draft_expires = "24h"
consent_within = "7d"
audience = { warn_below = 10, refuse_below = 3 }
limits = { open_per_member = 3, per_recipient_per_week = 2, per_day = 30, per_domain_per_day = 3 }
reveal = false                          # whether two moderators may open who asked

[reports]
poll_every = "10s"
first_response = "24h"
branch_response = "12h"

[retention]
contact = "90d"                         # cases that ended in a friendly way
decided = "200d"                        # cases with a decision: the six-month appeal fits in
reporter_link = "14d"                   # after the end; then the alias is the only receipt
backups = "30d"

[branches.fr]
languages = ["fr"]
staff_room = "!fr-staff:loser.cafe"

[policy]                                # overrides of the profile: ballot, clocks, appeal, minor, class_f, timers

[web]
listen = "127.0.0.1:8460"
public_url = "https://cwg.loser.cafe"
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "outreach.toml"
    path.write_text(EXAMPLE.replace("ENCRYPTION", "false"))
    return path


def test_the_whole_example_is_read(example: Path) -> None:
    config = load(example)
    assert config.name == "loser.cafe"
    assert config.contact == "loser.cafe/about"
    assert config.community.crisis["de"] == "0800 111 0 111"
    assert config.keyring_path == Path("outreach.keys")
    assert config.fediverse
    assert config.fediverse.poll_every == timedelta(seconds=20)
    assert config.staff[0].matrix == "@mia:loser.cafe"
    assert config.branches["fr"].staff_room == "!fr-staff:loser.cafe"
    assert config.retention.backups == timedelta(days=30)
    assert config.web
    assert config.web.listen == "127.0.0.1:8460"


def test_its_values_are_the_defaults_of_the_domain(example: Path) -> None:
    policy = load(example).outreach_policy()
    assert policy == OutreachPolicy(zone="Europe/Berlin")
    assert policy.quiet == (time(22), time(8))


def test_encryption_left_out_counts_as_true(example: Path) -> None:
    example.write_text(EXAMPLE.replace("encryption = ENCRYPTION", ""))
    assert load(example).matrix.encryption is True


@pytest.mark.parametrize("encryption", ["true", "false"])
def test_encryption_is_a_choice(example: Path, encryption: str) -> None:
    example.write_text(EXAMPLE.replace("ENCRYPTION", encryption))
    assert load(example).matrix.encryption is (encryption == "true")


def test_signed_devices_need_encryption(example: Path) -> None:
    said = EXAMPLE.replace("ENCRYPTION", "false").replace('trust = "joined"', 'trust = "cross-signed"')
    example.write_text(said)
    with pytest.raises(ConfigError, match=r"matrix\.trust cannot be cross-signed without encryption; set encryption"):
        load(example)
