"""What a test does to the server: people, posts by others, ties, faults, clock. JSON in, JSON out.

Every public method is also POST /_control/<name> with its arguments as a JSON object. None checks visibility:
a test's hand is not a client.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from . import editing, entities, notices, posting, recorder
from .flavours import Json
from .model import Account, Report, Status
from .routes_accounts import block_account
from .routes_notifications import visible
from .world import World


class People:
    """Accounts and the ties between them."""

    world: World

    def add_account(self, acct: str, token: str | None = None, age_days: float = 400, **traits: Any) -> Json:
        """Traits are fields of model.Account: role, highlighted, bot, locked, display_name, note, fields, known…"""
        name, _, domain = acct.lstrip("@").partition("@")
        native = self.world.ids.new("account")
        token = token or (f"token-{name}-{domain or 'local'}" if self.world.clock.frozen else secrets.token_hex(16))
        born = self.world.clock.now() - timedelta(days=age_days)
        account = Account(native, name, domain or None, token, born, **traits)
        self.world.accounts[native] = account
        return {"id": native, "acct": account.acct, "token": token}

    def follow(self, acct: str, other: str) -> None:
        self.world.account(acct).following.add(self.world.account(other).id)

    def unfollow(self, acct: str, other: str) -> None:
        self.world.account(acct).following.discard(self.world.account(other).id)

    def block(self, acct: str, other: str) -> None:
        block_account(self.world.account(acct), self.world.account(other))

    def unblock(self, acct: str, other: str) -> None:
        self.world.account(acct).blocking.discard(self.world.account(other).id)

    def set_account(self, acct: str, **traits: Any) -> None:
        account = self.world.account(acct)
        for name, value in traits.items():
            if not hasattr(account, name):
                raise TypeError(f"no trait {name}")
            setattr(account, name, value)

    def move(self, acct: str, to: str) -> None:
        self.world.account(acct).moved_to = self.world.account(to)

    def set_policy(self, acct: str, **rules: str) -> None:
        self.world.account(acct).policy.update(rules)


class Writing:
    """Posts by anybody, local or remote."""

    world: World

    def post(self, acct: str, text: str, media: list[Json] | None = None, **parts: Any) -> Json:
        """Parts are fields of posting.Draft; `known=False` leaves a remote post at its origin."""
        ids = [posting.attach(self.world, one)["id"] for one in media or []]
        author = self.world.account(acct)
        status = posting.publish(self.world, author, posting.Draft(text, media=ids, **parts))
        return entities.status(self.world, status, author)

    def edit(self, status_id: str, text: str | None = None, deliver: bool | None = None, **parts: Any) -> Json:
        """What is not named stays; a remote edit arrives along the real ties unless `deliver` says otherwise."""
        status = self.world.statuses[status_id]
        now = status.now
        media = [posting.attach(self.world, one)["id"] for one in parts.pop("media", [])] or list(now.media)
        kept: Json = {"spoiler_text": now.spoiler_text, "sensitive": now.sensitive, "language": now.language}
        draft = posting.Draft(now.text if text is None else text, media=media, **(kept | parts))
        if status.account.domain is None:
            editing.edit(self.world, status, draft)
        else:
            editing.remote_edit(self.world, status, draft, deliver)
        return entities.status(self.world, status, status.account)

    def describe(self, media_id: str, description: str | None) -> None:
        """Adds alt text in place, which leaves no edit behind."""
        self.world.media[media_id] = self.world.media[media_id] | {"description": description}

    def delete(self, status_id: str, deliver: bool = True) -> None:
        """A remote deletion not delivered leaves our copy standing (1.3)."""
        status = self.world.statuses[status_id]
        status.origin_gone = True
        if deliver or status.account.domain is None:
            posting.delete(self.world, status)

    def favourite(self, acct: str, status_id: str) -> None:
        posting.favourite(self.world, self.world.account(acct), self.world.statuses[status_id])

    def unfavourite(self, acct: str, status_id: str) -> None:
        account, status = self.world.account(acct), self.world.statuses[status_id]
        status.favourited.discard(account.id)
        notices.withdraw(self.world, "favourite", account, status)

    def boost(self, acct: str, status_id: str) -> Json:
        account = self.world.account(acct)
        wrapper = posting.boost(self.world, account, self.world.statuses[status_id])
        return entities.status(self.world, wrapper, account)

    def report(
        self, acct: str, target: str, comment: str = "", statuses: list[str] | None = None, category: str = "other"
    ) -> str:
        native = self.world.ids.new("report")
        posts = [self.world.statuses[one] for one in statuses or []]
        parties = self.world.account(acct), self.world.account(target)
        self.world.reports.append(Report(native, *parties, comment, posts, self.world.clock.now(), category))
        return native

    def resolve(self, report: str) -> None:
        """A moderator deals with it on the server's own page."""
        next(one for one in self.world.reports if one.id == report).resolved = True


class Reading:
    """What people and the wire have seen."""

    world: World
    recorder: recorder.Recorder

    def notifications(self, acct: str, include_filtered: bool = False) -> list[Json]:
        """As that account sees them, oldest first."""
        viewer = self.world.account(acct)
        return [entities.notice(self.world, n, viewer) for n in visible(self.world, viewer, include_filtered)]

    def inbox(self, acct: str, include_filtered: bool = False) -> list[Json]:
        """The posts that reached the eyes of an account by naming it, oldest first."""
        found = self.notifications(acct, include_filtered)
        return [n["status"] | {"text": self._text(n)} for n in found if n["type"] == "mention"]

    def _text(self, notice: Json) -> str:
        return self.world.statuses[notice["status"]["id"]].now.text

    def delivered(self, acct: str) -> list[Json]:
        """Every post sent to an account's server, filtered or since deleted ones too; none through a block."""
        viewer = self.world.account(acct)
        posts = [status for owner, status in self.world.deliveries if owner == viewer.id]
        return [self._raw(status, viewer) for status in posts]

    def posts_by(self, acct: str) -> list[Json]:
        author = self.world.account(acct)
        return [self._raw(s, author) for s in self.world.statuses.values() if s.account is author and not s.reblog]

    def _raw(self, status: Status, viewer: Account) -> Json:
        return entities.status(self.world, status, viewer) | {"text": status.now.text, "deleted": status.deleted}

    def log(self) -> list[Json]:
        return recorder.plain(self.recorder.entries)

    def clear_log(self) -> None:
        self.recorder.clear()

    def toward(self, acct: str) -> list[Json]:
        return recorder.plain(self.recorder.toward(acct))

    def fetches(self) -> list[Json]:
        """What our server asked of other servers, in full (F7)."""
        return list(self.world.fetches)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
