"""The one error of the configuration: file, key, remedy in a sentence. Repeats no value: it may be a secret."""

from __future__ import annotations

from pathlib import Path

from outreach.ports import Misconfigured


class ConfigError(Misconfigured):
    """The configuration cannot be used as it stands."""

    def __init__(self, file: Path, key: str, problem: str, remedy: str) -> None:
        what = f"{key} {problem}" if key else problem
        sentence = f"{file}: {what}; {remedy}{'' if remedy.endswith('?') else '.'}"
        super().__init__(" ".join(sentence.split()))
        self.file = file
        self.key = key
        self.remedy = remedy
