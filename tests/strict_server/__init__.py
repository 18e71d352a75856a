"""A strict stub of a Mastodon-API server: it enforces what mastodon-mock is kind about.

Its facts come from reference/fediverse-apis.md; see server.StrictServer for the way in.
"""

from .faults import Fault
from .flavours import FLAVOURS
from .recorder import Entry, View
from .server import StrictServer

__all__ = ["FLAVOURS", "Entry", "Fault", "StrictServer", "View"]
