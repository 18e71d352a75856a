"""The one store of a running stub, with look-ups by handle and id.

It knows who and what exists, not who may see it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .clock import Clock
from .flavours import Flavour, Json
from .ids import Ids
from .model import Account, Notice, Report, Status

Listener = Callable[[Account, str, Any], None]


class World:
    def __init__(self, flavour: Flavour, domain: str, url_base: str, deterministic: bool) -> None:
        self.flavour, self.domain, self.url_base = flavour, domain, url_base
        self.clock = Clock(frozen=deterministic)
        self.ids = Ids(flavour, self.clock, deterministic)
        self.accounts: dict[str, Account] = {}
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Json] = {}
        self.files: dict[str, bytes] = {}  # what a picture's address holds; few have any
        self.served_at = ""
        self.notices: list[Notice] = []
        self.reports: list[Report] = []
        self.deliveries: list[tuple[str, Status]] = []  # (account id, post named to it)
        self.fetches: list[Json] = []  # what our server asked of others
        self.banned: list[str] = []  # Mastodon's Antispam words
        self.contact: str | None = None
        self.title = "Strict stub"
        self.disallow_unauthenticated = False
        self.listener: Listener | None = None

    def find(self, handle: str, unknown_too: bool = False) -> Account | None:
        name, _, domain = handle.lstrip("@").casefold().partition("@")
        domain = "" if domain == self.domain.casefold() else domain
        for account in self.accounts.values():
            if account.username.casefold() == name and (account.domain or "").casefold() == domain:
                return account if account.known or unknown_too else None
        return None

    def account(self, handle: str) -> Account:
        found = self.find(handle, unknown_too=True)
        if found is None:
            raise KeyError(f"no account {handle}")
        return found

    def tell(self, account: Account, event: str, payload: Any) -> None:
        if self.listener:
            self.listener(account, event, payload)

    def thread_up(self, status: Status | None, depth: int = 100) -> list[Status]:
        line: list[Status] = []
        while status is not None and len(line) < depth:
            line.append(status)
            status = status.reply_to
        return line

    def by_token(self, token: str) -> Account | None:
        return next((a for a in self.accounts.values() if a.token == token), None)
