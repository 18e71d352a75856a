"""The report list of a server that speaks the Mastodon API, read with a moderator's token."""

from outreach.adapters.fediverse.reports.source import FediverseReports

__all__ = ["FediverseReports"]
