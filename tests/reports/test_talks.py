"""A talk between both sides on a real homeserver: who is in its room, what the bot keeps of it, and every way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from outreach.adapters.matrix import MatrixGateway
from outreach.adapters.storage import schema
from outreach.domain.case import Case, Stage
from outreach.domain.identity import Account
from outreach.domain.letters import Audience
from outreach.entrypoints.sandbox.people.http import Refused
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from outreach.ports import Place
from tests.dialogue.talk import Community, People, begins, letter, publish, same
from tests.reports.test_intake import cards, command, facts, news, so_far
from tests.town.actors import OnMatrix

pytestmark = pytest.mark.asyncio(loop_scope="package")


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it is done."""


async def offered(town: Community, people: People) -> tuple[OnMatrix, OnMatrix, Happening]:
    """Ada reports Dave, and Mia offers both a talk that she leads."""
    ada, dave = await people.matrix("ada"), await people.matrix("dave")
    seen = await so_far(town)
    said = await dave.person.say(town.lounge, "good morning, fool")
    await ada.person.report(town.lounge, said, "rude to me")
    (card,) = cards(await news(town, seen))
    await ada.heard()
    await command(town, card, "mediate", "3d")
    for one in (ada, dave):
        (asked,) = await one.heard()
        assert town.mia.user_id.lstrip("@") in asked.replace("\u2060", "")
        assert ("learns who you are" in asked) == (one is ada)
        assert one is ada or not {ada.name, "fool"} & set(asked.split())
    return ada, dave, card


async def case_of(town: Community, card: Happening) -> Case:
    def find(tx: Any) -> Case | None:
        return tx.cases.load(tx.cases.with_alias(facts(card)["case"]))  # type: ignore[no-any-return]

    case = await town.database.transact(find)
    assert case is not None
    return case


def rooms_of(person: OnMatrix, but: set[str]) -> set[str]:
    """Where somebody is or is invited to, besides."""
    return (person.person.rooms | person.person.invitations) - but


def kept(town: Community) -> list[int]:
    """How much has ever been journaled, and waits."""

    def counted(sql: Connection) -> list[int]:
        return [sql.execute(select(func.count()).select_from(one)).scalar_one() for one in (schema.seen, schema.inbox)]

    return town.database.sql(counted)


async def welcome(town: Community, who: OnMatrix) -> Happening:
    """The bot's opening as one of them reads it in the room."""
    await town.arrive()
    return await who.person.hear("leads this talk", within=10)


async def test_both_want_it_and_nobody_else_comes(town: Community, people: People) -> None:
    ada, dave, card = await offered(town, people)
    eve = await people.matrix("eve")
    ada_had, dave_had = set(ada.person.rooms), set(dave.person.rooms)
    assert begins(town, (await ada.say("yes"))[0], "talk") and rooms_of(ada, ada_had) == set()
    answers = await dave.say("yes")
    opening = await welcome(town, ada)
    room = opening.room
    assert all("Noted: yes" in one or "led by" in one or one == opening.text for one in answers)
    for one in (dave.person, town.mia):
        assert (await one.hear("leads this talk", room=room)).was_sealed
    three = {ada.person.user_id, dave.person.user_id, town.mia.user_id}
    assert await ada.person.present(room) == await ada.person.members(room) == three | {town.bot.user_id}
    state = {(one["type"], one["state_key"]): one["content"] for one in await ada.person.full_state(room)}
    assert not {"m.room.name", "m.room.topic", "m.room.canonical_alias", "m.room.avatar"} & {kind for kind, _ in state}
    assert state["m.room.join_rules", ""]["join_rule"] == "invite"
    assert state["m.room.history_visibility", ""]["history_visibility"] == "invited"
    assert state["m.room.guest_access", ""]["guest_access"] == "forbidden"
    assert state["m.room.encryption", ""] and state["m.room.create", ""]["m.federate"] is False
    for one in (ada.person, dave.person, town.mia):
        with pytest.raises(Refused):
            await one.invite(room, eve.person.user_id)
    assert rooms_of(ada, ada_had) == {room} and rooms_of(dave, dave_had) == {room}

    # what is said there is theirs alone
    before = kept(town)
    for person, words in ((ada.person, "you hurt me"), (dave.person, "no"), (town.mia, "!help")):
        await person.say(room, words)
    await town.mia.say(room, f"!close {facts(card)['case']} dropped")
    first = await ada.person.say(room, "human")
    await dave.person.react(room, first, "✅")
    await town.turn()
    assert kept(town) == before
    assert (await case_of(town, card)).stage is Stage.MEDIATION
    said = [
        one for one in await ada.person.history(room) if one["sender"] == town.bot.user_id and "state_key" not in one
    ]
    assert len(said) == 1

    # and over with the case
    ada.room = dave.room = ""
    await command(town, card, "close", "agreed")
    bye = await dave.person.hear("talk is over", room=room)
    assert bye.was_sealed
    assert town.bot.user_id not in await ada.person.members(room)
    case = await case_of(town, card)
    assert await town.database.transact(lambda tx: tx.conversations.of_talk(case.id)) is None
    assert await town.database.transact(lambda tx: tx.conversations.in_room(room)) is None
    pieces = await town.database.transact(lambda tx: [one.name for one in tx.pieces.all("matrix")])
    assert not [one for one in pieces if room in one]


