"""Logging in: what the server is, what the operator has to mend, and that nothing personal is ever written down."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest
from aiohttp import web

from outreach.adapters.fediverse import FediverseGateway
from outreach.adapters.fediverse.capabilities import Flavour
from outreach.ports import Gateway, Misconfigured, TryLater, Undeliverable
from tests.fediverse.conftest import Scene


async def test_the_server_is_known_for_what_it_is(scene: Scene) -> None:
    bot = await scene.opened()
    assert bot.me.address == "outreach@social.example" and bot.me.native
    assert bot._server.flavour == Flavour(scene.flavour)
    assert bot._server.max_characters == scene.server.flavour.max_chars
    assert bot._server.people == 4
    contract: Gateway = bot
    assert contract.platform == "fediverse"


async def test_a_bad_token_is_named(scene: Scene) -> None:
    with pytest.raises(Misconfigured, match="fediverse_token"):
        await scene.gateway("wrong").open()


@pytest.mark.parametrize(
    ("path", "scope"),
    [("/api/v1/accounts/verify_credentials", "read:accounts"), ("/api/v1/notifications", "read:notifications"),
     ("/api/v2/search", "read:search"), ("/api/v1/accounts/relationships", "read:follows")],
)  # fmt: skip
async def test_a_missing_scope_is_named(scene: Scene, path: str, scope: str) -> None:
    scene.server.fault("status", path=path, status=403)
    with pytest.raises(Misconfigured, match=scope):
        await scene.gateway().open()


async def test_a_policy_that_may_not_be_set_is_named(mastodon: Scene) -> None:
    path = "/api/v2/notifications/policy"
    mastodon.server.fault("status", path=path, method="PATCH", status=403)
    with pytest.raises(Misconfigured, match="write:notifications"):
        await mastodon.gateway().open()
    mastodon.server.fault("status", path=path, method="PATCH", status=200, body={})
    with pytest.raises(Misconfigured, match="filtering"):
        await mastodon.gateway().open()
    mastodon.server.fault("lost", path=path, method="PATCH")
    with pytest.raises(TryLater):
        await mastodon.gateway().open()
    await mastodon.gateway().open()


@pytest.mark.parametrize("kind", ["status", "html", "malformed", "cut", "lost"])
async def test_a_server_in_trouble_is_no_fault_of_the_operator(scene: Scene, kind: str) -> None:
    scene.server.fault(kind, count=20)
    with pytest.raises(TryLater):
        await scene.gateway().open()


async def test_something_else_than_a_fediverse_server_is_named(scene: Scene) -> None:
    scene.server.fault("status", path=".*verify_credentials", status=200, body={"hello": "world"})
    with pytest.raises(Misconfigured, match="server"):
        await scene.gateway().open()


async def test_a_redirect_is_not_followed(scene: Scene) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", elsewhere)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    where = f"http://127.0.0.1:{runner.addresses[0][1]}/x"
    scene.server.fault("status", status=301, headers={"Location": where})
    with pytest.raises(Misconfigured, match="server"):
        await scene.gateway().open()
    await runner.cleanup()
    assert asked == []


async def test_closing_ends_the_thread_and_may_be_done_twice(scene: Scene) -> None:
    bot = await scene.opened()
    assert [one for one in threading.enumerate() if one.name == "fediverse"]
    await bot.close()
    await bot.close()
    assert not [one for one in threading.enumerate() if one.name == "fediverse"]
    with pytest.raises(TryLater):
        await bot.look("https://social.example/@dave/1")


async def test_a_server_that_hangs_does_not_hold_up_the_end(scene: Scene) -> None:
    bot = await scene.opened()
    scene.server.fault("hang", path="/api/v1/notifications")
    task = asyncio.create_task(bot.listen("", scene.journal))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        await bot.close()


async def test_calls_from_many_tasks_go_one_by_one(scene: Scene) -> None:
    bot = await scene.opened()
    posted = scene.server.post("dave", "Hello")
    seen = await asyncio.gather(*(bot.look(posted["url"]) for _ in range(10)))
    assert {one.post.native for one in seen if one.post} == {posted["id"]}


async def test_neither_logs_nor_errors_tell_anything(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    scene.server.add_account("CANARYalice")
    scene.ids["CANARYalice"] = scene.server.world.account("CANARYalice").id
    bot = await scene.opened()
    told: list[str] = []
    refusals = [{"kind": "status", "status": status, "body": {"error": "CANARY"}} for status in (403, 422, 429, 500)]
    faults: list[dict[str, Any]] = [{"kind": "lost"}, {"kind": "cut"}, *refusals]
    for n, fault in enumerate(faults):
        scene.server.fault(path="/api/v1/statuses", method="POST", **fault)
        with pytest.raises(Exception) as failure:
            await bot.send(scene.parcel("CANARYalice", f"CANARYtext {n}", key=f"CANARY{n}"))
        told.append(repr(failure.value) + str(failure.value.args))
    with pytest.raises(Undeliverable) as blocked:
        await bot.send(scene.parcel("erin", to=scene.person("erin").__class__(bot.platform, "canary@nowhere.example")))
    told.append(repr(blocked.value))
    secrets = ("CANARY", "canary", scene.token, scene.ids["CANARYalice"])
    said = [record.getMessage() for record in caplog.records] + told
    assert not [line for line in said for secret in secrets if secret in line]


def test_splitting_needs_no_server() -> None:
    class Still:
        def now(self) -> Any:
            raise AssertionError

    bot = FediverseGateway("https://social.example", "token", Still())
    assert bot.split("Hello", None) == ("Hello",)
    assert bot.recognises("https://social.example/@dave/1")
