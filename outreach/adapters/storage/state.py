"""Tells in which form a database is, without Alembic. Changes nothing."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import inspect, select, text

from outreach.adapters.storage.engine import open_engine, sqlite_path
from outreach.adapters.storage.schema import REVISION, metadata


class Form(Enum):
    """What stands at the configured address."""

    MISSING = "missing"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


def form_of(url: str) -> Form:
    """Compare the stored revision with this program's."""
    if not sqlite_path(url).exists():
        return Form.MISSING
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return Form.MISSING
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    finally:
        engine.dispose()
    if revision == REVISION:
        return Form.CURRENT
    return Form.NEWER if revision > REVISION else Form.BEHIND


def filled(url: str) -> bool:
    """Whether anything sealed stands there: then the keyring that belongs to it must not be replaced."""
    if form_of(url) is Form.MISSING:
        return False
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return any(connection.execute(select(table).limit(1)).first() for table in metadata.sorted_tables)
    finally:
        engine.dispose()
