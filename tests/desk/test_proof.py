"""What encryption tells of a command (F17): plain ones, unsigned devices, new identities; for both kinds of trust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.desk.world import MIA, NOA, SOCK, Sent, World, matrix

SIGNED = {"encrypted": True, "decrypted": True, "trusted": True}
UNSIGNED = {"encrypted": True, "decrypted": True}
PLAIN_IN_SEALED = {"encrypted": True}
UNREAD = {"encrypted": True, "cipher": "{}"}


def letters(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


@pytest.fixture(params=[False, True], ids=["joined", "cross-signed"])
def strict(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def made(tmp_path: Path, *, strict: bool) -> World:
    return World(tmp_path, encryption=True, signed_only=strict)


@pytest.mark.parametrize(
    ("how", "joined", "signed"),
    [
        (SIGNED, "help", "help"),
        (UNSIGNED, "help", "device_unsigned"),
        (PLAIN_IN_SEALED, "plain_refused", "plain_refused"),
        ({}, "help", "plain_refused"),
    ],
)
async def test_how_a_command_came(tmp_path: Path, strict: bool, how: dict[str, Any], joined: str, signed: str) -> None:
    world = made(tmp_path, strict=strict)
    assert letters(await world.says(MIA, "!help", **how)) == [signed if strict else joined]
    assert letters(await world.says(MIA, "just talk", **how)) == []
    assert letters(await world.says(SOCK, "!help", **how)) == ["not_enrolled"], "outsiders learn nothing of it"


async def test_nobody_is_enrolled_from_a_device_that_is_not_signed(tmp_path: Path) -> None:
    world = made(tmp_path, strict=True)
    await world.says(MIA, f"!enrol {SOCK}", **SIGNED)
    await world.says(NOA, f"!enrol {SOCK}", **UNSIGNED)
    assert SOCK not in world.roster()
    await world.says(NOA, f"!enrol {SOCK}", **SIGNED)
    assert SOCK in world.roster()


async def test_without_encryption_nothing_of_an_encrypted_room_is_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert await world.says(MIA, "!help", **PLAIN_IN_SEALED) == []


async def test_what_could_not_be_read_is_asked_for_once_a_day(tmp_path: Path, strict: bool) -> None:
    world = made(tmp_path, strict=strict)
    assert letters(await world.says(MIA, "", **UNREAD)) == ["unreadable"]
    assert letters(await world.says(MIA, "", **UNREAD)) == []
    (other,) = await world.says(NOA, "", withheld="m.unverified", **UNREAD)
    assert other.values == {"who": "noa:x.example", "untrusted": "1"}
    assert letters(await world.says(SOCK, "", **UNREAD)) == [], "whoever is no moderator is not answered"
    world.clock.pass_(days=1)
    assert letters(await world.says(MIA, "", **UNREAD)) == ["unreadable"]


async def test_a_button_is_never_encrypted_so_it_only_tells_what_to_do(tmp_path: Path, strict: bool) -> None:
    world = made(tmp_path, strict=strict)
    case, _ = await world.escalated()
    (shown,) = await world.says(MIA, f"!author {case.alias} Please look.", **SIGNED)
    assert shown.letter == "to_author_preview"
    after = letters(await world.reacts(MIA, shown.native))
    assert ("moderator_writes" in world.to("recipient")) is not strict
    assert after == ["confirm_in_words"] if strict else "confirm_in_words" not in after
    await world.says(MIA, f"!author {case.alias} Please look.", **SIGNED)
    assert "moderator_writes" in world.to("recipient")


async def test_a_new_identity_is_told_and_takes_the_power_where_signatures_give_it(
    tmp_path: Path, strict: bool
) -> None:
    world = made(tmp_path, strict=strict)
    world.do(lambda tx: world.desk.new_identity(tx, matrix(MIA)))
    (said,) = await world.deliver()
    assert (said.letter, said.values.get("dismissed")) == ("new_identity", "1" if strict else None)
    assert (MIA in world.roster()) is not strict
    world.do(lambda tx: world.desk.new_identity(tx, matrix(SOCK)))
    assert await world.deliver() == [], "only moderators' identities are anybody's concern"


async def test_the_new_identity_of_an_author_changes_nothing(tmp_path: Path) -> None:
    world = made(tmp_path, strict=True)
    case, _ = await world.escalated()
    world.do(lambda tx: world.desk.new_identity(tx, matrix("@dave:x.example")))
    assert await world.deliver() == [] and world.load(case) == case
