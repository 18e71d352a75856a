"""The pinned list, the digest, removed cards and lost rooms on a real server, as moderators see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from outreach.domain.letters import Audience
from outreach.entrypoints.sandbox.people.matrix_sync import Happening
from tests.cli.conftest import python
from tests.dialogue.talk import Community, People, begins
from tests.reports.test_intake import cards, facts, news
from tests.town.actors import OnFediverse, OnMatrix

pytestmark = pytest.mark.asyncio(loop_scope="package")
PINNED = "m.room.pinned_events"


@pytest.fixture
def make(make_town: Callable[..., Any]) -> Callable[..., Any]:
    """A town of its own with one report in it."""

    async def made(**options: Any) -> tuple[Community, OnFediverse, OnFediverse, Happening]:
        town = await make_town(**options)
        people = People(town, 0)
        ada, dave = await people.fedi("ada"), await people.fedi("dave")
        town.strict.report(ada.name, dave.name, "rude")
        (card,) = cards(await news(town, 0))
        return town, ada, dave, card

    return made


def lists(found: list[Happening]) -> list[Happening]:
    return [one for one in found if "is kept up to date" in one.text]


def new(one: Happening) -> bool:
    return "m.new_content" not in one.content


async def findings(town: Community) -> list[str]:
    """What `outreach check` says of this town, from beside the running bot."""
    secrets = town.secrets
    assert secrets.matrix_token and secrets.fediverse_token
    environ = {
        "OUTREACH_MASTER_KEY": secrets.master_key.reveal(),
        "OUTREACH_MATRIX_TOKEN": secrets.matrix_token.reveal(),
        "OUTREACH_FEDIVERSE_TOKEN": secrets.fediverse_token.reveal(),
        "OUTREACH_FEDIVERSE_STAFF_TOKEN": secrets.fediverse_staff_token.reveal(),  # type: ignore[union-attr]
        "OUTREACH_MATRIX_ADMIN_TOKEN": secrets.matrix_admin_token.reveal(),  # type: ignore[union-attr]
    }
    command = ["-m", "outreach.entrypoints.cli", "--config", str(town.folder / "outreach.toml"), "check", "--json"]
    said = await asyncio.to_thread(python, *command, cwd=town.folder, **environ)
    return [row["says"] for row in json.loads(said.out)["findings"]]


async def test_the_list_is_pinned_where_the_bot_may(make: Callable[..., Any]) -> None:
    town, _, dave, card = await make()
    alias = facts(card)["case"]
    rota = await town.mia.say(town.staff_room, "rota")
    await town.mia.set_state(town.staff_room, PINNED, {"pinned": [rota]})
    assert [one for one in await findings(town) if "may not pin messages in matrix.staff_room" in one]
    await town.wait(minutes=1)
    (first,) = lists(await news(town, 0))
    assert alias in first.text and dave.name not in first.text
    assert await town.mia.state(town.staff_room, PINNED) == {"pinned": [rota]}
    await town.mia.set_power(town.staff_room, town.bot.user_id, 50)
    assert not [one for one in await findings(town) if "may not pin" in one]
    await town.mia.redact(town.staff_room, first.id)
    await town.turn()
    await town.wait(minutes=1)
    _, second = lists(await news(town, 0))
    assert new(second) and second.text == first.text
    assert await town.mia.state(town.staff_room, PINNED) == {"pinned": [rota, second.id]}
    await town.mia.say(town.staff_room, f"!take {alias}")
    await town.turn()
    await town.wait(minutes=1)
    edit = lists(await news(town, 0))[-1]
    assert edit.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": second.id}
    assert town.mia.user_id.lstrip("@") in edit.content["m.new_content"]["body"]
    await town.restart()
    await town.wait(minutes=1)
    assert len(lists(await news(town, 0))) == 3


async def test_the_digest_comes_at_its_hour_in_the_communitys_zone(make: Callable[..., Any]) -> None:
    town, _, dave, card = await make(more='[reports]\ndigest_at = "15:00"')
    await town.wait(minutes=1)
    digests = [one for one in await news(town, 0) if facts(one)["kind"] == "digest"]
    assert digests == []
    await town.wait(hours=3)
    (digest,) = [one for one in await news(town, 0) if facts(one)["kind"] == "digest"]
    assert "one case is open" in digest.text and facts(card)["case"] in digest.text and dave.name not in digest.text
    await town.restart()
    await town.wait(hours=19)
    assert len([one for one in await news(town, 0) if facts(one)["kind"] == "digest"]) == 1


async def test_a_removed_card_stands_there_again(make: Callable[..., Any]) -> None:
    town, _, _, card = await make()
    await town.mia.redact(town.staff_room, card.id)
    again = cards(await news(town, 0))[-1]
    assert again.id != card.id and again.text == card.text and facts(again) == facts(card)
    await town.mia.say(town.staff_room, "!take", thread=card.id)
    taken, edit = (await news(town, 0))[-2:]
    assert taken.content["m.relates_to"]["event_id"] == edit.content["m.relates_to"]["event_id"] == again.id


async def test_put_out_of_the_room_it_says_so_elsewhere_and_nothing_is_lost(make: Callable[..., Any]) -> None:
    town, ada, _, card = await make()
    eve = await People(town, 1).matrix("eve")
    assert isinstance(eve, OnMatrix)
    mia = OnMatrix(town, "mia", town.mia)
    await town.mia.kick(town.staff_room, town.bot.user_id)
    await town.turn()
    (told,) = await mia.heard()
    assert begins(town, told, "room_lost", Audience.STAFF) and "matrix.staff_room" in told
    said = await eve.person.say(town.lounge, "you fool")
    await town.mia.report(town.lounge, said, "rude as well")
    town.strict.report(ada.name, "nora", "rude, too")
    await town.turn()
    await town.wait(days=2)
    assert [one for one in await findings(town) if "The bot is not in matrix.staff_room" in one]
    assert await town.database.transact(lambda tx: tx.outbox.parked()) == 0
    await town.mia.invite(town.staff_room, town.bot.user_id)
    await town.turn()
    await town.wait(minutes=3)
    found = [one for one in await news(town, 0) if facts(one)["kind"] == "card" and new(one)]
    assert len(found) == 3 and found[0].id == card.id
    assert len({facts(one)["case"] for one in found}) == 3
    digests = [one for one in await news(town, 0) if facts(one)["kind"] == "digest"]
    assert len(digests) == 1 and "3 cases are open" in digests[0].text
    assert not [one for one in await mia.heard() if begins(town, one, "room_lost", Audience.STAFF)]
    threads = {one.content["m.relates_to"]["event_id"] for one in await news(town, 0) if facts(one)["kind"] == "update"}
    assert threads <= {one.id for one in found}
