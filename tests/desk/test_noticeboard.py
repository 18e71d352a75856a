"""The list of what is due, and the digest: what they say in which room, when and how often, and what they keep back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.adapters.storage.cases import SqlCases
from outreach.domain import inputs as i
from outreach.domain.case import Case
from outreach.domain.identity import Account, Platform
from outreach.domain.reports import Report, Source
from outreach.ports import Happening, Parcel, Place, Receipt, Undeliverable
from outreach.services.agenda import MOST_LINES, Agenda
from outreach.services.mending import Mending
from outreach.services.noticeboard import EVERY, MOST_IN_DIGEST, Noticeboard
from outreach.services.settings import Branch
from tests.desk.world import ALTERNATE, MIA, NOA, SOCK, STAFF, Sent, World

FRENCH = "!fr:x.example"
NIGHT = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)


class Board:
    """A world with a noticeboard, whose digest is not due before nine."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        settings = {"branches": (Branch("fr", ("fr",), FRENCH),), **settings}
        self.world = World(folder, **settings)
        self.world.clock.at = NIGHT
        self.begin()

    def begin(self) -> None:
        """As at a start of the process: nothing is remembered but what is stored."""
        world, gateways = self.world, {Platform.MATRIX: self.world.outside}
        agenda = Agenda(world.casework.casebook)
        made: Any = gateways
        self.board = Noticeboard(world.store, made, agenda, world.settings, world.clock, world.chance)

    async def look(self, **later: float) -> list[Sent]:
        """What is said at the next look."""
        self.world.clock.pass_(**(later or {"seconds": EVERY.total_seconds()}))
        await self.board.tend()
        return await self.world.deliver()

    def pins(self) -> list[dict[str, str]]:
        """What is to be pinned; then it is done."""
        found = self.world.do(lambda tx: list(tx.outbox.errands(self.world.clock.now())))
        for errand in found:
            self.world.do(lambda tx, one=errand: tx.outbox.errand_done(one))  # type: ignore[misc]
        return [dict(errand.facts) for errand in found if errand.kind == "pin"]

    def close(self, case: Case) -> None:
        self.world.apply(case, i.StaffClosed(i.Ending.AGREED))

    async def removes(self, event: str) -> None:
        world = self.world
        incoming = world.event(MIA, Happening.REMOVED, parent=event)
        world.do(lambda tx: Mending(world.settings, world.clock, world.chance, world.casework).removed(tx, incoming))


@pytest.fixture
def make_board(tmp_path: Path) -> Iterator[Callable[..., Board]]:
    with ExitStack() as stack:

        def make(**settings: Any) -> Board:
            made = Board(tmp_path, **settings)
            stack.callback(made.world.store.close)
            return made

        yield make


@pytest.fixture
def board(make_board: Callable[..., Board]) -> Board:
    return make_board()


def lines(post: Sent) -> list[dict[str, str]]:
    """The lines of a list or a digest, as the plain renderer writes them: what is filled of each."""
    found = [json.loads(line)[1] for line in post.values.get("lines", "").splitlines()]
    return [{name: value for name, value in line.items() if value} for line in found]


def aliases(post: Sent) -> list[str]:
    return [line["alias"] for line in lines(post)]


# the list


async def test_nothing_is_said_while_nothing_is_due(board: Board) -> None:
    assert await board.look() == []
    board.world.ask()
    board.world.contacted(author="erin@x.example")
    assert await board.look() == [] and board.pins() == []


