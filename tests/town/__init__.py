"""A whole community in one process: real Synapse, strict fediverse server, the real bot with a clock set by hand."""

from tests.town.town import SeededChance, StoppedClock, Town

__all__ = ["SeededChance", "StoppedClock", "Town"]
