"""What the public view says of single revisions and rows, by hand and without a store."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pandas as pd
import pytest

from geodata.incidents import document
from geodata.register.public import (
    PUBLIC_PREFIX,
    hidden_rows,
    is_told,
    is_withdrawn,
    own_id,
    public_id,
    public_others,
    public_rows,
    rule,
    without_hidden,
)
from geodata.register.revision import Row
from tests.register.conftest import blast

KEY = bytes(range(64))
NAME = "UCDP-300380"


def row(change: str, sensitivity: str, version: int = 1, **members: Any) -> Row:
    made = blast(NAME, external_id="300380", sensitivity=sensitivity, version=version, **members)
    payload = orjson.dumps(document(made)).decode()
    now = datetime(2026, 1, version, tzinfo=UTC)
    return Row(version, "incident", NAME, version, now, "me", change, "why", payload, "digest")


@pytest.mark.parametrize(
    ("of", "newest", "told"),
    [
        (row("create", "public"), row("correct", "public", 2), True),
        (row("create", "restricted"), row("correct", "public", 2), False),
        (row("create", "public"), row("correct", "restricted", 2), False),
        (row("create", "public"), row("retract", "public", 2), False),
        (row("retract", "public", 2), row("retract", "public", 2), True),
        (row("merge", "public", 2), row("retract", "public", 3), True),
        (row("retract", "restricted", 2), row("retract", "restricted", 2), False),
    ],
)
def test_everybody_is_told_of_a_revision_that_nothing_hides(
    of: Row, newest: Row, *, told: bool
) -> None:
    assert is_told(of, newest) is told
    assert is_withdrawn(newest) is (newest.change != "correct" or "restricted" in newest.payload)


def test_a_public_record_keeps_its_id_where_an_older_version_was_hidden() -> None:
    older = row("create", "restricted", description="by the mill")
    newest = row("correct", "public", 2, description="a field")
    shown = public_rows([older, newest], newest, KEY)
    assert [one.record_id for one in shown] == [NAME, NAME]
    assert [one.author for one in shown] == ["", ""]
    assert [one.digest for one in shown] == ["", ""]
    first, last = (orjson.loads(one.payload) for one in shown)
    assert first["incident_id"] == NAME
    assert "description" not in first
    assert last["description"] == "a field"
    # a reason may tell what is hidden
    assert [one.reason for one in shown] == [None, "why"]


def test_all_versions_of_a_withdrawn_record_are_hidden_under_another_id() -> None:
    older, newest = row("create", "public", description="a field"), row("correct", "restricted", 2)
    other = public_id(KEY, NAME)
    assert other.startswith(PUBLIC_PREFIX)
    for one in public_rows([older, newest], newest, KEY):
        assert one.record_id == orjson.loads(one.payload)["incident_id"] == other
        assert (one.reason, one.author, one.digest) == (None, "", "")
        assert "300380" not in one.payload
        assert "field" not in one.payload


def test_rows_of_the_past_are_hidden_where_they_are_no_longer_public() -> None:
    past = pd.DataFrame({"sensitivity": ["public"] * 3 + ["restricted"]}, index=list("abcd"))
    now = pd.DataFrame({"sensitivity": ["public", "restricted", "public"]}, index=list("abd"))
    assert hidden_rows(past).tolist() == [False, False, False, True]
    assert hidden_rows(past, now).tolist() == [False, True, True, True]
    assert list(without_hidden(past, now).index) == ["a"]  # type: ignore[type-var]
    assert without_hidden(now.iloc[:1]) is not None


def test_records_nothing_is_counted_from_are_shown_only_while_they_are_public() -> None:
    public, restricted = SimpleNamespace(sensitivity="public"), SimpleNamespace(sensitivity="x")
    held: dict[str, Any] = {"a": public, "b": public, "c": restricted, "d": public}
    assert public_others(held) == [public, public, public]
    now: dict[str, Any] = {"a": public, "b": restricted, "c": public}
    assert public_others(held, now) == [public]


def test_the_own_id_of_a_public_one_is_found_by_its_row() -> None:
    full, shown = pd.DataFrame(index=["own", "other"]), pd.DataFrame(index=["rec-1", "other"])
    found = [own_id(name, full, shown) for name in ("rec-1", "other", "own")]  # type: ignore[arg-type]
    assert found == ["own", "other", "own"]


def test_a_column_follows_the_member_it_is_made_of() -> None:
    assert rule("incident", "sources") == "withheld"
    assert rule("incident", "district_id") == rule("incident", "districts") == "place"
    assert rule("incident", "killed") == "shown"
    assert rule("operation", "organisation") == "withheld"
