"""What stood around a reported post: looked for once the case is stored, kept with it, shown in its thread (R047).

A context that cannot be fetched stops nothing: the case stands, and its thread says what was not to be seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.domain.evidence import Evidence, Persons, with_neighbours
from outreach.domain.identity import Platform
from outreach.ports import Misconfigured, OutcomeUnknown, TryLater, Undeliverable, Witness
from outreach.ports.store import Errand, Store, Transaction
from outreach.services.casework import Casework

#: So many posts of one report are shown in the thread by themselves; the others when a moderator asks.
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Looks around."""

    store: Store
    witnesses: Mapping[Platform, Witness]
    casework: Casework

    async def look_around(self, errand: Errand, *, last: bool) -> None:
        """Run the errand once. Raises `TryLater` and the like unless it is the `last` try."""
        wanted = errand.facts["posts"].split("\n")
        kept = [one for one in await self._kept(errand.case) if one.post.uri in wanted]
        persons = Persons((), json.loads(errand.facts["people"]))  # sealed with the errand alone, and gone with it (F6)
        found = [await self._around(one, persons, last=last) for one in kept]
        await self.store.transact(lambda tx: self._commit(tx, errand, found))

    async def _kept(self, case: str) -> list[Evidence]:
        return list(await self.store.transact(lambda tx: tx.exhibits.of(case)))

    async def _around(self, evidence: Evidence, persons: Persons, *, last: bool) -> Evidence:
        witness = self.witnesses.get(evidence.post.platform)
        if witness is None or evidence.before or evidence.after:
            return evidence
        try:
            before, after = await witness.surroundings(evidence.post)
        except Undeliverable:
            return evidence
        except (TryLater, OutcomeUnknown, Misconfigured):
            if not last:
                raise
            return evidence
        persons.known = (evidence.post.author,)
        return with_neighbours(evidence, before, after, persons)

    def _commit(self, tx: Transaction, errand: Errand, found: list[Evidence]) -> None:
        tx.outbox.errand_done(errand)
        case = tx.cases.load(errand.case)
        if case is None:
            return
        for number, one in enumerate(found):
            tx.exhibits.keep(case.id, one)
            if number < MOST_SHOWN:
                self.casework.show_evidence(tx, case, one)
