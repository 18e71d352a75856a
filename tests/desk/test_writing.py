"""`!author`, `!asker`, `!close`: previews, their one confirmation, names refused alike (F2), and the card after it."""

import pytest

from outreach.domain import inputs as i
from outreach.domain.case import Stage
from outreach.domain.inputs import Ending
from outreach.ports.store import Transaction
from tests.desk.world import BOT, MIA, NOA, SOCK, Sent, World


def names(posts: list[Sent]) -> list[str]:
    return [one.letter for one in posts]


@pytest.mark.parametrize(("verb", "side"), [("author", "recipient"), ("asker", "member")])
async def test_shown_then_sent_by_a_reaction_once(world: World, verb: str, side: str) -> None:
    case, card = await world.escalated()
    (preview,) = await world.says(MIA, f"!{verb} {case.alias} Please have a look.")
    expected = {"alias": case.alias, "text": "Please have a look."}
    assert preview.values == expected | ({"who": "dave@x.example"} if verb == "author" else {})
    assert (preview.parcel.place.thread, preview.parcel.facts["kind"]) == (card.native, "update")
    assert "moderator_writes" not in world.to(side)
    after = await world.reacts(NOA, preview.native)
    assert names(after) == ["sent", "card"]
    assert (after[1].parcel.replaces, "due" in after[1].values) == (card.native, False)
    assert after[1].parcel.facts == {"kind": "card", "case": case.alias, "stage": "in_hands"}
    assert world.to(side).count("moderator_writes") == 1
    for moderator in (MIA, NOA):
        assert await world.reacts(moderator, preview.native) == []
    assert world.to(side).count("moderator_writes") == 1


async def test_shown_then_sent_by_the_same_command(world: World) -> None:
    case, card = await world.escalated()
    assert names(await world.says(MIA, f"!author {case.alias} Hello")) == ["to_author_preview"]
    both = ["also_writing", "to_author_preview"]
    assert names(await world.says(NOA, "!author Hello!", thread=card.native)) == both
    assert world.to("recipient").count("moderator_writes") == 0
    await world.says(MIA, "!author Hello!", thread=card.native)
    assert world.to("recipient").count("moderator_writes") == 1
    assert names(await world.says(NOA, f"!author {case.alias} Hello!")) == ["to_author_preview"]
    assert world.to("recipient").count("moderator_writes") == 1


async def test_the_same_line_twice_in_one_breath_is_one(world: World) -> None:
    case, _ = await world.escalated()
    for _ in range(2):
        world.hear(MIA, f"!author {case.alias} Hello")
    posts = await world.deliver()
    assert names(posts) == ["to_author_preview"] * 2
    assert world.to("recipient").count("moderator_writes") == 0
    assert await world.reacts(MIA, posts[0].native) == []
    await world.reacts(MIA, posts[1].native)
    assert world.to("recipient").count("moderator_writes") == 1


async def test_only_the_tick_on_a_preview_counts(world: World) -> None:
    case, card = await world.escalated()
    (preview,) = await world.says(MIA, f"!author {case.alias} Hello")
    for parent, emoji in [(preview.native, "👍"), (preview.native, "❌"), (card.native, "✅"), ("$other", "✅")]:
        assert await world.reacts(MIA, parent, emoji) == []
    assert await world.reacts(BOT, preview.native) == []
    assert world.to("recipient").count("moderator_writes") == 0


async def test_a_preview_of_yesterday_is_none(world: World) -> None:
    case, _ = await world.escalated()
    (preview,) = await world.says(MIA, f"!author {case.alias} Hello")
    world.clock.pass_(hours=24)
    assert await world.reacts(MIA, preview.native) == []
    assert world.to("recipient").count("moderator_writes") == 0
    await world.says(MIA, "!help")
    assert world.do(lambda tx: tx.registers.noted("desk:pending")) == "[]"


async def test_a_preview_whose_case_ended_meanwhile(world: World) -> None:
    case, _ = await world.escalated()
    (preview,) = await world.says(MIA, f"!asker {case.alias} Hello")
    await world.says(NOA, f"!close {case.alias} agreed")
    (answer,) = await world.reacts(MIA, preview.native)
    assert (answer.letter, answer.values) == ("not_now", {"alias": case.alias, "stage": "closed"})
    assert "moderator_writes" not in world.to("member")


async def test_without_a_card_answers_stand_below_the_command_and_never_below_a_reaction(world: World) -> None:
    """A server refuses a thread whose root is a reaction or stands in a thread itself."""
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.NO))
    world.apply(case, i.Escalated(case.requests[0].id))
    park_card(world)
    (preview,) = await world.says(MIA, f"!author {case.alias} Hello", thread="$talk")
    assert preview.parcel.place.thread == "$talk"
    world.apply(case, i.StaffClosed(Ending.AGREED))
    park_card(world)
    await world.deliver()
    (answer,) = await world.reacts(MIA, preview.native)
    assert (answer.letter, answer.parcel.place.thread) == ("not_now", "")


async def test_one_contact_at_a_time(world: World) -> None:
    """R126: whoever is second is told who is first; once one has gone, the other has to be looked at anew."""
    case, _ = await world.escalated()
    (first,) = await world.says(MIA, f"!author {case.alias} Hello")
    warned, second = await world.says(NOA, f"!author {case.alias} Hi there")
    assert (warned.letter, warned.values["who"]) == ("also_writing", MIA.lstrip("@"))
    await world.reacts(NOA, second.native)
    assert await world.reacts(MIA, first.native) == []
    assert world.to("recipient").count("moderator_writes") == 1


