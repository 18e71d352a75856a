"""Which entries of a profile are words for people, and the context each has in the catalogs. Chooses no language.

`text` and its like stand under `policy`; names and word lists of labels under the contexts all names and words have;
reasons under none, as the paragraphs of letters that they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

CONTEXT = "policy"
LABEL_NAME = "label name"

#: Table and key of each text, and its context.
TEXTS: Mapping[tuple[str, str], str | None] = MappingProxyType(
    {
        ("strengths", "consequence"): CONTEXT,
        ("topics", "name"): CONTEXT,
        ("clauses", "text"): CONTEXT,
        ("clauses", "reason"): None,
        ("clauses", "why"): None,
        ("labels", "name"): LABEL_NAME,
        ("measures", "text"): CONTEXT,
        ("triage", "text"): CONTEXT,
        ("no_offence", "text"): CONTEXT,
        ("classes", "text"): CONTEXT,
        ("exceptions", "text"): CONTEXT,
        ("names", "text"): CONTEXT,
    }
)

_SHIPPED = Path(__file__).parents[2] / "profiles"


def of_profiles(folder: Path = _SHIPPED) -> Iterator[tuple[str, str | None, str, str]]:
    """Place, context and English of every text of the shipped profiles, and a note, for the catalogs."""
    for path, profile in _read(folder):
        for (table, key), context in TEXTS.items():
            for entry in profile.get(table, {}).values():
                if key in entry:
                    yield path, context, entry[key], ""


def words_of_profiles(folder: Path = _SHIPPED) -> Iterator[str]:
    """The word lists of the shipped labels."""
    for _, profile in _read(folder):
        yield from (label["words"] for label in profile.get("labels", {}).values() if "words" in label)


def _read(folder: Path) -> Iterator[tuple[str, dict[str, dict[str, dict[str, str]]]]]:
    for path in sorted(folder.rglob("*.toml")):
        yield f"outreach/profiles/{path.relative_to(folder).as_posix()}", tomllib.loads(path.read_text("utf-8"))
