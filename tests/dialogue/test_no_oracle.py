"""What a member reads says nothing about why nothing came back (F20), and nothing about anybody else who asked (F3)."""

from __future__ import annotations

import re

import pytest

from tests.dialogue.talk import Community, OnFediverse, People, ask, letter, publish, released, request, same

pytestmark = pytest.mark.asyncio(loop_scope="package")

_ALIAS = re.compile(r"\b[a-z]+-[a-z]+\b")
_ASKED = re.compile(r"asked on \d+ \w+")
_UNTIL = re.compile(r"\(until [^)]*\)")
_POST = re.compile(r"https://\S+|\w+@social\.example")


def bare(answers: list[str]) -> list[str]:
    """Without what is the member's own: aliases, their post, and the slot that was drawn for them."""
    for own in (_POST, _UNTIL, _ASKED, _ALIAS):
        answers = [own.sub(own.pattern[:4], one) for one in answers]
    return answers


async def all_say(people: list[OnFediverse], lines: list[str], saids: list[list[str]]) -> None:
    """Each says their line in the same moment, and hears what there is to hear."""
    town = people[0].town
    for person, line in zip(people, lines, strict=True):
        town.strict.post(person.name, f"@outreach {line}", visibility="direct")
    await town.turn()
    for person, said in zip(people, saids, strict=True):
        said += await person.heard()


async def transcripts(people: list[OnFediverse], links: list[str], wish: str) -> list[list[str]]:
    """Everything each member reads from the link to the first status."""
    saids: list[list[str]] = [[] for _ in people]
    await all_say(people, links, saids)
    for line in ("agree", wish, "send", "status"):
        await all_say(people, [line] * len(people), saids)
    return saids


async def rest_of_it(people: list[OnFediverse], saids: list[list[str]]) -> None:
    """The same until nothing more comes."""
    for span in ({"hours": 20}, {"days": 2}, {"days": 3}):
        await people[0].town.wait(**span)
        for line in ("status", "how are they?"):
            await all_say(people, [line] * len(people), saids)
    for line in ("say hello", "escalate", "rest", "status"):
        await all_say(people, [line] * len(people), saids)


@pytest.mark.parametrize("wish", ["1 flashing", "1 food"])
async def test_six_ways_of_silence_read_the_same(town: Community, people: People, wish: str) -> None:
    strict = town.strict
    names = ("ignored", "optedout", "blocking", "merged", "overquota", "vanished")
    authors = {name: await people.fedi(name) for name in names}
    links = {name: (await publish(authors[name], "lights"))[0] for name in names}

    earlier = await people.fedi("earlier")
    await ask(earlier, authors["optedout"], wish)
    await released(earlier, authors["optedout"])
    await authors["optedout"].say("stop", reply=True)
    for asker in (await people.fedi("asker"), earlier):
        await ask(asker, authors["overquota"], wish, text=f"other lights {asker.name}")
    await request(await people.fedi("first"), links["merged"], wish)
    await town.wait(hours=20)
    assert len(await authors["overquota"].heard()) == 2 and len(await authors["merged"].heard()) == 1
    strict.block(authors["blocking"].name, "outreach")

    members = [await people.fedi(f"ada{name}") for name in names]
    saids = await transcripts(members, [links[name] for name in names], wish)
    strict.set_account(authors["vanished"].name, suspended=True)
    await rest_of_it(members, saids)
    plain = [bare(said) for said in saids]
    assert any("its time" in one or "The time" in one for one in plain[0])
    for name, said in zip(names, plain, strict=True):
        assert said == plain[0], name
    for name in ("optedout", "blocking", "overquota", "vanished"):
        assert not any(links[name] in one for one in await authors[name].heard()), name


async def test_the_second_who_asks_reads_the_same_with_and_without_the_first(town: Community, people: People) -> None:
    alone, shared = await people.fedi("alone"), await people.fedi("shared")
    one, _ = await publish(alone, "lights")
    two, _ = await publish(shared, "lights")
    first = await people.fedi("first")
    await request(first, two, "1 flashing")
    await town.wait(hours=20)
    await shared.heard()
    for word in ("why", "how", "no", "I'd rather not"):
        await shared.say(word, reply=True)
    await first.heard()

    with_, without = await people.fedi("with"), await people.fedi("without")
    saids = await transcripts([with_, without], [two, one], "1 flashing")
    await first.say("withdraw")  # which touches nobody else
    await rest_of_it([with_, without], saids)
    assert bare(saids[0]) == bare(saids[1])
    assert len(await alone.heard()) == 2  # the letter and its one reminder
    assert await shared.heard() == []  # they answered: no second letter, no reminder


async def test_the_words_of_a_status(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    link, native = await publish(dave, "lights")
    await request(ada, link, "1 flashing")

    async def state(word: str = "status") -> str:
        (answer,) = await ada.say(word)
        return same(answer)

    assert ": waiting (until " in await state() and "cancel" in await state()
    alias = (await state()).split()[0]
    await released(ada, dave)
    assert ": asked" in await state() and ": asked" in await state("did they answer?")
    assert ": asked" in await state(f"status {alias.split('-')[0].upper()}")
    assert ": asked" in await state(f"Status {alias.replace('-', ' ').title()}.")
    await dave.say("I like lights", reply=True)
    await ada.heard()
    assert ": answered" in await state() and "more" in await state()
    town.strict.edit(native, spoiler_text="lights")
    await town.wait(hours=38)
    assert len(await ada.heard()) == 1
    assert ": fixed" in await state() and letter(town, "status", now="over") in await state()


async def test_nothing_heard_then_over(town: Community, people: People) -> None:
    ada, dave = await people.fedi("ada"), await people.fedi("dave")
    await ask(ada, dave, "1 flashing")
    await released(ada, dave)
    await town.wait(days=5)
    (unresolved,) = await ada.heard()
    assert same(unresolved).startswith(letter(town, "unresolved", reason="unanswered", strength="shall")[:40])
    assert ": nothing heard" in same((await ada.say("status"))[0])
    await town.wait(days=8)
    assert [same(a) for a in await ada.heard()] == [letter(town, "consent_lapsed")]
    assert ": over" in same((await ada.say("status"))[0])
    assert len(await dave.heard()) == 1  # the one reminder
    assert not any("lights" in card and dave.name in card for card in town.staff_saw())
