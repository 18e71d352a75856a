"""`outreach run`: reads its few options by hand, hardens the process, hands over to the daemon. Loads no Typer."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Sequence
from pathlib import Path

from outreach.entrypoints import log_setup
from outreach.entrypoints.cli import hardening

CONFIG_VARIABLE = "OUTREACH_CONFIG"
DEFAULT_CONFIG = "outreach.toml"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def wanted(arguments: Sequence[str]) -> bool:
    """Whether the first word that is no option of `outreach` itself is `run`."""
    words = iter(arguments)
    for word in words:
        if word == "--config":
            next(words, None)
        elif not word.startswith("--config="):
            return word == "run"
    return False


def run(arguments: Sequence[str]) -> int:
    """Run the bot until it is told to stop."""
    options = _parser().parse_args(arguments)
    hardening.keep_memory_private()
    log_setup.configure(level=options.log_level, as_json=options.log_format == "json")
    daemon = importlib.import_module("outreach.entrypoints.daemon")
    return int(daemon.main(options.config) or 0)


def config_path() -> Path:
    """The configuration where none is named."""
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outreach", description="Run the bot until SIGTERM or Ctrl-C.")
    _add_config(parser, config_path())
    command = parser.add_subparsers(metavar="run", required=True).add_parser("run", description=parser.description)
    _add_config(command, argparse.SUPPRESS)
    command.add_argument("--log-level", choices=LEVELS, default="INFO", help="what is worth a line (default: INFO)")
    command.add_argument("--log-format", choices=("text", "json"), default="text", help="default: text")
    return parser


def _add_config(parser: argparse.ArgumentParser, default: Path | str) -> None:
    text = f"configuration; default ${CONFIG_VARIABLE}, then {DEFAULT_CONFIG}"
    parser.add_argument("--config", metavar="FILE", type=Path, default=default, help=text)
