"""A word that has to be one of a closed list. Says what there is; guesses nothing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from outreach.entrypoints.cli.failing import CommandFailed


def one_of(what: str, word: str, known: Sequence[str]) -> None:
    """Raise one sentence with the nearest words unless the word is known."""
    if word in known:
        return
    near = difflib.get_close_matches(word, known, n=3) or known
    listed = ", ".join(near[:20]) or "none"
    raise CommandFailed(f"There is no {what} {word}; {'nearest are' if len(near) <= 3 else 'there are'} {listed}.")
