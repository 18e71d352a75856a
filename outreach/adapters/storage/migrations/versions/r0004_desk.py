"""Which open cases moderators have, in the order of their lists. Filled by the program, which alone knows the rooms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table more; nothing that stands is touched."""
    op.create_table(
        "desk",
        sa.Column("case", sa.String, primary_key=True),
        sa.Column("room", sa.String, nullable=False),
        sa.Column("lead", sa.String, nullable=True),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("moment", sa.Float, nullable=False),
        sa.Column("head", sa.String, nullable=False, index=True),
        sa.Column("stem", sa.String, nullable=False, index=True),
    )
    op.create_index("desk_room", "desk", ["room", "settled", "moment"])
    op.create_index("desk_lead", "desk", ["lead", "settled", "moment"])
