"""`outreach letters`: show and check what the bot would write, with invented values. Needs no configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from outreach.adapters.rendering import Letters
from outreach.adapters.rendering.catalogs import SOURCE
from outreach.adapters.rendering.counting import LIMIT, length
from outreach.adapters.rendering.languages import supports
from outreach.adapters.rendering.samples import AMBIENT_SAMPLE, LABELS, sample
from outreach.config import places
from outreach.domain.asks import Ask
from outreach.domain.errors import IncompleteLetter
from outreach.domain.letters import AMBIENT, LETTERS, Audience
from outreach.entrypoints.cli import lint as lint_
from outreach.entrypoints.cli.choosing import one_of
from outreach.entrypoints.cli.failing import CommandFailed
from outreach.ports import Rendered

cli = typer.Typer(help="Read and check the bot's letters.", no_args_is_help=True)

Pair = tuple[str, str]


@cli.command("list")
def list_() -> None:
    """All letters, and the languages in which each is whole; a star: no fluent reader has checked all of it yet."""
    letters = open_letters()
    for audience, name in every_letter():
        whole = [language for language in letters.languages if letters.complete(audience, name, language)]
        marked = [each + ("" if letters.reviewed(audience, name, each) else "*") for each in whole]
        typer.echo(f"{audience}/{name}  {' '.join(marked)}")


def _pair(text: str) -> Pair:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter("write it as NAME=VALUE")
    return name, value


@cli.command()
def show(
    name: Annotated[str, typer.Argument(help="As `letters list` prints it; the audience may be left out.")],
    lang: Annotated[str, typer.Option(metavar="L", help="Language, such as pt-BR.")] = "en",
    ask: Annotated[str, typer.Option(metavar="A", help="What is asked of the author.")] = "",
    label: Annotated[str, typer.Option(metavar="L", help="The content-warning word; only with the ask cw.")] = "",
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="K=V", help="Another value for a variable of the letter.")
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="The English as well, and how long both are as Mastodon counts.")
    ] = False,
) -> None:
    """Print one letter and nothing else."""
    pairs = dict(map(_pair, values or []))
    audience, letter = find(name)
    chosen = {variable: value for variable, value in pairs.items() if variable not in AMBIENT}
    chosen = _asked(audience, letter, ask, label) | chosen
    for language in dict.fromkeys((SOURCE, lang)) if beside else (lang,):
        rendered = _render(audience, letter, language, chosen, pairs)
        if beside:
            typer.echo(f"--- {rendered.language}, {length(rendered.text)} of {LIMIT} characters")
        typer.echo(rendered.text)


@cli.command()
def lint(
    lang: Annotated[
        str, typer.Option(metavar="L", help="One language alone, which then has to be finished; all if left out.")
    ] = "",
) -> None:
    """Check templates and catalogs: variables, gaps, mentions, tone, length, what is not yet translated."""
    errors = 0
    only = [_language(lang, lint_.shipped(places.locales()))] if lang else []
    for finding in lint_.findings(places.templates(), places.locales(), only):
        typer.echo(finding.text)
        errors += finding.wrong
    if errors:
        raise CommandFailed(f"The letters have {errors} {'fault' if errors == 1 else 'faults'}; they are listed above.")


def open_letters(ambient: dict[str, str] | None = None) -> Letters:
    """All letters in every shipped language, with an invented community."""
    facts = {**AMBIENT_SAMPLE, **(ambient or {})}
    return lint_.opened(places.templates(), places.locales(), facts, lint_.shipped(places.locales()))


def every_letter() -> Iterator[tuple[Audience, str]]:
    """Audience and name of each."""
    return ((audience, name) for audience, letters in LETTERS.items() for name in letters)


def find(name: str) -> tuple[Audience, str]:
    """The letter of that name; one sentence if there is none, or more than one."""
    wanted = name.replace("-", "_")
    found = [(audience, each) for audience, each in every_letter() if wanted in (each, f"{audience}/{each}")]
    if len(found) > 1:
        raise CommandFailed(f"Several letters are called {name}: {', '.join(f'{a}/{n}' for a, n in found)}.")
    if not found:
        one_of("letter", wanted, sorted({n for _, n in every_letter()}))
    return found[0]


def _render(audience: Audience, name: str, lang: str, chosen: dict[str, str], pairs: dict[str, str]) -> Rendered:
    letters = open_letters({variable: value for variable, value in pairs.items() if variable in AMBIENT})
    language = _language(lang, letters.languages)
    for variable in chosen:
        one_of(f"variable of {audience}/{name}", variable, sorted(LETTERS[audience][name] | AMBIENT))
    try:
        rendered = letters.render(audience, sample(audience, name, **chosen), [language])
    except IncompleteLetter as error:
        raise CommandFailed(f"{error}.") from None
    if rendered.language != language:
        typer.echo(f"Not wholly translated into {language}; this is {rendered.language}.", err=True)
    elif not rendered.reviewed:
        typer.echo(f"Unreviewed: no fluent reader has compared all of it ({language}) with the English yet.", err=True)
    return rendered


def _language(code: str, known: Sequence[str]) -> str:
    language = supports(code, known)
    if language is None:
        raise CommandFailed(f"There is no language {code}; there are {', '.join(known)}.")
    return language


def _asked(audience: Audience, name: str, ask: str, label: str) -> dict[str, str]:
    """The values that stand for an ask and its label, checked; nothing where none was named."""
    if ask:
        one_of("ask", ask, [each.value for each in Ask])
    if label:
        one_of("label", label, list(LABELS))
        if ask not in ("", Ask.CW):
            raise CommandFailed(f"The ask {ask} takes no label; only cw does.")
    chosen = {"ask": ask or (Ask.CW.value if label else ""), "label": label}
    if ask == Ask.CW and not label and "label" in LETTERS[audience][name]:
        return {"ask": ask, "label": ""}
    return {variable: value for variable, value in chosen.items() if value}
