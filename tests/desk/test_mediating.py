"""`!mediate`: who leads, who is asked, what keeps a talk from being offered at all, and that no refusal tells whose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.domain import inputs as i
from outreach.domain.case import Case, Stage
from outreach.domain.identity import Account, Platform
from outreach.domain.reports import Report, Source
from outreach.domain.talks import Side
from outreach.ports import Place, TryLater
from outreach.ports.store import Conversation, Errand
from outreach.services.errands import Errands
from outreach.services.talking import Talking, leads_themselves
from tests.desk.world import BOT, MIA, NOA, SOCK, Sent, World, matrix

DAVE, ANN, EVA = "@dave:x.example", "@ann:x.example", "@eva:x.example"
ROOM = "!talk:x.example"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, encryption=True)
    yield made
    made.store.close()


class Landlord:
    """The part of a gateway that makes rooms; remembers who was invited where, and fails when it is told to."""

    def __init__(self) -> None:
        self.made: list[list[str]] = []
        self.invited: dict[str, list[str]] = {}
        self.left: list[str] = []
        self.fails: list[BaseException] = []

    async def make_shared_room(self, people: list[Account]) -> Place:
        self.made.append([one.address for one in people])
        return Place(room=f"{ROOM}{len(self.made)}")

    async def gather(self, room: str, people: list[Account]) -> None:
        if self.fails:
            raise self.fails.pop()
        there = self.invited.setdefault(room, [])
        there += [one.address for one in people if one.address not in there]

    async def leave(self, room: str) -> None:
        self.left.append(room)


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it is done."""


def reported(world: World, about: str = DAVE, by: Conversation | None = None) -> Case:
    """A report about somebody on Matrix, by a member on Matrix."""
    report = Report(Source.MEMBER, Platform.MATRIX, (matrix(about),), text="rude")
    member = by or world.member("ann")
    return world.do(lambda tx: world.casework.file_report(tx, member, report))


async def offered(world: World, words: str = "") -> Case:
    """A talk that both sides are asked about."""
    case = reported(world)
    await world.deliver()
    for _ in range(2):
        await world.says(MIA, f"!mediate {case.alias} {words}".strip())
    case = world.load(case)
    assert case.stage is Stage.MEDIATION
    return case


def errands(world: World) -> list[Errand]:
    return [one for one in world.do(lambda tx: tx.outbox.errands(world.clock.now())) if one.kind == "talk"]


def talking(world: World, landlord: Landlord) -> Talking:
    return Talking(world.store, {Platform.MATRIX: landlord}, world.casework)  # type: ignore[dict-item]


async def made(world: World, landlord: Landlord) -> None:
    """The errand, until it is done."""
    while due := errands(world):
        await talking(world, landlord).make(due[0])


async def slot(world: World, case: Case) -> None:
    """Let the moment come at which whoever it is about hears that there is no talk."""
    (due,) = [one.due for one in world.do(lambda tx: tx.timers.of(case.id)) if one.timer == "talk_off"]
    world.clock.at = due
    world.apply(case, i.TalkOffDue())
    await world.deliver()


def letters(world: World, name: str) -> list[Sent]:
    return [one for one in world.outside.sent if one.letter == name]


def agreed(world: World, case: Case) -> Case:
    for side in Side:
        case = world.apply(case, i.TalkAnswered(side, True))
    return case


async def test_shown_first_then_both_are_asked_alike(world: World) -> None:
    case = reported(world)
    await world.deliver()
    (preview,) = await world.says(MIA, f"!mediate {case.alias} 3d")
    assert (preview.letter, preview.values["lead"], preview.values["who"]) == (
        "to_author_preview",
        "mia:x.example",
        "dave:x.example",
    )
    assert letters(world, "mediation_offer") == [] and world.load(case).stage is Stage.REPORTED
    after = await world.reacts(NOA, preview.native)
    assert sorted(one.letter for one in after) == ["card_report", "talk"]
    asked = letters(world, "mediation_offer")
    assert sorted(str(one.parcel.to and one.parcel.to.address) for one in asked) == [ANN, DAVE]
    assert {(one.values["who"], one.values["moment"][:10]) for one in asked} == {("mia:x.example", "2026-03-06")}
    (card,) = [one for one in after if one.letter == "card_report"]
    assert card.values["stage"] == "mediation" and card.values["talk"].startswith("2026-03-06")
    assert "ann" not in "".join(one.parcel.text for one in world.outside.sent if one.parcel.to != matrix(ANN))


