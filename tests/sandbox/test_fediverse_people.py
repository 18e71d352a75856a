"""Persons on mastodon-mock."""

import pytest

from outreach.entrypoints.sandbox.mastodon_mock import MastodonMock
from outreach.entrypoints.sandbox.people import FediversePerson, NotObserved, Refused
from outreach.entrypoints.sandbox.people.plain import plain


def person(mock: MastodonMock, name: str) -> FediversePerson:
    return FediversePerson(mock.url, mock.token(name))


async def test_private_mentions_both_ways(mock: MastodonMock) -> None:
    async with person(mock, "ada") as ada, person(mock, "helper") as helper:
        asked = await ada.dm("helper", "please <help> & hurry\n\nnow", language="de")
        heard = await helper.hear("please <help> & hurry\n\nnow", sender="ada")
        assert (heard.id, heard.visibility, heard.language) == (asked.id, "direct", "de")
        await helper.reply(heard, "of course")
        answer = await ada.hear("of course")
        assert (answer.author, answer.in_reply_to, answer.mentions) == ("helper", asked.id, ("ada",))


async def test_posts_change_and_go(mock: MastodonMock) -> None:
    async with person(mock, "eve") as eve, person(mock, "ada") as ada:
        post = await eve.post("cake", visibility="unlisted")
        assert post.url.startswith(mock.url)
        await ada.favourite(post.id)
        await ada.follow("eve")
        assert {note["type"] for note in await eve.notifications()} >= {"favourite", "follow"}
        await eve.edit(post.id, "cake", spoiler_text="food")
        changed = await ada.status(post.id)
        assert (changed.edited, changed.spoiler_text) == (True, "food")
        await eve.delete(post.id)
        with pytest.raises(Refused) as refusal:
            await ada.status(post.id)
        assert refusal.value.status == 404
        await ada.block("eve")
        await ada.unblock("eve")


async def test_more_than_a_page_of_mentions_and_then_silence(mock: MastodonMock) -> None:
    async with person(mock, "ada") as ada, person(mock, "helper") as helper:
        for number in range(41):
            await ada.dm("helper", f"number {number}.")
        await helper.hear("number 40.")
        await helper.hear("number 0.")
        with pytest.raises(NotObserved, match=r"(?s)@helper waited 0.1 s.*'something else'.*number 39"):
            await helper.hear("something else", within=0.1)


async def test_posts_outlive_a_kill(mock: MastodonMock) -> None:
    async with person(mock, "ada") as ada:
        before = await ada.post("kept")
        await mock.restart()
        assert (await ada.status(before.id)).text == "kept"
        await ada.dm("helper", "after the kill")
    async with person(mock, "helper") as helper:
        await helper.hear("after the kill")


async def test_faults_of_the_mock(mock: MastodonMock) -> None:
    async with person(mock, "ada") as ada:
        await mock.fault({"methods": ["POST"], "path": "/api/v1/statuses"}, {"type": "status", "status": 503})
        with pytest.raises(Refused, match="503"):
            await ada.post("lost")
        await ada.post("arrived")
        await mock.clear_faults()


def test_hidden_pieces_of_a_link_are_read_too() -> None:
    html = '<p>see <a href="x"><span class="invisible">https://</span>a.example</a><br/>bye &lt;3</p><p>end</p>'
    assert plain(html) == "see https://a.example\nbye <3\n\nend"
