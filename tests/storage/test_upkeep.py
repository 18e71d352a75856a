"""Rotation, backups and forgetting do what the texts promise (F5, F6, F23, leaks 28 and 31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from outreach.adapters.storage import keeping, rotation, schema
from outreach.adapters.vault import KeyGone, restore_keys
from outreach.ports import Batch, Incoming
from outreach.ports.store import Conflict, Told, Transaction, Wanted
from tests.storage.conftest import ADA, DAVE, DAY, NOW, Shelf, fill, lines


def everything(tx: Transaction) -> list[object]:
    """All that can be read back."""
    return [
        tx.conversations.get("conv"),
        tx.cases.load("case"),
        tx.links.of_request("req"),
        [line.incoming for line in lines(tx)],
        [(m.letter, m.address) for m in tx.outbox.messages(NOW)],
        [replace(errand, id=0) for errand in tx.outbox.errands(NOW)],
        tx.registers.told("native"),
        tx.registers.noted("matrix_device"),
        sorted(tx.pieces.all("matrix"), key=lambda piece: piece.name),
        dict(tx.registers.enrolled()),
        tx.registers.opted_out(DAVE),
        tx.cases.draw("case", "hold"),
    ]


def test_rotation_changes_every_key_and_no_value(place: Shelf) -> None:
    place.database.run(fill)
    before = place.database.run(everything)
    assert rotation.rotate(place.database, place.vault, DAY + timedelta(days=7)) > 0
    assert place.database.run(everything) == before
    assert not place.vault.rotation_due(DAY + timedelta(days=8))


def test_rotation_goes_through_all_pages(place: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a page is held at once, and no page is left out: else the old key could not be destroyed."""
    monkeypatch.setattr(rotation, "_PAGE", 2)
    place.database.run(fill)
    for number in range(5):
        told = Told("conv", "case", "req", "preview", f"2026-03-0{number + 1}")
        place.database.run(lambda tx, n=number, told=told: tx.registers.remember_told(f"native{n}", told))  # type: ignore[misc]
    before = place.database.run(everything)
    assert rotation.rotate(place.database, place.vault, DAY + timedelta(days=7)) > 5
    assert place.database.run(everything) == before


def test_a_column_that_nobody_renews_stops_the_old_key_from_being_destroyed(place: Shelf) -> None:
    place.database.run(fill)
    old = place.vault.rotate(DAY).old[0]
    assert place.database.sql(lambda sql: rotation.left(sql, place.vault, old)) >= 8
    with pytest.raises(ValueError, match="still sealed"):
        place.vault.retire(old, still_sealed=place.database.sql(lambda sql: rotation.left(sql, place.vault, old)))


def test_an_old_backup_opens_only_with_its_own_keys(place: Shelf) -> None:
    place.database.run(fill)
    keeping.back_up(place.database, place.folder / "b.db")
    place.vault.backup_keys(place.folder / "b.db.keys", DAY)
    rotation.rotate(place.database, place.vault, DAY)
    stolen = place.reopened("b.db")
    with pytest.raises(KeyGone):
        stolen.run(lambda tx: tx.cases.load("case"))
    with pytest.raises(KeyGone):
        stolen.run(lambda tx: tx.links.of_request("req"))
    own = place.reopened("b.db", "b.db.keys")
    assert own.run(lambda tx: tx.cases.load("case")) is not None
    for database in (stolen, own):
        database.close()


