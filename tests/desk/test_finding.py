"""Which case is meant: name, thread, reply, prefix; and that what was not shown does not exist (F19, F30)."""

from pathlib import Path

import pytest

from outreach.domain import inputs as i
from outreach.domain.inputs import Ending
from outreach.services.settings import StaffPerson
from tests.desk.world import ALTERNATE, MIA, NOA, STAFF, Sent, World


def told(posts: list[Sent]) -> list[tuple[str, dict[str, str]]]:
    return [(one.letter, one.values) for one in posts]


async def previewed(world: World, text: str, **more: str) -> str:
    """The alias in the preview of a `!asker` command, or the letter that came instead."""
    post = (await world.says(MIA, text, **more))[0]
    return post.values["alias"] if post.letter == "to_asker_preview" else post.letter


async def test_by_name_prefix_thread_and_reply(world: World) -> None:
    one, card = await world.escalated()
    two, other = await world.escalated(author="eve@x.example", member="ben")
    assert await previewed(world, f"!asker {one.alias} Hello 1") == one.alias
    assert await previewed(world, f"!asker {one.alias.upper()}: Hello 2") == one.alias
    assert await previewed(world, f"!asker {one.alias[:-1]} Hello 3") == one.alias
    assert await previewed(world, "!asker Hello 4", thread=card.native) == one.alias
    assert await previewed(world, "!asker Hello 5", thread=card.native, parent="$a-colleague") == one.alias
    assert await previewed(world, "!asker Hello 6", parent=other.native) == two.alias
    preview = (await world.says(MIA, f"!asker {two.alias} Hello 7"))[0]
    assert await previewed(world, "!asker Hello 8", parent=preview.native) == two.alias


async def test_in_a_thread_only_a_whole_name_is_a_name(world: World) -> None:
    one, card = await world.escalated()
    two, _ = await world.escalated(author="eve@x.example", member="ben")
    post = (await world.says(MIA, "!asker a nice day", thread=card.native))[0]
    assert post.values == {"alias": one.alias, "text": "a nice day"}
    post = (await world.says(MIA, f"!asker {one.alias} a good day", thread=card.native))[0]
    assert post.values == {"alias": one.alias, "text": "a good day"}
    assert await previewed(world, f"!asker {two.alias} a nice day", thread=card.native) == two.alias


async def test_ambiguous_and_unknown_names(world: World) -> None:
    one, _ = await world.escalated()
    two, _ = await world.escalated(author="eve@x.example", member="ben")
    common = "a"
    assert one.alias.startswith(common) and two.alias.startswith(common)
    assert told(await world.says(MIA, f"!close {common} agreed")) == [("unknown_alias", {"word": common})]
    assert told(await world.says(MIA, "!close zebra agreed")) == [("unknown_alias", {"word": "zebra"})]
    assert told(await world.says(MIA, "!close agreed", thread="$talk")) == [("unknown_alias", {"word": "agreed"})]
    assert [one.letter for one in await world.says(MIA, "!close")] == ["wrong_use"]


@pytest.mark.parametrize("form", ["!author {} Hello", "!asker {} Hello", "!close {} agreed", "!approve {}", "!help {}"])
async def test_a_case_nobody_showed_is_no_oracle(world: World, form: str) -> None:
    """Waiting, contacted, answered, closed in a friendly way: all the same as a name nobody ever had."""
    waiting, contacted = world.ask(), world.contacted(author="eve@x.example", member="ben")
    answered = world.contacted(author="fay@x.example", member="cem")
    answered = world.apply(answered, i.AuthorSaid(i.Answer.TEXT, "Why?"))
    unresolved = world.contacted(author="gil@x.example", member="dan")
    unresolved = world.apply(unresolved, i.AuthorSaid(i.Answer.NO))
    ended = world.apply(world.ask(member="flo"), i.Withdrawn(world.ask(member="flo").requests[-1].id))
    await world.deliver()
    answers = set()
    for alias in [waiting.alias, contacted.alias, answered.alias, unresolved.alias, ended.alias, "never-heard"]:
        posts = await world.says(MIA, form.format(alias))
        assert [one.parcel.facts for one in posts] == [{"kind": "notice"}]
        answers.add(posts[0].parcel.text.replace(alias, "ALIAS"))
    assert len(answers) == 1
    assert ("unknown_alias" in answers.pop()) == (not form.startswith("!help"))


async def test_words_for_approval_show_no_more_than_themselves(world: World) -> None:
    case, words = await world.with_words()
    for text in ("!close agreed", "!author Hello", "!asker Hello"):
        posts = await world.says(MIA, text, parent=words.native)
        assert [one.letter for one in posts] == ["unknown_alias"]
        assert (await world.says(MIA, text.replace(" ", f" {case.alias} ", 1)))[0].letter == "unknown_alias"
    post = (await world.says(MIA, "!help", parent=words.native))[0]
    assert post.values["commands"].split("\n") == ["!approve A [TEXT]", "!refuse A WHY", "!help"]


