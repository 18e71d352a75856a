"""Keys for people who were invited when the keys were first used: a few seconds after they have come (`crypto.owed`).

Whoever is called a guest here has an identity of their own, as everybody with a current client.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from outreach.adapters.matrix.crypto import signing
from outreach.adapters.matrix.crypto.keystore import KeyStore
from outreach.adapters.matrix.crypto.owed import Owed
from outreach.adapters.matrix.encryption import ARRIVAL
from outreach.bootstrap.chance import SystemClock
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.ports import Undeliverable
from tests.matrix.sealed import SealedPerson
from tests.matrix.story import Bot, Story, card, letter, matrix
from tests.recorder import bad_gateway

_INSTANT = timedelta(milliseconds=1)


async def guest(story: Story, name: str = "ada") -> SealedPerson:
    person = await story.sealed(name)
    await person.sign(signing.new_seeds(os.urandom))
    return person


async def invited(story: Story, text: str = "come in") -> tuple[Bot, SealedPerson, str]:
    """Somebody is written to who has not come yet."""
    bot, ada = await story.bot(sealed=True), await guest(story)
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id, text))
    return bot, ada, place.room


async def after(bot: Bot, *people: SealedPerson, span: timedelta = ARRIVAL) -> None:
    """The bot looks, so much time passes, it looks again; then people do."""
    await bot.read()
    bot.clock.forward(span)
    await bot.read()
    for person in people:
        await person.sync()
        person.reread()


def said(person: SealedPerson) -> list[str]:
    return [event.body for event in [*person.heard, *person.notices]]


def owed(bot: Bot) -> list[str]:
    assert bot.shelf is not None
    return bot.shelf.names("owed/")


async def test_a_guest_is_given_the_key_some_seconds_after_coming(story: Story) -> None:
    bot, ada, room = await invited(story)
    await after(bot, ada)
    await ada.join(room)
    await after(bot, ada, span=ARRIVAL - _INSTANT)
    assert (said(ada), len(ada.unread)) == ([], 1), "neither while invited nor at once"
    await after(bot, ada, span=_INSTANT)
    assert (said(ada), ada.unread, owed(bot)) == (["come in"], [], [])
    await bot.gateway.send(letter(room, ada.user_id, "welcome"))
    assert (await ada.hear("welcome")).session_id == ada.heard[0].session_id, "and with that key it goes on"
    assert bot.shelf is not None and b"session_key" not in b"".join(p.body or b"" for p in bot.shelf.held.values())


async def test_what_is_said_in_these_seconds_waits_with_it(story: Story) -> None:
    """Also where the join is seen by the look before a letter rather than by a sync."""
    bot, ada, room = await invited(story)
    await ada.join(room)
    await bot.gateway.send(letter(room, ada.user_id, "and this"))
    bot.clock.forward(ARRIVAL - _INSTANT)
    await ada.sync()
    assert (said(ada), len(ada.unread)) == ([], 2)
    await after(bot, ada, span=_INSTANT)
    assert said(ada) == ["come in", "and this"]


async def test_who_comes_while_the_letter_is_made_is_not_overlooked(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync has told of it before they were owed anything, and tells nothing more."""
    bot, ada = await story.bot(sealed=True), await guest(story)
    room = (await bot.gateway.make_room(matrix(ada.user_id))).room
    encryption = bot.gateway._encryption
    assert encryption is not None
    share = encryption._share

    async def late(*args: Any) -> Any:
        await ada.join(room)
        await bot.read()
        return await share(*args)

    monkeypatch.setattr(encryption, "_share", late)
    await bot.gateway.send(letter(room, ada.user_id, "come in"))
    await after(bot, ada)
    assert (said(ada), ada.unread, owed(bot)) == (["come in"], [], [])


async def test_it_goes_out_by_itself(story: Story) -> None:
    """While the bot waits for its server, with the machine's own clock."""
    before, ada, room = await invited(story)
    gateway = story.gateway(before.account, clock=SystemClock(), keep=before.shelf)
    bot = replace(before, gateway=gateway)
    await gateway.open()
    listening = asyncio.create_task(gateway.listen(bot.cursor, bot.journal))
    try:
        start = asyncio.get_running_loop().time()
        await ada.join(room)
        await ada.hear("come in", ARRIVAL.total_seconds() + 4)
        assert asyncio.get_running_loop().time() - start >= ARRIVAL.total_seconds()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await gateway.close()


