"""The two things `books` stands on: without the link key nobody is found (F6), and a join by the second is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from msgspec import structs

from outreach.adapters.storage import Database
from outreach.adapters.vault import KeyFile, Tampered, Vault
from outreach.adapters.vault.keyring import Keyring
from tests.anonymity import books
from tests.anonymity.cast import ADA
from tests.anonymity.runs import Player
from tests.anonymity.stage import staged
from tests.anonymity.stories import ask


async def test_all_keys_but_the_link_key_lead_to_nobody(player: Player) -> None:
    """What `books` reckons with is so: with another link key cases open, and whose they are does not."""
    async with staged(player.folder, player.synapse, "fediverse") as stage:
        sealing = books.watch(stage)
        await ask(stage, ADA)
        thief = Database(stage.town.config.store.url, Vault(cast(KeyFile, WithoutLink(sealing.inner._file))))
        case = thief.run(lambda tx: tx.cases.load(tx.cases.all()[0]))
        assert case is not None and case.post is not None and "dave" in case.post.author.address
        assert thief.run(lambda tx: tx.links.of_request(case.requests[0].id)) is None
        rows = [cell.value for cell in books.cells(stage.town.folder / "outreach.db", sealing) if cell.column == "id"]
        people = [str(one) for one in rows if isinstance(one, str) and one != case.id]
        with pytest.raises(Tampered):
            thief.run(lambda tx: [tx.conversations.get(one) for one in people])
        thief.close()


@dataclass
class WithoutLink:
    """A keyring file with keys of nobody where the link key was."""

    file: KeyFile

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    @property
    def held(self) -> Keyring:
        """The ring in hand."""
        return self.current()

    def current(self) -> Keyring:
        """The ring in the file."""
        ring = self.file.held
        others = tuple(structs.replace(one, link=bytes(32)) for one in ring.generations)
        return structs.replace(ring, generations=others, link_names=bytes(32))


async def test_a_join_by_the_second_is_seen(player: Player) -> None:
    """A case's deadline counted from the very second at which its reporter's draft was kept."""
    async with staged(player.folder, player.synapse, "fediverse") as stage:
        sealing, file = books.watch(stage), stage.town.folder / "outreach.db"
        await ask(stage, ADA)
        stage.town.clock.advance(stage.town.pump.settings.policy.settle)
        await stage.members["ada"].say("human")
        honest = books.seconds(stage, books.cells(file, sealing))
        assert honest.members and honest.cases and not honest.members & honest.cases
        at = stage.town.clock.now() + stage.town.pump.settings.policy.consent_within
        await stage.town.database.transact(lambda tx: tx.timers.set(tx.cases.all()[0], "consent", at, "x"))
        joined = books.seconds(stage, books.cells(file, sealing))
        assert joined.members & joined.cases
