"""From a text to the accounts it reaches, and the guard against reaching others.

Akkoma: `to` replaces the mentions, and a reply adds the author it answers. Mastodon: `allowed_mentions`
refuses the whole post; GoToSocial ignores it and sends to everybody (1.2).
"""

from __future__ import annotations

from . import mentions
from .errors import ApiError
from .model import Account, Status
from .world import World


def recipients(world: World, author: Account, text: str, to: list[str] | None, parent: Status | None) -> list[Account]:
    handles = [found.handle for found in mentions.find(world.flavour, text)]
    if world.flavour.name == "akkoma" and to:
        handles = to
    reached: list[Account] = []
    if world.flavour.reply_addresses_author and parent and parent.account is not author:
        reached.append(parent.account)
    for handle in handles:
        account = resolve(world, handle)
        if account and account not in reached and not account.suspended:
            reached.append(account)
    return reached


def resolve(world: World, handle: str) -> Account | None:
    """A full remote handle is looked up by WebFinger; a bare one is local or nobody."""
    account = world.find(handle, unknown_too=True)
    if account and not account.known:
        world.fetches.append({"url": f"https://{account.domain}/.well-known/webfinger?resource=acct:{account.acct}"})
        account.known = True
    return account


def guard(world: World, author: Account, named: list[Account], allowed: list[str] | None) -> None:
    if not world.flavour.allowed_mentions or allowed is None:
        return
    unexpected = [a for a in named if a.id not in allowed and a is not author]
    if unexpected:
        briefs = [{"id": a.id, "acct": a.acct, "username": a.username} for a in unexpected]
        raise ApiError(422, "Post would be sent to unexpected accounts", unexpected_accounts=briefs)
