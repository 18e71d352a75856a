"""What cases born as reports are about, and their evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables more; nothing that stands is touched."""
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case", sa.String, nullable=False, index=True),
        sa.Column("subject", sa.String, nullable=False, index=True),
    )
    op.create_table(
        "exhibits",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case", sa.String, nullable=False),
        sa.Column("post", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("case", "post"),
    )
