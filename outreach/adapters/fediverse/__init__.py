"""One account of the bot on a server that speaks the Mastodon API; `FediverseGateway` is the way in."""

from outreach.adapters.fediverse.gateway import FediverseGateway

__all__ = ["FediverseGateway"]
