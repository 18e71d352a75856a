"""The one error of the configuration: a sentence with file, key and remedy. Never repeats a value: it may be a secret."""

from __future__ import annotations

from pathlib import Path

from outreach.ports import Misconfigured


class ConfigError(Misconfigured):
    """The configuration cannot be used as it stands."""

    def __init__(self, file: Path, key: str, problem: str, remedy: str) -> None:
        what = f"{key} {problem}" if key else problem
        super().__init__(f"{file}: {what}; {remedy}.")
        self.file = file
        self.key = key
        self.remedy = remedy
