"""The first tables. Spelled out, not taken from `schema`, which moves on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, **options: object) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=bool(options.pop("nullable", False)), **options)  # type: ignore[arg-type]


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=True)


def _row_id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _flag(name: str, default: int = 0) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(str(default)))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))


def _create_conversation_side() -> None:
    op.create_table("cursors", _key("source"), _text("cursor"))
    op.create_table("inbox", _row_id(), _text("lane"), _bytes("body"), _flag("aside"), sqlite_autoincrement=True)
    op.create_index("inbox_lane", "inbox", ["lane", "id"])
    op.create_table("seen", _key("source"), _text("day"))
    op.create_table(
        "conversations",
        _key("id"),
        _text("person", index=True),
        _text("room", nullable=True, index=True),
        _text("case", nullable=True, index=True),
        _text("wrapped"),
        _bytes("body"),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _create_case_side() -> None:
    op.create_table(
        "cases",
        _key("id"),
        _text("wrapped"),
        _bytes("secret"),
        _number("version"),
        _number("derived"),
        _flag("open", 1),
        _flag("before_staff"),
        _text("alias", nullable=True, unique=True),
        _text("post", nullable=True, index=True),
        _text("author", nullable=True, index=True),
    )
    op.create_table("events", _key("case"), sa.Column("seq", sa.Integer, primary_key=True), _bytes("body"))
    op.create_table("links", _key("request"), _text("member", index=True), _bytes("body"))
    due = sa.Column("due", sa.Float, nullable=False, index=True)
    op.create_table("timers", _key("owner"), _key("timer"), _key("subject"), due)


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        _row_id(),
        _text("name"),
        _text("lane"),
        sa.Column("errand", sa.Boolean, nullable=False),
        _flag("urgent"),
        _bytes("body"),
        _bytes("address"),
        _number("parts"),
        _number("attempts"),
        _bytes("last_native", nullable=True),
        sa.Column("first_tried", sa.Float, nullable=True),
        sa.Column("not_before", sa.Float, nullable=False, server_default=sa.text("0")),
        _flag("unknown"),
        _flag("parked"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_lane", "outbox", ["lane", "id"])


def _create_registers() -> None:
    op.create_table("told", _row_id(), _text("native", unique=True), _text("topic", index=True), _bytes("body"))
    op.create_table("counters", _row_id(), _text("value", index=True), _text("day"), _text("expires", index=True))
    op.create_table("opt_outs", _key("person"))
    op.create_table("roster", _key("person"), _bytes("body"))
    op.create_table("notes", _key("name"), _bytes("body"))


def upgrade() -> None:
    """Create everything."""
    _create_conversation_side()
    _create_case_side()
    _create_outbox()
    _create_registers()