async def test_one_list_is_pinned_and_edited_in_place(board: Board) -> None:
    world = board.world
    case, card = await world.escalated()
    assert await world.deliver() == []
    (posted,) = await board.look()
    assert (posted.letter, posted.parcel.place) == ("due_list", Place(room=STAFF))
    assert posted.parcel.replaces == "" and posted.parcel.pings == ()
    assert dict(posted.parcel.facts) == {"kind": "notice"}
    due = (NIGHT + timedelta(hours=24)).isoformat()
    assert lines(posted) == [{"alias": case.alias, "stage": "reported", "due": due}]
    assert board.pins() == [{"room": STAFF, "event": posted.native, "instead": ""}]
    assert await board.look() == []
    await world.says(MIA, "!take", thread=card.native)
    (edit,) = await board.look()
    assert edit.parcel.replaces == posted.native and lines(edit)[0]["who"] == MIA.lstrip("@")
    await world.says(MIA, "!defer The post first.", thread=card.native)
    assert len(await board.look()) == 1
    for _ in range(2):
        await world.says(MIA, "!asker Hello", thread=card.native)
    (edit,) = await board.look()
    assert edit.parcel.replaces == posted.native and lines(edit) == [] and edit.letter == "due_list"
    assert board.pins() == [] and await board.look() == []


async def test_several_changes_are_one_edit(board: Board) -> None:
    world = board.world
    for name in ("dave", "erin", "fred"):
        await world.escalated(author=f"{name}@x.example")
    world.clock.pass_(minutes=1)
    (posted,) = await board.look()
    assert len(lines(posted)) == 3
    for case in world.do(lambda tx: tx.cases.with_staff()):
        world.do(lambda tx, one=case: world.casework.apply(tx, one, i.Taken(NOA)))  # type: ignore[misc]
    await world.deliver()
    (edit,) = await board.look()
    assert [line["who"] for line in lines(edit)] == [NOA.lstrip("@")] * 3
    assert await board.look(seconds=EVERY.total_seconds() - 1) == []


async def test_it_waits_until_the_room_has_read_what_is_queued(board: Board) -> None:
    world = board.world
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.NO))
    world.apply(case, i.Escalated(case.requests[0].id))
    assert [one.letter for one in await board.look()] == ["card"]
    assert [one.letter for one in await board.look()] == ["due_list"]


async def test_what_is_set_aside_keeps_no_list_back(board: Board) -> None:
    world = board.world
    await world.escalated()
    world.do(lambda tx: world.casework.apply(tx, tx.cases.with_staff()[0], i.Taken(MIA)))
    for message in await world.delivery.due():
        world.do(lambda tx, one=message: tx.outbox.park(one))  # type: ignore[misc]
    assert "due_list" in [one.letter for one in [*await board.look(), *await board.look()]]


