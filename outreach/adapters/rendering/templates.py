"""The letters' templates: what each may use is checked when they are read, not when they are sent.

A template uses the variables its letter allows and no other (leak 12), and only flat strings reach it.
A line that begins with `%` is a statement and leaves no line behind; in `parts/` it leaves none before it either.
Does not choose languages and never touches the words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, meta, nodes, pass_context
from jinja2.ext import extract_from_ast
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outreach.adapters.rendering.catalogs import Catalog, Key
from outreach.adapters.rendering.formats import CATALOG, FILTERS, ZONE
from outreach.adapters.rendering.names import GROUPS, SUBJECTS
from outreach.adapters.rendering.plain import bare, canonical, one_line, plain
from outreach.domain.letters import AMBIENT, LETTERS, Audience

#: Values that are letters already: every value in them was made harmless when they were rendered.
RENDERED = frozenset({"letter", "translation", "card", "lines"})
#: Values of several lines; all others become one line.
LINES = frozenset({"text", "answer_text", "steps", "commands", "choices", "usage"})
#: Facts that may be links; they are printed without scheme.
FACTS = frozenset({"contact", "crisis"})

_GAPS = re.compile(r"\n{3,}")


_STATEMENT = re.compile(r"(?m)^% (.*)\n")


class BadTemplate(Exception):
    """A template asks for what its letter does not allow; the message names both."""


class _Loader(FileSystemLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        text, path, fresh = super().get_source(environment, template)
        opened = "{%-" if template.startswith("parts/") else "{%"
        return _STATEMENT.sub(rf"{opened} \1 %}}", text), path, fresh


class Templates:
    """All letters, read and checked."""

    def __init__(self, folder: Path, zone: str) -> None:
        self._environment = _environment(folder)
        self._zone = zone
        self._templates: dict[tuple[Audience, str], Template] = {}
        self._needs: dict[tuple[Audience, str], frozenset[Key]] = {}
        for audience, letters in LETTERS.items():
            for name, allowed in letters.items():
                self._load(audience, name, allowed)

    def _load(self, audience: Audience, name: str, allowed: frozenset[str]) -> None:
        path = f"{audience}/{name}.txt"
        trees = list(_trees(self._environment, path))
        used = {variable for tree in trees for variable in meta.find_undeclared_variables(tree)}
        if used - allowed - AMBIENT:
            raise BadTemplate(f"{path} uses {', '.join(sorted(used - allowed - AMBIENT))}, which it may not")
        self._needs[audience, name] = frozenset(key for tree in trees for key in _messages(tree)) | _subject(audience)
        self._templates[audience, name] = self._environment.get_template(path)

    def needs(self, audience: Audience, name: str) -> frozenset[Key]:
        """The messages a letter may say."""
        return self._needs[audience, name]

    def render(self, audience: Audience, name: str, values: Mapping[str, str], catalog: Catalog) -> str:
        """One letter in one language; refuses values that are no strings or that the letter does not have."""
        refused = [key for key, value in values.items() if not isinstance(value, str)]
        refused += sorted(values.keys() - LETTERS[audience][name] - AMBIENT)
        if refused:
            raise BadTemplate(f"{audience}/{name} takes no {', '.join(refused)}")
        safe = {key: _safe(key, value) for key, value in values.items()}
        text = self._templates[audience, name].render(safe | {CATALOG: catalog, ZONE: self._zone})
        return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def trees_of(folder: Path, path: str) -> Iterator[nodes.Template]:
    """A template and all it includes, parsed."""
    return _trees(_environment(folder), path)


def _trees(environment: Environment, path: str) -> Iterator[nodes.Template]:
    loader = environment.loader
    if loader is None:
        raise BadTemplate("there is no folder of templates")
    tree = environment.parse(loader.get_source(environment, path)[0], path)
    yield tree
    for included in meta.find_referenced_templates(tree):
        if included is None:
            raise BadTemplate(f"{path} includes a template by a computed name")
        yield from _trees(environment, included)


def _environment(folder: Path) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=_Loader(folder),
        undefined=StrictUndefined,
        autoescape=False,
        extensions=["jinja2.ext.i18n"],
        cache_size=-1,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.clear()
    environment.filters.update(FILTERS)
    environment.globals.clear()
    install = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(_gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext)
    return environment


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _catalog(context).words.gettext(message)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    return _catalog(context).words.ngettext(one, many, count)


@pass_context
def _pgettext(context: Context, where: str, message: str) -> str:
    return _catalog(context).words.pgettext(where, message)


@pass_context
def _npgettext(context: Context, where: str, one: str, many: str, count: int) -> str:
    return _catalog(context).words.npgettext(where, one, many, count)


def _catalog(context: Context) -> Catalog:
    catalog: Catalog = context[CATALOG]
    return catalog


def _safe(key: str, value: str) -> str:
    if key == "link":
        return canonical(value)
    if key in FACTS:
        return one_line(bare(value))
    if key in RENDERED:
        return value
    return plain(value) if key in LINES else one_line(value)


def _subject(audience: Audience) -> frozenset[Key]:
    subject = SUBJECTS[audience]
    return frozenset({("subject", subject)}) if subject else frozenset()


def _messages(tree: nodes.Template) -> Iterator[Key]:
    for _, function, message in extract_from_ast(tree):
        yield _key(function, message)
    for used in tree.find_all(nodes.Filter):
        for group in _groups(used):
            yield from ((f"{group} name", name) for name in GROUPS[group].values())


def _key(function: str, message: Any) -> Key:
    parts = [message] if isinstance(message, str) else [part for part in message if isinstance(part, str)]
    return (parts[0], parts[1]) if function in ("pgettext", "npgettext") else (None, parts[0])


def _groups(used: nodes.Filter) -> Iterator[str]:
    if used.name in GROUPS:
        yield used.name
    if used.name == "cases":
        yield from ("ask", "label")
    yield from (arg.value for arg in used.args if isinstance(arg, nodes.Const) and arg.value in GROUPS)
