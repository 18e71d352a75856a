"""Report lists of three servers: every report once, who is who, and nothing in it that has no business here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
import pytest

from outreach.adapters.fediverse.capabilities import Capabilities, Flavour
from outreach.adapters.fediverse.reports import FediverseReports
from outreach.adapters.fediverse.reports.translate import incoming
from outreach.domain.posts import Post
from outreach.domain.reports import Category, Report, Source
from outreach.ports import Happening, Incoming, Misconfigured, TryLater, Undeliverable
from tests.fediverse.conftest import Scene

#: Whatever a report list holds of people, and our own names for where it must not turn up.
SECRETS = (
    "mail.example",
    "192.0.2.7",
    "let alice in",
    "let dave in",
    "invite",
    "registration",
    "token-",
    "Alice Almond",
)


class Desk:
    """A moderator's token, and the source that reads with it."""

    def __init__(self, scene: Scene, role: str = "admin", **parts: Any) -> None:
        self.scene = scene
        token = scene.server.add_account("mia", role=role)["token"]
        parts = {"jitter": lambda: 0.0} | parts
        self.source = FediverseReports(scene.server.base_url, token, scene.clock, **parts)

    async def read(self) -> list[Incoming]:
        """One more poll from where the last one stored its cursor; what it brought."""
        before = len(self.scene.journal.items)
        await self.source.read_once(self.scene.journal.cursor, self.scene.journal)
        return self.scene.journal.items[before:]


def report_of(item: Incoming) -> Report:
    assert item.happening is Happening.REPORTED and item.report is not None
    return item.report


@pytest.fixture
async def desk(scene: Scene) -> Any:
    made = Desk(scene)
    yield made
    await made.source.close()


async def test_each_report_comes_once_and_says_who_is_who(scene: Scene, desk: Desk) -> None:
    """Swapped, the reported person would be thanked for the report and the reporter named on the card (pitfall 23)."""
    old = scene.server.post("dave", "old")["id"]
    scene.server.report("alice", "dave", "before the first start", [old])
    assert await desk.read() == []
    post = scene.server.post("dave", "you are @alice and stupid", spoiler_text="hm")
    scene.server.report("alice", "dave", "he is rude", [post["id"]], category="violation")
    (item,) = await desk.read()
    said = report_of(item)
    assert (item.sender.address, item.sender.native) == ("alice@social.example", scene.ids["alice"])
    assert [one.address for one in said.respondents] == ["dave@social.example"]
    assert said.respondents[0].native == scene.ids["dave"]
    assert (said.source, said.text) == (Source.FEDIVERSE, "he is rude")
    assert said.category is (Category.OTHER if scene.flavour == "akkoma" else Category.VIOLATION)
    (seen,) = said.posts
    assert (seen.native, seen.author.address, seen.warning) == (post["id"], "dave@social.example", "hm")
    assert await desk.read() == []


async def test_two_people_who_report_each_other_are_not_mixed_up(scene: Scene, desk: Desk) -> None:
    await desk.read()
    scene.server.report("alice", "dave", "first")
    scene.server.report("dave", "alice", "second")
    found = {
        report_of(item).text: (item.sender.address, report_of(item).respondents[0].address)
        for item in await desk.read()
    }
    alice, dave = "alice@social.example", "dave@social.example"
    assert found == {"first": (alice, dave), "second": (dave, alice)}


async def test_only_what_is_wanted_gets_in(scene: Scene, desk: Desk) -> None:
    scene.server.set_account("alice", display_name="Alice Almond")
    await desk.read()
    post = scene.server.post("dave", "words")["id"]
    stray = scene.server.post("erin", "a stranger's private words", visibility="private")["id"]
    scene.server.report("alice", "dave", "see both", [post, stray])
    (item,) = await desk.read()
    stored = msgspec.json.encode(item).decode()
    assert not [word for word in (*SECRETS, "private words", stray) if word in stored]
    assert [one.native for one in report_of(item).posts] == [post]


async def test_what_is_dealt_with_elsewhere_does_not_come(scene: Scene, desk: Desk) -> None:
    await desk.read()
    done = scene.server.report("alice", "dave", "done")
    scene.server.resolve(done)
    scene.server.report("alice", "dave", "open")
    assert [report_of(item).text for item in await desk.read()] == ["open"]


