"""Persons with a device of their own: as strict as current clients, and without mercy for what cannot be read."""

from __future__ import annotations

import copy

import pytest

from outreach.entrypoints.sandbox.people import MatrixDevice, MatrixPerson, NotObserved
from outreach.entrypoints.sandbox.people.cross_signing import CrossSigning, signed_devices
from outreach.entrypoints.sandbox.synapse import Synapse


async def person(synapse: Synapse, name: str, *, signed: bool = True, joins: bool = True) -> MatrixPerson:
    account = await synapse.register(f"sealed-{name}")
    device = MatrixDevice(signed=signed)
    return MatrixPerson(synapse.url, account.user_id, account.access_token, joins=joins, device=device)


async def test_what_is_said_in_a_private_room_the_server_cannot_read(synapse: Synapse) -> None:
    async with await person(synapse, "ada") as ada, await person(synapse, "bob", joins=False) as bob:
        room = await ada.dm(bob.user_id)
        await bob.see_member(room, bob.user_id, "invite")
        early = await ada.say(room, "before you came", mentions=[bob.user_id])
        await bob.join(room)
        assert (await bob.hear("before you came", room=room)).was_sealed
        assert (await bob.event(room, early))["type"] == "m.room.encrypted"
        root = await bob.say(room, "one")
        await bob.edit(room, root, "two")
        await bob.say(room, "inside", thread=root)
        assert (await ada.hear("two")).edits == root and (await ada.hear("inside")).thread == root
        said = [event["content"].get("body") for event in await ada.history(room) if event["type"] == "m.room.message"]
        assert said == ["before you came", "one", "* two", "inside"]
        assert ada.unread == bob.unread == []


async def test_more_than_one_session_and_one_more_person(synapse: Synapse) -> None:
    async with await person(synapse, "cora") as cora, await person(synapse, "dan") as dan:
        room = await cora.create_room("plans", invite=[dan.user_id], encrypted=True)
        await cora.see_member(room, dan.user_id)
        await cora.say(room, "number 0.")
        assert cora.device is not None
        first = cora.device._olm.outbound_group_sessions[room]
        first.max_messages = 1  # a hundred by default
        await cora.say(room, "number 1.")
        assert cora.device._olm.outbound_group_sessions[room] is not first
        await dan.hear("number 1.")
        async with await person(synapse, "eva") as eva:
            await cora.invite(room, eva.user_id)
            await cora.see_member(room, eva.user_id)
            await dan.say(room, "welcome")
            assert (await eva.hear("welcome")).was_sealed
            await eva.hear_nothing("number")
        assert dan.unread == []


async def test_a_device_that_nobody_signed_is_told_nothing_and_not_heard(synapse: Synapse) -> None:
    async with await person(synapse, "fay") as fay, await person(synapse, "gus", signed=False) as gus:
        room = await fay.dm(gus.user_id)
        await fay.see_member(room, gus.user_id)
        unheard = await fay.say(room, "for signed devices")
        ignored = await gus.say(room, "from nobody's device")
        await gus.hear_nothing("for signed")
        await fay.hear_nothing("from nobody's")
        assert (fay.unread, gus.unread) == ([ignored], [unheard])


async def test_without_a_device_a_person_is_an_old_client(synapse: Synapse) -> None:
    account = await synapse.register("sealed-hal")
    async with (
        MatrixPerson(synapse.url, account.user_id, account.access_token) as hal,
        await person(synapse, "ida") as ida,
    ):
        room = await hal.dm(ida.user_id)
        await hal.see_member(room, ida.user_id)
        await ida.say(room, "in the clear, since the room is")
        assert not (await hal.hear("in the clear")).was_sealed


def test_a_signature_holds_for_its_device_alone() -> None:
    keys, others = CrossSigning("@ada:x"), CrossSigning("@ada:x")
    public = keys.upload()
    device = {"user_id": "@ada:x", "device_id": "A", "keys": {"ed25519:A": "k"}}
    found = {
        "master_keys": {"@ada:x": public["master_key"]},
        "self_signing_keys": {"@ada:x": public["self_signing_key"]},
        "device_keys": {"@ada:x": keys.signed(device)["@ada:x"]},
    }
    assert signed_devices(found, "@ada:x") == {"A"} and signed_devices(found, "@bob:x") == set()
    changed = copy.deepcopy(found)
    changed["device_keys"]["@ada:x"]["A"]["keys"] = {"ed25519:A": "other"}
    forgeries = [
        changed,
        found | {"device_keys": {"@ada:x": others.signed(device)["@ada:x"]}},
        found | {"master_keys": {"@ada:x": others.upload()["master_key"]}},
    ]
    assert [signed_devices(forged, "@ada:x") for forged in forgeries] == [set(), set(), set()]


async def test_what_stays_unread_is_told_once_its_key_comes(synapse: Synapse) -> None:
    """A message may overtake its key."""
    async with await person(synapse, "jo") as jo, await person(synapse, "kai") as kai:
        room = await jo.dm(kai.user_id)
        await jo.see_member(room, kai.user_id)
        calls, withheld = jo._caller.call, []

        async def late(method: str, path: str, *rest: object) -> object:
            if "/sendToDevice/" in path:
                withheld.append((method, path, *rest))
                return {}
            return await calls(method, path, *rest)  # type: ignore[arg-type]

        jo._caller.call = late  # type: ignore[method-assign,assignment]
        await jo.say(room, "faster than light")
        with pytest.raises(NotObserved):
            await kai.hear("light", within=0.5)
        assert len(kai.unread) == 1
        await calls(*withheld[0])  # type: ignore[arg-type]
        await kai.hear("faster than light")
        assert kai.unread == []
