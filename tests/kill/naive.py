"""Three bots as one would write them first: the harness has to catch each. Everything else in them is the real one.

`marks first` takes a message off the queue before it sends it; `fresh keys` sends again with another key and looks
nothing up; `late keeping` gives away room keys, and keeps what it did to give them only a moment later.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import structlog

from outreach import bootstrap
from outreach.config import load
from outreach.entrypoints import daemon, log_setup
from outreach.ports import Gateway, Parcel, Piece, Receipt
from outreach.ports.store import Outbound, Transaction
from outreach.services.delivery import Delivery

#: Which of them a process is.
VARIABLE = "TESTS_KILL_NAIVE"


class MarksFirst(Delivery):
    """What is lost on the way is lost for good."""

    def _claim(self, tx: Transaction, message: Outbound) -> Any:
        claimed = super()._claim(tx, message)
        tx.outbox.done(message)
        return claimed


class FreshKeys(Delivery):
    """What was sent before the end is sent again."""

    async def _out(self, gateway: Gateway, message: Outbound, parcel: Parcel) -> Receipt:
        return await gateway.send(replace(parcel, key=self.chance.token(), first_tried=None))


class LateKeep(bootstrap.StoreKeep):
    """What encryption changed is on disk some time after it was used."""

    async def save(self, pieces: Sequence[Piece]) -> None:
        _LATER.append(asyncio.create_task(self._save(pieces)))

    async def _save(self, pieces: Sequence[Piece]) -> None:
        await asyncio.sleep(_LATE)
        await super().save(pieces)


_LATE = 0.7
_LATER: list[asyncio.Task[None]] = []
KINDS: dict[str, type[Delivery]] = {"marks first": MarksFirst, "fresh keys": FreshKeys, "late keeping": Delivery}


def main(arguments: list[str]) -> int:
    """`--config FILE run`, as for the real one."""
    log_setup.configure()
    asyncio.run(_live(Path(arguments[arguments.index("--config") + 1])))
    return 0


async def _live(config: Path) -> None:
    if os.environ[VARIABLE] == "late keeping":
        bootstrap.StoreKeep = LateKeep  # type: ignore[misc]
    _, _, pump = await daemon.open_everything(load(config))
    careful = pump.delivery
    parts = {field.name: getattr(careful, field.name) for field in fields(careful)}
    pump.delivery = KINDS[os.environ[VARIABLE]](**parts)
    structlog.get_logger().info("ready")
    await pump.run()
