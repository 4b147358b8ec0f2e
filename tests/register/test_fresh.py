"""New incidents appended as documents, and the newest revisions of many, in both stores."""

import orjson
import pytest

from geodata.errors import Conflict
from geodata.incidents import document
from geodata.register import log, verify
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