async def test_a_no_ends_it_and_the_other_side_hears_only_that(town: Community, people: People) -> None:
    ada, dave, card = await offered(town, people)
    had = set(ada.person.rooms) | set(dave.person.rooms)
    await ada.say("yes")
    seen = await so_far(town)
    (answer,) = await dave.say("no")
    assert "Noted: no" in answer and begins(town, answer, "talk", Audience.RECIPIENT)
    (told,) = await ada.heard()
    assert same(told).startswith("This is about") and "doesn't take place" in told and dave.name not in told
    assert rooms_of(ada, had) == rooms_of(dave, had) == set()
    shown = await news(town, seen)
    assert ["doesn't take place" in one.text for one in shown if facts(one)["kind"] == "update"] == [True]
    assert not [one for one in shown if "Noted" in one.text or "answer" in one.text.casefold()]
    case = await case_of(town, card)
    assert (case.stage, case.talk, case.measures) == (Stage.IN_HANDS, None, ())
    (late,) = await dave.say("yes")
    assert "doesn't take place" in late and (await case_of(town, card)).talk is None


async def test_silence_is_a_no_without_blame(town: Community, people: People) -> None:
    ada, dave, card = await offered(town, people)
    await ada.say("yes")
    await town.wait(days=4)
    for one in (ada, dave):
        (told,) = await one.heard()
        assert "doesn't take place" in told and "nothing is held against anybody" in told
    assert (await case_of(town, card)).stage is Stage.IN_HANDS


