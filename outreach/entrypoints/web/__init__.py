"""What others may ask of the bot over HTTP; opened only with `[web]`."""

from outreach.entrypoints.web.hooks import MastodonHook
from outreach.entrypoints.web.listener import Listener

__all__ = ["Listener", "MastodonHook"]
