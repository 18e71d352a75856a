"""What the operator decided, parsed strictly. Reads two things, the file and the secrets, and opens nothing else."""

from outreach.config.errors import ConfigError
from outreach.config.loading import Config, load, named_profile
from outreach.config.modes import open_to_others
from outreach.config.secrets import Secret, Secrets, in_environment, load_secrets, secret_files
from outreach.config.warnings import warnings

__all__ = [
    "Config",
    "ConfigError",
    "Secret",
    "Secrets",
    "in_environment",
    "load",
    "load_secrets",
    "named_profile",
    "open_to_others",
    "secret_files",
    "warnings",
]