async def test_what_cannot_be_sent_is_not_shown(world: World) -> None:
    asker = world.member()
    case, _ = world.do(lambda tx: world.casework.call_help(tx, asker, i.Concern.HUMAN))
    (card,) = await world.deliver()
    assert card.letter == "card_human"
    (answer,) = await world.says(MIA, "!author Hello", thread=card.native)
    assert (answer.letter, answer.values) == ("not_now", {"alias": case.alias, "stage": "reported"})
    (preview,) = await world.says(MIA, "!asker Hello", thread=card.native)
    assert [one.letter for one in await world.reacts(MIA, preview.native)] == ["sent", "card_human"]


async def test_a_call_of_the_author_alone_stays_their_side_on_the_card(world: World) -> None:
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.HUMAN))
    (card,) = await world.deliver()
    (preview,) = await world.says(MIA, "!author We are here.", parent=card.native)
    assert names(await world.reacts(MIA, preview.native)) == ["sent", "card_recipient"]
    (answer,) = await world.says(MIA, "!asker Hello", thread=card.native)
    assert (answer.letter, answer.values["alias"]) == ("not_now", case.alias)


async def test_fifty_handles_one_answer(world: World) -> None:
    """The reporter's, the author's other side's, moderators', nobody's: not one is told apart (F2)."""
    case, card = await world.escalated(member="ann")
    candidates = ["@ann", "ann@x.example", "@ann:x.example", MIA, "@nobody:y.example", BOT]
    candidates += [f"@user{n}:x.example" for n in range(22)] + [f"user{n}@y.example" for n in range(22)]
    for verb in ("author", "asker"):
        answers = {
            (await world.says(MIA, f"!{verb} Was it {who}?", thread=card.native))[0].parcel.text for who in candidates
        }
        assert len(candidates) == 50 and answers == {'["names_somebody", {}]'}
    assert names(await world.says(MIA, "!author Hello @dave", thread=card.native)) == ["to_author_preview"]
    assert names(await world.says(MIA, "!asker Was it @dave?", thread=card.native)) == ["names_somebody"]
    assert world.load(case).staff_wrote is False


@pytest.mark.parametrize("text", ["!author", "!asker", "!close", "!refuse", "!approve"])
async def test_wrong_use(world: World, text: str) -> None:
    assert names(await world.says(MIA, text)) == ["wrong_use"]


async def test_no_text_no_outcome(world: World) -> None:
    _, card = await world.escalated()
    for text, shown in [
        ("!author", "!author A TEXT"),
        ("!close", "!close A "),
        ("!close remedied", "!close A agreed|"),
    ]:
        (answer,) = await world.says(MIA, text, thread=card.native)
        assert answer.letter == "wrong_use" and answer.values["usage"].startswith(shown)


@pytest.mark.parametrize(
    ("word", "ending"),
    [
        ("agreed", Ending.AGREED),
        ("no violation", Ending.NO_VIOLATION),
        ("No-Violation", Ending.NO_VIOLATION),
        ("dropped", Ending.DROPPED),
        ("decided", Ending.DECIDED),
        ("unreachable", Ending.UNREACHABLE),
    ],
)
async def test_closing(world: World, word: str, ending: Ending) -> None:
    case, card = await world.escalated()
    await world.says(NOA, f"!close {word}", thread=card.native)
    assert (world.load(case).stage, world.load(case).ending) == (Stage.CLOSED, ending)
    (answer,) = await world.says(NOA, f"!close {word}", thread=card.native)
    assert (answer.letter, answer.values) == ("not_now", {"alias": case.alias, "stage": "closed"})


async def test_unknown_commands_and_talk(world: World) -> None:
    (answer,) = await world.says(MIA, "!clos amber", thread="$thread")
    assert (answer.letter, answer.values) == ("unknown_command", {"word": "clos", "nearest": "!close"})
    assert answer.parcel.place.thread == "$thread"
    (answer,) = await world.says(MIA, "!xyzzy")
    assert (answer.values, answer.parcel.place.thread) == ({"word": "xyzzy"}, f"$said{world._events}")
    assert await world.says(MIA, "I think we should close it") == []


@pytest.mark.parametrize("more", [{"notice": True}, {"encrypted": True}, {"room": "!elsewhere:x.example"}])
async def test_what_is_never_answered(world: World, more: dict[str, object]) -> None:
    assert await world.says(MIA, "!help", **more) == []
    assert await world.says(BOT, "!help") == []


async def test_talk_leaves_no_trace_in_the_store(world: World) -> None:
    before = dump(world)
    await world.says(MIA, "confidential talk about somebody")
    assert dump(world) == before
    await world.says(MIA, f"!enrol {SOCK}")
    assert dump(world) != before


def park_card(world: World) -> None:
    """The newest message to the room stays unknown for good."""

    def park(tx: Transaction) -> None:
        (card,) = [row for row in tx.outbox.messages(world.clock.now()) if row.staff_post == "card"]
        tx.outbox.park(card)

    world.do(park)


def dump(world: World) -> list[object]:
    """Every row of the tables a desk could write to."""
    tables = ("notes", "told", "counters", "roster", "outbox", "events", "timers")
    return [
        list(world.store.sql(lambda sql, t=name: sql.exec_driver_sql(f"SELECT * FROM {t}").all()))  # type: ignore[misc]
        for name in tables
    ]
