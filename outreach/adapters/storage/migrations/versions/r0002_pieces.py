"""A table for what adapters keep of their own: the Matrix crypto store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    op.create_table(
        "pieces",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("source", sa.String, nullable=False, index=True),
        sa.Column("room", sa.String, nullable=True, index=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
