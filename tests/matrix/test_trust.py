"""Whose device wrote (design 5.2, `trust`): signed by its owner's own identity, pinned at first sight."""

from __future__ import annotations

import os
from typing import Any

import pytest

from outreach.adapters.matrix.crypto import persons, signing
from outreach.adapters.matrix.crypto.persons import Person
from outreach.ports import Happening, Incoming, Undeliverable
from tests.matrix.sealed import SealedPerson
from tests.matrix.story import Bot, Story, card, matrix

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}


async def staff(story: Story, *, sealed: bool = True, **options: Any) -> tuple[Bot, SealedPerson, str]:
    bot, mia = await story.bot(sealed=True, **options), await story.sealed("mia")
    owner = await story.as_person(mia.account)
    room = await owner.create_room("staff", invite=[bot.account.user_id], encrypted=sealed)
    await bot.gateway.accept(room)
    await bot.read()
    await mia.sync(full=True)
    return bot, mia, room


def words(items: list[Incoming]) -> list[tuple[str, bool]]:
    return [(item.text, item.trusted) for item in items if item.happening is Happening.LINE]


async def test_only_a_device_its_owner_signed_is_trusted(story: Story) -> None:
    bot, mia, room = await staff(story)
    await mia.say(room, "before")
    assert words(await bot.read()) == [("before", False)]
    await mia.sign(signing.new_seeds(os.urandom))
    await mia.say(room, "after")
    assert words(await bot.read()) == [("after", True)]
    phone = await story.sealed("mia", await story.log_in(mia.account))
    await phone.say(room, "from a phone nobody signed")
    assert words(await bot.read()) == [("from a phone nobody signed", False)]
    again = await story.again(bot)
    await mia.say(room, "to the next process")
    assert words(await again.read()) == [("to the next process", True)]


async def test_another_identity_is_told_once_and_then_stands(story: Story) -> None:
    bot, mia, room = await staff(story)
    await mia.sign(signing.new_seeds(os.urandom))
    await mia.say(room, "one")
    assert words(await bot.read()) == [("one", True)]
    await mia.sign(signing.new_seeds(os.urandom))
    await mia.say(room, "two")
    items = await bot.read()
    assert [(i.happening, i.sender) for i in items[:1]] == [(Happening.NEW_IDENTITY, matrix(mia.user_id))]
    assert words(items) == [("two", False)], "not before anybody could be told"
    await mia.say(room, "three")
    items = await bot.read()
    assert words(items) == [("three", True)] and len(items) == 1


async def test_a_staff_room_that_is_not_encrypted_hears_nothing_where_signatures_count(story: Story) -> None:
    bot, mia, room = await staff(story, sealed=False, sealed_staff=True)
    with pytest.raises(Undeliverable, match="not encrypted") as refusal:
        await bot.gateway.send(card(room))
    assert not refusal.value.permanent
    owner = await story.as_person(mia.account)
    await owner.set_state(room, "m.room.encryption", MEGOLM)
    await mia.sync(full=True)
    await bot.gateway.send(card(room, "now"))
    assert (await mia.notice("now")).decrypted


async def test_cards_edits_and_threads_in_an_encrypted_staff_room(story: Story) -> None:
    """What an event relates to stands outside, the facts inside."""
    bot, mia, room = await staff(story)
    facts = {"kind": "card", "case": "amber-otter", "stage": "reported"}
    first = await bot.gateway.send(card(room, "one", facts=facts))
    await bot.gateway.send(card(room, "inside", facts=facts, thread=first.native))
    await bot.gateway.send(card(room, "two", facts=facts, thread=first.native, replaces=first.native))
    await mia.notice("* two")
    said = {event.body: event.source["content"] for event in mia.notices}
    assert said["one"]["community.outreach"] == facts
    assert said["* two"]["m.new_content"]["community.outreach"] == facts
    page, _ = await bot.gateway._api.older(room, "")
    wire: list[Any] = [e for e in page if isinstance(e, dict) and e["type"] == "m.room.encrypted"]
    assert [e["content"].get("m.relates_to", {}).get("rel_type") for e in wire] == ["m.replace", "m.thread", None]
    assert all(set(e["content"]) - {"m.relates_to", "community.outreach.mark"} == CIPHER for e in wire)


