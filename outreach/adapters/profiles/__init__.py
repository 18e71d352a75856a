"""Profiles: a community's policy read from TOML files, merged, checked and handed over as a value of the domain."""

from outreach.adapters.profiles.errors import BadProfile
from outreach.adapters.profiles.layers import Layer
from outreach.adapters.profiles.loading import OVERRIDABLE, load, shipped

__all__ = ["OVERRIDABLE", "BadProfile", "Layer", "load", "shipped"]
