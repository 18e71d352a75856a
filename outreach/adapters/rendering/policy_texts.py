"""The words of a community's profile: which they are, their context in the catalogs, and what a letter needs of them.

`text` and its like stand under `policy`; names and word lists of labels under the contexts all names and words have;
reasons under none, as the paragraphs of letters that they are. Chooses no language and reads no profile but for the
catalogs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from jinja2 import nodes

from outreach.adapters.rendering.catalogs import Catalog, Key
from outreach.domain.asks import Ask
from outreach.domain.profile import Profile

CONTEXT = "policy"
LABEL_NAME = "label name"
WORDS = "words"

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

Part = Literal["reason", "why", "text"]
#: The filters that say a part of the rule behind a label or an ask.
PARTS: Mapping[str, Part] = MappingProxyType({"reason": "reason", "why": "why", "rule": "text"})
#: The filters that may say the name of a label.
_NAMING = frozenset({"label", "names", "numbered", "name", "cases"})
#: The values of a letter in which labels are named.
_NAMED_IN = ("label", "labels", "choices")

#: The tables of a profile that consist of entries with texts, and the asks.
_TABLES = frozenset({table for table, _ in TEXTS} | {"asks"})
_SHIPPED = Path(__file__).parents[2] / "profiles"


def told(catalog: Catalog, profile: Profile) -> Catalog:
    """The same language for one community: with its labels and reasons, and what it says itself in this language."""
    return replace(catalog, profile=profile, own=_own(catalog.language, profile))


def _own(language: str, profile: Profile) -> dict[Key, str]:
    contexts = {**TEXTS, ("labels", "words"): WORDS}
    return {
        (contexts[table, key], str(text)): text.own[language]
        for table, key, text in profile.texts()
        if language in text.own
    }


def used_in(tree: nodes.Template) -> Iterator[str]:
    """Which words of a profile a template may say: those of "label", "reason", "why", "rule"."""
    for used in tree.find_all(nodes.Filter):
        if used.name in PARTS:
            yield used.name
        elif used.name in _NAMING:
            yield "label"


def needed(profile: Profile, used: frozenset[str], values: Mapping[str, str]) -> Iterator[Key]:
    """The messages of the profile that a letter with these values says."""
    if "label" in used:
        named = {word for variable in _NAMED_IN for word in values.get(variable, "").split()}
        yield from ((LABEL_NAME, str(profile.labels[word].name)) for word in named & profile.labels.keys())
    for name in used & PARTS.keys():
        yield key_of(profile, values.get("ask", ""), values.get("label", ""), PARTS[name])


def all_needed(profile: Profile, used: frozenset[str]) -> Iterator[Key]:
    """The messages that it may say with any values."""
    if "label" in used:
        yield from ((LABEL_NAME, str(label.name)) for label in profile.labels.values())
    for name in used & PARTS.keys():
        asked = [(ask, "") for ask in profile.asks] + [(Ask.CW, label) for label in profile.labels]
        yield from (key_of(profile, ask, label, PARTS[name]) for ask, label in asked)


def key_of(profile: Profile, ask: str, label: str, part: Part) -> Key:
    """The message that tells one part of the rule behind a label or an ask."""
    return TEXTS["clauses", part], str(profile.said_of(Ask(ask), label, part))


def of_profiles(folder: Path = _SHIPPED) -> Iterator[tuple[str, str | None, str, str]]:
    """Place, context and English of every text of the shipped profiles, and a note, for the catalogs."""
    for path, profile in _read(folder):
        for (table, key), context in TEXTS.items():
            for entry in profile.get(table, {}).values():
                if key in entry:
                    yield path, context, entry[key], ""


def words_of_profiles(folder: Path = _SHIPPED) -> Iterator[str]:
    """The word lists of the shipped labels."""
    return (label["words"] for label in _shipped("labels", folder).values() if "words" in label)


def shipped_strengths(table: Literal["labels", "asks"], folder: Path = _SHIPPED) -> Mapping[str, str]:
    """The shipped labels or asks and their strengths, for samples."""
    return {name: entry["strength"] for name, entry in _shipped(table, folder).items()}


def _shipped(table: str, folder: Path) -> dict[str, dict[str, str]]:
    return {name: entry for _, profile in _read(folder) for name, entry in profile.get(table, {}).items()}


def _read(folder: Path) -> Iterator[tuple[str, dict[str, dict[str, dict[str, str]]]]]:
    for path in sorted(folder.rglob("*.toml")):
        tables = {name: table for name, table in tomllib.loads(path.read_text("utf-8")).items() if name in _TABLES}
        yield f"outreach/profiles/{path.relative_to(folder).as_posix()}", tables
