"""Tells a play as it goes: who says what to whom, and which step is under way.

Prints and keeps count. Acts for nobody and judges nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import aiohttp

from outreach.entrypoints.sandbox.people import NotObserved, Refused

_INDENT = " " * 6


class StepFailed(Exception):
    """A step was not observed from outside; the message is one plain sentence."""


class Narrator:
    """`out` is where the story goes; `doing` says what is waited for now."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._began = time.monotonic()
        self.steps = 0
        self.doing = "the play to begin"

    def title(self, text: str) -> None:
        """A story begins."""
        self.line(f"\n{text}\n{'=' * len(text)}")

    def line(self, text: str = "") -> None:
        """A line of its own."""
        print(text, file=self._out, flush=True)

    def said(self, who: str, to: str, text: str) -> None:
        """Somebody's words, as a reader sees them."""
        self.line(f"\n  {who} → {to}")
        for line in text.splitlines():
            self.line(f"{_INDENT}{line}".rstrip())

    def did(self, sentence: str) -> None:
        """Something that is no message."""
        self.line(f"\n  {sentence}")

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """One thing that has to be observed; `sentence` says it as it should be: "ada reads the menu"."""
        self.doing = sentence
        try:
            yield
        except (NotObserved, Refused, aiohttp.ClientError, TimeoutError) as error:
            raise StepFailed(f"This step was not observed: {sentence}. {_reason(error)}") from error
        self.steps += 1

    def summary(self) -> str:
        """How it went, once all went well."""
        return f"All {self.steps} steps were observed from outside, in {time.monotonic() - self._began:.0f} s."


def _reason(error: BaseException) -> str:
    """Why, in one line; a transcript below it is left out."""
    first = str(error).partition("\n")[0] or type(error).__name__
    return f"{first[0].upper()}{first[1:]}."
