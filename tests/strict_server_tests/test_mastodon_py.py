"""Real client code works against the stub: Mastodon.py 2.3.3 in a worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from mastodon import Mastodon, MastodonNetworkError, MastodonNotFoundError, MastodonRatelimitError

from tests.strict_server import StrictServer


def _client(server: StrictServer, acct: str) -> Any:
    token = server.add_account(acct)["token"]
    return Mastodon(
        access_token=token, api_base_url=server.base_url, ratelimit_method="throw", version_check_mode="none",
        request_timeout=5,
    )  # fmt: skip


async def _run(act: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(act)


async def test_a_conversation(server: StrictServer) -> None:
    bot, alice = _client(server, "bot"), _client(server, "alice")

    def talk() -> None:
        if server.flavour.policy_api:
            bot.update_notifications_policy(for_private_mentions="accept")
        asked = alice.status_post("@bot hello", visibility="direct", language="de")
        got = bot.notifications(min_id="0", limit=5)
        assert [n.status.id for n in got] == [asked.id]
        assert bot.notifications(min_id=got[0].id) == []
        first = bot.status_post("@alice hi", in_reply_to_id=asked, visibility="direct", idempotency_key="k1")
        again = bot.status_post("@alice hi", in_reply_to_id=asked, visibility="direct", idempotency_key="k1")
        assert (first.id == again.id) is (server.flavour.idempotency != "none")
        alice.status_update(asked, "@bot hello there", spoiler_text="greeting")
        assert len(bot.status_history(asked)) == 2
        assert bot.account_relationships([asked.account.id])[0].blocked_by is False
        assert bot.account_lookup("alice").id == asked.account.id
        with pytest.raises(MastodonNotFoundError):
            bot.status("999")

    await _run(talk)


async def test_search_and_faults(mastodon: StrictServer) -> None:
    bot = _client(mastodon, "bot")
    mastodon.add_account("alice")
    url = mastodon.post("alice", "hi")["url"]

    def look() -> None:
        assert bot.search_v2(url, resolve=True, result_type="statuses").statuses[0].url == url
        mastodon.faults.add(_lost())
        with pytest.raises(MastodonNetworkError):
            bot.status_post("@alice hi", visibility="direct", idempotency_key="k")
        bot.status_post("@alice hi", visibility="direct", idempotency_key="k")
        mastodon.limits.enforce("api", 0, 300)
        with pytest.raises(MastodonRatelimitError):
            bot.me()

    await _run(look)
    assert len(mastodon.delivered("alice")) == 1


def _lost() -> Any:
    from tests.strict_server import Fault

    return Fault("lost", method="POST")
