"""`!approve` and `!refuse`: by reply or name, as they are or reworded, once, and never words that were not shown."""

from contextlib import suppress
from typing import Any

from outreach.domain import inputs as i
from outreach.domain.case import Case
from outreach.domain.errors import Refusal
from outreach.ports.store import Told
from tests.desk.world import MIA, NOA, Sent, World


def names(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


def relays(world: World, case: Case) -> list[tuple[str, bool, bool]]:
    """Text, may go, done, of each."""
    return [(one.text, one.due is not None, one.done) for one in world.load(case).relays]


async def test_by_reply_as_they_are(world: World) -> None:
    case, words = await world.with_words("Thank you!")
    assert words.values["text"] == "Thank you!"
    assert names(await world.says(MIA, "!approve", parent=words.native)) == ["approved"]
    assert relays(world, case) == [("Thank you!", True, False)]


async def test_by_name_reworded(world: World) -> None:
    case, _ = await world.with_words("You again!")
    assert names(await world.says(MIA, f"!approve {case.alias} Please add a warning.")) == ["approved"]
    assert relays(world, case) == [("Please add a warning.", True, False)]


async def test_in_a_reply_the_first_word_is_text(world: World) -> None:
    case, words = await world.with_words()
    await world.says(MIA, "!approve Thank you.", parent=words.native)
    assert relays(world, case) == [("Thank you.", True, False)]


async def test_by_name_needs_the_whole_name(world: World) -> None:
    """A prefix would say which names exist."""
    case, _ = await world.with_words()
    assert names(await world.says(MIA, f"!approve {case.alias[:-1]}")) == ["unknown_alias"]


async def test_refused_with_a_reason(world: World) -> None:
    case, words = await world.with_words()
    assert names(await world.says(MIA, "!refuse", parent=words.native)) == ["wrong_use"]
    assert names(await world.says(MIA, "!refuse Too harsh.", parent=words.native)) == ["refused"]
    assert [done for _, _, done in relays(world, case)] == [True]
    last = [one for one in world.outside.sent if one.letter == "say_refused"]
    assert [one.values for one in last] == [{"text": "Too harsh."}]


async def test_rulings_name_nobody_not_even_the_author_whom_staff_do_not_know(world: World) -> None:
    case, words = await world.with_words()
    answers = set()
    for who in ["@dave", "dave@x.example", "@ann:x.example", MIA, "@nobody:y.example"]:
        for verb in ("approve", "refuse"):
            posts = await world.says(MIA, f"!{verb} Ask {who}.", parent=words.native)
            answers |= {one.parcel.text for one in posts}
    assert answers == {'["names_somebody", {}]'}
    assert [(may, done) for _, may, done in relays(world, case)] == [(False, False)]


async def test_too_long_a_rewording(world: World) -> None:
    case, words = await world.with_words()
    assert names(await world.says(MIA, "!approve " + "x" * 1001, parent=words.native)) == ["wrong_use"]
    assert names(await world.says(MIA, "!approve " + "x" * 1000, parent=words.native)) == ["approved"]
    assert len(world.load(case).relays[0].text) == 1000


async def test_a_second_ruling_changes_nothing(world: World) -> None:
    case, words = await world.with_words()
    await world.says(MIA, "!approve", parent=words.native)
    before = world.load(case)
    for text in ("!approve", "!approve Other words.", "!refuse No."):
        for more in ({"parent": words.native}, {}):
            said = text if more else text.replace(" ", f" {case.alias} ", 1) if " " in text else f"{text} {case.alias}"
            (answer,) = await world.says(NOA, said, **more)
            assert (answer.letter, answer.values) == ("no_words_wait", {"alias": case.alias})
            assert answer.parcel.facts == {"kind": "notice"}
    assert world.load(case) == before


async def test_the_case_ended_meanwhile(world: World) -> None:
    """The answer does not say how (F19)."""
    case, words = await world.with_words()
    assert world.apply(case, i.AuthorSaid(i.Answer.MINE)).ending is not None
    await world.deliver()
    (answer,) = await world.says(MIA, "!approve", parent=words.native)
    assert (answer.letter, answer.values) == ("no_words_wait", {"alias": case.alias})


async def test_words_of_somebody_who_withdrew_go_nowhere_and_staff_do_not_learn_of_it(world: World) -> None:
    case, words = await world.with_words()
    world.apply(case, i.Withdrawn(case.requests[0].id))
    await world.deliver()
    assert names(await world.says(MIA, "!approve", parent=words.native))[0] in ("approved", "no_words_wait")
    with suppress(Refusal):
        world.apply(case, i.RelayDue(case.relays[0].id))
    await world.deliver()
    assert "relayed_words" not in world.to("recipient")


async def test_words_that_have_not_been_shown_cannot_be_ruled_on(world: World) -> None:
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.TEXT, "Why?"))
    case = world.do(lambda tx: world.casework.say(tx, case.id, case.requests[0].id, text="Thanks!"))
    world.hear(MIA, f"!approve {case.alias}")
    assert names(await world.deliver()) == ["approval_request", "unknown_alias"]
    assert relays(world, case) == [("Thanks!", False, False)]


