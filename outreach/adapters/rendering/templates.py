"""The letters' templates: what each may use is checked when it is read, before it can be sent.

A template uses the variables its letter allows and no other (leak 12), and only flat strings reach it.
A line that begins with `%` is a statement and leaves no line behind; in `parts/` it leaves none before it either.
Does not choose languages and never touches the words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outreach.adapters.rendering.catalogs import Catalog, Key
from outreach.adapters.rendering.formats import CATALOG, FILTERS, ZONE
from outreach.adapters.rendering.messages import needed_by
from outreach.adapters.rendering.names import SUBJECTS
from outreach.adapters.rendering.plain import bare, canonical, one_line, plain
from outreach.adapters.rendering.policy_texts import used_in
from outreach.adapters.rendering.scripts import base
from outreach.domain.letters import AMBIENT, LETTERS, Audience, Letter
from outreach.domain.parts import check_parts

#: Values that are letters already: every value in them was made harmless when they were rendered.
RENDERED = frozenset({"letter", "translation", "card", "lines", "notes"})
#: Values of several lines; all others become one line.
LINES = frozenset(
    {"text", "answer_text", "steps", "commands", "choices", "usage", "behaviour_text", "grounds_text", "reading"}
    | {"rule", "facts", "why", "exception", "media", "before", "after"}
)
#: Handles, names and links that keep their own direction in right-to-left letters, each line for itself.
ISOLATED = frozenset(
    {
        "author",
        "who",
        "by",
        "into",
        "names",
        "like",
        "alias",
        "contact",
        "lead",
        "reader",
        "appeal_page",
        "link",
        "links",
    }
)
#: Facts that may be links; they are printed without scheme.
FACTS = frozenset({"contact", "crisis", "appeal_page"})
#: What a letter of the cooperative kind is built of (R073); the words for its values stand in these files.
BUILT_OF: Mapping[str, tuple[str, ...]] = {
    "suggestion": ("role", "behaviour", "grounds", "modality", "consequence", "frame"),
    "recommendation": ("role", "behaviour", "grounds", "modality", "consequence", "frame"),
    "mandatory": ("role", "behaviour", "grounds", "modality", "consequence", "frame"),
    "disengage": ("role", "consequence", "frame"),
    "problem_post": ("role", "request", "strength", "answering"),
    "decision": ("redress",),
    "appeal_decided": ("appeal_result", "redress"),
}

#: Languages whose full stops hold their own blank.
WIDE = frozenset({"ja", "zh"})
_AFTER_WIDE = re.compile("(?<=[。！？；：，、）」』]) (?=\\S)")
_GAPS = re.compile(r"\n{3,}")
_STATEMENT = re.compile(r"(?m)^% (.*)\n")


class BadTemplate(Exception):
    """A template asks for what its letter does not allow; the message names both."""


class _Loader(FileSystemLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        text, path, fresh = super().get_source(environment, template)
        opened = "{%-" if template.startswith("parts/") else "{%"
        return _STATEMENT.sub(rf"{opened} \1 %}}", text), path, fresh


class _Checked(NamedTuple):
    template: Template
    needs: frozenset[Key]
    used: frozenset[str]


class Templates:
    """All letters. Each is read, checked and compiled when it is first needed: all at once would delay every start."""

    def __init__(self, folder: Path, zone: str) -> None:
        self._environment = _environment(folder)
        self._zone = zone
        self._read: dict[tuple[Audience, str], _Checked] = {}

    def check(self) -> None:
        """Read every letter now."""
        for audience, letters in LETTERS.items():
            for name in letters:
                self._letter(audience, name)

    def _letter(self, audience: Audience, name: str) -> _Checked:
        if (audience, name) not in self._read:
            self._read[audience, name] = self._checked(audience, name)
        return self._read[audience, name]

    def _checked(self, audience: Audience, name: str) -> _Checked:
        path = f"{audience}/{name}.txt"
        trees = list(_trees(self._environment, path))
        used = {variable for tree in trees for variable in meta.find_undeclared_variables(tree)}
        forbidden = used - LETTERS[audience][name] - AMBIENT
        if forbidden:
            raise BadTemplate(f"{path} uses {', '.join(sorted(forbidden))}, which it may not")
        lost = {f"parts/{part}.txt" for part in BUILT_OF.get(name, ())} - set(_included(trees))
        if lost:
            raise BadTemplate(f"{path} has lost {', '.join(sorted(lost))}")
        needs = frozenset(key for tree in trees for key in needed_by(tree)) | _subject(audience)
        used_words = frozenset(each for tree in trees for each in used_in(tree))
        return _Checked(self._environment.get_template(path), needs, used_words)

    def needs(self, audience: Audience, name: str) -> frozenset[Key]:
        """The messages a letter may say, those of the community's profile apart."""
        return self._letter(audience, name).needs

    def used(self, audience: Audience, name: str) -> frozenset[str]:
        """Which words of the profile it may say beside them (`policy_texts`)."""
        return self._letter(audience, name).used

    def render(self, audience: Audience, name: str, values: Mapping[str, str], catalog: Catalog) -> str:
        """One letter in one language.

        Refuses values that are no strings or that the letter does not have; raises `IncompleteLetter` for lost parts.
        """
        refused = [key for key, value in values.items() if not isinstance(value, str)]
        refused += sorted(values.keys() - LETTERS[audience][name] - AMBIENT)
        if refused:
            raise BadTemplate(f"{audience}/{name} takes no {', '.join(refused)}")
        check_parts(audience, Letter(name, values))
        safe = {key: _safe(key, value) for key, value in values.items()}
        if catalog.locale.text_direction == "rtl":
            safe |= {key: _isolated(safe[key]) for key in ISOLATED & safe.keys()}
        text = self._letter(audience, name).template.render(safe | {CATALOG: catalog, ZONE: self._zone})
        if base(catalog.language) in WIDE:
            text = _AFTER_WIDE.sub("", text)
        return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def trees_of(folder: Path, path: str) -> Iterator[nodes.Template]:
    """A template and all it includes, parsed."""
    return _trees(_environment(folder), path)


def source_of(folder: Path, path: str) -> str:
    """A template's text as Jinja reads it, without what it includes."""
    return _Loader(folder).get_source(_environment(folder), path)[0]


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


def _included(trees: Iterable[nodes.Template]) -> Iterator[str]:
    return (path for tree in trees for path in meta.find_referenced_templates(tree) if path)


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
    if key == "links":
        return "\n".join(map(canonical, value.splitlines()))
    if key in FACTS:
        return one_line(bare(value))
    if key in RENDERED:
        return value
    return plain(value) if key in LINES else one_line(value)


def _isolated(value: str) -> str:
    return "\n".join(f"\u2068{line}\u2069" for line in value.splitlines() if line)


def _subject(audience: Audience) -> frozenset[Key]:
    subject = SUBJECTS[audience]
    return frozenset({("subject", subject)}) if subject else frozenset()
