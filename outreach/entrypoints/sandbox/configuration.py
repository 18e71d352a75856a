"""The bot's configuration and secrets, as an operator would write them by hand.

Text alone: nothing of the bot's inside is imported. Only the master key is made by the bot's own command.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """\
[community]
name = "sandbox.example"
profile = "{profile}"
languages = ["en", "de", "fr"]
timezone = "UTC"
contact = "sandbox.example/about"
crisis = {{ en = "findahelpline.com", de = "0800 111 0 111", fr = "3114" }}

[store]
url = "sqlite:///{folder}/outreach.db"
keyring = "{folder}/outreach.keys"

[matrix]
homeserver = "{homeserver}"
user = "{bot}"
staff_room = "{staff_room}"
community_rooms = ["{lounge}"]
encryption = true

[fediverse]
server = "{fediverse}"
reports = false
poll_every = "1s"
{staff}
# Nobody waits here. A real community keeps the defaults, which are hours and days: they protect who asked.
[outreach]
hold = ["0s", "0s"]
min_account_age = "0s"
remind_after = "3m"
give_up_after = "6m"
check_every = "1s"
settle = "1s"
nudge_after = "2m"
# Only a handful of people live here, and each of them would be too small an audience for a real community.
audience = {{ warn_below = 1, refuse_below = 0 }}
limits = {{ open_per_member = 100, per_recipient_per_week = 1000, per_day = 1000, per_domain_per_day = 1000 }}
"""

_STAFF = """
[[staff]]
matrix = "{matrix}"
fediverse = "{fediverse}"
owner = {owner}
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the bot finds its servers, rooms and moderators."""

    homeserver: str
    bot: str
    staff_room: str
    lounge: str
    fediverse: str
    moderators: Mapping[str, str]


def write_config(folder: Path, places: Places, profile: str) -> Path:
    """Write `outreach.toml`. The first moderator owns the community."""
    people = list(places.moderators.items())
    staff = [
        _STAFF.format(matrix=matrix, fediverse=name, owner=str(number == 0).lower())
        for number, (name, matrix) in enumerate(people)
    ]
    text = _CONFIG.format(
        profile=profile,
        folder=folder,
        homeserver=places.homeserver,
        bot=places.bot,
        staff_room=places.staff_room,
        lounge=places.lounge,
        fediverse=places.fediverse,
        staff="".join(staff),
    )
    path = folder / "outreach.toml"
    path.write_text(text)
    return path


def write_secrets(folder: Path, secrets: Mapping[str, str]) -> Path:
    """One file per secret in a folder of their own, as systemd hands them over."""
    credentials = folder / "credentials"
    credentials.mkdir(mode=0o700)
    for name, value in secrets.items():
        file = credentials / name
        file.touch(mode=0o600)
        file.write_text(value)
    return credentials


def new_master_key() -> str:
    """What `outreach keys new` prints."""
    command = [sys.executable, "-m", "outreach.entrypoints.cli", "keys", "new"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