async def test_the_soonest_come_first_and_a_list_ends_somewhere(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    world = board.world
    monkeypatch.setattr(world.chance, "alias", iter(f"name{n:03}-otter" for n in range(500)).__next__)
    cases = []
    for number in range(MOST_LINES + 3):
        case, _ = await world.escalated(author=f"author{number}@x.example")
        cases.append(case)
        world.clock.pass_(minutes=1)
    world.apply(cases[0], i.Deferred(MIA, "later"))
    await world.deliver()
    (posted,) = await board.look()
    assert aliases(posted) == [str(case.alias) for case in cases[1 : MOST_LINES + 1]]


async def test_it_is_posted_and_pinned_anew_where_it_was_removed(board: Board) -> None:
    world = board.world
    await world.escalated()
    (posted,) = await board.look()
    board.pins()
    await board.removes(posted.native)
    (again,) = await board.look()
    assert again.parcel.replaces == "" and lines(again) == lines(posted)
    assert board.pins() == [{"room": STAFF, "event": again.native, "instead": posted.native}]
    board.begin()
    assert await board.look() == []


async def test_it_is_posted_and_pinned_anew_in_another_room(board: Board) -> None:
    world = board.world
    await world.escalated()
    await board.look()
    board.pins()
    object.__setattr__(world.settings, "staff_room", "!new:x.example")
    board.begin()
    (again,) = await board.look()
    assert again.parcel.place.room == "!new:x.example" and again.parcel.replaces == ""
    assert board.pins() == [{"room": "!new:x.example", "event": again.native, "instead": ""}]
    assert await board.look() == []


async def test_a_start_says_nothing_new(board: Board) -> None:
    world = board.world
    case, _ = await world.escalated()
    (posted,) = await board.look()
    board.begin()
    assert await board.look() == []
    world.apply(case, i.Taken(MIA))
    await world.deliver()
    board.begin()
    (edit,) = await board.look()
    assert edit.parcel.replaces == posted.native


async def test_killed_between_queueing_and_posting_it_is_posted_once(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = board.world
    await world.escalated()
    whole = world.outside.send

    async def killed(parcel: Parcel) -> Receipt:
        await whole(parcel)
        raise SystemExit

    monkeypatch.setattr(world.outside, "send", killed)
    world.clock.pass_(minutes=1)
    await board.board.tend()
    with pytest.raises(SystemExit):
        await world.deliver()
    monkeypatch.setattr(world.outside, "send", whole)

    async def found(parcel: Parcel) -> Receipt:
        return Receipt(world.outside.sent[-1].native, parcel.place)

    monkeypatch.setattr(world.outside, "seek", found, raising=False)
    board.begin()
    assert await board.look() == [] and await board.look() == []
    assert [one["event"] for one in board.pins()] == [world.outside.sent[-1].native]


# whose cases stand where


async def test_each_room_lists_its_own_cases(board: Board) -> None:
    world = board.world
    here, _ = await world.escalated()
    french, _ = await world.escalated(author="fred@x.example", language="fr")
    other, _ = await world.escalated(author="mia@x.example")
    posts = {one.parcel.place.room: one for one in await board.look()}
    assert set(posts) == {STAFF, FRENCH, ALTERNATE}
    for room, case in ((STAFF, here), (FRENCH, french), (ALTERNATE, other)):
        assert aliases(posts[room]) == [case.alias]
    assert {one["room"] for one in board.pins()} == {STAFF, FRENCH, ALTERNATE}


async def test_a_branch_is_due_before_everybody_gets_it(board: Board) -> None:
    world = board.world
    _, card = await world.escalated(language="fr")
    (posted,) = await board.look()
    assert lines(posted)[0]["due"] == (NIGHT + timedelta(hours=12)).isoformat()
    await world.says(NOA, "!take", room=FRENCH, thread=card.native)
    (edit,) = await board.look()
    assert lines(edit)[0]["due"] == (NIGHT + timedelta(hours=24)).isoformat()


async def test_a_case_that_moves_moves_in_the_lists(board: Board) -> None:
    world = board.world
    _, card = await world.escalated()
    await board.look()
    await world.says(MIA, "!transfer fr", thread=card.native)
    posts = {one.parcel.place.room: one for one in await board.look()}
    assert lines(posts[STAFF]) == [] and len(lines(posts[FRENCH])) == 1


async def test_a_case_about_somebody_enrolled_later_leaves_the_room(board: Board) -> None:
    """F30, though nothing of the case itself changed."""
    world = board.world
    await board.look(hours=7)  # from then on both count
    reported_on_matrix(world, SOCK)
    await world.deliver()
    assert len(lines((await board.look())[0])) == 1
    await world.says(MIA, f"!enrol {SOCK}")
    await world.says(NOA, f"!enrol {SOCK}")
    posts = {one.parcel.place.room: one for one in await board.look()}
    assert lines(posts[STAFF]) == [] and len(lines(posts[ALTERNATE])) == 1


def reported_on_matrix(world: World, who: str) -> Case:
    report = Report(Source.MATRIX, Platform.MATRIX, (Account(Platform.MATRIX, who),), text="rude")
    return world.do(lambda tx: world.casework.file_report(tx, None, report))


async def test_nobody_reads_of_a_case_about_themselves(board: Board) -> None:
    """Leak 23: whoever sits in the room unenrolled; and a room that cannot be looked into gets nothing."""
    world = board.world
    await world.escalated()
    about = reported_on_matrix(world, "@eve:x.example")
    await world.deliver()
    world.outside.present[STAFF] = (MIA, NOA, "@eve:x.example")
    (posted,) = await board.look()
    assert len(lines(posted)) == 1 and about.alias not in posted.parcel.text
    world.clock.at = world.clock.at.replace(hour=9)
    (digest,) = await board.look()
    assert digest.values["open"] == "1" and about.alias not in digest.parcel.text


async def test_a_room_that_cannot_be_looked_into_waits(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    world = board.world
    reported_on_matrix(world, "@eve:x.example")
    await world.deliver()

    async def out(room: str) -> tuple[Account, ...]:
        raise Undeliverable("not in the room")

    whole = world.outside.members
    monkeypatch.setattr(world.outside, "members", out)
    assert await board.look() == []
    monkeypatch.setattr(world.outside, "members", whole)
    assert [one.letter for one in await board.look()] == ["due_list"]


async def test_no_case_is_told_of_that_staff_may_not_see(board: Board) -> None:
    """F19: not even while words of its member wait for a moderator."""
    world = board.world
    hidden, _ = await world.with_words()
    assert await board.look() == []
    assert await board.look(hours=7) == []
    await world.escalated(author="erin@x.example")
    posts = await board.look()
    posts += await board.look(days=1)
    assert [one.letter for one in posts] == ["due_list", "digest"] and posts[1].values["open"] == "1"
    assert not [one for one in posts if hidden.alias in one.parcel.text]
    assert not [one for one in posts for word in ("dave", "erin", "ann") if word in one.parcel.text]


async def test_an_authors_call_after_the_end_is_due(board: Board) -> None:
    world = board.world
    case = world.apply(world.contacted(), i.AuthorSaid(i.Answer.NO))
    for request in case.requests:
        case = world.apply(case, i.Rested(request.id))
    world.clock.pass_(days=1)
    case = world.apply(world.load(case), i.CloseDue())
    assert case.stage == "closed"
    world.clock.at = NIGHT + timedelta(days=2)
    world.apply(case, i.AuthorSaid(i.Answer.HUMAN))
    await world.deliver()
    (posted,) = await board.look()
    assert aliases(posted) == [case.alias]


# the digest


async def test_a_digest_a_day(board: Board) -> None:
    world = board.world
    case, _ = await world.escalated()
    await board.look()
    world.clock.at = NIGHT.replace(hour=8, minute=59)
    assert await board.look() == []
    (digest,) = await board.look()
    assert digest.letter == "digest" and dict(digest.parcel.facts) == {"kind": "digest"}
    assert digest.values["day"] == "2026-03-03" and digest.values["open"] == "1" and "checksum" not in digest.values
    assert aliases(digest) == [case.alias]
    assert digest.parcel.pings == () and digest.parcel.place == Place(room=STAFF)
    assert await board.look(hours=12) == []
    board.begin()
    assert await board.look(hours=1) == []
    (digest,) = await board.look(hours=12)
    assert digest.values["day"] == "2026-03-04"


async def test_a_quiet_day_has_none_and_a_day_with_an_end_has_one(board: Board) -> None:
    world = board.world
    assert await board.look(hours=7) == []
    case, _ = await world.escalated()
    board.close(case)
    await world.deliver()
    assert await board.look() == []
    (digest,) = await board.look(days=1)
    assert digest.values == {"day": "2026-03-04", "open": "0"}
    assert await board.look(days=1) == []


async def test_one_that_was_missed_comes_once_after_the_start(board: Board) -> None:
    world = board.world
    await world.escalated()
    await board.look()
    world.clock.at = NIGHT.replace(day=6, hour=20)
    board.begin()
    (digest,) = await board.look()
    assert digest.values["day"] == "2026-03-06"
    board.begin()
    assert await board.look() == []


async def test_it_is_noted_where_it_is_queued(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at any moment: the day and the message are stored together, or neither."""
    world = board.world
    await world.escalated()
    await board.look()
    world.clock.at = NIGHT.replace(hour=9)
    whole = type(world.chance).token

    def killed() -> str:
        raise SystemExit

    monkeypatch.setattr(world.chance, "token", killed)
    with pytest.raises(SystemExit):
        await board.board.tend()
    monkeypatch.setattr(world.chance, "token", lambda: whole(world.chance))
    board.begin()
    assert await board.board.tend()
    board.begin()
    assert not await board.board.tend()
    assert [one.letter for one in await world.deliver()] == ["digest"]


async def test_one_that_waited_past_its_day_is_not_posted(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """After days outside of the room the bot brings the digest of today."""
    world = board.world
    await world.escalated()
    await board.look()

    async def out(parcel: Parcel) -> Receipt:
        raise Undeliverable("not in the room", permanent=False)

    whole = world.outside.send
    monkeypatch.setattr(world.outside, "send", out)
    for day in (3, 4, 5):
        world.clock.at = NIGHT.replace(day=day, hour=9)
        await board.board.tend()
        for message in await world.delivery.due():
            await world.delivery.deliver(message)
    monkeypatch.setattr(world.outside, "send", whole)
    posts = await board.look(minutes=2)
    posts += await board.look(minutes=2)
    days = [one.values["day"] for one in posts if one.letter == "digest"]
    assert days == ["2026-03-05"]


@pytest.mark.parametrize(
    ("day", "at", "hour"),
    [
        ((2026, 3, 28), time(9), 8),
        ((2026, 3, 29), time(9), 7),  # summer time begins in Berlin
        ((2026, 10, 24), time(9), 7),
        ((2026, 10, 25), time(9), 8),  # and ends
        ((2026, 3, 29), time(2, 30), 1),  # there is no half past two: at three
    ],
)
async def test_nine_is_nine_in_summer_and_winter(
    make_board: Callable[..., Board], day: tuple[int, int, int], at: time, hour: int
) -> None:
    board = make_board(zone="Europe/Berlin", digest_at=at)
    world = board.world
    world.clock.at = datetime(*day, tzinfo=UTC) - timedelta(hours=6)
    await world.escalated()
    await board.look()
    posts: list[Sent] = []
    while not posts:
        posts = await board.look(minutes=1)
    (digest,) = posts
    moment = datetime(*day, hour, tzinfo=UTC)
    assert moment <= world.clock.now() < moment + timedelta(minutes=2)
    assert digest.values["day"] == f"{datetime(*day, tzinfo=UTC):%Y-%m-%d}"


async def test_the_hour_that_comes_twice_has_one(make_board: Callable[..., Board]) -> None:
    board = make_board(zone="Europe/Berlin", digest_at=time(2, 30))
    world = board.world
    world.clock.at = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    await world.escalated()
    posts = [one for _ in range(16) for one in await board.look(minutes=15) if one.letter == "digest"]
    assert [one.values["day"] for one in posts] == ["2026-10-25"]


async def test_a_digest_is_short(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    world = board.world
    monkeypatch.setattr(world.chance, "alias", iter(f"name{n:03}-otter" for n in range(500)).__next__)
    for number in range(MOST_IN_DIGEST + 2):
        await world.escalated(author=f"author{number}@x.example")
    world.clock.at = NIGHT.replace(hour=9)
    digest = next(one for one in await board.look() if one.letter == "digest")
    assert len(lines(digest)) == MOST_IN_DIGEST and digest.values["open"] == str(MOST_IN_DIGEST + 2)


# what can go wrong


async def test_a_damaged_case_hides_no_other(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    world = board.world
    broken, _ = await world.escalated()
    whole, _ = await world.escalated(author="erin@x.example")
    load = SqlCases.load

    def torn(self: SqlCases, case: str) -> Case | None:
        if case == broken.id:
            raise ValueError("torn")
        return load(self, case)

    monkeypatch.setattr(SqlCases, "load", torn)
    (posted,) = await board.look()
    assert aliases(posted) == [whole.alias]


async def test_a_fault_of_its_own_keeps_nothing_back(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(case: str) -> str:
        raise ValueError

    await board.world.escalated()
    monkeypatch.setattr(type(board.world.casework.casebook), "room_for", lambda *_: fails(""))
    assert not await board.board.tend()
