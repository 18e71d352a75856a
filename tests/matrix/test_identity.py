"""The bot's own device: signed by an identity made once, found wrong when it is not ours, replaced when it is lost."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from outreach.adapters.matrix.crypto import signing
from outreach.entrypoints.sandbox.synapse import MatrixAccount
from outreach.ports import Misconfigured, Piece
from tests.matrix.sealed import Shelf
from tests.matrix.story import Bot, StoppedClock, Story, letter, matrix


def verify(content: dict[str, Any], user: str, key: str) -> None:
    """By the specification's letter, and none of the program's code. Raises where the signature is none."""
    bare = {name: value for name, value in content.items() if name not in ("signatures", "unsigned")}
    plain = json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    Ed25519PublicKey.from_public_bytes(raw(key)).verify(raw(content["signatures"][user][f"ed25519:{key}"]), plain)


def raw(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def only_key(found: dict[str, Any], kind: str, user: str) -> str:
    (key,) = found[kind][user]["keys"].values()
    return str(key)


async def signed_device(story: Story, bot: Bot) -> tuple[str, dict[str, Any]]:
    """The bot's master key and its device, all signatures checked."""
    user, device = bot.account.user_id, bot.gateway.device
    found = await story.keys_of(user)
    master, own = only_key(found, "master_keys", user), only_key(found, "self_signing_keys", user)
    verify(found["self_signing_keys"][user], user, master)
    keys = found["device_keys"][user][device]
    verify(keys, user, own)
    with pytest.raises(InvalidSignature):
        verify(keys | {"device_id": "OTHER"}, user, own)
    return master, keys


async def test_the_device_is_signed_by_an_identity_that_stays(story: Story) -> None:
    bot = await story.bot(sealed=True)
    before = await signed_device(story, bot)
    again = await story.again(bot)
    assert await signed_device(story, again) == before


async def test_the_seeds_are_kept_before_anything_of_them_is_uploaded(story: Story) -> None:
    account, shelf = await story.account("outreach"), Shelf()
    gateway = story.gateway(account, keep=shelf)

    def full() -> None:
        raise OSError("disk full")

    shelf.before = full
    with pytest.raises(OSError, match="disk full"):
        await gateway.open()
    await gateway.close()
    assert (await story.keys_of(account.user_id)).get("master_keys") == {}
    shelf.before = lambda: None
    gateway = story.gateway(account, keep=shelf)
    await gateway.open()
    await gateway.close()
    assert "seeds" in shelf.held


@pytest.mark.parametrize("step", range(1, 9))
async def test_a_first_start_killed_anywhere_ends_in_one_identity(story: Story, step: int) -> None:
    """Killed after any of its requests; the seeds and the device are the same in the end."""
    account, shelf = await story.account("outreach"), Shelf()
    gateway, left = story.gateway(account, keep=shelf), [step]
    call = gateway._client.call

    async def killed(*args: Any, **options: Any) -> Any:
        answer = await call(*args, **options)
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return answer

    gateway._client.call = killed  # type: ignore[method-assign]
    with contextlib.suppress(KeyboardInterrupt):
        await gateway.open()
    await gateway.close()
    bot = await story.again(Bot(gateway, account, StoppedClock(), shelf=shelf))
    await bot.read()
    master, _ = await signed_device(story, bot)
    seeds = json.loads(shelf.held["seeds"].body or b"")
    assert master == signing.public(base64.b64decode(seeds["master"]))
    ada = await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, "hello"))
    await ada.join(place.room)
    await ada.say(place.room, "hi")
    assert await bot.lines() == ["hi"]


async def someone_elses(story: Story) -> MatrixAccount:
    """An account that was opened in a client before."""
    account = await story.account("outreach")
    seeds = signing.new_seeds(os.urandom)
    await story.call(
        account, "POST", "/_matrix/client/v3/keys/device_signing/upload", dict(seeds.upload(account.user_id))
    )
    return account


async def test_an_identity_of_another_client_is_named_and_left_alone(story: Story) -> None:
    account, shelf = await someone_elses(story), Shelf()
    before = (await story.keys_of(account.user_id))["master_keys"]
    for look in ("examine", "open"):
        gateway = story.gateway(account, keep=shelf)
        with pytest.raises(Misconfigured, match="a client was opened") as refusal:
            await getattr(gateway, look)()
        assert "\n" not in str(refusal.value)
        await gateway.close()
    assert (await story.keys_of(account.user_id))["master_keys"] == before


async def test_examining_changes_nothing(story: Story) -> None:
    account, shelf = await story.account("outreach"), Shelf()
    gateway = story.gateway(account, keep=shelf)
    await gateway.examine()
    await gateway.close()
    assert shelf.held == {}
    found = await story.keys_of(account.user_id)
    assert (found["device_keys"][account.user_id], found["master_keys"]) == ({}, {})


async def test_a_store_that_was_lost_is_named_and_a_new_login_goes_on_with_the_seeds(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    room = await ada.dm(bot.account.user_id)
    await ada.say(room, "old words")
    await bot.gateway.accept(room)
    assert await bot.lines() == ["old words"]
    master, _ = await signed_device(story, bot)
    assert bot.shelf is not None
    for name in ("account", *bot.shelf.names("olm/")):  # what a restored backup leaves out
        del bot.shelf.held[name]
    lost = story.gateway(bot.account, keep=bot.shelf)
    with pytest.raises(Misconfigured, match="log the bot in again"):
        await lost.open()
    await lost.close()

    moved = await story.log_in(bot.account)
    again = await story.again(Bot(bot.gateway, moved, bot.clock, bot.cursor, shelf=bot.shelf))
    assert again.gateway.device == moved.device_id != bot.account.device_id
    assert (await signed_device(story, again))[0] == master
    await ada.sync()
    await ada.say(room, "new words")
    assert await again.lines() == ["new words"]
    await again.gateway.send(letter(room, ada.user_id, "still me"))
    await ada.hear("still me")
    assert len(bot.shelf.names("megolm/")) >= 1, "what was said to the old device can be read by the new one"


async def test_with_a_password_a_lost_device_is_replaced_at_once(story: Story) -> None:
    account, shelf = await story.account("outreach"), Shelf()
    first = story.gateway(account, token="", password=account.password, keep=shelf)
    await first.open()
    device = first.device
    await first.close()
    shelf.put([Piece("account", None)])
    second = story.gateway(account, token="", password=account.password, device=device, keep=shelf)
    await second.open()
    assert second.device not in ("", device)
    bot = Bot(second, account, StoppedClock(), shelf=shelf)
    await signed_device(story, bot)
    await second.close()


async def test_a_message_of_a_lost_device_is_known_again(story: Story) -> None:
    bot, ada = await story.bot(sealed=True), await story.sealed("ada")
    place = await bot.gateway.make_room(matrix(ada.user_id))
    parcel = letter(place.room, ada.user_id, "once")
    sent = await bot.gateway.send(parcel)
    shelf = Shelf()
    assert bot.shelf is not None
    shelf.put([bot.shelf.held["seeds"]])
    gateway = story.gateway(bot.account, token="", password=bot.account.password, keep=shelf)
    await gateway.open()
    assert gateway.device != bot.account.device_id
    assert await gateway.seek(parcel) == sent
    assert await gateway.seek(letter(place.room, ada.user_id, "once")) is None
    await gateway.close()