async def two_waiting(world: World) -> tuple[Case, Sent, Sent]:
    case, first = await world.with_words("First.")
    world.apply(case, i.AuthorSaid(i.Answer.TEXT, "And?"))
    world.do(lambda tx: world.casework.say(tx, case.id, case.requests[0].id, text="Second."))
    (second,) = [one for one in await world.deliver() if one.letter == "approval_request"]
    return case, first, second


def carry(world: World, case: Case, *messages: Sent) -> None:
    """As if each message carried which words it shows (`nonce`)."""
    for message, relay in zip(messages, world.load(case).relays, strict=False):
        told = Told("staff", case.id, letter="approval_request", relay=relay.id)
        world.do(lambda tx, m=message, t=told: tx.registers.remember_told(m.native, t))  # type: ignore[misc]


async def test_of_two_the_one_replied_to(world: World) -> None:
    case, first, second = await two_waiting(world)
    carry(world, case, first, second)
    assert names(await world.says(MIA, f"!approve {case.alias}")) == ["no_words_wait"]
    await world.says(MIA, "!approve", parent=first.native)
    assert relays(world, case) == [("First.", True, False), ("Second.", False, False)]
    assert names(await world.says(MIA, "!approve", parent=first.native)) == ["no_words_wait"]
    await world.says(MIA, "!refuse Enough.", parent=second.native)
    assert [done for _, _, done in relays(world, case)] == [False, True]


async def test_the_next_words_alone_by_name(world: World) -> None:
    case, first = await world.with_words("First.")
    await world.says(MIA, "!approve", parent=first.native)
    assert "!approve" not in (await world.says(MIA, "!help", parent=first.native))[0].values["commands"]
    world.apply(case, i.AuthorSaid(i.Answer.TEXT, "And?"))
    world.do(lambda tx: world.casework.say(tx, case.id, case.requests[0].id, text="Second."))
    await world.deliver()
    assert names(await world.says(MIA, f"!approve {case.alias}")) == ["approved"]
    assert [may for _, may, _ in relays(world, case)] == [True, True]


async def test_words_before_staff_are_ruled_on_in_their_thread(world: World) -> None:
    case, words = await world.with_words()
    case = world.apply(world.apply(case, i.AuthorSaid(i.Answer.NO)), i.Escalated(case.requests[0].id))
    (card,) = [one for one in await world.deliver() if one.letter == "card"]
    help_: Any = (await world.says(MIA, "!help", thread=card.native))[0].values["commands"]
    assert "!approve A [TEXT]" in help_.split("\n")
    assert names(await world.says(MIA, "!approve", thread=card.native)) == ["approved"]
    assert relays(world, case)[0][1] is True
    assert words.parcel.facts["kind"] == "notice"
