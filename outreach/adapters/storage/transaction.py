"""Joins the parts of one transaction. Holds no SQL of its own."""

from __future__ import annotations

from sqlalchemy import Connection

from outreach.adapters.storage.cases import SqlCases
from outreach.adapters.storage.conversations import SqlConversations
from outreach.adapters.storage.desk import SqlDesk
from outreach.adapters.storage.exhibits import SqlExhibits
from outreach.adapters.storage.inbox import SqlInbox
from outreach.adapters.storage.links import SqlLinks
from outreach.adapters.storage.outbox import SqlOutbox
from outreach.adapters.storage.pieces import SqlPieces
from outreach.adapters.storage.registers import SqlRegisters
from outreach.adapters.storage.sealing import Sealer
from outreach.adapters.storage.timers import SqlTimers
from outreach.ports import store as port


class SqlTransaction:
    """The `Transaction` port over one open connection."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self.inbox: port.Inbox = SqlInbox(connection, sealer)
        self.conversations: port.Conversations = SqlConversations(connection, sealer)
        self.timers: port.Timers = SqlTimers(connection)
        self.cases: port.Cases = SqlCases(connection, sealer)
        self.desk: port.OnDesk = SqlDesk(connection, sealer)
        self.links: port.Links = SqlLinks(connection, sealer)
        self.outbox: port.Outbox = SqlOutbox(connection, sealer)
        self.exhibits: port.Exhibits = SqlExhibits(connection, sealer)
        self.registers: port.Registers = SqlRegisters(connection, sealer)
        self.pieces: port.Pieces = SqlPieces(connection, sealer)
