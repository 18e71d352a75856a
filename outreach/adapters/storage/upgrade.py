"""Brings the tables to this program's form with Alembic. `run` starts this as a child process and never loads it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from outreach.adapters.storage.engine import open_engine, sqlite_path


def upgrade(url: str) -> None:
    """Create or upgrade the tables at `url`; nothing changes if one step fails."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    sqlite_path(url).chmod(0o600)
