"""What was written by mistake is taken back for good, and the chain stays provable."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from geodata.errors import InvalidInput, NotFound, StoreError
from geodata.model import Casualty, Report
from geodata.register import (
    Change,
    Redaction,
    Register,
    open_register,
    restore,
    steps,
    store_for,
    verify,
)
from geodata.register import register as register_module
from geodata.register.redaction import FILE_NAME, remember, remembered
from geodata.register.revision import commitment_of
from tests.conftest import founded, nothing
from tests.register.conftest import blast, change_row
from tests.register.test_migrations import RELEASED

SECRET = "zqx7 +994 50 000 00 00"
WHO = {"author": "admin", "reason": "a telephone number"}


def note_of(incident_id: str = "b1", **members: object) -> Redaction:
    return Redaction(**{"kind": "incident", "record_id": incident_id, "fields": ("note",)} | WHO)


def fill(register: Register) -> None:
    register.create(blast("b1", note=SECRET, description="kept"), author="ann", reason=SECRET)
    register.replace(blast("b1", note=SECRET + " again", device="uxo"), author="ann")
    register.replace(blast("b1", device="axo"), author="ann")
    register.create(blast("b2", note="other"), author="ann")


def everything(register: Register) -> str:
    """All that the store holds, as text; for the embedded one also the bytes of its files."""
    with register.store.read() as connection:
        tables = ["revisions"]
        if connection.dialect == "postgresql":
            tables.append("incident_heads")
        texts = [str(connection.execute(f"SELECT * FROM {t}").fetchall()) for t in tables]
    if connection.dialect == "sqlite":
        folder = register.store.path.parent
        texts += [f.read_bytes().decode("latin-1") for f in folder.iterdir() if f.is_file()]
    return "\n".join(texts)


def everything_below(folder: Path) -> str:
    return "".join(f.read_bytes().decode("latin-1") for f in folder.rglob("*") if f.is_file())


def test_the_words_go_from_every_version_and_the_chain_stays_whole(
    opener: Callable[..., Register],
) -> None:
    register = opener()
    fill(register)
    before = verify(register.store)
    assert "zqx7" in everything(register)
    first = register.history("b1")[0]

    emptied = register.redact(Redaction("incident", "b1", ("note", "reason"), **WHO))

    assert len(emptied) == 2
    assert "zqx7" not in everything(register)
    told = steps(register.history("b1"))
    assert [(s.change, s.redacted) for s in told] == [
        ("create", True),
        ("correct", True),
        ("correct", False),
    ]
    assert register.get("incident", "b1").device == "axo"
    assert register.history("b1")[0].payload["description"] == "kept"
    assert register.snapshot(first.recorded_at).incident("b1").note is None
    after = verify(register.store)
    assert after.revisions == before.revisions + 1
    assert register.history("b1")[0].digest == first.digest
    [listed] = register.redactions()
    assert listed == Redaction("incident", "b1", ("note", "reason"), **WHO)


def test_a_record_that_says_it_still_gets_a_version_that_does_not(
    opener: Callable[..., Register],
) -> None:
    ours, theirs = opener(), opener()
    fill(ours)
    past = ours.history("b2")[0].recorded_at
    for register in (ours, theirs):
        assert register.snapshot(past).incidents.loc["b2", "note"] == "other"

    ours.redact(note_of("b2"))

    for register in (ours, theirs):
        register.newest()
        assert register.snapshot().incidents.loc["b2"].isna()["note"]
        assert register.snapshot(past).incidents.loc["b2"].isna()["note"]
    assert [r.change for r in ours.history("b2")] == ["create", "redact"]
    assert ours.redact(note_of("b2")) == []
    assert verify(ours.store).revisions == 6


def test_a_past_that_was_looked_at_before_does_not_say_it_either(held: Register) -> None:
    fill(held)
    past = held.history("b1")[1].recorded_at
    assert SECRET in held.snapshot(past).incidents.loc["b1", "note"]
    held.redact(note_of())
    assert held.snapshot(past).incidents.loc["b1"].isna()["note"]


def test_a_retracted_record_is_redacted_and_stays_retracted(
    opener: Callable[..., Register],
) -> None:
    register = opener()
    fill(register)
    register.create(blast("b3", note=SECRET), author="ann")
    register.retract("b3", author="ann")
    register.redact(note_of("b3"))
    register.redact(note_of("b1"))
    assert "zqx7 +994 50 000 00 00 again" not in everything(register)
    assert [r.change for r in register.history("b3")] == ["create", "retract"]
    assert "b3" not in register.snapshot().incidents.index
    assert verify(register.store).revisions == 8


def test_without_fields_all_words_names_and_points_go_and_the_counts_stay(held: Register) -> None:
    whole = blast(
        "b1",
        longitude=47.05,
        latitude=40.15,
        note=SECRET,
        casualties=(Casualty(outcome="killed", best=1, affiliation=SECRET),),
        reports=(Report(publisher=SECRET),),
    )
    held.create(whole, author="ann", reason=SECRET)
    held.redact(Redaction("incident", "b1", (), **WHO))
    left = held.get("incident", "b1")
    assert (left.count("killed"), left.districts, left.longitude) == (1, whole.districts, None)
    assert "zqx7" not in everything(held)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("statistic", {"statistic_id": "x", "metric": SECRET, "value": 7, "issuer": SECRET}),
        ("place", {"place_id": "x", "name": SECRET, "kind": "city", "aliases": SECRET}),
        ("operation", {"operation_id": "x", "kind": "survey", "status": "planned", "note": SECRET}),
        ("report", {"report_id": "x", "text": SECRET, "published": "2021-03-01", "title": SECRET}),
    ],
)
def test_other_kinds_are_redacted_too(held: Register, kind: str, document: dict) -> None:
    held.append([Change(kind, document)], author="ann")
    held.redact(Redaction(kind, "x", (), **WHO))
    assert "zqx7" not in everything(held)
    held.snapshot().frame("places")
    verify(held.store)


def test_what_cannot_be_redacted_is_said(held: Register) -> None:
    fill(held)
    for fields, why in ((("date_start",), "cannot be without"), (("nothing",), "has no nothing")):
        with pytest.raises(InvalidInput, match=why):
            held.redact(Redaction("incident", "b1", fields, **WHO))
    with pytest.raises(NotFound):
        held.redact(note_of("b9"))
    assert verify(held.store).revisions == 4


def test_a_record_is_redacted_as_often_as_something_is_found_in_it(held: Register) -> None:
    fill(held)
    commitment = commitment_of(held.history("b1")[0].row)
    for field in ("note", "description"):
        held.redact(Redaction("incident", "b1", (field,), **WHO))
    first = held.history("b1")[0]
    assert first.row.commitment == commitment
    assert not {"note", "description"} & {name for name, what in first.payload.items() if what}
    assert [one.fields for one in held.redactions()] == [("note",), ("description",)]
    verify(held.store)


def test_with_the_words_goes_the_salt_by_which_they_could_be_guessed(held: Register) -> None:
    fill(held)
    commitment = commitment_of(held.history("b1")[0].row)
    held.redact(note_of())
    left = held.history("b1")[0].row
    assert (left.salt, left.commitment) == (None, commitment)


def test_no_file_beside_the_register_holds_the_words_any_longer(tmp_path: Path) -> None:
    register = founded(tmp_path, nothing)
    register.create(blast("b1", note=SECRET), author="ann")
    register._live.save(least=1)
    epoch = register.epoch
    assert "zqx7" in everything_below(tmp_path / "checkpoint")
    register.redact(note_of())
    assert register.epoch != epoch
    assert "zqx7" not in everything_below(tmp_path)
    register.close()


def test_a_checkpoint_begun_before_a_redaction_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = founded(tmp_path, nothing)
    fill(register)
    save = register_module.save_checkpoint

    def late(*given: Any) -> None:
        monkeypatch.setattr(register_module, "save_checkpoint", save)
        register.redact(note_of())
        save(*given)

    monkeypatch.setattr(register_module, "save_checkpoint", late)
    register._live.save(least=1)
    assert not (tmp_path / "checkpoint").exists()
    register.close()


@pytest.mark.parametrize("change", ["unnamed", "altered"])
def test_words_that_go_otherwise_are_damage(opener: Callable[..., Register], change: str) -> None:
    register = opener()
    fill(register)
    if change == "altered":
        register.redact(note_of())
    with register.store.write() as connection:
        row = register.history("b1")[1].row
        values = {
            "unnamed": {
                "payload": row.payload.replace(SECRET, ""),
                "salt": None,
                "commitment": commitment_of(row),
            },
            "altered": {"payload": row.payload.replace('"uxo"', '"axo"')},
        }[change]
        change_row(connection, row.seq, **values)
    with pytest.raises(StoreError, match="revision 2 lacks words"):
        verify(register.store)


def test_a_backup_made_before_brings_nothing_back(
    opener: Callable[..., Register], tmp_path: Path
) -> None:
    register = opener()
    fill(register)
    file = tmp_path / "before.sqlite3"
    register.backup(file)
    done = Redaction("incident", "b1", ("note", "reason"), **WHO)
    register.redact(done)
    remember(tmp_path, done)
    after = tmp_path / "after.sqlite3"
    register.backup(after)
    assert "zqx7" not in after.read_bytes().decode("latin-1")
    new = store_for(tmp_path / "new")
    restore(file, new)
    new.close()
    restored = open_register(tmp_path / "new")
    assert SECRET in everything(restored)
    for one in remembered(tmp_path / FILE_NAME):
        restored.redact(one)
    assert restored.history("b1")[0].payload.get("note") is None
    verify(restored.store)
    restored.close()


def test_a_register_of_an_earlier_schema_is_redacted_and_stays_provable(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "register.sqlite3")
    connection.executescript((RELEASED / "0003.sqlite.sql").read_text())
    connection.close()
    register = open_register(tmp_path)
    register.redact(note_of("b3"))
    assert "zqx7" not in everything(register)
    assert verify(register.store).revisions == 11
    with register.store.write() as connection:
        row = register.history("b3")[0].row
        values = {"payload": orjson.dumps(orjson.loads(row.payload) | {"device": "uxo"}).decode()}
        change_row(connection, row.seq, **values)
    with pytest.raises(StoreError, match="lacks words"):
        verify(register.store)
    register.close()
