"""One message to exactly one person on each kind of server, and the truth about what became of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from outreach.adapters.fediverse.client import Client, Unanswered
from outreach.adapters.fediverse.line import Line
from outreach.adapters.fediverse.mentions import JOINER
from outreach.adapters.fediverse.sending import Sender
from outreach.domain.identity import Account, Platform
from outreach.ports import Misconfigured, OutcomeUnknown, Place, TryLater, Undeliverable
from tests.fediverse.conftest import Scene
from tests.strict_server.wire import Reply

POST = "/api/v1/statuses"


def _mentions(status: dict[str, Any]) -> list[str]:
    return [one["acct"] for one in status["mentions"]]


async def test_it_reaches_exactly_its_addressee(scene: Scene) -> None:
    bot = await scene.opened()
    receipt = await bot.send(scene.parcel("dave", "Hello", subject="About a post", language="pt-BR"))
    (status,) = scene.sent()
    assert status["text"] == "@dave Hello"
    assert (_mentions(status), status["visibility"]) == (["dave"], "direct")
    assert (status["spoiler_text"], status["language"]) == ("About a post", "pt")
    assert (status["in_reply_to_id"], receipt.native) == (None, status["id"])
    assert receipt.place == Place(reply_to=status["id"])
    (request,) = scene.requests(POST, "POST")
    assert request.headers["idempotency-key"] == "0b7c1f6e-key"


async def test_a_remote_addressee_gets_the_full_handle(scene: Scene) -> None:
    bot = await scene.opened()
    await bot.send(scene.parcel("bob@far.example"))
    (status,) = scene.sent()
    assert status["text"].startswith("@bob@far.example ")
    assert _mentions(status) == ["bob@far.example"]


async def test_someone_known_by_name_alone_is_found(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.add_account("zoe@new.example", known=False)
    for n, address in enumerate(("dave@social.example", "zoe@new.example")):
        await bot.send(scene.parcel(key=f"k{n}", to=Account(Platform.FEDIVERSE, address)))
    assert [_mentions(one) for one in scene.sent()] == [["dave"], ["zoe@new.example"]]


@pytest.mark.parametrize("parent", [True, False])
async def test_a_reply_stands_under_its_parent_or_alone_when_that_is_gone(scene: Scene, parent: bool) -> None:
    bot = await scene.opened()
    line = scene.server.post("alice", "@outreach hi", visibility="direct")["id"]
    if not parent:
        scene.server.delete(line)
    await bot.send(scene.parcel("alice", place=Place(reply_to=line)))
    (status,) = scene.sent()
    assert status["in_reply_to_id"] == (line if parent else None)
    assert _mentions(status) == ["alice"]
    keys = [one.headers["idempotency-key"] for one in scene.requests(POST, "POST")]
    assert keys == ["0b7c1f6e-key"] + ([] if parent else ["0b7c1f6e-key/root"])


SPELLINGS = (
    "@erin", "(@erin)", "“@erin”", "/@erin", "*@erin*", "x @erin", ".@erin", "-@erin-", "\n@erin", "_@erin_",
    "@erin@social.example", "@@erin", "$@erin", "²@erin", "https://h.example/?a=(@erin)", "https://h.example/é,@erin",
    "loser.cafe/@erin/12", "=@erin", "erin@social.example", "@bob@far.example", "\u200b@erin", f"{JOINER}@erin",
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_in_the_words_reaches_a_third_person(scene: Scene, spelling: str) -> None:
    bot = await scene.opened()
    await bot.send(scene.parcel("dave", f"He said {spelling}: hm {spelling}"))
    (status,) = scene.sent()
    assert _mentions(status) == ["dave"]
    assert not scene.server.delivered("erin")


async def test_the_link_of_the_post_stays_whole(scene: Scene) -> None:
    bot = await scene.opened()
    link = "https://social.example/@dave/109"
    await bot.send(scene.parcel("dave", f"About {link} today"))
    assert link in scene.sent()[0]["text"]


async def test_a_server_that_adds_somebody_is_undone(akkoma: Scene) -> None:
    """Akkoma addresses the author of the post answered, whatever is asked for."""
    bot = await akkoma.opened()
    line = akkoma.server.post("alice", "@outreach hi", visibility="direct")["id"]
    with pytest.raises(Undeliverable, match=r"^leak$"):
        await bot.send(akkoma.parcel("dave", place=Place(reply_to=line)))
    assert akkoma.sent() == []


async def test_a_delete_that_fails_is_tried_again(akkoma: Scene) -> None:
    bot = await akkoma.opened()
    line = akkoma.server.post("alice", "@outreach hi", visibility="direct")["id"]
    akkoma.server.fault("status", path=POST + "/.*", method="DELETE", count=2)
    with pytest.raises(Undeliverable, match=r"^leak$"):
        await bot.send(akkoma.parcel("dave", place=Place(reply_to=line)))
    assert akkoma.sent() == []


async def test_mastodon_is_asked_to_allow_nobody_else_and_akkoma_to_name_one(mastodon: Scene, akkoma: Scene) -> None:
    for scene, field, value in ((mastodon, "allowed_mentions", mastodon.ids["dave"]), (akkoma, "to", "dave")):
        await (await scene.opened()).send(scene.parcel("dave"))
        assert scene.requests(POST, "POST")[0].body[field] == [value]


async def test_who_blocks_us_is_not_written_to(mastodon: Scene, gotosocial: Scene) -> None:
    for scene in (mastodon, gotosocial):
        bot = await scene.opened()
        scene.server.block("dave", "outreach")
        with pytest.raises(Undeliverable) as refusal:
            await bot.send(scene.parcel("dave"))
        assert refusal.value.permanent
        assert scene.requests(POST, "POST") == []


async def test_who_moved_or_is_suspended_is_not_written_to(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    mastodon.server.move("dave", "bob@far.example")
    mastodon.server.set_account("erin", suspended=True)
    for name in ("dave", "erin"):
        with pytest.raises(Undeliverable):
            await bot.send(mastodon.parcel(name))
    assert mastodon.requests(POST, "POST") == []


async def test_a_name_given_to_somebody_else_is_not_written_to(scene: Scene) -> None:
    bot = await scene.opened()
    other = Account(Platform.FEDIVERSE, "dave@social.example", uri="https://social.example/users/dave-of-old")
    wrong = Account(Platform.FEDIVERSE, "dave@social.example", native=scene.ids["erin"])
    for to in (other, wrong):
        with pytest.raises(Undeliverable):
            await bot.send(scene.parcel(to=to))
    assert scene.requests(POST, "POST") == []


async def test_a_message_that_mastodon_swallows_is_not_delivered(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    mastodon.server.settings(banned=["casino"])
    with pytest.raises(Undeliverable):
        await bot.send(mastodon.parcel("dave", "casino"))


@pytest.mark.parametrize(
    "fault", [{"kind": "lost"}, {"kind": "html", "after": True}, {"kind": "status", "after": True}]
)
async def test_a_lost_answer_sends_nothing_twice(scene: Scene, fault: dict[str, Any]) -> None:
    bot = await scene.opened()
    scene.server.fault(path=POST, method="POST", **fault)
    parcel = scene.parcel("dave", first_tried=scene.clock.now())
    if scene.flavour == "gotosocial":
        with pytest.raises(OutcomeUnknown):
            await bot.send(parcel)
        assert await bot.seek(parcel) is not None
    else:
        with pytest.raises(TryLater):
            await bot.send(parcel)
        assert (await bot.send(parcel)).native == scene.sent()[0]["id"]
    assert len(scene.sent()) == 1


async def test_a_lost_answer_of_a_reply_that_became_a_root_sends_nothing_twice(scene: Scene) -> None:
    bot = await scene.opened()
    line = scene.server.post("alice", "@outreach hi", visibility="direct")["id"]
    scene.server.delete(line)
    scene.server.fault("lost", path=POST, method="POST", skip=1)
    parcel = scene.parcel("alice", place=Place(reply_to=line), first_tried=scene.clock.now())
    with pytest.raises((TryLater, OutcomeUnknown)):
        await bot.send(parcel)
    assert (await bot.send(parcel)).native == scene.sent()[0]["id"]
    assert len(scene.sent()) == 1


@pytest.mark.parametrize(("flavour", "hours"), [("mastodon", 1), ("akkoma", 6)])
async def test_where_the_key_has_expired_it_is_looked_up(
    mastodon: Scene, akkoma: Scene, flavour: str, hours: int
) -> None:
    scene = mastodon if flavour == "mastodon" else akkoma
    bot = await scene.opened()
    parcel = scene.parcel("dave", first_tried=scene.clock.now())
    scene.server.fault("lost", path=POST, method="POST")
    with pytest.raises(TryLater):
        await bot.send(parcel)
    scene.server.advance(hours * 3600 + 60)
    assert (await bot.send(parcel)).native == scene.sent()[0]["id"]
    scene.server.fault("lost", path=POST, method="POST")
    late = scene.parcel("dave", "Another", key="other", first_tried=scene.clock.now() - timedelta(hours=hours))
    with pytest.raises(OutcomeUnknown):
        await bot.send(late)
    assert len(scene.sent()) == 2


class CutOff(Line):
    """Reads, but reaches nobody with a POST."""

    async def ask(self, method: str, *parts: Any, **more: Any) -> Any:
        if method == "POST":
            raise Unanswered(sent=False)
        return await super().ask(method, *parts, **more)


async def test_a_refused_connection_was_certainly_not_sent(scene: Scene) -> None:
    bot = await scene.opened()
    line = CutOff(scene.server.base_url, scene.token, scene.clock, lambda: 0.0)
    with pytest.raises(TryLater):
        await Sender(line, bot._server, bot.me, scene.clock).send(scene.parcel("dave"))
    await line.close()
    client = Client(scene.server.base_url, scene.token)
    await scene.server.stop()
    with pytest.raises(TryLater):
        await bot.send(scene.parcel("dave"))
    with pytest.raises(Unanswered) as silence:
        client.ask("POST", POST, {})
    assert not silence.value.sent


async def test_a_connection_that_broke_may_have_been_heard(scene: Scene) -> None:
    client = Client(scene.server.base_url, scene.token)
    for kind in ("cut", "lost", "malformed"):
        scene.server.fault(kind, path=POST, status=200)
        with pytest.raises(Unanswered) as silence:
            await asyncio.to_thread(client.ask, "POST", POST, {"status": "x"})
        assert silence.value.sent
    client.session.close()


@pytest.mark.parametrize(("headers", "least", "most"), [({"Retry-After": "90"}, 90, 90), ({}, 1, 300)])
async def test_a_throttle_is_waited_for(scene: Scene, headers: dict[str, str], least: float, most: float) -> None:
    bot = await scene.opened()
    scene.server.fault("status", path=POST, method="POST", status=429, headers=headers)
    with pytest.raises(TryLater) as later:
        await bot.send(scene.parcel("dave"))
    assert least <= later.value.delay <= most
    await bot.send(scene.parcel("dave"))
    assert len(scene.sent()) == 1


async def test_who_was_sent_away_at_the_door_was_not_served(gotosocial: Scene) -> None:
    bot = await gotosocial.opened()
    expected: dict[int, type[Exception]] = {503: TryLater, 502: OutcomeUnknown}
    for status, outcome in expected.items():
        gotosocial.server.fault("status", path=POST, method="POST", status=status, headers={"Retry-After": "30"})
        with pytest.raises(outcome):
            await bot.send(gotosocial.parcel("dave"))


async def test_the_servers_own_reset_time_counts(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    mastodon.server.budget("statuses", 0, 600)
    with pytest.raises(TryLater) as later:
        await bot.send(mastodon.parcel("dave"))
    assert later.value.delay == 600 - mastodon.clock.now().timestamp() % 600


async def test_headerless_throttles_back_off(akkoma: Scene) -> None:
    bot = await akkoma.opened()
    delays = []
    for n in range(12):
        akkoma.server.fault("status", path=POST, method="POST", status=429)
        with pytest.raises(TryLater) as later:
            await bot.send(akkoma.parcel("dave", key=str(n)))
        delays.append(later.value.delay)
    assert delays == sorted(delays) and delays[-1] <= 300 and delays[0] < delays[-1]


async def test_akkomas_stored_error_is_not_repeated_for_ever(akkoma: Scene) -> None:
    bot = await akkoma.opened()
    akkoma.server._memory.put("0b7c1f6e-key", Reply({"error": "Throttled"}, 429))
    with pytest.raises(TryLater):
        await bot.send(akkoma.parcel("dave"))
    await bot.send(akkoma.parcel("dave"))
    assert len(akkoma.sent()) == 1


async def test_a_throttle_after_a_lost_answer_does_not_send_twice(akkoma: Scene) -> None:
    bot = await akkoma.opened()
    parcel = akkoma.parcel("dave", first_tried=akkoma.clock.now())
    akkoma.server.fault("lost", path=POST, method="POST")
    with pytest.raises(TryLater):
        await bot.send(parcel)
    akkoma.server.fault("status", path=POST, method="POST", status=429)
    with pytest.raises(TryLater):
        await bot.send(parcel)
    await bot.send(parcel)
    assert len(akkoma.sent()) == 1


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_a_refusal_is_for_good(scene: Scene, status: int) -> None:
    bot = await scene.opened()
    scene.server.fault("status", path=POST, method="POST", status=status, body={"error": "@dave no", "account": "dave"})
    with pytest.raises(Undeliverable) as refusal:
        await bot.send(scene.parcel("dave"))
    assert refusal.value.permanent and "dave" not in str(refusal.value)


async def test_a_bot_that_lost_its_rights_is_the_operators_matter(scene: Scene) -> None:
    bot = await scene.opened()
    words = {"error": "This action is outside the authorized scopes"}
    scene.server.fault("status", path=POST, method="POST", status=403, body=words)
    with pytest.raises(Misconfigured, match="write:statuses"):
        await bot.send(scene.parcel("dave"))
    scene.server.fault("status", path=".*", status=403, body={"error": "Your login is currently disabled"}, count=9)
    with pytest.raises(Misconfigured):
        await bot.send(scene.parcel("dave"))
    scene.server.clear_faults()
    scene.server.set_account("outreach", token="another")
    with pytest.raises(Misconfigured, match="fediverse_token"):
        await bot.send(scene.parcel("dave"))


async def test_a_subject_that_does_not_fit_is_cut_and_a_text_refused(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    await bot.send(mastodon.parcel("dave", "x" * 484, subject="About one of your posts"))
    assert mastodon.sent()[0]["spoiler_text"] == "About one "
    with pytest.raises(Undeliverable):
        await bot.send(mastodon.parcel("dave", "x" * 495, key="k2"))


async def test_nothing_is_edited_answered_or_liked(scene: Scene) -> None:
    bot = await scene.opened()
    await bot.send(scene.parcel("dave"))
    methods = {(one.method, one.path) for one in scene.server.recorder.entries if one.method != "GET"}
    assert methods <= {("POST", POST), ("PATCH", "/api/v2/notifications/policy")}


async def test_rooms_do_not_exist(scene: Scene) -> None:
    bot = await scene.opened()
    assert await bot.make_room(scene.person("dave")) == Place()
    assert await bot.members("x") == ()
    for call in (bot.accept, bot.leave):
        with pytest.raises(Undeliverable):
            await call("x")