async def test_help_shows_it_where_there_can_be_one(world: World) -> None:
    case = reported(world)
    await world.deliver()
    elsewhere, _ = await world.escalated(member="ben")
    offers = [(await world.says(MIA, f"!help {one.alias}"))[0].values["commands"] for one in (case, elsewhere)]
    assert ["!mediate" in one for one in offers] == [True, False]
    during = await offered(world)
    assert "!mediate" in (await world.says(MIA, f"!help {during.alias}"))[0].values["commands"]


async def test_whoever_confirms_the_first_to_ask_leads(world: World) -> None:
    case = reported(world)
    await world.deliver()
    (preview,) = await world.says(MIA, f"!mediate {case.alias}")
    await world.says(NOA, f"!mediate {case.alias}")
    assert world.load(case).talk is None, "the same words of another moderator name another moderator"
    await world.reacts(NOA, preview.native)
    talk = world.load(case).talk
    assert talk is not None and talk.mediator == MIA
    assert (talk.until - world.clock.now()).days == 7


async def test_another_moderator_can_be_named_and_is_called(world: World) -> None:
    case = await offered(world, NOA)
    assert case.talk is not None and case.talk.mediator == NOA
    (told,) = [one for one in letters(world, "talk") if one.parcel.to is None]
    assert told.parcel.pings == (NOA,)


async def test_who_leads_it_has_had_a_part_in_it(world: World) -> None:
    """R078: as much as whoever offered it, and only once it takes place."""
    case, landlord = await offered(world, NOA), Landlord()
    assert case.hands == (MIA,)
    agreed(world, case)
    await made(world, landlord)
    assert world.load(case).hands == (MIA, NOA)


async def test_a_colleague_may_be_mentioned_as_clients_do_it(world: World) -> None:
    """Then a display name stands in the words, and the id beside them."""
    case = reported(world)
    await world.deliver()
    (preview,) = await world.says(MIA, f"!mediate {case.alias} Noa of the night shift 2d", mentions=(NOA,))
    assert preview.values["lead"] == "noa:x.example"


@pytest.mark.parametrize("words", [DAVE, f"{NOA} {DAVE}"])
async def test_whom_it_is_about_neither_leads_nor_is_a_guest(world: World, words: str) -> None:
    """Named by their own id they are the other side; they are there once, as that."""
    case = await offered(world, words)
    assert case.talk is not None and DAVE not in (case.talk.mediator, *case.talk.guests)


async def test_the_same_person_by_another_account_is_no_mediator(world: World) -> None:
    case = reported(world, about=MIA)
    await world.deliver()
    room = world.settings.alternate_room
    answers = await world.says(NOA, f"!mediate {case.alias} mia:x.example {SOCK}", room=room)
    assert [one.letter for one in answers] == ["to_author_preview"]
    assert answers[0].values["lead"] == "noa:x.example" and answers[0].values["names"] == "sock:x.example"


@pytest.mark.parametrize("asker_on", [Platform.MATRIX, Platform.FEDIVERSE])
async def test_who_has_no_matrix_account_is_told_of_before_anybody_is_asked(world: World, asker_on: Platform) -> None:
    """Whichever side it is, the room reads the same."""
    if asker_on is Platform.MATRIX:
        case, _ = await world.escalated()
    else:
        member = Conversation(*("c", asker_on, world.member().role), Account(asker_on, "ann@x.example"), Place("!r"))  # type: ignore[arg-type]
        case = reported(world, by=world.do(lambda tx: tx.conversations.save(member)))
        await world.deliver()
    (answer,) = await world.says(MIA, f"!mediate {case.alias}")
    assert (answer.letter, answer.values) == ("talk", {"alias": case.alias, "news": "account"})
    assert letters(world, "mediation_offer") == [] and world.load(case).talk is None


async def test_without_encryption_there_is_none(tmp_path: Path) -> None:
    world = World(tmp_path, encryption=False)
    case = reported(world)
    await world.deliver()
    (answer,) = await world.says(MIA, f"!mediate {case.alias}")
    assert answer.values["news"] == "encryption"
    world.store.close()


@pytest.mark.parametrize("words", ["soon", "3d 4d", "somebody"])
async def test_words_that_mean_nothing_are_answered_with_how_it_is_written(world: World, words: str) -> None:
    case = reported(world)
    await world.deliver()
    (answer,) = await world.says(MIA, f"!mediate {case.alias} {words}")
    assert (answer.letter, answer.values["usage"]) == ("wrong_use", "!mediate A [WHO…] [7d]|end")