@pytest.mark.parametrize("when", ["before they come", "before it is seen", "before the time is over"])
async def test_a_restart_forgets_nobody(story: Story, when: str) -> None:
    bot, ada, room = await invited(story)
    if when == "before they come":
        bot = await story.again(bot)
    await ada.join(room)
    if when == "before it is seen":
        bot = await story.again(bot)
    await bot.read()
    if when == "before the time is over":
        bot = await story.again(bot)
    await after(bot, ada)
    assert (said(ada), ada.unread, owed(bot)) == (["come in"], [], [])


async def test_every_key_used_since_the_invitation_is_given(story: Story) -> None:
    bot, ada, room = await invited(story, "one")
    for text in ("two", "three"):
        bot = await story.again(bot)  # which begins a new key
        await bot.gateway.send(letter(room, ada.user_id, text))
    await ada.join(room)
    await after(bot, ada)
    assert said(ada) == ["one", "two", "three"]
    assert len({event.session_id for event in ada.heard}) == 3


async def test_a_device_that_came_meanwhile_is_given_it_and_one_that_went_is_not(story: Story) -> None:
    bot, ada, room = await invited(story)
    phone = await story.sealed("ada", await story.log_in(ada.account))
    lost = await story.sealed("ada", await story.log_in(ada.account))
    await story.log_out(lost.account)
    await ada.join(room)
    await phone.sync(full=True)
    bot, recorder = await story.recorded(bot)
    await after(bot, ada, phone)
    assert said(ada) == said(phone) == ["come in"], "unverified devices are given keys on purpose"
    (given,) = [one.body["messages"] for one in recorder.requests if "/sendToDevice/" in one.path]
    assert set(given[ada.user_id]) == {ada.account.device_id, phone.account.device_id}


async def test_who_left_gets_no_key(story: Story) -> None:
    """Whether the bot has seen it or not."""
    for is_seen in (True, False):
        bot, ada, room = await invited(story)
        bot, recorder = await story.recorded(bot)
        await ada.join(room)
        await bot.read()
        bot.clock.forward(ARRIVAL)
        await ada.client.room_leave(room)
        if is_seen:
            await bot.read()
        else:
            assert bot.gateway._security is not None
            await bot.gateway._security.arrivals.give()
        assert not any("/sendToDevice/" in one.path for one in recorder.requests)


# staff rooms, where others go on talking

Staff = tuple[Bot, SealedPerson, MatrixPerson, str]


async def staff(story: Story, **state: str) -> Staff:
    """Mia is there, the bot as well; she invites."""
    bot, mia = await story.bot(sealed=True), await guest(story, "mia")
    owner = await story.as_person(mia.account)
    room = await owner.create_room("staff", invite=[bot.account.user_id], encrypted=True)
    for kind, value in state.items():
        await owner.set_state(room, f"m.room.{kind}", {kind: value})
    await bot.gateway.accept(room)
    await bot.read()
    await mia.sync(full=True)
    return bot, mia, owner, room


async def test_a_guest_of_the_staff_room_gets_what_was_said_since_the_invitation_and_nothing_older(
    story: Story,
) -> None:
    bot, mia, owner, room = await staff(story)
    ben = await guest(story, "ben")
    await bot.gateway.send(card(room, "before"))
    await owner.invite(room, ben.user_id)
    await bot.gateway.send(card(room, "while invited"))
    await mia.notice("while invited")
    assert len({event.session_id for event in mia.notices}) == 1, "who is there reads at once, with one key"
    await ben.join(room)
    await after(bot, ben)
    assert said(ben) == ["while invited"]
    assert len(ben.unread) == 1, "the history shows the older one, too"


async def test_who_comes_back_gets_what_was_said_while_they_were_there(story: Story) -> None:
    bot, mia, owner, room = await staff(story)
    ben = await guest(story, "ben")
    await owner.invite(room, ben.user_id)
    await bot.gateway.send(card(room, "while invited"))
    await ben.client.room_leave(room)
    await after(bot)
    await bot.gateway.send(card(room, "while away"))
    await bot.read()
    await owner.invite(room, ben.user_id)
    await bot.gateway.send(card(room, "again invited"))
    await ben.join(room)
    await after(bot, ben, mia)
    assert said(ben) == ["while invited", "again invited"] and len(ben.unread) == 1
    assert sorted(said(mia)) == ["again invited", "while away", "while invited"]
    assert len({event.session_id for event in mia.notices}) == 2, "the old key ended when they left"


