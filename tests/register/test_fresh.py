"""New incidents appended as documents, and the newest revisions of many, in both stores."""

import orjson
import pytest

from geodata.errors import Conflict
from geodata.incidents import document
from geodata.register import Change, log, verify
from tests.register.conftest import blast


def text(name: str) -> tuple[str, str]:
    return name, orjson.dumps(document(blast(name)) | {"version": 1}).decode()


def test_documents_are_appended_as_records_are_and_chained(held) -> None:
    held.create(blast("b0"), author="t")
    done = held.append([], author="t", reason="Import of x", fresh=[text("b1"), text("b2")])
    assert [(one.record_id, one.version, one.change) for one in done] == [
        ("b1", 1, "create"), ("b2", 1, "create"),
    ]  # fmt: skip
    assert held.get("incident", "b2") == blast("b2")
    assert held.history("b1")[0].reason == "Import of x"
    assert list(held.snapshot().incidents.index) == ["b0", "b1", "b2"]
    assert verify(held.store).revisions == 3


def test_a_document_of_an_incident_that_is_held_is_refused_and_nothing_is_appended(held) -> None:
    held.create(blast("b1"), author="t")
    with pytest.raises(Conflict):
        held.append([], author="t", fresh=[text("b2"), text("b1")])
    assert list(held.snapshot().incidents.index) == ["b1"]
    assert verify(held.store).revisions == 1


def test_the_newest_revisions_of_many_are_those_that_each_head_gives(held) -> None:
    names = ["b1", "b2", 'b"3', "b%s", "bə"]
    held.append([], author="t", fresh=[(n, text("x")[1]) for n in names])
    held.append([], author="t", fresh=[text("b4")])
    held.replace(blast("b4", note="later"), author="t")
    held.retract("b4", author="t")
    with held.store.read() as connection:
        found = log.newest(connection, "incident", [*names, "b4", "none"])
        assert log.newest(connection, "incident", []) == {}
        assert log.newest(connection, "place", names) == {}
    assert set(found) == {*names, "b4"}
    assert (found["b4"].version, found["b4"].change) == (3, "retract")
    assert orjson.loads(found["b4"].payload)["note"] == "later"


def test_each_revision_has_a_salt_of_its_own(held) -> None:
    changes = [Change("incident", blast(name)) for name in ("b1", "b2")]
    done = held.append(changes, author="t", fresh=[text("b3"), text("b4")])
    salts = [one.row.salt for one in done]
    assert [len(salt) for salt in salts] == [32] * 4
    assert len(set(salts)) == 4


def test_only_new_incidents_are_nothing_but_added(held) -> None:
    first, second = (held.create(blast(name), author="t") for name in ("b1", "b2"))
    assert held.only_added(first.seq, first.digest, second.seq)
    assert not held.only_added(first.seq, second.digest, second.seq)
    place = {"place_id": "p1", "name": "Ağalı", "kind": "village"}
    for write in (
        lambda: held.append([Change("place", place)], author="t")[0],
        lambda: held.replace(blast("b1", note="later"), author="t"),
        lambda: held.retract("b2", author="t"),
    ):
        before = held.create(blast(f"n{held.revision}"), author="t")
        assert held.only_added(before.seq, before.digest, before.seq)
        assert not held.only_added(before.seq, before.digest, write().seq)


def test_what_was_changed_and_then_went_is_gone_and_what_came_back_is_both(held) -> None:
    held.append([], author="t", fresh=[text(name) for name in ("b1", "b2", "b3", "b4")])
    held.replace(blast("b1", note="later"), author="t")
    held.retract("b1", author="t")
    held.retract("b2", author="t")
    held.replace(blast("b2"), author="t", expected_version=2)
    held.merge("b3", "b4", author="t")
    with held.store.read() as connection:
        found = log.changed(connection, "incident", 4, held.revision)
    assert found == (["b2", "b4"], ["b1", "b2", "b3"])