async def test_a_case_nobody_can_be_asked_in(world: World) -> None:
    report = Report(Source.MATRIX, Platform.MATRIX, (matrix(DAVE),), text="rude")
    case = world.do(lambda tx: world.casework.file_report(tx, None, report))
    await world.deliver()
    (answer,) = await world.says(MIA, f"!mediate {case.alias}")
    assert answer.letter == "not_now"


@pytest.mark.parametrize("first", list(Side))
async def test_a_no_leaves_the_case_as_it_was_and_tells_nobody_whose_it_was(world: World, first: Side) -> None:
    case = await offered(world)
    before = world.load(case)
    seen = len(world.outside.sent)
    after = world.apply(case, i.TalkAnswered(first, False))
    await world.deliver()
    if first is Side.ASKER:
        assert [one for one in world.outside.sent[seen:] if one.parcel.to == matrix(DAVE)] == [], "not at that moment"
        await slot(world, case)
    assert (after.stage, after.talk, after.measures, after.ending) == (Stage.IN_HANDS, None, before.measures, None)
    assert errands(world) == []
    news = {
        str(one.parcel.to and one.parcel.to.address): one.values["news"]
        for one in world.outside.sent[seen:]
        if one.letter == "talk"
    }
    assert news == {"None": "off", ANN: "no", DAVE: "off"} | (
        {ANN: "off", DAVE: "no"} if first is Side.RESPONDENT else {}
    )


@pytest.mark.parametrize("way", ["no", "withdraw", "distress", "silence", "moderators"])
async def test_the_other_side_reads_of_it_in_a_slot_whatever_it_was(tmp_path: Path, way: str) -> None:
    """Two moments of one slot look the same from there, and so does each way in which a talk can end (T1b)."""
    seen = set()
    for minutes in (5, 50):
        (tmp_path / str(minutes)).mkdir()
        world = World(tmp_path / str(minutes), encryption=True)
        case = await offered(world)
        request = case.requests[0].id
        world.clock.pass_(minutes=minutes)
        ways: dict[str, i.Input] = {
            "no": i.TalkAnswered(Side.ASKER, False),
            "withdraw": i.Withdrawn(request),
            "distress": i.MemberInDistress(request),
            "silence": i.TalkLapsed(),
            "moderators": i.TalkEnded(MIA),
        }
        world.apply(case, ways[way])
        await slot(world, case)
        told = [one for one in world.outside.sent if one.parcel.to == matrix(DAVE)]
        seen.add((world.clock.now(), *(one.parcel.text for one in told)))
        assert [one.values["news"] for one in told if one.letter == "talk"] == ["off"]
        world.store.close()
    ((at, *_),) = seen
    assert at == datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("how", ["close", "again"])
async def test_who_has_not_heard_yet_hears_before_anything_else(world: World, how: str) -> None:
    case = await offered(world)
    world.apply(case, i.TalkAnswered(Side.ASKER, False))
    if how == "close":
        await world.says(MIA, f"!close {case.alias} agreed")
    else:
        await world.says(NOA, f"!mediate {case.alias} 3d")
        await world.says(NOA, f"!mediate {case.alias} 3d")
    mine = [one.letter for one in world.outside.sent if one.parcel.to == matrix(DAVE)]
    assert mine == ["mediation_offer", "talk" if how == "close" else "mediation_offer"]
    assert world.load(case).talk_untold is None
    assert "talk_off" not in [one.timer for one in world.do(lambda tx: tx.timers.of(case.id))]


async def test_what_the_room_reads_of_a_no_is_the_same_whoever_said_it(tmp_path: Path) -> None:
    """Also of silence, and of a side that left: one text, in the same order."""
    ways: list[i.Input] = [i.TalkAnswered(side, False) for side in Side]
    ways += [i.TalkLapsed(), i.TalkEnded(MIA), i.AuthorSaid(i.Answer.STOP, person=f"matrix:{DAVE}")]
    read = set()
    for number, way in enumerate(ways):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World(folder, encryption=True)
        case = await offered(world)
        seen = len(world.outside.sent)
        after = world.apply(case, way)
        await world.deliver()
        assert after.talk is None
        read.add("\n".join(one.parcel.text for one in world.outside.sent[seen:] if one.parcel.to is None))
        world.store.close()
    assert len(read) == 1, read


