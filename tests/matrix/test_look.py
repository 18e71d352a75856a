"""Looking at posts of community rooms."""

import pytest

from outreach.domain.posts import Sight, Visibility
from outreach.entrypoints.sandbox.people.matrix import MatrixPerson
from outreach.ports import Undeliverable
from tests.matrix.story import Bot, Story, matrix
from tests.recorder import bad_gateway


async def community(story: Story) -> tuple[Bot, MatrixPerson, str]:
    bot, ada = await story.bot(), await story.person("ada")
    room = await ada.create_room("all", preset="public_chat", room_alias_name=ada.user_id[1:].partition(":")[0])
    await bot.gateway.accept(room)
    return await story.again(bot, community_rooms=[room]), ada, room


async def test_a_post_as_it_stands(story: Story) -> None:
    bot, ada, room = await community(story)
    native = await ada.say(room, "hello\nworld")
    for link in (f"https://matrix.to/#/{room}/{native}?via=canary.example", f"matrix:roomid/{room[1:]}/e/{native[1:]}"):
        assert bot.gateway.recognises(link)
        seen = await bot.gateway.look(link)
        assert seen.post is not None
        assert (seen.sight, seen.at, seen.audience) == (Sight.SEEN, bot.clock.now(), 1)
        assert (seen.author_local, seen.author_reachable, seen.reporter_addressed) == (True, True, False)
        post = seen.post
        assert (post.author, post.text, post.native, post.room) == (matrix(ada.user_id), "hello\nworld", native, room)
        assert (post.visibility, post.edited, post.day) == (Visibility.ROOM, "", bot.clock.now().date().isoformat())
        assert post.uri == f"matrix:roomid/{room[1:]}/e/{native[1:]}"
        assert post.link == f"https://matrix.to/#/%21{room[1:]}/%24{native[1:]}"
        assert (await bot.gateway.look(post.uri)).post == (await bot.gateway.look(post.link)).post == post


async def test_the_latest_edit_by_the_author_counts(story: Story) -> None:
    bot, ada, room = await community(story)
    eve = await story.person("eve")
    await eve.join(room)
    native = await ada.say(room, "one")
    await ada.edit(room, native, "two")
    last = await ada.edit(room, native, "three")
    await eve.edit(room, native, "forged")
    for event in (native, last):
        seen = await bot.gateway.look(f"https://matrix.to/#/{room}/{event}")
        assert seen.post is not None
        assert (seen.post.native, seen.post.text, seen.post.edited) == (native, "three", last)
    assert seen.audience == 2


async def test_gone_is_redacted_or_never_there(story: Story) -> None:
    bot, ada, room = await community(story)
    native = await ada.say(room, "oops")
    await ada.redact(room, native)
    for event in (native, "$" + "x" * 43):
        assert (await bot.gateway.look(f"https://matrix.to/#/{room}/{event}")).sight is Sight.GONE


async def test_a_bot_put_out_of_the_room_does_not_say_gone(story: Story) -> None:
    bot, ada, room = await community(story)
    await ada.kick(room, bot.account.user_id)
    native = await ada.say(room, "still here")
    assert (await bot.gateway.look(f"https://matrix.to/#/{room}/{native}")).sight is Sight.UNSURE


async def test_a_failing_server_is_unsure(story: Story) -> None:
    plain, ada, room = await community(story)
    native = await ada.say(room, "here")
    bot, recorder = await story.recorded(plain)
    bot = await story.again(bot, url=recorder.url, community_rooms=[room])
    for path in ("/event/", "/joined_members"):
        recorder.inject("GET", path, bad_gateway, 2)
        assert (await bot.gateway.look(f"https://matrix.to/#/{room}/{native}")).sight is Sight.UNSURE
        recorder.heal()


async def test_the_author_may_have_left(story: Story) -> None:
    bot, _, room = await community(story)
    ben = await story.person("ben")
    await ben.join(room)
    native = await ben.say(room, "bye")
    await ben.leave(room)
    seen = await bot.gateway.look(f"https://matrix.to/#/{room}/{native}")
    assert (seen.sight, seen.author_reachable, seen.audience) == (Sight.SEEN, False, 1)


async def test_a_post_that_answers_or_names_the_reporter(story: Story) -> None:
    bot, ada, room = await community(story)
    cyd = await story.person("cyd")
    await cyd.join(room)
    said = await cyd.say(room, "question")
    pill = f'<a href="https://matrix.to/#/{cyd.user_id}">cyd</a>'
    posts = [
        await ada.say(room, "answer", reply_to=said),
        await ada.say(room, "hey cyd", mentions=[cyd.user_id]),
        await ada.say(room, "hey cyd", format="org.matrix.custom.html", formatted_body=pill),
        await ada.say(room, f"hey {cyd.user_id}"),
        await ada.say(room, "hey everybody"),
    ]
    for reporter, expected in ((cyd, [True] * 4 + [False]), (ada, [False] * 5)):
        seen = [
            (await bot.gateway.look(f"https://matrix.to/#/{room}/{p}", reporter=matrix(reporter.user_id)))
            for p in posts
        ]
        assert [s.reporter_addressed for s in seen] == expected


async def test_only_community_rooms_and_only_posts(story: Story) -> None:
    bot, ada, room = await community(story)
    other = await ada.create_room(invite=[bot.account.user_id])
    await bot.gateway.accept(other)
    hidden = await ada.say(other, "not yours")
    bot, recorder = await story.recorded(bot)
    bot = await story.again(bot, url=recorder.url, community_rooms=[room])
    recorder.clear()
    alias = "%23elsewhere%3Acanary.example"
    for link in (f"https://matrix.to/#/{other}/{hidden}", f"https://matrix.to/#/{alias}/{hidden}"):
        with pytest.raises(Undeliverable, match="room_not_ours"):
            await bot.gateway.look(link)
    for link in ("https://example.org/@a/1", f"https://matrix.to/#/{room}", f"https://matrix.to/#/{room}/.."):
        assert not bot.gateway.recognises(link)
        with pytest.raises(Undeliverable, match="not_a_post"):
            await bot.gateway.look(link)
    assert recorder.requests == []
    topic = await ada.set_state(room, "m.room.topic", {"topic": "x"})
    with pytest.raises(Undeliverable, match="not_a_post"):
        await bot.gateway.look(f"https://matrix.to/#/{room}/{topic}")


async def test_rooms_may_be_named_by_alias(story: Story) -> None:
    bot, ada, room = await community(story)
    alias = f"#{ada.user_id[1:]}"
    native = await ada.say(room, "hello")
    bot = await story.again(bot, community_rooms=[alias])
    for name in (room, alias):
        assert (await bot.gateway.look(f"https://matrix.to/#/{name}/{native}")).sight is Sight.SEEN
