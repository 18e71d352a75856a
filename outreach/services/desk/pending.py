"""What waits for a second word in the staff room: previews, and enrolments by two. Sealed, single use, expiring.

Decides nothing about what may be confirmed or by whom. All of it is one note, so that nothing outlives its time by
more than the next command.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from outreach.ports import Clock
from outreach.ports.store import Transaction

#: The reaction that says the second word.
CONFIRM = "✅"

_NOTE = "desk:pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that was said once. `nonce` stands with the preview's message; `at` and `until` are ISO moments."""

    kind: str
    text: str
    by: str
    at: str
    until: str
    nonce: str = ""
    case: str = ""

    @property
    def topic(self) -> tuple[str, str, str]:
        """What makes the same command the same."""
        return self.kind, self.case, self.text


@dataclass(frozen=True, slots=True)
class Pendings:
    """The note."""

    clock: Clock

    def all(self, tx: Transaction) -> tuple[Pending, ...]:
        """What still waits."""
        now = self.clock.now()
        kept = [Pending(**one) for one in json.loads(tx.registers.noted(_NOTE) or "[]")]
        return tuple(one for one in kept if datetime.fromisoformat(one.until) > now)

    def same(self, tx: Transaction, topic: tuple[str, str, str]) -> Pending | None:
        """What was said before with the very same words."""
        return next((one for one in self.all(tx) if one.topic == topic), None)

    def of(self, tx: Transaction, nonce: str) -> Pending | None:
        """What a preview of ours stands for; None once used, replaced or expired."""
        return next((one for one in self.all(tx) if nonce and one.nonce == nonce), None)

    def put(self, tx: Transaction, new: Pending) -> None:
        """Remember it in place of the same."""
        self._save(tx, (*(one for one in self.all(tx) if one.topic != new.topic), new))

    def drop(self, tx: Transaction, used: Pending) -> None:
        """Used: it never counts again."""
        self._save(tx, (one for one in self.all(tx) if one != used))

    def tidy(self, tx: Transaction) -> None:
        """Forget what has expired."""
        if tx.registers.noted(_NOTE) not in ("", "[]"):
            self._save(tx, self.all(tx))

    def _save(self, tx: Transaction, kept: Iterable[Pending]) -> None:
        tx.registers.note(_NOTE, json.dumps([asdict(one) for one in kept]))
