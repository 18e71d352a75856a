"""What adapters keep of their own: sealed whole, changed with the cursor, gone with its room. And words shown twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import update

from outreach.adapters.storage import migrations, schema
from outreach.adapters.storage.engine import open_engine
from outreach.adapters.storage.state import Form, form_of
from outreach.adapters.storage.upgrade import upgrade
from outreach.adapters.vault import Tampered
from outreach.bootstrap.offline import leave_device
from outreach.domain.identity import Account, ConversationId, Platform, Role
from outreach.ports import Batch, Happening, Incoming, Piece, Place
from outreach.ports.store import Conversation, Transaction
from tests.storage.conftest import NOW, Shelf, lines

EVE = Account(Platform.MATRIX, "@canary-eve:x.example")
KEY, OTHER = Piece("megolm/!canary/s", b"canary-key", "!canary"), Piece("account", b"{}")


def names(tx: Transaction, source: str = "matrix") -> list[str]:
    return sorted(piece.name for piece in tx.pieces.all(source))


def test_pieces_are_put_replaced_and_taken_away(place: Shelf) -> None:
    place.database.run(lambda tx: tx.pieces.save("matrix", [KEY, OTHER]))
    place.database.run(lambda tx: tx.pieces.save("matrix", [replace(KEY, body=b"newer"), replace(OTHER, body=None)]))
    assert place.database.run(lambda tx: tx.pieces.all("matrix")) == [replace(KEY, body=b"newer")]
    assert place.database.run(lambda tx: names(tx, "fediverse")) == []


def test_pieces_and_cursor_change_together_or_not_at_all(place: Shelf) -> None:
    def broken(tx: Transaction) -> None:
        tx.inbox.journal(Batch("matrix", "s2", (), (KEY,)))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.database.run(broken)
    assert place.database.run(lambda tx: (tx.inbox.cursor("matrix"), names(tx))) == ("", [])
    place.database.run(lambda tx: tx.inbox.journal(Batch("matrix", "s2", (), (KEY,))))
    assert place.database.run(lambda tx: (tx.inbox.cursor("matrix"), names(tx))) == ("s2", [KEY.name])


def test_a_room_is_forgotten_with_its_conversation(place: Shelf) -> None:
    made = Conversation(ConversationId("c"), EVE.platform, Role.MEMBER, EVE, Place(room="!canary"))
    place.database.run(lambda tx: tx.conversations.save(made))
    place.database.run(lambda tx: tx.pieces.save("matrix", [KEY, OTHER]))
    place.database.run(lambda tx: tx.conversations.forget("c"))
    assert place.database.run(names) == [OTHER.name]


def test_a_piece_opens_in_its_own_row_alone(place: Shelf) -> None:
    place.database.run(lambda tx: tx.pieces.save("matrix", [KEY, OTHER]))
    bodies = schema.pieces.c
    rows = place.database.sql(lambda sql: sql.execute(schema.pieces.select()).all())
    swapped = update(schema.pieces).where(bodies.name == rows[0].name).values(body=rows[1].body)
    place.database.sql(lambda sql: sql.execute(swapped))
    with pytest.raises(Tampered):
        place.database.run(names)


def test_no_name_stands_in_the_clear_and_sizes_say_little(place: Shelf) -> None:
    place.database.run(lambda tx: tx.pieces.save("matrix", [KEY, OTHER]))
    for path in place.folder.glob("outreach.db*"):
        assert b"canary" not in path.read_bytes()
    rows = place.database.sql(lambda sql: sql.execute(schema.pieces.select()).all())
    assert len({len(row.body) for row in rows}) == 1


def test_the_same_words_are_not_taken_twice(place: Shelf) -> None:
    line = Incoming("$1", Happening.LINE, EVE.platform, EVE, room="!r", text="!vote", at=NOW, twin="megolm:s:0")
    place.database.run(lambda tx: tx.inbox.journal(Batch("matrix", "1", (line,))))
    assert place.database.run(lambda tx: tx.inbox.journal(Batch("matrix", "1", (line,)))) == 0
    replay = replace(line, source="$2")
    assert place.database.run(lambda tx: tx.inbox.journal(Batch("matrix", "2", (replay,)))) == 0
    assert [one.incoming.source for one in place.database.run(lines)] == ["$1"]


def test_a_line_that_is_read_late_keeps_its_place_and_is_not_taken_twice_either(place: Shelf) -> None:
    kept = [Incoming(f"${n}", Happening.LINE, EVE.platform, EVE, room="!r", cipher="{}", at=NOW) for n in (1, 2)]
    place.database.run(lambda tx: tx.inbox.journal(Batch("matrix", "1", tuple(kept))))

    def read(tx: Transaction) -> str | None:
        (line,) = lines(tx)
        found = tx.inbox.opened(line, replace(line.incoming, cipher="", text="words", twin="megolm:s:0"))
        return found.incoming.text if found is not None else None

    assert place.database.run(read) == "words"
    (line,) = place.database.run(lines)
    assert (line.incoming.source, line.incoming.text) == ("$1", "words")
    place.database.run(lambda tx: tx.inbox.done(line))
    assert place.database.run(read) is None, "the same ciphertext as another event"
    assert place.database.run(lines) == []


def test_a_database_of_the_first_form_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = open_engine(url)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    assert form_of(url) is Form.BEHIND
    upgrade(url)
    assert form_of(url) is Form.CURRENT


def test_a_restored_store_never_speaks_as_the_device_it_was_copied_from(place: Shelf) -> None:
    """Room keys, seeds and what is known of others stay; the account and its sessions have gone on without the copy."""
    kept = {"seeds", "megolm/!r/s/@eve:x", "user/@eve:x", "room/!r"}
    pieces = [Piece(name, b"{}") for name in (*kept, "account", "device", "olm/key/session")]
    place.database.run(lambda tx: tx.pieces.save("matrix", pieces))
    place.database.run(lambda tx: tx.registers.note("matrix_device", "DEV"))
    place.database.run(leave_device)
    assert place.database.run(lambda tx: (set(names(tx)), tx.registers.noted("matrix_device"))) == (kept, "")
