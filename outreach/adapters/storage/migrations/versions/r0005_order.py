"""In what order the messages of one lane leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits already keeps its order."""
    op.add_column("outbox", sa.Column("rank", sa.Integer, nullable=False, server_default=sa.text("0")))