async def test_nothing_is_written_to_whoever_wants_no_more_letters(world: World) -> None:
    case = await offered(world)
    seen = len(world.outside.sent)
    world.apply(case, i.AuthorSaid(i.Answer.STOP, person=f"matrix:{DAVE}"))
    await world.deliver()
    mine = [one.letter for one in world.outside.sent[seen:] if one.parcel.to == matrix(DAVE)]
    assert mine == ["answered_stop"]


async def test_whoever_asked_and_withdraws_is_a_no(world: World) -> None:
    case = await offered(world)
    after = world.apply(case, i.Withdrawn(case.requests[0].id))
    assert (after.stage, after.talk) == (Stage.IN_HANDS, None)
    await slot(world, case)
    assert [one.values["news"] for one in letters(world, "talk") if one.parcel.to == matrix(DAVE)] == ["off"]


async def test_only_a_yes_of_both_makes_a_room_and_it_is_for_three(world: World) -> None:
    case, landlord = await offered(world), Landlord()
    world.apply(case, i.TalkAnswered(Side.ASKER, True))
    await talking(world, landlord).make(Errand("talk", case=case.id))
    assert landlord.made == [] and landlord.invited == {}, "one yes is not the other's"
    world.apply(case, i.TalkAnswered(Side.RESPONDENT, True))
    await made(world, landlord)
    assert landlord.invited == {f"{ROOM}1": [ANN, DAVE, MIA]}
    await world.deliver()
    (opening,) = letters(world, "talk_opening")
    assert (opening.parcel.to, opening.parcel.among) == (None, (ANN, DAVE, MIA))
    assert (opening.parcel.place.room, opening.parcel.facts) == (f"{ROOM}1", {})
    begun = world.load(case)
    assert begun.talk is not None and begun.talk.begun
    assert [one.values.get("talk") for one in world.outside.sent if one.letter == "card_report"][-1] == "begun"


async def test_a_yes_may_be_taken_back_until_there_is_a_room(world: World) -> None:
    case, landlord = agreed(world, await offered(world)), Landlord()
    world.apply(case, i.TalkAnswered(Side.RESPONDENT, False))
    await made(world, landlord)
    assert landlord.made == [] and world.load(case).stage is Stage.IN_HANDS


async def test_taken_back_while_the_room_is_being_made(world: World) -> None:
    """The room that was just made is left again, and nobody was ever invited to it."""
    case = agreed(world, await offered(world))

    class Slow(Landlord):
        async def make_shared_room(self, people: list[Account]) -> Place:
            world.apply(case, i.TalkAnswered(Side.ASKER, False))
            return await super().make_shared_room(people)

    landlord = Slow()
    await made(world, landlord)
    assert (landlord.left, landlord.invited) == ([f"{ROOM}1"], {})


async def test_another_offer_agreed_to_meanwhile_is_another_room(world: World) -> None:
    """The room that was being made was for a talk led by somebody else; nobody of this one is invited to it."""
    case, until = agreed(world, await offered(world)), world.clock.now() + timedelta(days=1)

    class Slow(Landlord):
        async def make_shared_room(self, people: list[Account]) -> Place:
            if not self.made:
                world.apply(case, i.TalkAnswered(Side.ASKER, False))
                agreed(world, world.apply(case, i.TalkOffered(MIA, NOA, until, f"matrix:{DAVE}")))
            return await super().make_shared_room(people)

    landlord = Slow()
    with pytest.raises(TryLater):
        await made(world, landlord)
    assert (landlord.left, landlord.invited) == ([f"{ROOM}1"], {})
    await made(world, landlord)
    assert landlord.invited == {f"{ROOM}2": [ANN, DAVE, NOA]}


async def test_an_offer_made_meanwhile_has_no_room_yet(world: World) -> None:
    case, until = agreed(world, await offered(world)), world.clock.now() + timedelta(days=1)

    class Slow(Landlord):
        async def make_shared_room(self, people: list[Account]) -> Place:
            world.apply(case, i.TalkAnswered(Side.ASKER, False))
            world.apply(case, i.TalkOffered(MIA, NOA, until, f"matrix:{DAVE}"))
            return await super().make_shared_room(people)

    landlord = Slow()
    await made(world, landlord)
    assert (landlord.left, landlord.invited) == ([f"{ROOM}1"], {})
    talk = world.load(case).talk
    assert talk is not None and not talk.room