async def test_where_history_begins_with_the_join_a_guest_is_owed_nothing(story: Story) -> None:
    bot, _, owner, room = await staff(story, history_visibility="joined")
    ben = await guest(story, "ben")
    await owner.invite(room, ben.user_id)
    await bot.gateway.send(card(room, "while invited"))
    assert owed(bot) == []
    await ben.join(room)
    await after(bot, ben)
    await bot.gateway.send(card(room, "now"))
    await ben.notice("now")
    assert said(ben) == ["now"]


async def test_a_room_the_bot_is_put_out_of_is_forgotten(story: Story) -> None:
    bot, _, owner, room = await staff(story)
    await owner.invite(room, (await guest(story, "ben")).user_id)
    await bot.gateway.send(card(room))
    assert len(owed(bot)) == 1
    await owner.kick(room, bot.account.user_id)
    await bot.read()
    assert owed(bot) == []


# what goes wrong


async def test_who_cannot_be_reached_is_tried_again_and_nobody_is_named(story: Story) -> None:
    bot, ada, room = await invited(story)
    bot, recorder = await story.recorded(bot)
    other = await guest(story, "ben")
    place = await bot.gateway.make_room(matrix(other.user_id))
    await bot.gateway.send(letter(place.room, other.user_id, "to another"))
    await ada.join(room)
    await other.join(place.room)
    recorder.inject("POST", "/keys/query", bad_gateway)
    with capture_logs() as told:
        await after(bot, ada, other)
    assert sorted(said(ada) + said(other)) in (["come in"], ["to another"]), "the other one did not have to wait"
    logged = [str(entry) for entry in told]
    assert any("not taken" in one for one in logged)
    assert not any(secret in one for one in logged for secret in (ada.user_id, other.user_id, room, place.room))
    await after(bot, ada, other, span=timedelta(seconds=5))
    assert (said(ada), said(other), owed(bot)) == (["come in"], ["to another"], [])


async def test_what_somebody_is_owed_goes_with_the_room(story: Story) -> None:
    bot, _, room = await invited(story)
    assert bot.shelf is not None
    assert [piece.room for name, piece in bot.shelf.held.items() if name.startswith("owed/")] == [room]
    await bot.gateway.forget(room)
    with pytest.raises(Undeliverable):
        await bot.gateway.members(room)
    assert bot.gateway._encryption is not None
    async with bot.gateway._encryption.reading() as machine:
        assert machine.store.owed == {}


# what is kept, without a server

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_of_one_session_the_first_key_counts_and_of_very_many_sessions_the_newest() -> None:
    found = Owed("!r", "@u").more("a", "first").more("a", "later")
    assert found.keys == {"a": "first"}
    for number in range(100):
        found = found.more(f"s{number}", "key")
    assert len(found.keys) == 100 and "a" not in found.keys


def test_who_was_seen_to_come_twice_is_given_it_after_the_first_time() -> None:
    came = Owed("!r", "@u").joined(NOW).joined(NOW + ARRIVAL)
    assert came.due == NOW
    assert came.left(NOW.date()).due is None
    back = came.left(NOW.date()).joined(NOW + ARRIVAL)
    assert (back.due, back.gone) == (NOW + ARRIVAL, "")


def test_tries_become_rare_and_do_not_end() -> None:
    found, waits = Owed("!r", "@u"), []
    for _ in range(20):
        found = found.unreached(NOW)
        assert found.due is not None
        waits.append((found.due - NOW).total_seconds())
    assert waits[:3] == [5, 10, 20] and waits[-1] == max(waits) == 3600


def test_nobody_comes_back_after_a_month_for_what_they_left() -> None:
    store = KeyStore((), "@bot:x", "DEV")
    store.save_owed(Owed("!r", "@gone:x", {"s": "key"}, gone="2026-10-20"))
    store.save_owed(Owed("!r", "@invited:x", {"s": "key"}))
    store.drop_unused(date(2026, 10, 26).isoformat())
    assert [user for _, user in store.owed] == ["@invited:x"]
    again = KeyStore([piece for piece in store.changes() if piece.body], "@bot:x", "DEV")
    assert again.owed == store.owed
