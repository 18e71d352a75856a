"""The first letter to an author, for every ask and strength, as each language is known to say it.

The files of `golden/` are the review: a changed wording fails a test until somebody has read the difference.
`python -m tests.rendering.first_contacts LANG` prints it, with a mark that belongs to exactly that new text;
`… LANG MARK` then writes that one file. There is no way to write several, or without having seen the difference.
"""

from __future__ import annotations

import sys
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.samples import sample
from outreach.domain.asks import Ask, Strength
from outreach.domain.letters import Audience
from tests.rendering.conftest import TEMPLATES, make_one

GOLDEN = Path(__file__).parent / "golden"
#: Without a label, with an ordinary one, and with one under which authors may speak of their own lives.
LABELS = ("", "food", "mh")


def golden(language: str) -> Path:
    """The file of a language."""
    return GOLDEN / f"first_contact.{language}.txt"


def said(letters: Letters, language: str) -> str:
    """All first contacts of a language, one below the other."""
    return "\n".join(_letter(letters, language, *each) for each in _choices())


def _choices() -> list[tuple[str, str, str]]:
    asks = [(ask, label) for ask in Ask for label in (LABELS if ask is Ask.CW else ("",))]
    return [(ask.value, label, strength.value) for ask, label in asks for strength in Strength]


def _letter(letters: Letters, language: str, ask: str, label: str, strength: str) -> str:
    platform = "matrix" if ask == Ask.REDACT else "fediverse"
    letter = sample(Audience.RECIPIENT, "first_contact", ask=ask, label=label, strength=strength, platform=platform)
    rendered = letters.render(Audience.RECIPIENT, letter, [language])
    assert rendered.language == language
    return f"=== {' '.join(filter(None, (ask, label, strength)))}\n{rendered.text}\n"


def difference(language: str, text: str) -> str:
    """What has changed against the file; empty if nothing has."""
    path = golden(language)
    before = path.read_text("utf-8") if path.is_file() else ""
    return "".join(unified_diff(before.splitlines(True), text.splitlines(True), "as read before", "as it is now", n=1))


def mark(text: str) -> str:
    """Belongs to one text alone."""
    return sha256(text.encode()).hexdigest()[:8]


def main(language: str, given: str = "") -> int:
    """Print the difference, or write what the mark stands for."""
    text = said(make_one(TEMPLATES, language), language)
    changed = difference(language, text)
    if not changed:
        print(f"{language}: nothing has changed")
        return 0
    if given != mark(text):
        print(changed)
        command = f"python -m tests.rendering.first_contacts {language} {mark(text)}"
        print(f"Read the difference. If all of it is right: {command}")
        return 1
    golden(language).write_text(text, "utf-8")
    print(f"{language}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
