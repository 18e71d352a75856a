"""The stub as a process of its own, which outlives a killed bot. Line 1 of stdout is its base URL.

`--seed FILE`: {"accounts": [{"acct": "alice", "token": "…"}, …]}. It ends on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path

from .flavours import FLAVOURS, Json
from .server import StrictServer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="strict_server")
    parser.add_argument("--flavour", choices=sorted(FLAVOURS), default="mastodon")
    parser.add_argument("--domain", default="social.example")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=Path)
    parser.add_argument("--deterministic", action="store_true")
    return parser.parse_args()


async def serve(args: argparse.Namespace, seed: Json) -> None:
    server = StrictServer(args.flavour, args.domain, deterministic=args.deterministic, port=args.port, seed=seed)
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    async with server:
        print(server.base_url, flush=True)
        await done.wait()


if __name__ == "__main__":
    chosen = arguments()
    asyncio.run(serve(chosen, json.loads(chosen.seed.read_text()) if chosen.seed else {}))
