"""Persons on a real Synapse."""

import pytest

from outreach.entrypoints.sandbox.people import MatrixPerson, NotObserved, Refused
from outreach.entrypoints.sandbox.synapse import Synapse


async def person(synapse: Synapse, name: str, *, joins: bool = True) -> MatrixPerson:
    account = await synapse.register(name)
    return MatrixPerson(synapse.url, account.user_id, account.access_token, joins=joins)


async def test_two_talk_in_a_dm(synapse: Synapse) -> None:
    async with await person(synapse, "ada") as ada, await person(synapse, "bob") as bob:
        room = await ada.dm(bob.user_id)
        await ada.see_member(room, bob.user_id)
        first = await ada.say(room, "hello bob", mentions=[bob.user_id])
        heard = await bob.hear("hello", room=room, sender=ada.user_id)
        assert (heard.id, heard.room, heard.text) == (first, room, "hello bob")
        await bob.say(room, "hello ada", reply_to=first)
        answer = await ada.hear(lambda message: message.text == "hello ada")
        await ada.react(room, answer.id, "👍")
        await bob.see(lambda event: event.type == "m.reaction", what="a thumb")
        assert [event.text for event in bob.transcript.entries if event.sender == bob.user_id][-1] == "hello ada"


async def test_edits_threads_redactions_and_what_the_server_keeps(synapse: Synapse) -> None:
    async with await person(synapse, "carol") as carol, await person(synapse, "dan") as dan:
        room = await carol.create_room("plans", invite=[dan.user_id])
        await carol.see_member(room, dan.user_id)
        root = await carol.say(room, "one")
        await carol.edit(room, root, "two")
        await carol.say(room, "inside", thread=root)
        assert (await dan.hear("two")).edits == root
        assert (await dan.hear("inside")).thread == root
        await carol.redact(room, root)
        assert (await dan.see(lambda event: event.type == "m.room.redaction")).redacts == root
        await carol.set_power(room, dan.user_id, 50)
        await carol.set_state(room, "m.room.topic", {"topic": "quiet"})
        assert (await dan.state(room, "m.room.topic"))["topic"] == "quiet"
        assert (await dan.history(room))[0]["type"] == "m.room.create"
        await dan.leave(room)
        await carol.see_member(room, dan.user_id, "leave")
        assert await carol.members(room) == {carol.user_id}


async def test_an_invitation_can_wait(synapse: Synapse) -> None:
    async with await person(synapse, "erin") as erin, await person(synapse, "finn", joins=False) as finn:
        room = await erin.dm(finn.user_id)
        await finn.see_member(room, finn.user_id, "invite")
        assert finn.invitations == {room}
        with pytest.raises(Refused) as refusal:
            await finn.say(room, "too early")
        assert refusal.value.code == "M_FORBIDDEN"
        await finn.join(room)
        await finn.see_member(room, finn.user_id)
        assert (finn.rooms, finn.invitations) == ({room}, set())


async def test_silence_is_told_with_what_was_said_instead(synapse: Synapse) -> None:
    async with await person(synapse, "gil") as gil, await person(synapse, "hal") as hal:
        room = await gil.dm(hal.user_id)
        await gil.say(room, "something else")
        await hal.hear("something")
        with pytest.raises(NotObserved, match=r"(?s)@hal:localhost waited 0.1 s .*'hello'.*\* .*'something else'"):
            await hal.hear("hello", within=0.1)
        await hal.hear_nothing("something", during=0.1)
        await gil.say(room, "loud")
        with pytest.raises(NotObserved, match="expected no"):
            await hal.hear_nothing("loud", during=5)


async def test_encrypted_rooms_and_reports(synapse: Synapse) -> None:
    async with await person(synapse, "ira") as ira:
        room = await ira.create_room(encrypted=True, preset="public_chat", version="11")
        assert (await ira.state(room, "m.room.encryption"))["algorithm"] == "m.megolm.v1.aes-sha2"
        await ira.report(room, await ira.say(room, "bad"), "rude", score=-50)


async def test_a_refused_token_is_told_at_once(synapse: Synapse) -> None:
    with pytest.raises(NotObserved, match="M_UNKNOWN_TOKEN"):
        async with MatrixPerson(synapse.url, "@nobody:localhost", "nonsense"):
            pass


async def test_people_outlive_a_killed_and_a_frozen_server(synapse: Synapse) -> None:
    async with await person(synapse, "kim") as kim, await person(synapse, "lou") as lou:
        room = await kim.dm(lou.user_id)
        await kim.see_member(room, lou.user_id)
        await synapse.restart(rudely=True)
        await kim.say(room, "still here")
        await lou.hear("still here")
        synapse.pause()
        with pytest.raises(NotObserved):
            await lou.hear("anything", within=0.2)
        synapse.resume()
        await kim.say(room, "awake")
        await lou.hear("awake")