async def test_a_full_disk_loses_nothing(scene: Scene, desk: Desk) -> None:
    await desk.read()
    for number in range(3):
        scene.server.report("alice", "dave", f"no {number}")
    scene.journal.broken = True
    with pytest.raises(OSError, match="disk full"):
        await desk.read()
    scene.journal.broken = False
    assert [report_of(item).text for item in await desk.read()] == ["no 0", "no 1", "no 2"]


async def test_a_flood_comes_page_by_page(scene: Scene) -> None:
    """No more than a page is in memory, and the cursor never passes what is not stored."""
    desk = Desk(scene, page=50)
    await desk.read()
    wanted = [scene.server.report("alice", "dave", f"no {number}") for number in range(420)]
    found = {item.source for item in await desk.read()}
    assert found == {f"report/{native}" for native in wanted}
    assert max(len(batch.items) for batch in scene.journal.batches) <= 50
    await desk.source.close()


async def test_reports_that_come_in_while_the_list_is_read_are_not_jumped_over(akkoma: Scene) -> None:
    desk = Desk(akkoma)
    await desk.read()
    wanted = [akkoma.server.report("alice", "dave", f"no {number}") for number in range(120)]
    add = akkoma.journal.__class__.__call__

    async def and_more(batch: Any) -> None:
        await add(akkoma.journal, batch)
        if len(wanted) < 125:
            wanted.append(akkoma.server.report("alice", "erin", "meanwhile"))

    await desk.source.read_once(akkoma.journal.cursor, and_more)
    await desk.read()
    assert {item.source for item in akkoma.journal.items} == {f"report/{native}" for native in wanted}
    await desk.source.close()


def test_a_report_whose_people_are_gone_still_comes() -> None:
    bare = {"id": "7", "account": None, "target_account": None, "comment": "he was rude", "statuses": None}
    item = incoming(bare, Capabilities(Flavour.MASTODON, "social.example"))
    assert item is not None and item.sender.address == ""
    assert report_of(item).respondents == () and report_of(item).text == "he was rude"


async def test_a_token_that_may_not_is_named(scene: Scene) -> None:
    desk = Desk(scene, role="user")
    with pytest.raises(Misconfigured, match=r"fediverse_staff_token.*admin:read:reports"):
        await desk.source.open()
    await desk.source.close()
    wrong = FediverseReports(scene.server.base_url, "no such token", scene.clock)
    with pytest.raises(Misconfigured, match="refuses `fediverse_staff_token`"):
        await wrong.open()
    await wrong.close()


async def test_gotosocial_wants_an_admin(gotosocial: Scene) -> None:
    desk = Desk(gotosocial, role="moderator")
    with pytest.raises(Misconfigured, match="that is admin"):
        await desk.source.open()
    await desk.source.close()


async def test_trouble_is_waited_for(scene: Scene, desk: Desk) -> None:
    await desk.read()
    scene.server.report("alice", "dave", "late")
    path = r"/api/v1/(pleroma/)?admin/reports"
    scene.server.fault("status", path=path, status=503)
    with pytest.raises(TryLater):
        await desk.read()
    scene.server.clear_faults()
    assert [report_of(item).text for item in await desk.read()] == ["late"]


async def test_around_a_post_stands_what_anybody_may_read(scene: Scene) -> None:
    gateway = await scene.opened()
    root = scene.server.post("alice", "root")["id"]
    private = scene.server.post("erin", "@outreach psst", visibility="direct", in_reply_to_id=root)["id"]
    reported = scene.server.post("dave", "rude", in_reply_to_id=root)
    followers = scene.server.post("erin", "for friends", visibility="private", in_reply_to_id=reported["id"])["id"]
    answers = [scene.server.post("erin", f"answer {n}", in_reply_to_id=reported["id"])["id"] for n in range(3)]
    seen = await gateway.look(reported["url"])
    assert isinstance(seen.post, Post)
    before, after = await gateway.surroundings(seen.post)
    assert [one.native for one in before] == [root]
    assert [one.native for one in after] == answers[:2]
    everything = msgspec.json.encode([asdict(one) for one in (*before, *after)]).decode()
    assert private not in everything and followers not in everything


async def test_a_context_that_is_gone_is_undeliverable(scene: Scene) -> None:
    gateway = await scene.opened()
    post = scene.server.post("dave", "rude")
    seen = await gateway.look(post["url"])
    scene.server.delete(post["id"])
    assert isinstance(seen.post, Post)
    with pytest.raises(Undeliverable):
        await gateway.surroundings(seen.post)
