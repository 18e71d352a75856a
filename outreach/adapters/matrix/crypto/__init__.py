"""End-to-end encryption of the bot's one device: keys, sessions, whose device is whose. Asks nobody, stores nothing.

What changes is collected as pieces; whoever uses this has them kept before anything that follows from them leaves.
"""

from outreach.adapters.matrix.crypto.machine import Machine, Opened
from outreach.adapters.matrix.crypto.signing import Seeds

__all__ = ["Machine", "Opened", "Seeds"]
