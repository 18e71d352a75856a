"""The tables as they are now; `migrations/` says how they became so. Clear columns name nobody and tell no time of day.

There is no foreign key from a request to its member, on purpose (leak 33): `links` is read by HMACs of its own key.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

#: Alembic's revision that this program reads and writes.
REVISION = "0006"

cursors = Table(
    "cursors", metadata, Column("source", String, primary_key=True), Column("cursor", String, nullable=False)
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("lane", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("aside", Boolean, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)
Index("inbox_lane", inbox.c.lane, inbox.c.id)

seen = Table("seen", metadata, Column("source", String, primary_key=True), Column("day", String, nullable=False))

conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("room", String, nullable=True, index=True),
    Column("case", String, nullable=True, index=True),
    Column("wrapped", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("wrapped", String, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("derived", Integer, nullable=False, server_default=text("0")),
    Column("open", Boolean, nullable=False, server_default=text("1")),
    Column("before_staff", Boolean, nullable=False, server_default=text("0")),
    Column("alias", String, nullable=True, unique=True),
    Column("post", String, nullable=True, index=True),
    Column("author", String, nullable=True, index=True),
)

events = Table(
    "events",
    metadata,
    Column("case", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case", String, nullable=False, index=True),
    Column("subject", String, nullable=False, index=True),
)

desk = Table(
    "desk",
    metadata,
    Column("case", String, primary_key=True),
    Column("room", String, nullable=False),
    Column("lead", String, nullable=True),
    Column("settled", Boolean, nullable=False),
    Column("moment", Float, nullable=False),
    Column("head", String, nullable=False, index=True),
    Column("stem", String, nullable=False, index=True),
)
Index("desk_room", desk.c.room, desk.c.settled, desk.c.moment)
Index("desk_lead", desk.c.lead, desk.c.settled, desk.c.moment)

exhibits = Table(
    "exhibits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case", String, nullable=False),
    Column("post", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("case", "post"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("case", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("request", String, primary_key=True),
    Column("member", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("errand", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=text("0")),
    Column("rank", Integer, nullable=False, server_default=text("0")),
    Column("body", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("parts", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_native", LargeBinary, nullable=True),
    Column("first_tried", Float, nullable=True),
    Column("not_before", Float, nullable=False, server_default=text("0")),
    Column("unknown", Boolean, nullable=False, server_default=text("0")),
    Column("parked", Boolean, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)
Index("outbox_lane", outbox.c.lane, outbox.c.id)

timers = Table(
    "timers",
    metadata,
    Column("owner", String, primary_key=True),
    Column("timer", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("due", Float, nullable=False, index=True),
)

told = Table(
    "told",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("native", String, nullable=False, unique=True),
    Column("topic", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("value", String, nullable=False, index=True),
    Column("day", String, nullable=False),
    Column("expires", String, nullable=False, index=True),
)

opt_outs = Table("opt_outs", metadata, Column("person", String, primary_key=True))

roster = Table(
    "roster", metadata, Column("person", String, primary_key=True), Column("body", LargeBinary, nullable=False)
)

notes = Table("notes", metadata, Column("name", String, primary_key=True), Column("body", LargeBinary, nullable=False))

pieces = Table(
    "pieces",
    metadata,
    Column("name", String, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("room", String, nullable=True, index=True),
    Column("body", LargeBinary, nullable=False),
)
