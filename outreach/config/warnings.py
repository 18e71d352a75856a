"""What an operator may do but should know of: sentences for `check` and `run`. Nothing here stops the bot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from outreach.adapters.rendering.languages import SHIPPED
from outreach.config.loading import Config
from outreach.domain.policy import OutreachPolicy


def warnings(config: Config) -> tuple[str, ...]:
    """One sentence with its remedy for each doubtful choice."""
    return tuple(sentence for look in _LOOKS for sentence in look(config, config.outreach_policy()))


def _timing(config: Config, policy: OutreachPolicy) -> list[str]:
    said = []
    if not any(policy.hold):
        said.append("outreach.hold is zero: the moment of a letter gives away who asked; set it to hours.")
    if not policy.slot:
        said.append("outreach.slot is zero: letters leave at telling moments; set it to hours.")
    if not policy.relay_every:
        said.append("outreach.relay_every is zero: each relayed line narrows down who asked; set it to a day.")
    if policy.remind_after >= policy.give_up_after:
        said.append("outreach.remind_after is not before outreach.give_up_after: nobody is ever reminded.")
    return said


def _audience(config: Config, policy: OutreachPolicy) -> list[str]:
    if policy.refuse_below < 2:
        return ["outreach.audience.refuse_below is under 2: an only reader would be known at once; set it to 3."]
    return []


def _retention(config: Config, policy: OutreachPolicy) -> list[str]:
    if config.retention.decided < timedelta(days=184):
        return ["retention.decided is under six months: appeals come in after the case is gone; set it to 200d."]
    return []


def _plain_http(config: Config, policy: OutreachPolicy) -> list[str]:
    servers = {"matrix.homeserver": config.matrix.homeserver}
    if config.fediverse:
        servers["fediverse.server"] = config.fediverse.server
    return [
        f"{key} is asked without TLS: tokens travel in the open; write https."
        for key, url in servers.items()
        if url.startswith("http://") and not _loopback(urlsplit(url).hostname or "")
    ]


def _crisis(config: Config, policy: OutreachPolicy) -> list[str]:
    bare = [language for language in config.community.languages if language not in config.community.crisis]
    return [f"community.crisis has no helpline for {', '.join(bare)}: add one."] if bare else []


def _unfinished(config: Config, policy: OutreachPolicy) -> list[str]:
    branches = (language for branch in config.branches.values() for language in branch.languages)
    named = dict.fromkeys(map(str, (*config.community.languages, *branches)))
    bare = [language for language in named if language not in SHIPPED]
    return [f"No finished letters in {', '.join(bare)}: what is missing there goes out in English."] if bare else []


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_LOOKS: tuple[Callable[[Config, OutreachPolicy], list[str]], ...] = (
    _timing,
    _audience,
    _retention,
    _plain_http,
    _crisis,
    _unfinished,
)
