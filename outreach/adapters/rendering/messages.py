"""Which messages a template says: those in its text, and the names its filters may print. Reads syntax, not words.

Does not say whether a language has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes
from jinja2.ext import extract_from_ast

from outreach.adapters.rendering.catalogs import Key
from outreach.adapters.rendering.names import GROUPS


def said_in(tree: nodes.Template) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Context and forms of each message in the text."""
    for _, function, message in extract_from_ast(tree):
        parts = _texts(message)
        yield (parts[0], parts[1:]) if function in ("pgettext", "npgettext") else (None, parts)


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
