"""`outreach check` on a real homeserver: what it says about the bot's encryption, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from outreach.adapters.matrix.crypto import signing
from outreach.adapters.vault import new_master_key
from outreach.entrypoints.sandbox.synapse import MatrixAccount
from tests.matrix.story import Story

_V3 = "/_matrix/client/v3"
_CONFIG = """
[community]
name = "check"
contact = "https://check.example/about"
languages = ["en"]
crisis = {{ en = "findahelpline.com" }}
[store]
url = "sqlite:///{folder}/outreach.db"
keyring = "{folder}/outreach.keys"
[matrix]
homeserver = "{homeserver}"
user = "{user}"
staff_room = "{staff}"
trust = "{trust}"
"""


async def checked(
    story: Story, folder: Path, account: MatrixAccount, staff: str, *, trust: str = "joined", password: bool = False
) -> dict[str, bool]:
    """What `check` says, and whether each is wrong."""
    text = _CONFIG.format(folder=folder, homeserver=story.synapse.url, user=account.user_id, staff=staff, trust=trust)
    (folder / "outreach.toml").write_text(text)
    (folder / "outreach.toml").chmod(0o600)
    secret = {"OUTREACH_MATRIX_PASSWORD": account.password} if password else {}
    secret = secret or {"OUTREACH_MATRIX_TOKEN": account.access_token}
    environment = os.environ | secret | {"OUTREACH_MASTER_KEY": new_master_key(os.urandom)}
    command = ["-m", "outreach.entrypoints.cli", "--config", str(folder / "outreach.toml"), "check", "--json"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert err == b""
    return {one["says"]: one["wrong"] for one in json.loads(out)["findings"]}


async def staff_room(story: Story, account: MatrixAccount, *, encrypted: bool) -> str:
    mia = await story.person("mia")
    room = await mia.create_room("staff", invite=[account.user_id], encrypted=encrypted)
    await story.call(account, "POST", f"{_V3}/join/{room}", {})
    return room


def about(found: dict[str, bool], words: str) -> list[bool]:
    return [wrong for says, wrong in found.items() if words in says]


@pytest.mark.parametrize(("encrypted", "trust"), [(True, "cross-signed"), (False, "joined"), (False, "cross-signed")])
async def test_a_plain_staff_room_is_noted_or_wrong(story: Story, tmp_path: Path, encrypted: bool, trust: str) -> None:
    account = await story.account("outreach")
    room = await staff_room(story, account, encrypted=encrypted)
    found = await checked(story, tmp_path, account, room, trust=trust)
    assert about(found, "is not encrypted") == ([] if encrypted else [trust == "cross-signed"])
    assert (await story.keys_of(account.user_id))["device_keys"][account.user_id] == {}, "nothing was uploaded"


async def test_a_client_that_was_opened_with_the_bots_account_is_named(story: Story, tmp_path: Path) -> None:
    account = await story.account("outreach")
    seeds = signing.new_seeds(os.urandom)
    await story.call(account, "POST", f"{_V3}/keys/device_signing/upload", dict(seeds.upload(account.user_id)))
    found = await checked(story, tmp_path, account, await staff_room(story, account, encrypted=True))
    assert about(found, "a client was opened") == [True]


async def test_a_look_with_the_password_leaves_no_device(story: Story, tmp_path: Path) -> None:
    account = await story.account("outreach")
    room = await staff_room(story, account, encrypted=True)
    found = await checked(story, tmp_path, account, room, password=True)
    assert not any(found.values())
    devices: dict[str, Any] = await story.call(account, "GET", f"{_V3}/devices", None)
    assert [one["device_id"] for one in devices["devices"]] == [account.device_id]
