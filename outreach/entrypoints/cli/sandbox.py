"""`outreach sandbox`: hands over to the sandbox, which needs an extra. Starts nothing itself."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer

from outreach.entrypoints.cli.failing import CommandFailed


def sandbox(
    play: Annotated[bool, typer.Option("--play", help="Act two whole stories, then end.")] = False,
    profile: Annotated[str, typer.Option(metavar="P", help="The community's profile.")] = "cooperative",
) -> None:
    """Try it here: real servers on loopback, a few people, the bot."""
    try:
        stage = importlib.import_module("outreach.entrypoints.sandbox.main")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("outreach"):
            raise
        raise CommandFailed("The sandbox needs its extra: run pip install 'outreach[sandbox]'.") from None
    raise typer.Exit(stage.main(play=play, profile=profile))