async def test_once_there_is_a_room_a_no_is_an_open_door(world: World) -> None:
    case, landlord = agreed(world, await offered(world)), Landlord()
    await made(world, landlord)
    after = world.apply(case, i.TalkAnswered(Side.ASKER, False))
    assert after.stage is Stage.MEDIATION
    await world.deliver()
    assert [one.values["news"] for one in letters(world, "talk") if one.parcel.to == matrix(ANN)][-1] == "made"


async def test_killed_between_room_and_invitations_it_goes_on_with_the_same_room(world: World) -> None:
    agreed(world, await offered(world))
    landlord = Landlord()
    landlord.fails = [Killed()]
    with pytest.raises(Killed):
        await made(world, landlord)
    await made(world, landlord)
    assert len(landlord.made) == 1 and landlord.invited == {f"{ROOM}1": [ANN, DAVE, MIA]}
    await made(world, landlord)
    assert len(letters(world, "talk_opening")) + len(await world.deliver()) > 0
    assert len(letters(world, "talk_opening")) == 1


@pytest.mark.parametrize(("failures", "is_made"), [(12, True), (1000, False)])
async def test_a_dead_server_is_waited_for_but_not_for_ever(world: World, failures: int, is_made: bool) -> None:
    case, landlord = agreed(world, await offered(world)), Landlord()
    landlord.fails = [TryLater(1.0) for _ in range(failures)]
    nobody: Any = None
    gateways: Any = {Platform.MATRIX: landlord}
    running = Errands(
        world.store, gateways, world.casework, nobody, nobody, nobody, nobody, nobody, world.settings, world.clock
    )
    for _ in range(400):
        for errand in await running.due():
            await running.run(errand)
        world.clock.pass_(minutes=5)
    talk = world.load(case).talk
    assert (talk is not None and talk.begun) == is_made and errands(world) == []
    await world.deliver()
    news = [one.values["news"] for one in letters(world, "talk") if one.parcel.to is None]
    assert news[-1] == ("made" if is_made else "failed")
    assert len(landlord.made) == 1


async def test_a_moderator_who_is_none_any_more_leads_nobody(world: World) -> None:
    """Else somebody who was put out of the room would learn who asked."""
    case, landlord = agreed(world, await offered(world)), Landlord()
    world.do(lambda tx: tx.registers.dismiss(MIA))
    await made(world, landlord)
    assert landlord.made == [] and world.load(case).talk is None


async def test_who_asked_and_is_named_to_lead_gets_no_talk(world: World) -> None:
    """The room reads what it reads of any other; the yes of whoever asked is then none."""
    case = await offered(world, NOA)
    assert leads_themselves(world.settings, case, matrix(NOA))
    assert not leads_themselves(world.settings, case, matrix(ANN))


async def test_closing_the_case_says_goodbye_and_forgets_the_room(world: World) -> None:
    case, landlord = agreed(world, await offered(world)), Landlord()
    await made(world, landlord)
    await world.deliver()
    await world.says(MIA, f"!close {case.alias} agreed")
    (bye,) = letters(world, "talk_over")
    assert bye.parcel.place.room == f"{ROOM}1"
    assert world.do(lambda tx: tx.conversations.of_talk(case.id)) is None
    left = [one.facts["room"] for one in world.do(lambda tx: tx.outbox.errands(world.clock.now()))]
    assert left == [f"{ROOM}1"]
    assert world.load(case).stage is Stage.CLOSED


async def test_a_talk_can_be_ended_alone(world: World) -> None:
    case, landlord = agreed(world, await offered(world)), Landlord()
    await made(world, landlord)
    await world.deliver()
    news = await world.says(NOA, f"!mediate {case.alias} end")
    assert [one.values["news"] for one in news if one.letter == "talk"] == ["over"]
    assert len(letters(world, "talk_over")) == 1 and world.load(case).stage is Stage.IN_HANDS


async def test_guests_are_named_to_both_and_invited_with_them(world: World) -> None:
    """R022: persons of trust whom both sides accept, by the same yes."""
    case, landlord = await offered(world, f"{MIA} {EVA} {SOCK}"), Landlord()
    assert {one.values["names"] for one in letters(world, "mediation_offer")} == {"eva:x.example, sock:x.example"}
    agreed(world, case)
    await made(world, landlord)
    assert landlord.invited == {f"{ROOM}1": [ANN, DAVE, MIA, EVA, SOCK]}


async def test_the_bot_itself_is_no_guest(world: World) -> None:
    case = await offered(world, BOT)
    assert case.talk is not None and case.talk.guests == ()
