"""T1 catches what it is for: with each planted leak two reporters can be told apart, with the bare taps they cannot."""

from __future__ import annotations

import pytest

from tests.anonymity import plants
from tests.anonymity.cast import ADA, BEN, LEA, Platform, Reporter
from tests.anonymity.runs import Plant, Player, Run, difference

EARLY, LATE = 7, 161
Case = tuple[Plant, Platform, Reporter, str]
LEAKS: dict[str, Case] = {
    "handle in the letter": (plants.HANDLE_IN_LETTER, "fediverse", LEA, "ada thinks so"),
    "handle in a sealed letter": (plants.HANDLE_IN_LETTER, "matrix", LEA, "ada thinks so"),
    "keys asked for at intake": (plants.KEYS_AT_INTAKE, "matrix", LEA, "/keys/query"),
    "reporter's language": (plants.REPORTERS_LANGUAGE, "fediverse", LEA, '"language": "de"'),
    "key of the other stream": (plants.KEY_OF_OTHER_STREAM, "matrix", LEA, "/send/m.room.encrypted/"),
    "extra look at intake": (plants.EXTRA_LOOK, "fediverse", BEN, "/api/v1/statuses/"),
    "reply to the reporter's thread": (plants.REPLY_TO_REPORTER, "fediverse", LEA, '"in_reply_to_id": "post of'),
    "read receipt": (plants.READ_RECEIPT, "fediverse", BEN, "/receipt/"),
    "room made at intake": (plants.ROOM_AT_INTAKE, "matrix", LEA, "/createRoom"),
    "staff told before consent": (plants.STAFF_TOLD, "matrix", BEN, "somebody on"),
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_planted_leak_tells_reporters_apart(player: Player, leak: str) -> None:
    plant, to, other, trace = LEAKS[leak]
    runs = [Run(one, to, minutes=m, plant=plant) for one, m in ((ADA, EARLY), (other, LATE))]
    ada, second = await player.all(*runs)
    assert trace in difference(ada.view, second.view)


async def test_a_release_time_that_is_not_rounded_is_seen(player: Player) -> None:
    """T1b alone catches this one: the same reporter, at two moments of one slot."""
    runs = [Run(ADA, "matrix", minutes=m, outreach='slot = "0s"\n') for m in (EARLY, LATE)]
    early, late = await player.all(*runs)
    assert "/createRoom" in difference(early.view, late.view)


async def test_an_ungridded_look_is_seen_elsewhere(player: Player) -> None:
    """T1b over fetches: the same extra look for everybody, seen by the author's server at its second."""
    to = "dave@far.example"
    runs = [Run(ADA, minutes=m, author=to, plant=plants.EXTRA_LOOK) for m in (6, 9)]
    early, late = await player.all(*runs)
    assert '"status": "s' in difference(early.view, late.view)


async def test_a_sign_of_life_is_seen_though_it_is_the_same_for_all(player: Player) -> None:
    """Typing in the reporter's own room is in no View; that endpoint is called for nobody."""
    (ben,) = await player.all(Run(BEN, plant=plants.TYPING))
    assert any("/typing/" in sign for sign in ben.signs)


async def test_bare_taps_change_nothing(player: Player) -> None:
    runs = [Run(one, "matrix", minutes=m, plant=plants.NOTHING) for one, m in ((ADA, EARLY), (LEA, LATE))]
    ada, lea = await player.all(*runs)
    assert difference(ada.view, lea.view) == "" and not ada.signs
