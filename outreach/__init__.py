"""A moderation companion for the fediverse and Matrix. Holds the version and nothing else."""

__version__ = "0.1.0"
