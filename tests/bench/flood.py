"""Ten thousand reports as fast as a server takes them, and one report that comes by poll and webhook at once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import AsyncExitStack

import aiohttp

from outreach import bootstrap
from outreach.config import load, load_secrets
from outreach.entrypoints.sandbox.processes import free_port
from outreach.entrypoints.web.hooks import PATH
from outreach.ports.store import Transaction
from tests.bench.commands import Desk
from tests.bench.figures import Table
from tests.bench.programs import Bot
from tests.bench.reports import at_home, cards, count, quiet, reason
from tests.bench.town import Town, Watch
from tests.kill.waiting import until
from tests.strict_server import StrictServer

_WITHIN = 1200.0
_MESSAGES = 1000


async def measure(town: Town, table: Table, many: int = 10_000) -> None:
    """What the bot does meanwhile, that it stays up, and what it holds. Ten reporters, a thousand messages."""
    said = await town.written(min(many, _MESSAGES))
    bot = await town.bot("flood")
    async with AsyncExitStack() as stack:
        watch = await stack.enter_async_context(Watch(town.mia, bot.staff))
        life = await stack.enter_async_context(bot.started())
        await at_home(town, bot, watch)
        before, seen, begun = life.memory, count(bot.folder, "seen"), time.perf_counter()
        flooding = asyncio.create_task(town.report_all([said[n % len(said)] for n in range(many)], reason))
        asking = asyncio.create_task(_asked(Desk(bot, watch, []), town))
        assert await until(lambda: count(bot.folder, "seen") >= seen + many, within=_WITHIN, every=0.2)
        stored = time.perf_counter() - begun
        assert await until(lambda: count(bot.folder, "inbox") == 0, within=_WITHIN, every=0.2)
        worked = time.perf_counter() - begun
        await flooding
        asking.cancel()
        (answers,) = await asyncio.gather(asking, return_exceptions=True)
        left, alive, peak = count(bot.folder, "outbox"), life.process.is_running(), life.peak
        errors = life.errors
    kept, cases = await asyncio.to_thread(_kept, bot)
    table.fact(f"flood of {many}", f"{kept} stored once, in {cases} cases; {len(errors)} errors, alive: {alive}", "all")
    table.fact(f"flood of {many}: stored after, worked after", f"{stored:.0f} s, {worked:.0f} s; {left} words to say")
    table.row(f"flood of {many}: peak memory, and before", [peak], [before], "MiB", "bounded")
    if isinstance(answers, list) and answers:
        table.row(f"flood of {many}: !help meanwhile", answers, (), "ms")


async def _asked(desk: Desk, town: Town) -> list[float]:
    """A moderator goes on working."""
    times: list[float] = []
    try:
        while True:
            times.append(await desk.answered(town, "!help"))
            await asyncio.sleep(4)
    except asyncio.CancelledError:
        return times


def _kept(bot: Bot) -> tuple[int, int]:
    """Reports and cases, counted in the store itself."""
    config = load(bot.folder / "outreach.toml")
    secrets = load_secrets(config.path, config, bot.environment)
    keyring = bootstrap.open_keyring(config, secrets, bootstrap.real_world(), database_filled=True)
    database = bootstrap.open_database(config, keyring)

    def sizes(tx: Transaction) -> list[int]:
        found = (tx.cases.load(one) for one in tx.cases.all())
        return [len(case.reports) for case in found if case is not None]

    kept = database.run(sizes)
    database.close()
    return sum(kept), len(kept)


# poll and webhook


async def measure_webhook(town: Town, table: Table, many: int = 200) -> None:
    """Each report of a fediverse server is announced by webhook, twice, while the list is polled: one case each."""
    port, secret = free_port(), "shared"
    async with StrictServer("mastodon", "social.example") as strict:
        tokens = [strict.add_account("outreach", bot=True)["token"], strict.add_account("mod", role="admin")["token"]]
        web = f'[web]\nlisten = "127.0.0.1:{port}"\npublic_url = "https://cwg.example"\n'
        more = f'[fediverse]\nserver = "{strict.base_url}"\n{web}'
        secrets = {"FEDIVERSE_TOKEN": tokens[0], "FEDIVERSE_STAFF_TOKEN": tokens[1], "WEBHOOK_SECRET": secret}
        bot = await town.bot("hooked", reports=False, more=more, secrets=secrets)
        for number in range(many):
            strict.add_account(f"dave{number}")
        strict.add_account("ada")
        async with Watch(town.mia, bot.staff) as watch, bot.started() as life, aiohttp.ClientSession() as http:
            await at_home(town, bot, watch, cursors=3)
            for number in range(many):
                found = strict.report("ada", f"dave{number}", reason(number))
                body = json.dumps({"event": "report.created", "object": {"id": found}}).encode()
                mark = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
                for _ in range(2):
                    async with http.post(
                        f"http://127.0.0.1:{port}{PATH}", data=body, headers={"X-Hub-Signature": mark}
                    ) as answer:
                        assert answer.status == 204, answer.status
            await watch.until(lambda seen: len(cards([event for _, event in seen])) >= many, 300)
            await quiet(bot, 60)
            errors = life.errors
        found_cards = cards(await town.mia.history(bot.staff))
    twice = sum(1 for times in found_cards.values() if times > 1)
    outcome = f"{len(found_cards)} of {many} arrived, {twice} twice, {len(errors)} errors"
    table.fact(f"{many} reports by poll and webhook at once", outcome, "all, none twice")
