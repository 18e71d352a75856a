"""Native ids of each flavour, ascending within a kind, every kind its own series (pitfall 8).

Ids stay comparable for ever by (length, text), as the servers compare them; nothing else may be read from
them.
"""

from __future__ import annotations

import secrets

from .clock import Clock
from .flavours import Flavour

ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
KINDS = {"status": "s", "account": "a", "notification": "n", "media": "m", "report": "r", "conversation": "c"}


def order(native: str) -> tuple[int, str]:
    return len(native), native


def _digits(number: int, alphabet: str, width: int) -> str:
    out = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        out = alphabet[rest] + out
    return out.rjust(width, alphabet[0])


class Ids:
    def __init__(self, flavour: Flavour, clock: Clock, deterministic: bool) -> None:
        self._flavour, self._clock, self._fixed = flavour, clock, deterministic
        self._last: dict[str, int] = {}
        self.kind_of: dict[str, str] = {}

    def new(self, kind: str) -> str:
        number = max(self._last.get(kind, 0) + 1, self._seed(kind))
        self._last[kind] = number
        native = self._spell(kind, number)
        self.kind_of[native] = KINDS[kind]
        return native

    def _seed(self, kind: str) -> int:
        if self._plain(kind):
            return self._last.get(kind, 900_000_000) + 1 + (0 if self._fixed else secrets.randbelow(3))
        if self._fixed:
            return (0x19B_0000_0000 + list(KINDS).index(kind)) << 16
        return int(self._clock.now().timestamp() * 1000) << 16 | secrets.randbits(15)

    def _plain(self, kind: str) -> bool:
        """Mastodon's and Akkoma's notifications are small whole numbers; nine digits keep them findable in text."""
        return kind in {"notification", "conversation"} and self._flavour.name != "gotosocial"

    def _spell(self, kind: str, number: int) -> str:
        if self._plain(kind) or self._flavour.name == "mastodon":
            return str(number)
        if self._flavour.name == "gotosocial":
            return "01" + _digits(number, ULID, 24)
        return "A" + _digits(number, BASE62, 17)
