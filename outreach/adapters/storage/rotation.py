"""Seals every row anew under the newest keys, then has the old ones destroyed (F5). Interrupted anywhere, it goes on.

One transaction renews everything: the store is small, and a half-renewed one would need both generations anyway.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, select, update

from outreach.adapters.storage import schema
from outreach.adapters.storage.engine import Database
from outreach.adapters.storage.sealing import Renewer

Renew = Callable[[bytes, str], bytes | None]

#: Rows held at once: a store of many thousand cases does not fit into a small server's memory.
_PAGE = 200


def rotate(database: Database, vault: Renewer, today: date) -> int:
    """Replace the wrapping keys; returns how many values were renewed."""
    rotation = vault.rotate(today)
    renewed = database.sql(lambda connection: renew(connection, vault))
    for old in rotation.old:
        vault.retire(old, still_sealed=database.sql(lambda sql, one=old: left(sql, vault, one)))  # type: ignore[misc]
    return renewed


def left(sql: Connection, vault: Renewer, old: str) -> int:
    """How many values are still under a generation, whatever column they stand in: a column nobody renews shows."""
    count = 0
    for table in schema.metadata.sorted_tables:
        for row in sql.execute(select(table).execution_options(yield_per=_PAGE)):
            count += sum(_generation(vault, value) == old for value in row if isinstance(value, str | bytes))
    return count


def _generation(vault: Renewer, value: str | bytes) -> str:
    inner = value.partition(b"\n")[2] if isinstance(value, bytes) and _is_inbox_body(value) else value
    return vault.generation_of(inner)


def _is_inbox_body(value: bytes) -> bool:
    name = value.partition(b"\n")[0]
    return name.isascii() and b"." in name


def renew(sql: Connection, vault: Renewer) -> int:
    """Renew every wrapped key and every row sealed under a generation of the keyring."""
    return (
        _cases(sql, vault)
        + _conversations(sql, vault)
        + _cursors(sql, vault)
        + _inbox(sql, vault)
        + _column(sql, schema.links.c.body, lambda row: f"link:{row.request}", vault.renew_link)
        + _column(sql, schema.told.c.body, lambda row: f"told:{row.native}", vault.renew_link)
        + _column(sql, schema.roster.c.body, lambda row: f"roster:{row.person}", vault.renew_store)
        + _column(sql, schema.notes.c.body, lambda row: f"note:{row.name}", vault.renew_store)
        + _column(sql, schema.pieces.c.body, lambda row: f"piece:{row.name}", vault.renew_link)
        + _outbox(sql, vault)
    )


def _rows(sql: Connection, table: Table) -> Iterator[Any]:
    """Every row by its key, a page at a time: rows may be changed meanwhile."""
    (key,) = table.primary_key.columns
    after: list[ColumnElement[bool]] = []
    while page := sql.execute(select(table).where(*after).order_by(key).limit(_PAGE)).all():
        yield from page
        after = [key > getattr(page[-1], key.name)]


def _cases(sql: Connection, vault: Renewer) -> int:
    count = 0
    for row in _rows(sql, schema.cases):
        new = vault.renew_wrapped(row.wrapped, f"case:{row.id}")
        if new is not None:
            sql.execute(update(schema.cases).where(schema.cases.c.id == row.id).values(wrapped=new))
            count += 1
    return count


def _cursors(sql: Connection, vault: Renewer) -> int:
    table, count = schema.cursors, 0
    for row in sql.execute(select(table)).all():
        new = vault.renew_wrapped(row.cursor, f"cursor:{row.source}") if "." in row.cursor else None
        if new is not None:
            sql.execute(update(table).where(table.c.source == row.source).values(cursor=new))
            count += 1
    return count


def _conversations(sql: Connection, vault: Renewer) -> int:
    """Their keys are sealed twice: under the link key, and that under the wrapping key."""
    table = schema.conversations
    count = 0
    for row in _rows(sql, table):
        hidden = base64.b64decode(vault.unwrap(row.wrapped, f"conversation:{row.id}"))
        inner = vault.renew_link(hidden, f"conversation-key:{row.id}") or hidden
        wrapped = vault.wrap(base64.b64encode(inner), f"conversation:{row.id}")
        sql.execute(update(table).where(table.c.id == row.id).values(wrapped=wrapped))
        count += 1
    return count


def _inbox(sql: Connection, vault: Renewer) -> int:
    table, count = schema.inbox, 0
    for row in _rows(sql, table):
        name, _, sealed = row.body.partition(b"\n")
        new = vault.renew_link(sealed, f"inbox:{name.decode()}")
        if new is not None:
            sql.execute(update(table).where(table.c.id == row.id).values(body=name + b"\n" + new))
            count += 1
    return count


def _outbox(sql: Connection, vault: Renewer) -> int:
    rows, count = schema.outbox, 0
    for row in _rows(sql, rows):
        renew_body, use = (vault.renew_link, "errand") if row.errand else (vault.renew_store, "outbox")
        body = renew_body(row.body, f"{use}:{row.name}")
        new: dict[str, Any] = {"body": body}
        new["address"] = vault.renew_link(row.address, f"outbox-address:{row.name}") if row.address else None
        new["last_native"] = vault.renew_link(row.last_native, f"last:{row.id}") if row.last_native else None
        values = {name: value for name, value in new.items() if value is not None}
        if values:
            sql.execute(update(rows).where(rows.c.id == row.id).values(values))
            count += len(values)
    return count


def _column(sql: Connection, column: Column[bytes], aad: Callable[[Any], str], renew_one: Renew) -> int:
    table: Table = column.table
    (key,) = (c for c in table.primary_key.columns)
    count = 0
    for row in _rows(sql, table):
        new = renew_one(getattr(row, column.name), aad(row))
        if new is not None:
            sql.execute(update(table).where(key == getattr(row, key.name)).values({column.name: new}))
            count += 1
    return count
