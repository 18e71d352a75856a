"""What one look tells on each kind of server, and what it never gives away."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.domain.identity import Account, Platform
from outreach.domain.posts import Sight, Visibility
from outreach.ports import Misconfigured, TryLater
from tests.fediverse.conftest import Scene

FAR = "https://far.example/@bob/77"


async def test_a_local_post_is_seen_as_it_is(scene: Scene) -> None:
    bot = await scene.opened()
    parts: dict[str, Any] = {
        "spoiler_text": "food",
        "language": "de",
        "media": [{"description": " "}, {"description": "A cat"}],
    }
    posted = scene.server.post("dave", "Guten Tag, @erin", **parts)
    seen = await bot.look(posted["url"] + "?utm_source=x#y")
    post = seen.post
    assert seen.sight is Sight.SEEN and post is not None and seen.at == scene.clock.now()
    assert (post.uri, post.link, post.native) == (posted["uri"], posted["url"], posted["id"])
    assert (post.author.address, post.author.native) == ("dave@social.example", scene.ids["dave"])
    assert (post.day, post.visibility) == (scene.clock.now().date().isoformat(), Visibility.PUBLIC)
    assert (post.text, post.warning, post.language) == ("Guten Tag, erin@social.example", "food", "de")
    assert [one.described for one in post.media] == [False, True]
    assert [one.kind for one in post.media] == ["image", "image"]
    assert (post.edited, post.parent) == ("", "")
    assert seen.author_local and seen.author_reachable and seen.audience is None
    assert not (seen.author_reads_along or seen.author_declines_bots or seen.reporter_addressed)


@pytest.mark.parametrize("shape", ["uri", "url", "/statuses/{}", "/@dave/{}", "/@dave/statuses/{}", "/notice/{}"])
async def test_every_spelling_of_a_link_leads_there(scene: Scene, shape: str) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    link = posted.get(shape) or "https://social.example" + shape.format(posted["id"])
    for one in (link, link + "/", link + "?igsh=CANARY", link.replace("https://social", "HTTPS://Social")):
        seen = await bot.look(one)
        assert seen.post is not None and seen.post.native == posted["id"]


async def test_an_edit_shows(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    before = await bot.look(posted["url"])
    scene.server.advance(60)
    scene.server.edit(posted["id"], "Hello", spoiler_text="food")
    after = await bot.look(posted["uri"])
    assert before.post and after.post and after.post.warning == "food"
    assert after.post.edited == scene.clock.now().isoformat() != before.post.edited


async def test_a_boost_is_the_post_it_shows(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    boost = scene.server.boost("erin", posted["id"])
    seen = await bot.look("https://social.example/statuses/" + boost["id"])
    assert seen.post is not None and seen.post.native == posted["id"]


async def test_a_remote_post_is_found_and_nothing_but_its_address_leaves(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("bob@far.example", "Hello", known=False)
    seen = await bot.look(posted["url"] + "?u=alice&igsh=CANARY#frag")
    assert seen.post is not None and seen.post.author.address == "bob@far.example"
    assert seen.post.link == posted["url"] and not seen.author_local
    assert all("CANARY" not in one["asked"] and "#" not in one["asked"] for one in scene.server.fetches())
    assert "CANARY" not in repr(scene.server.log())


@pytest.mark.parametrize("shape", ["url", "uri", "https://social.example/@bob@far.example/{}"])
async def test_a_remote_copy_is_fetched_anew_where_that_is_possible(scene: Scene, shape: str) -> None:
    bot = await scene.opened()
    posted = scene.server.post("bob@far.example", "Hello")
    scene.server.edit(posted["id"], "Hello", spoiler_text="food", deliver=False)
    seen = await bot.look(posted.get(shape) or shape.format(posted["id"]))
    assert seen.post is not None
    assert seen.post.warning == ("food" if scene.flavour == "mastodon" else "")
    assert bool(scene.server.fetches()) == (scene.flavour == "mastodon")


async def test_gotosocial_refreshes_an_old_copy_by_itself(gotosocial: Scene) -> None:
    bot = await gotosocial.opened()
    posted = gotosocial.server.post("bob@far.example", "Hello")
    gotosocial.server.edit(posted["id"], "Hello", spoiler_text="food", deliver=False)
    gotosocial.server.advance(3 * 3600)
    seen = await bot.look(posted["uri"])
    assert seen.post is not None and seen.post.warning == "food"


async def test_a_deleted_post_is_gone(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    scene.server.delete(posted["id"])
    for link in (posted["uri"], posted["url"]):
        seen = await bot.look(link)
        assert (seen.sight, seen.author_reachable, seen.post) == (Sight.GONE, True, None)


async def test_a_block_is_no_deletion(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    scene.server.block("dave", "outreach")
    seen = await bot.look(posted["url"])
    if scene.flavour == "akkoma":  # hides nothing and tells nothing
        assert seen.sight is Sight.SEEN
    elif scene.flavour == "mastodon":  # as strangers see it; that we are blocked is nobody's to know (F20)
        assert (seen.sight, seen.author_reachable) == (Sight.SEEN, False)
    else:
        assert (seen.sight, seen.author_reachable) == (Sight.UNSURE, False)


async def test_where_strangers_may_not_look_it_stays_unsure(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    posted = mastodon.server.post("dave", "Hello")
    mastodon.server.delete(posted["id"])
    mastodon.server.settings(disallow_unauthenticated=True)
    assert (await bot.look(posted["url"])).sight is Sight.UNSURE


@pytest.mark.parametrize(
    "link",
    [
        FAR,
        "https://social.example/@dave",
        "https://social.example/about",
        "mailto:a@b.c",
        "x",
        "https://[",
        "https://u:p@social.example/@dave/1",
    ],
)
async def test_what_is_no_known_post_stays_unsure(scene: Scene, link: str) -> None:
    bot = await scene.opened()
    assert (await bot.look(link)).sight is Sight.UNSURE


async def test_visibility_and_audience(scene: Scene) -> None:
    bot = await scene.opened()
    for name in ("outreach", "alice", "erin"):
        scene.server.follow(name, "dave")
    wanted = {"public": (Visibility.PUBLIC, None), "unlisted": (Visibility.UNLISTED, None),
              "private": (Visibility.FOLLOWERS, 3), "direct": (Visibility.DIRECT, 2)}  # fmt: skip
    for visibility, expected in wanted.items():
        posted = scene.server.post("dave", "hey @outreach @erin", visibility=visibility)
        seen = await bot.look(posted["url"])
        assert seen.post is not None and (seen.post.visibility, seen.audience) == expected


async def test_whether_the_reporter_is_addressed(scene: Scene) -> None:
    bot = await scene.opened()
    own = scene.server.post("alice", "my post")["id"]
    mention = scene.server.post("dave", "hey @alice")["url"]
    answer = scene.server.post("dave", "hm", in_reply_to_id=own)["url"]
    alone = scene.server.post("dave", "hm")["url"]
    for link, expected in ((mention, True), (answer, True), (alone, False)):
        assert (await bot.look(link, reporter=scene.person("alice"))).reporter_addressed is expected
        assert not (await bot.look(link, reporter=scene.person("erin"))).reporter_addressed
        assert not (await bot.look(link)).reporter_addressed
    by_name = Account(Platform.FEDIVERSE, "alice@social.example")
    assert (await bot.look(mention, reporter=by_name)).reporter_addressed
    if scene.flavour != "gotosocial":
        assert (await bot.look(answer, reporter=by_name)).reporter_addressed


async def test_who_the_reporter_is_changes_no_fetch(scene: Scene) -> None:
    bot = await scene.opened()
    views = []
    for reporter in ("alice", "erin"):
        posted = scene.server.post("bob@far.example", "Hello", known=False)
        before = len(scene.server.fetches())
        await bot.look(posted["url"], reporter=scene.person(reporter))
        views.append([one["url"].replace(posted["id"], "ID") for one in scene.server.fetches()[before:]])
    assert views[0] == views[1]


@pytest.mark.parametrize(
    "traits",
    [{"note": '<p>hi <a href="x">#<span>NoBot</span></a></p>'}, {"fields": [{"name": "x", "value": "#nobot"}]}],
)
async def test_nobot_is_read(scene: Scene, traits: dict[str, Any]) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    scene.server.set_account("dave", **traits)
    assert (await bot.look(posted["url"])).author_declines_bots


async def test_a_moved_author_is_not_reachable(mastodon: Scene) -> None:
    bot = await mastodon.opened()
    posted = mastodon.server.post("dave", "Hello")
    mastodon.server.move("dave", "bob@far.example")
    assert not (await bot.look(posted["url"])).author_reachable


async def test_who_runs_the_bots_server_reads_along(scene: Scene) -> None:
    scene.server.settings(contact="erin")
    bot = await scene.opened()
    scene.server.set_account("alice", role="moderator", highlighted=True)
    expected = {"erin": True, "dave": False, "bob@far.example": False, "alice": scene.flavour != "akkoma"}
    for name, reads in expected.items():
        posted = scene.server.post(name, "Hello")
        assert (await bot.look(posted["uri"])).author_reads_along is reads


async def test_redrafts_are_the_authors_newest_posts(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.boost("dave", scene.server.post("erin", "Not his")["id"])
    for n in range(25):
        scene.server.post("dave", f"Hello {n}")
    found = await bot.redrafts(scene.person("dave"))
    assert [post.text for post in found] == [f"Hello {n}" for n in range(24, 4, -1)]


async def test_redrafts_are_nobody_elses(scene: Scene) -> None:
    bot = await scene.opened()
    boost = scene.server.boost("dave", scene.server.post("erin", "Not his")["id"])
    scene.server.fault("status", path="/api/v1/accounts/.*/statuses", status=200, body=[boost])
    assert await bot.redrafts(scene.person("dave")) == ()


async def test_trouble_is_no_observation(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    for fault in ({"kind": "status"}, {"kind": "status", "status": 429}, {"kind": "html"}, {"kind": "cut"}):
        scene.server.fault(path="/api/.*", **fault)
        with pytest.raises(TryLater):
            await bot.look(posted["uri"])
    scene.server.fault("status", path="/api/.*", status=403)
    assert (await bot.look(posted["uri"])).sight is Sight.UNSURE
    scene.server.set_account("outreach", token="another")
    with pytest.raises(Misconfigured):
        await bot.look(posted["uri"])