@pytest.mark.parametrize("point", ["make_shared_room", "gather"])
async def test_killed_between_consent_and_room(
    make_town: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """Right after the room was made, or in the middle of the invitations: one room, and everybody invited once."""
    town = await make_town()
    ada, dave, _ = await offered(town, People(town, 0))
    had = set(ada.person.rooms) | set(dave.person.rooms)
    real: Any = getattr(MatrixGateway, point)

    async def killed(gateway: MatrixGateway, *args: Any) -> Place | None:
        if point == "gather":
            room, invited = args
            await real(gateway, room, invited[:1])
        else:
            await real(gateway, *args)
        raise Killed

    await ada.say("yes")
    with monkeypatch.context() as patch:
        patch.setattr(MatrixGateway, point, killed)
        with pytest.raises(Killed):
            await dave.say("yes")
    await town.restart()
    await town.turn()
    opening = await welcome(town, dave)
    assert (await ada.person.hear("leads this talk")).room == opening.room
    assert rooms_of(ada, had) == rooms_of(dave, had) == {opening.room}
    state = [one for one in await ada.person.history(opening.room) if one["type"] == "m.room.member"]
    invited = [one["state_key"] for one in state if one["content"]["membership"] == "invite"]
    assert sorted(invited) == sorted([ada.person.user_id, dave.person.user_id, town.mia.user_id])


async def test_a_room_somebody_else_got_into_is_not_spoken_in(
    make_town: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is there and was accepted by nobody ends the talk before a word is said in it."""
    town = await make_town()
    ada, dave, card = await offered(town, People(town, 0))
    eve = await People(town, 0).matrix("eve")
    real: Any = MatrixGateway.gather

    async def with_another(gateway: MatrixGateway, room: str, invited: Sequence[Account]) -> None:
        await gateway._api.invite(room, eve.person.user_id)
        await real(gateway, room, invited)

    monkeypatch.setattr(MatrixGateway, "gather", with_another)
    await ada.say("yes")
    had = set(ada.person.rooms) | set(dave.person.rooms)
    await dave.say("yes")
    await town.turn()
    assert (await case_of(town, card)).talk is None
    assert rooms_of(ada, had) == rooms_of(dave, had) == set()
    assert "doesn't take place" in (await ada.heard())[-1]


async def test_a_no_to_the_post_is_none_to_the_talk(town: Community, people: People) -> None:
    """The same person is asked for both, in the same chat; what was asked last is what a bare word answers."""
    ada, dave = await people.matrix("ada"), await people.matrix("dave")
    seen = await so_far(town)
    link, _ = await publish(dave, "an unkind word")
    await ada.say(link)
    await ada.say("agree")
    await ada.say("4")
    await ada.say("1")
    await ada.say("send")
    await town.wait(hours=20)
    await ada.heard()
    await dave.heard()
    await dave.say("no")
    await ada.say("escalate")
    await ada.say("send")
    (card,) = cards(await news(town, seen))
    await command(town, card, "mediate", "")
    (asked,) = await dave.heard()
    offer = dave.last
    assert begins(town, asked, "mediation_offer", Audience.RECIPIENT)
    (why,) = await dave.say("why")
    await command(town, card, "author", "Could you edit it?")
    await dave.heard()
    (answer,) = await dave.say("no")
    assert "Noted" not in answer and (await case_of(town, card)).talk is not None
    dave.last = offer
    (answer,) = await dave.say("yes", reply=True)
    assert "Noted: yes" in answer, answer
    (answer,) = await dave.say("no")
    assert "Noted" not in answer, "Mia's words are still the last thing that was asked"
    dave.last = offer
    (answer,) = await dave.say("no", reply=True)
    assert "Noted: no" in answer and (await case_of(town, card)).talk is None
    assert letter(town, "talk", Audience.RECIPIENT, news="no")[:20] in same(answer) and why


async def test_whoever_asked_agrees_to_nothing_by_mistake(town: Community, people: People) -> None:
    """A yes to a moderator's question brings the offer again, instead of telling the author who they are."""
    ada, _, card = await offered(town, people)
    await command(town, card, "asker", "Shall I write to him?")
    await ada.heard()
    (again,) = await ada.say("yes")
    case = await case_of(town, card)
    assert begins(town, again, "mediation_offer") and case.talk is not None and not case.talk.agreed
    (noted,) = await ada.say("yes")
    case = await case_of(town, card)
    assert "Noted: yes" in noted and case.talk is not None and [*case.talk.agreed] == ["asker"]
    (noted,) = await ada.say("no")
    assert "Noted: no" in noted and (await case_of(town, card)).talk is None


async def test_who_asked_and_would_lead_it_never_does(town: Community, people: People) -> None:
    """Mia reports Dave herself, and offers a talk led by herself: for her own eyes alone her yes is none."""
    mia = OnMatrix(town, "mia", town.mia)
    dave = await people.matrix("dave")
    seen = await so_far(town)
    said = await dave.person.say(town.lounge, "good morning, fool")
    await town.mia.report(town.lounge, said, "rude to me")
    (card,) = cards(await news(town, seen))
    await command(town, card, "mediate", "")
    await mia.heard()
    await dave.heard()
    had = set(dave.person.rooms)
    await dave.say("yes")
    await mia.say("yes")
    assert (await case_of(town, card)).talk is None and rooms_of(dave, had) == set()
    await town.wait(hours=20)
    assert "doesn't take place" in (await dave.heard())[-1]


async def test_guests_are_accepted_by_both_before_they_are_invited(town: Community, people: People) -> None:
    """R022: persons of trust, named to both sides with the offer; nobody is invited whom only one has accepted."""
    ada, dave, eva = await people.matrix("ada"), await people.matrix("dave"), await people.matrix("eva")
    seen = await so_far(town)
    said = await dave.person.say(town.lounge, "good morning, fool")
    await ada.person.report(town.lounge, said, "rude to me")
    (card,) = cards(await news(town, seen))
    await ada.heard()
    await command(town, card, "mediate", f"3d {eva.person.user_id}")
    for one in (ada, dave):
        (asked,) = await one.heard()
        assert eva.person.user_id.lstrip("@") in asked.replace("\u2060", "")
    had = set(eva.person.rooms)
    await ada.say("yes")
    assert await eva.heard() == [] and rooms_of(eva, had | {eva.notes}) == set()
    await dave.say("yes")
    opening = await welcome(town, eva)
    everybody = {one.person.user_id for one in (ada, dave, eva)} | {town.mia.user_id, town.bot.user_id}
    assert await ada.person.present(opening.room) == everybody
