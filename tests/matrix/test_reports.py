"""Reports that people make in their client, read from a real Synapse: each once, whatever is deleted meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from outreach.adapters.matrix.reports import MatrixReports
from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Post, Visibility
from outreach.domain.reports import Report, Source
from outreach.entrypoints.sandbox.people.http import Caller
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.entrypoints.sandbox.synapse import MatrixAccount
from outreach.ports import Batch, Happening, Incoming, Misconfigured, TryLater, Undeliverable
from tests.matrix.story import Story, matrix

ADMIN = "/_synapse/admin/v1"


@dataclass
class Reading:
    """A source, what it journaled, and the cursor as the store keeps it."""

    source: MatrixReports
    admin: MatrixAccount
    caller: Caller
    cursor: str = ""
    batches: list[Batch] = field(default_factory=list)
    broken_after: int | None = None

    async def journal(self, batch: Batch) -> None:
        if self.broken_after is not None and len(self.batches) >= self.broken_after:
            raise OSError("killed")
        self.batches.append(batch)
        self.cursor = batch.cursor

    async def read(self) -> list[Incoming]:
        """One more poll, each report once, as the store keeps it."""
        known = {item.source for batch in self.batches for item in batch.items}
        start = len(self.batches)
        await self.source.read_once(self.cursor, self.journal)
        found = {item.source: item for batch in self.batches[start:] for item in batch.items}
        return [item for name, item in found.items() if name not in known]

    async def delete(self, item: Incoming) -> None:
        _, kind, number, _ = item.source.split("/")
        await self.caller.call("DELETE", f"{ADMIN}/{kind}_reports/{number}")


async def reading(story: Story, rooms: tuple[str, ...] = (), **parts: Any) -> Reading:
    """From here on; what was reported before on this server is the past."""
    admin = await story.account("reports", admin=True)
    source = MatrixReports(story.synapse.url, admin.access_token, "@outreach:elsewhere.example", rooms, **parts)
    story._stack.push_async_callback(source.close)
    caller = Caller(story.synapse.url, admin.access_token)
    await caller.open()
    story._stack.push_async_callback(caller.close)
    made = Reading(source, admin, caller)
    await source.open()
    assert await made.read() == []
    return made


async def room_of(*people: MatrixPerson) -> str:
    owner, *others = people
    room = await owner.create_room("all", preset="public_chat")
    for one in others:
        await one.join(room)
    return room


async def report_user(who: MatrixPerson, whom: str, reason: str) -> None:
    await who._caller.call("POST", f"/_matrix/client/v3/users/{quote(whom, safe='')}/report", {"reason": reason})


def report_of(item: Incoming) -> Report:
    assert item.happening is Happening.REPORTED and item.report is not None
    return item.report


async def test_events_and_users_each_once(story: Story) -> None:
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story)
    said = await dave.say(room, "you fool")
    await ada.report(room, said, "he is rude", score=-50)
    await report_user(ada, dave.user_id, "all day long")
    of_event, of_user = sorted(await desk.read(), key=lambda item: item.source)
    for item in (of_event, of_user):
        assert item.sender == matrix(ada.user_id)
        assert report_of(item).source is Source.MATRIX
        assert report_of(item).respondents == (matrix(dave.user_id),)
    assert report_of(of_event).text == "he is rude" and report_of(of_user).text == "all day long"
    (post,) = report_of(of_event).posts
    assert (post.native, post.room, post.text, post.author) == (said, room, "you fool", matrix(dave.user_id))
    assert await desk.read() == []


async def test_what_was_taken_away_meanwhile_still_comes_as_it_was(story: Story) -> None:
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story)
    said = await dave.say(room, "gone soon")
    await ada.report(room, said, "rude")
    await dave.redact(room, said)
    (item,) = await desk.read()
    assert report_of(item).posts[0].text == "gone soon"


async def test_an_encrypted_message_is_named_unreadable(story: Story) -> None:
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story)
    sealed = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"}
    sent = await dave._caller.call(
        "PUT", f"/_matrix/client/v3/rooms/{quote(room, safe='')}/send/m.room.encrypted/t1", sealed
    )
    await ada.report(room, sent["event_id"], "he wrote: you fool")
    (item,) = await desk.read()
    assert report_of(item).unreadable
    assert report_of(item).posts[0].text == "" and "ciphertext" not in msgspec.json.encode(item).decode()


async def test_an_id_that_comes_back_is_a_new_report(story: Story) -> None:
    """Synapse gives the id of a deleted newest report again after a restart."""
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story)
    said = await dave.say(room, "you fool")
    await ada.report(room, said, "first")
    (first,) = await desk.read()
    await desk.delete(first)
    await story.synapse.restart()
    await ada.report(room, said, "second")
    (second,) = await desk.read()
    assert report_of(second).text == "second"
    assert first.source.split("/")[2] == second.source.split("/")[2], "this Synapse does not reuse ids any more"


async def test_deleting_under_the_reader_hides_nothing(story: Story) -> None:
    """Offsets shift: whoever trusts them misses what slid up into the page before."""
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story, page=8)
    events = [await dave.say(room, f"no {number}") for number in range(12)]
    for event in events:
        await ada.report(room, event, "rude")
    deleted: set[str] = set()
    keep = desk.journal

    async def and_delete(batch: Batch) -> None:
        await keep(batch)
        if not deleted and batch.items:
            for item in batch.items[-7:]:
                deleted.add(item.source)
                await desk.delete(item)

    await desk.source.read_once(desk.cursor, and_delete)
    assert deleted
    found = {report_of(item).posts[0].native for batch in desk.batches for item in batch.items}
    assert found == set(events)


async def test_killed_in_the_middle_of_a_page_nothing_is_lost(story: Story) -> None:
    ada, dave = await story.person("ada"), await story.person("dave")
    room = await room_of(ada, dave)
    desk = await reading(story, page=8)
    events = [await dave.say(room, f"no {number}") for number in range(20)]
    for event in events:
        await ada.report(room, event, "rude")
    before, desk.broken_after = desk.cursor, len(desk.batches) + 2
    with pytest.raises(OSError, match="killed"):
        await desk.read()
    assert desk.cursor == before
    desk.broken_after = None
    await desk.read()
    found = [item.source for batch in desk.batches for item in batch.items]
    assert len(set(found)) == len(events)


async def test_a_purged_room_and_strange_rows_stop_nothing(story: Story) -> None:
    """Where the message cannot be had any more, the report still comes, without it."""
    ada, dave = await story.person("ada"), await story.person("dave")
    desk = await reading(story)
    row = {
        "id": 99,
        "received_ts": 1,
        "user_id": ada.user_id,
        "sender": dave.user_id,
        "room_id": "!r",
        "event_id": "$e",
    }
    item = await desk.source._incoming(_events(), row)
    assert report_of(item).respondents == (matrix(dave.user_id),)
    assert (report_of(item).posts[0].native, report_of(item).posts[0].text) == ("$e", "")
    nothing = await desk.source._incoming(_events(), {"id": "x"})
    assert nothing.sender.address == "" and report_of(nothing).posts == ()


def _events() -> Any:
    from outreach.adapters.matrix import reports

    return reports._LISTS[0]


async def test_around_a_message_only_in_the_community_s_rooms(story: Story) -> None:
    ada, dave = await story.person("ada"), await story.person("dave")
    room, private = await room_of(ada, dave), await room_of(ada, dave)
    desk = await reading(story, (room,))
    for where in (room, private):
        said = [await ada.say(where, f"before {n}") for n in range(3)]
        said.append(await dave.say(where, "you fool"))
        said += [await ada.say(where, f"after {n}") for n in range(3)]
        await ada.report(where, said[3], "rude")
    posts = {p.room: p for item in await desk.read() for p in report_of(item).posts}
    before, after = await desk.source.surroundings(posts[room])
    assert [one.text for one in (*before, *after)] == ["before 1", "before 2", "after 0", "after 1"]
    with pytest.raises(Undeliverable):
        await desk.source.surroundings(posts[private])
    gone = Post(
        Platform.MATRIX, "u", "l", "$" + "x" * 43, Account(Platform.MATRIX, "@x:y"), "", Visibility.ROOM, room=room
    )
    with pytest.raises(Undeliverable):
        await desk.source.surroundings(gone)


async def test_a_token_that_may_not_is_named(story: Story) -> None:
    plain, admin = await story.account("plain"), await story.account("outreach", admin=True)
    for token, bot, said in (
        (plain.access_token, "@b:x", "Synapse admin account"),
        ("no such token", "@b:x", "matrix_admin_token"),
        (admin.access_token, admin.user_id, "the bot's own account"),
    ):
        source = MatrixReports(story.synapse.url, token, bot)
        with pytest.raises(Misconfigured, match=said):
            await source.open()
        await source.close()


async def test_a_server_that_is_down_is_waited_for(story: Story) -> None:
    source = MatrixReports("http://127.0.0.1:9", "token", "@b:x")
    with pytest.raises(TryLater):
        await source.open()
    await source.close()