CIPHER = {"algorithm", "sender_key", "ciphertext", "session_id", "device_id"}


# what an answer may say, without a server

USER = "@mia:x.example"


def answer(**changes: Any) -> dict[str, Any]:
    """A signed device, as a server would tell of it; `changes` spoil it."""
    seeds, device = changes.get("seeds", SEEDS), changes.get("device", DEVICE)
    key, own = signing.public(device), seeds.upload(USER)
    bare = {
        "user_id": changes.get("owner", USER),
        "device_id": "DEV",
        "algorithms": changes.get("algorithms", ["m.megolm.v1.aes-sha2"]),
        "keys": {"ed25519:DEV": key, "curve25519:DEV": CURVE},
    }
    signatures = {
        "ed25519:DEV": mark(device, bare),
        f"ed25519:{signing.public(seeds.self_signing)}": mark(changes.get("signer", seeds.self_signing), bare),
    }
    return {
        "device_keys": {USER: {"DEV": bare | {"signatures": {USER: signatures}}}},
        "master_keys": {USER: own["master_key"]},
        "self_signing_keys": {USER: changes.get("self_signing", own["self_signing_key"])},
    }


def mark(seed: bytes, content: dict[str, Any]) -> str:
    ((found, *_),) = [list(user.values()) for user in signing.sign(seed, content, USER)["signatures"].values()]  # type: ignore[attr-defined]
    return str(found)


SEEDS, OTHER = signing.new_seeds(os.urandom), signing.new_seeds(os.urandom)
DEVICE, CURVE = os.urandom(32), signing.public(os.urandom(32))


def trusted(person: Person) -> bool:
    return person.trusts(CURVE, signing.public(DEVICE))


def test_a_signed_device_is_trusted_by_its_keys() -> None:
    person = persons.seen(None, USER, answer())
    assert trusted(person) and person.pinned == signing.public(SEEDS.master)
    assert not person.trusts(CURVE, signing.public(os.urandom(32)))
    assert not person.trusts(signing.public(os.urandom(32)), signing.public(DEVICE))


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": os.urandom(32)},
        {"self_signing": OTHER.upload(USER)["self_signing_key"]},
        {"self_signing": SEEDS.upload(USER)["user_signing_key"]},
        {"self_signing": SEEDS.upload("@eve:x.example")["self_signing_key"]},
        {"self_signing": {"keys": {"ed25519:x": "x"}, "usage": ["self_signing"], "user_id": USER}},
        {"self_signing": None},
        {"owner": "@eve:x.example"},
        {"algorithms": []},
    ],
)
def test_what_is_not_signed_as_it_should_be_is_not_trusted(changes: dict[str, Any]) -> None:
    assert not trusted(persons.seen(None, USER, answer(**changes)))


def test_another_identity_is_not_trusted_until_it_is_pinned() -> None:
    before = persons.seen(None, USER, answer())
    after = persons.seen(before, USER, answer(seeds=OTHER))
    assert after.is_other and not trusted(after) and after.pinned == before.pinned
    none = persons.seen(before, USER, {"device_keys": answer()["device_keys"]})
    assert none.is_other and not trusted(none), "an identity that is hidden is not the one of first sight"


def test_a_device_never_changes_its_keys() -> None:
    before = persons.seen(None, USER, answer())
    after = persons.seen(before, USER, answer(device=os.urandom(32)))
    assert after.devices["DEV"].ed25519 == signing.public(DEVICE) and not trusted(after)


@pytest.mark.parametrize("rubbish", [{}, {"device_keys": 7}, {"device_keys": {USER: {"DEV": 7}}}, {"master_keys": []}])
def test_any_answer_makes_a_person(rubbish: dict[str, Any]) -> None:
    assert persons.seen(None, USER, rubbish).devices == {}
