"""Lost answers, limits, strange bodies: what may be repeated, what is unknown, and that no error tells anything."""

from datetime import timedelta
from pathlib import Path

import pytest

from outreach.entrypoints.sandbox.processes import free_port
from outreach.entrypoints.sandbox.synapse import Synapse
from outreach.ports import OutcomeUnknown, TryLater
from tests.matrix.story import Story, conversation, letter, matrix, tried
from tests.recorder import Fault, bad_gateway, cut, lost_answer, lost_request, rate_limited


@pytest.mark.parametrize("fault", [lost_answer, cut, bad_gateway, lost_request], ids=lambda f: f.kind)
async def test_an_answer_that_does_not_come_is_tried_again_with_one_event_in_the_end(
    story: Story, fault: Fault
) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    parcel = letter(room, ada.user_id, "once")
    recorder.inject("PUT", "/send/", fault, 2)
    with pytest.raises(TryLater):
        await bot.gateway.send(parcel)
    recorder.heal()
    receipt = await bot.gateway.send(tried(parcel, bot.clock.now()))
    assert await bot.gateway.seek(parcel) == receipt
    assert [e["content"].get("body") for e in await ada.history(room)].count("once") == 1


async def test_a_single_reset_is_not_even_noticed(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    recorder.inject("PUT", "/send/", lost_answer)
    await bot.gateway.send(letter(room, ada.user_id, "once"))
    assert [e["content"].get("body") for e in await ada.history(room)].count("once") == 1


async def test_when_the_key_may_have_expired_the_outcome_is_unknown_and_can_be_looked_up(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    parcel = tried(letter(room, ada.user_id, "once"), bot.clock.now() - timedelta(hours=23))
    recorder.inject("PUT", "/send/", lost_answer, 2)
    with pytest.raises(OutcomeUnknown):
        await bot.gateway.send(parcel)
    found = await bot.gateway.seek(parcel)
    assert found is not None
    assert await bot.gateway.send(parcel) == found
    assert [e["content"].get("body") for e in await ada.history(room)].count("once") == 1


async def test_a_limit_names_its_time(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    recorder.inject("PUT", "/send/", rate_limited(12.5))
    with pytest.raises(TryLater) as later:
        await bot.gateway.send(letter(room, ada.user_id))
    assert later.value.delay == 12.5


async def test_trouble_before_the_send_is_never_an_unknown_outcome(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    recorder.inject("GET", "/members", bad_gateway)
    with pytest.raises(TryLater):
        await bot.gateway.send(tried(letter(room, ada.user_id), bot.clock.now() - timedelta(days=3)))


async def test_a_lost_room_is_made_again(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada", joins=False)
    bot, recorder = await story.recorded(plain)
    recorder.inject("POST", "/createRoom", lost_answer)
    with pytest.raises(TryLater):
        await bot.gateway.make_room(matrix(ada.user_id))
    place = await bot.gateway.make_room(matrix(ada.user_id))
    await bot.gateway.send(letter(place.room, ada.user_id))
    await ada.see_member(place.room, ada.user_id, "invite")
    assert ada.invitations == {place.room}


async def test_a_lost_invitation_is_repeated_without_a_trace(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    bot, recorder = await story.recorded(plain)
    place = await bot.gateway.make_room(matrix(ada.user_id))
    parcel = letter(place.room, ada.user_id, "once")
    recorder.inject("PUT", "/state/m.room.member/", lost_answer, 2)
    with pytest.raises(TryLater):
        await bot.gateway.send(parcel)
    await bot.gateway.send(parcel)
    await ada.hear("once")
    invitations = [e for e in await ada.history(place.room) if e["content"].get("membership") == "invite"]
    assert len(invitations) == 1


async def test_a_stopped_server_is_waited_for_and_kept_connections_may_die(tmp_path: Path, story: Story) -> None:
    async with Synapse(tmp_path / "hs", port=free_port()) as synapse:
        other = Story(synapse, story._stack)
        bot, ada = await other.bot(), await other.account("ada")
        place = await bot.gateway.make_room(matrix(ada.user_id))
        parcel = letter(place.room, ada.user_id)
        first = await bot.gateway.send(parcel)
        await synapse.stop()
        with pytest.raises(TryLater):
            await bot.gateway.send(parcel)
        await synapse.start()
        assert await bot.gateway.send(parcel) == first


async def test_errors_tell_nothing_about_anybody(story: Story) -> None:
    plain, ada = await story.bot(), await story.person("ada")
    room, _ = await conversation(plain, ada)
    bot, recorder = await story.recorded(plain)
    told = []
    for fault in (bad_gateway, rate_limited(1), lost_answer):
        recorder.inject("PUT", "/send/", fault, 2)
        try:
            await bot.gateway.send(letter(room, ada.user_id, "canary"))
        except Exception as error:
            told.append(str(error))
        recorder.heal()
    await ada.leave(room)
    for place in (room, "!canary:localhost"):
        try:
            await bot.gateway.send(letter(place, ada.user_id, "canary"))
        except Exception as error:
            told.append(str(error))
    assert len(told) == 5
    secrets = ("canary", ada.user_id, room, bot.account.access_token, "localhost", "127.0.0.1")
    assert [word for word in secrets for text in told if word in text] == []