def test_a_restored_store_forgets_again_and_looks_up_first(place: Shelf) -> None:
    place.database.run(fill)
    keeping.back_up(place.database, place.folder / "b.db")
    place.vault.backup_keys(place.folder / "b.db.keys", DAY)
    place.database.run(lambda tx: tx.cases.forget("case", DAY))
    place.database.run(lambda tx: tx.registers.set_opted_out(ADA, True))
    rotation.rotate(place.database, place.vault, DAY)
    restore_keys(place.folder / "outreach.keys", place.folder / "b.db.keys", place.master, lambda n: bytes(n))
    restored = place.reopened("b.db")
    assert keeping.forget_again(restored, place.vault) == 1
    assert restored.run(lambda tx: tx.desk.count(Wanted())) == 0
    assert keeping.park_all(restored) == 1
    assert restored.run(lambda tx: tx.cases.load("case")) is None
    assert restored.run(lambda tx: tx.registers.opted_out(ADA))
    assert [m.unknown for m in restored.run(lambda tx: tx.outbox.messages(NOW))] == [True]
    restored.close()


def test_swapped_rows_do_not_open(place: Shelf) -> None:
    place.database.run(fill)
    place.database.run(lambda tx: tx.outbox.add(replace(tx.outbox.messages(NOW)[0], lane="other", key="other")))

    def swap(sql: Connection) -> None:
        rows = schema.outbox.c
        first, second = sql.execute(select(rows.id, rows.address).where(~rows.errand).order_by(rows.id)).all()
        for one, other in ((first, second), (second, first)):
            sql.execute(update(schema.outbox).where(rows.id == one.id).values(address=other.address))

    place.database.sql(swap)
    assert place.database.run(lambda tx: tx.outbox.messages(NOW)) == []
    assert place.database.run(lambda tx: tx.outbox.parked()) == 2, "put aside, in nobody's way, and told by `check`"
    assert keeping.look_through(place.database, place.vault).cases == 1


def test_damage_is_found(place: Shelf) -> None:
    place.database.run(fill)
    assert keeping.look_through(place.database, place.vault).sound
    place.database.sql(lambda sql: sql.execute(update(schema.events).values(body=b"x" * 64)))
    assert keeping.look_through(place.database, place.vault).damaged == ("cases",)


def test_nothing_personal_stands_in_the_files(place: Shelf) -> None:
    place.database.run(fill)
    keeping.back_up(place.database, place.folder / "b.db")
    for file in place.folder.iterdir():
        content = file.read_bytes()
        assert b"canary" not in content and b"social.example" not in content and b"amber-otter" not in content, (
            file.name
        )


def test_what_is_purged_leaves_no_ciphertext_either(place: Shelf) -> None:
    place.database.run(fill)
    bodies = place.database.sql(lambda sql: list(sql.execute(select(schema.events.c.body)).scalars()))
    place.database.run(lambda tx: tx.cases.forget("case", DAY))
    assert place.database.run(lambda tx: tx.desk.count(Wanted())) == 0
    keeping.sweep(place.database)
    for file in place.folder.glob("outreach.db*"):
        assert not any(body in file.read_bytes() for body in bodies), file.name


def test_two_writers_of_one_version_do_not_overwrite_each_other(place: Shelf) -> None:
    place.database.run(fill)
    stale = place.database.run(lambda tx: tx.conversations.get("conv"))
    assert stale is not None
    place.database.run(lambda tx: tx.conversations.save(stale))
    with pytest.raises(Conflict):
        place.database.run(lambda tx: tx.conversations.save(stale))


def test_any_base_exception_rolls_back(place: Shelf) -> None:
    def half(tx: Transaction) -> None:
        fill(tx)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.database.run(half)
    assert place.database.run(lambda tx: (tx.cases.all(), tx.inbox.cursor("fediverse"))) == ([], "")


def test_a_line_is_journaled_once(place: Shelf) -> None:
    place.database.run(fill)
    (line,) = place.database.run(lines)
    again = place.database.run(lambda tx: tx.inbox.journal(_batch(line.incoming)))
    assert again == 0
    place.database.run(lambda tx: tx.inbox.done(line))
    assert place.database.run(lambda tx: tx.inbox.journal(_batch(line.incoming))) == 0
    assert place.database.run(lambda tx: tx.inbox.cursor("fediverse")) == "6"


def _batch(*items: Incoming) -> Batch:
    return Batch("fediverse", "6", items)
