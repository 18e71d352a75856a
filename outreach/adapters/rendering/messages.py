"""Which messages a template says: those in its text, and the names its filters may print. Reads syntax, not words.

A comment `{# l10n: … -#}` right before a message is a note to its translators. Does not say what a language has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import nodes
from jinja2.ext import extract_from_ast

from outreach.adapters.rendering.catalogs import Key
from outreach.adapters.rendering.names import GROUPS

_NOTE = re.compile(r"\{#-? l10n: (.*?) -?#\}\s*", re.DOTALL)


def notes_in(source: str) -> dict[int, str]:
    """What translators should know, by the line of the message that it stands before."""
    return {1 + source.count("\n", 0, found.end()): " ".join(found[1].split()) for found in _NOTE.finditer(source)}


def said_in(tree: nodes.Template) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Context and forms of each message in the text."""
    return ((context, parts) for _, context, parts in _placed_in(tree))


def noted_in(tree: nodes.Template, source: str) -> Iterator[tuple[str | None, tuple[str, ...], str]]:
    """The same, each with its note, empty if there is none; of several in a line the first has it."""
    notes = notes_in(source)
    return ((context, parts, notes.pop(line, "")) for line, context, parts in _placed_in(tree))


def _placed_in(tree: nodes.Template) -> Iterator[tuple[int, str | None, tuple[str, ...]]]:
    for line, function, message in extract_from_ast(tree):
        parts = _texts(message)
        yield (line, parts[0], parts[1:]) if function in ("pgettext", "npgettext") else (line, None, parts)


def needed_by(tree: nodes.Template) -> Iterator[Key]:
    """Every message the template may print."""
    for context, parts in said_in(tree):
        yield context, parts[0]
    for used in tree.find_all(nodes.Filter):
        for group in _groups(used):
            yield from ((f"{group} name", name) for name in GROUPS[group].values())


def _texts(message: Any) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(part for part in message if isinstance(part, str))


def _groups(used: nodes.Filter) -> Iterator[str]:
    if used.name in GROUPS:
        yield used.name
    if used.name == "cases":
        yield "ask"
    yield from (arg.value for arg in used.args if isinstance(arg, nodes.Const) and arg.value in GROUPS)