async def test_help_shows_what_the_stage_allows(world: World) -> None:
    everything = (await world.says(MIA, "!help"))[0].values["commands"].split("\n")
    assert [line.split()[0] for line in everything] == [
        *(
            "!cases",
            "!case",
            "!evidence",
            "!report",
            "!look",
            "!take",
            "!release",
            "!assign",
            "!note",
            "!author",
            "!asker",
            "!letter",
            "!done",
            "!approve",
        ),
        *(
            "!refuse",
            "!defer",
            "!assist",
            "!mute-asker",
            "!merge",
            "!close",
            "!reopen",
            "!oncall",
            "!away",
            "!enrol",
            "!help",
        ),
    ]
    _, card = await world.escalated()
    inside = (await world.says(MIA, "!help", thread=card.native))[0].values["commands"].split("\n")
    assert [line.split()[0] for line in inside] == [
        *("!case", "!look", "!take", "!assign", "!note", "!author", "!asker", "!letter"),
        *("!defer", "!assist", "!mute-asker"),
        *("!close", "!help"),
    ]
    await world.says(MIA, "!close dropped", thread=card.native)
    after = (await world.says(MIA, "!help", thread=card.native))[0].values["commands"].split("\n")
    assert [line.split()[0] for line in after] == ["!case", "!look", "!note", "!reopen", "!help"]


async def test_a_case_about_a_moderator_lives_in_the_other_room(world: World) -> None:
    """Mia is the author, by her fediverse account; Noa rules, in the other room only (F30)."""
    case, card = await world.escalated(author="mia@x.example")
    assert card.parcel.place.room == ALTERNATE
    for where in ({}, {"parent": card.native}, {"thread": card.native}):
        text = "!close agreed" if where else f"!close {case.alias} agreed"
        assert [one.letter for one in await world.says(NOA, text, **where)] == ["unknown_alias"]
        own = await world.says(MIA, text, room=ALTERNATE, **where)
        assert [(one.letter, one.parcel.place.room) for one in own] == [("unknown_alias", ALTERNATE)]
    assert world.load(case).ending is None
    posts = await world.says(NOA, "!close agreed", room=ALTERNATE, thread=card.native)
    assert {one.parcel.place.room for one in posts} == {ALTERNATE}
    assert world.load(case).ending is Ending.AGREED


async def test_words_about_a_moderator_wait_in_the_other_room(world: World) -> None:
    case, words = await world.with_words(author="mia@x.example")
    assert words.parcel.place.room == ALTERNATE
    for text, where, answer in [
        ("!approve", {"parent": words.native}, "wrong_use"),  # as in reply to anything else
        (f"!approve {case.alias}", {}, "unknown_alias"),
    ]:
        assert [one.letter for one in await world.says(NOA, text, **where)] == [answer]
        assert [one.letter for one in await world.says(MIA, text, room=ALTERNATE, **where)] == [answer]
    posts = await world.says(NOA, f"!approve {case.alias}", room=ALTERNATE)
    assert [(one.letter, one.parcel.place.room) for one in posts] == [("approved", ALTERNATE)]


async def test_a_case_of_the_staff_room_is_not_in_the_other(world: World) -> None:
    case, card = await world.escalated()
    for where in ({}, {"parent": card.native}):
        text = "!close agreed" if where else f"!close {case.alias} agreed"
        posts = await world.says(NOA, text, room=ALTERNATE, **where)
        assert [(one.letter, one.parcel.place.room) for one in posts] == [("unknown_alias", ALTERNATE)]
    preview = (await world.says(MIA, "!author Hello", thread=card.native))[0]
    assert await world.reacts(NOA, preview.native, room=ALTERNATE) == []
    assert "moderator_writes" not in world.to("recipient")
    assert preview.parcel.place.room == STAFF


async def test_a_moderator_who_is_the_author_never_commands_it(tmp_path: Path) -> None:
    """Neither by the account that wrote the post nor by the other one; ✅ counts no more than a command."""
    world = World(tmp_path, alternate_room="!alternate:x.example", staff=(StaffPerson(MIA, "mia@x.example"),))
    case, _ = await world.escalated(author="mia@x.example")
    preview = (await world.says(NOA, f"!author {case.alias} Hello", room=ALTERNATE))[0]
    assert preview.letter == "to_author_preview"
    assert await world.reacts(MIA, preview.native, room=ALTERNATE) == []
    assert "moderator_writes" not in world.to("recipient")
    await world.reacts(NOA, preview.native, room=ALTERNATE)
    assert world.to("recipient").count("moderator_writes") == 1
    world.store.close()


async def test_without_another_room_it_is_nowhere(tmp_path: Path) -> None:
    world = World(tmp_path, alternate_room="")
    case = world.apply(world.contacted(author="mia@x.example"), i.AuthorSaid(i.Answer.NO))
    world.apply(case, i.Escalated(case.requests[0].id))
    assert await world.deliver() == []
    assert told(await world.says(NOA, f"!close {case.alias} agreed")) == [("unknown_alias", {"word": case.alias})]
    world.store.close()
