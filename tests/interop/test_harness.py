"""What the harness stands on: current clients read one another, and a device that nobody signed is caught.

The counterpart here is a person of the sandbox: matrix-nio with cross-signing of its own, as the bot has it.
"""

from __future__ import annotations

import itertools

from outreach.entrypoints.sandbox.people import MatrixDevice, MatrixPerson
from outreach.entrypoints.sandbox.synapse import Synapse
from tests.interop.human import Human, Sight

_NUMBERS = itertools.count()


async def human(synapse: Synapse, name: str) -> Human:
    """With an account of their own."""
    return Human(synapse.url, await synapse.register(f"{name}{next(_NUMBERS)}"))


async def person(synapse: Synapse, name: str, *, signed: bool = True) -> MatrixPerson:
    """On matrix-nio."""
    account = await synapse.register(f"{name}{next(_NUMBERS)}")
    device = MatrixDevice(signed=signed)
    return MatrixPerson(synapse.url, account.user_id, account.access_token, device=device)


def anything(_: Sight) -> bool:
    """Whatever is said."""
    return True


async def test_two_current_clients_read_each_other(synapse: Synapse) -> None:
    async with await human(synapse, "ada") as ada, await human(synapse, "bob") as bob:
        room = await ada.dm(bob.user_id)
        await bob.join(room)
        await ada.say(room, "hello")
        assert (await bob.hear("hello", sender=ada.user_id)).clear
        await bob.say(room, "hello yourself")
        assert (await ada.hear("yourself", sender=bob.user_id)).clear


async def test_a_signed_device_on_nio_is_read_in_every_form(synapse: Synapse) -> None:
    async with await human(synapse, "ada") as ada, await person(synapse, "bob") as bob:
        room = await ada.dm(bob.user_id)
        await bob.see_member(room, bob.user_id)
        root = await ada.say(room, "hello")
        assert (await bob.hear("hello")).was_sealed
        answer = await bob.say(room, "in a thread", thread=root)
        seen = await ada.hear("in a thread", sender=bob.user_id)
        assert seen.clear and seen.thread == root
        await bob.edit(room, answer, "in other words")
        edited = await ada.hear("in other words", sender=bob.user_id)
        assert edited.clear and edited.relation == {"rel_type": "m.replace", "event_id": answer}
        await bob.react(room, root, "👍")
        await ada.see(lambda one: one.relation.get("key") == "👍", "a thumb")
        assert bob.unread == []


async def test_a_device_that_nobody_signed_is_not_read(synapse: Synapse) -> None:
    """The planted fault: matrix-nio as it comes, without cross-signing, in both directions."""
    async with await human(synapse, "ada") as ada, await person(synapse, "bob", signed=False) as bob:
        room = await ada.dm(bob.user_id)
        await bob.see_member(room, bob.user_id)
        await ada.say(room, "for signed devices")
        await bob.hear_nothing("for signed devices", during=2)
        assert len(bob.unread) == 1
        await bob.say(room, "from nobody's device")
        heard = await ada.hear(anything, sender=bob.user_id)
        assert heard.failure == "UNSIGNED_SENDER_DEVICE" and "nobody" not in heard.text and not heard.clear


async def test_a_client_of_old_reads_it_with_a_shield(synapse: Synapse) -> None:
    """So a shield is seen where there is one, and the missing one elsewhere means something."""
    account = await synapse.register(f"ada{next(_NUMBERS)}")
    async with Human(synapse.url, account, strict=False) as ada, await person(synapse, "bob", signed=False) as bob:
        room = await ada.dm(bob.user_id)
        await bob.see_member(room, bob.user_id)
        await bob.say(room, "from nobody's device")
        heard = await ada.hear("nobody", sender=bob.user_id)
        assert heard.failure is None and heard.shield == 2 and not heard.clear


async def test_a_second_device_is_signed_with_the_recovery_key(synapse: Synapse) -> None:
    async with await human(synapse, "ada") as ada, await person(synapse, "bob") as bob:
        room = await ada.dm(bob.user_id)
        await bob.see_member(room, bob.user_id)
        async with Human(synapse.url, await synapse.log_in(ada.account), recovery=ada.recovery) as phone:
            await phone.say(room, "from my phone")
            heard = await bob.hear("from my phone")
            await bob.say(room, "to both", reply_to=heard.id)
            for device in (ada, phone):
                assert (await device.hear("to both", sender=bob.user_id)).clear
            assert bob.unread == []
