"""A real sealed store in a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from outreach.adapters.storage import Database
from outreach.adapters.storage.upgrade import upgrade
from outreach.adapters.vault import Vault, create, load, new_master_key, parse_master_key
from outreach.domain.asks import Ask, Strength
from outreach.domain.events import OutreachOpened, RequestAdded
from outreach.domain.identity import Account, Alias, CaseId, ConversationId, Platform, RequestId, Role
from outreach.domain.letters import Audience, Letter
from outreach.domain.posts import Post, Visibility
from outreach.ports import Batch, Happening, Incoming, Piece, Place
from outreach.ports.store import Address, Conversation, Errand, Line, Link, Listed, Outbound, Told, Transaction

DAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ADA = Account(Platform.FEDIVERSE, "canary-ada@social.example", "7")
DAVE = Account(Platform.FEDIVERSE, "canary-dave@social.example", "8")


@dataclass
class Shelf:
    """Where the store lies and how it opens."""

    folder: Path
    master: bytes
    database: Database
    vault: Vault

    def reopened(self, file: str = "outreach.db", keys: str = "outreach.keys") -> Database:
        """Any copy of the database with any copy of the keyring."""
        keyring = load(self.folder / keys, self.master, os.urandom)
        return Database(f"sqlite:///{self.folder / file}", Vault(keyring))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Shelf]:
    """An empty store."""
    master = parse_master_key(new_master_key(os.urandom))
    url = f"sqlite:///{tmp_path / 'outreach.db'}"
    upgrade(url)
    vault = Vault(create(tmp_path / "outreach.keys", master, os.urandom, DAY))
    database = Database(url, vault)
    yield Shelf(tmp_path, master, database, vault)
    database.close()


def lines(tx: Transaction) -> list[Line]:
    """What waits to be worked, as far as it opens."""
    return [line for line in tx.inbox.lines() if isinstance(line, Line)]


def fill(tx: Transaction) -> None:
    """One of everything: a member's conversation, a case, its link, a line, a message, an errand, a told message."""
    conversation = Conversation(ConversationId("conv"), ADA.platform, Role.MEMBER, ADA, Place(reply_to="1"))
    tx.conversations.save(conversation)
    post = Post(
        Platform.FEDIVERSE,
        "https://social.example/9",
        "https://social.example/9",
        "9",
        DAVE,
        "2026-03-01",
        Visibility.PUBLIC,
    )
    tx.cases.create(CaseId("case"), b"s" * 32)
    case = tx.cases.load("case")
    assert case is not None
    opened = OutreachOpened(Alias("calm-lynx"), post, Ask.CW, "food", Strength.MAY)
    tx.cases.append(case, [opened, RequestAdded(RequestId("req"), Alias("amber-otter"), NOW)])
    tx.links.add(Link(ConversationId("conv"), CaseId("case"), RequestId("req"), Alias("amber-otter")))
    tx.desk.put("case", Listed(Alias("calm-lynx"), "branch:canary", "@canary-mia:social.example", True, NOW))
    incoming = Incoming("status-1", Happening.LINE, Platform.FEDIVERSE, ADA, text="canary words", at=NOW)
    tx.inbox.journal(Batch("fediverse", "5", (incoming,)))
    tx.outbox.add(
        Outbound(Address(request="req"), Audience.MEMBER, Letter("time_has_come"), "key", "case", lane="conv")
    )
    tx.outbox.add_errand(Errand("look", {"links": "https://social.example/9"}, conversation="conv"))
    tx.registers.remember_told("native", Told("conv", "case", "req", "preview", "2026-03-03"))
    tx.registers.note("matrix_device", "DEV")
    tx.pieces.save("matrix", [Piece("megolm/!canary-room/s", b"canary key", "!canary-room"), Piece("account", b"{}")])
    tx.registers.enrol("@mia:social.example", NOW)
    tx.registers.set_opted_out(DAVE, True)
