"""The one store: SQLAlchemy Core on SQLite, everything personal sealed. Decides nothing and knows no other adapter."""

from outreach.adapters.storage.engine import Database

__all__ = ["Database"]
