"""Who is notified of what, and what a policy holds back (1.1, Deliverability).

A block swallows silently; a Mastodon policy filters a stranger's DM unless it answers a private mention by
the receiver; a highlighted staff role above the receiver passes both. Mutes are not modelled.
"""

from __future__ import annotations

from datetime import timedelta

from .model import Account, Notice, Status
from .world import World

NEW = timedelta(days=30)


def notify(world: World, to: Account, kind: str, sender: Account, status: Status | None = None) -> None:
    if to is sender or _known(world, to, kind, sender, status):
        return
    passes = bypasses(world, sender, to)
    if not passes and (sender.id in to.blocking or to.suspended):
        return
    if kind == "mention" and status:
        world.deliveries.append((to.id, status))
    verdict = "accept" if passes else judge(world, to, kind, sender, status)
    if verdict == "drop":
        return
    now = world.clock.now()
    notice = Notice(world.ids.new("notification"), kind, to, sender, status, now, verdict == "filter")
    world.notices.append(notice)
    if not notice.filtered:
        world.tell(to, "notification", notice)


def _known(world: World, to: Account, kind: str, sender: Account, status: Status | None) -> bool:
    """One mention per (receiver, post): an edit makes no second one."""
    same = (n for n in world.notices if n.to is to and n.type == kind and n.sender is sender)
    return kind != "update" and any(n.status is status for n in same)


def bypasses(world: World, sender: Account, to: Account) -> bool:
    """`bypass_block?` of Mastodon 4.3.6+: the only way a bot reaches members who do not follow it."""
    local_staff = sender.domain is None and sender.role != "user" and sender.highlighted
    return world.flavour.name == "mastodon" and local_staff and sender.position > to.position


def judge(world: World, to: Account, kind: str, sender: Account, status: Status | None) -> str:
    if not world.flavour.policy_api or sender.id in to.permitted:
        return "accept"
    answers = {to.policy[rule] for rule in _rules(world, to, kind, sender, status)}
    return "drop" if "drop" in answers else "filter" if "filter" in answers else "accept"


def _rules(world: World, to: Account, kind: str, sender: Account, status: Status | None) -> list[str]:
    stranger = sender.id not in to.following
    private = kind == "mention" and status is not None and status.visibility == "direct"
    tests = {
        "for_not_following": stranger,
        "for_not_followers": to.id not in sender.following,
        "for_new_accounts": world.clock.now() - sender.created_at < NEW,
        "for_private_mentions": private and stranger and not answers_receiver(world, to, sender, status),
        "for_limited_accounts": sender.silenced and stranger,
        "for_bots": sender.bot and stranger,
    }
    return [name for name, holds in tests.items() if holds]


def answers_receiver(world: World, to: Account, sender: Account, status: Status | None) -> bool:
    """Up the thread, the first post that names the sender must be a private one by the receiver [M]."""
    for above in world.thread_up(status.reply_to if status else None):
        if sender in above.mentions:
            return above.account is to and above.visibility == "direct"
    return False


def forget_status(world: World, status: Status) -> None:
    """A deleted post takes its notifications along: an intake that waits may never see it (pitfall 10)."""
    world.notices = [n for n in world.notices if n.status is not status]


def withdraw(world: World, kind: str, sender: Account, status: Status) -> None:
    world.notices = [n for n in world.notices if (n.type, n.sender, n.status) != (kind, sender, status)]


def accept_requests(world: World, to: Account, sender: Account) -> None:
    to.permitted.add(sender.id)
    for notice in world.notices:
        if notice.to is to and notice.sender is sender:
            notice.filtered = False
