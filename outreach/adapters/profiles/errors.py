"""The one error of profiles: file, line, key, remedy in a sentence."""

from __future__ import annotations

from pathlib import Path

from outreach.ports import Misconfigured


class BadProfile(Misconfigured):
    """A profile cannot be used as it stands; `line` is 0 where the key stands in no file."""

    def __init__(self, file: Path, line: int, key: str, problem: str, remedy: str) -> None:
        place = f"{file}:{line}" if line else str(file)
        what = f"{key} {problem}" if key else problem
        sentence = f"{place}: {what}; {remedy}{'' if remedy.endswith('?') else '.'}"
        super().__init__(" ".join(sentence.split()))
        self.file = file
        self.line = line
        self.key = key
