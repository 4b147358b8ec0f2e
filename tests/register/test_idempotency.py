"""A POST sent twice with one Idempotency-Key is made once, on both stores."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from geodata.register import Register
from service.app import create_app
from service.arcgis.documents import LAYERS
from service.security import guard
from service.security.guard import _claim, _slot, _taken
from service.security.tables import Tables, given_answers
from service.settings import Settings
from tests.conftest import make_country

ITEMS = "/collections/incidents/items"
FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [47.05, 40.15]},
    "properties": {"date_start": "2021-03-01", "date_end": "2021-03-01", "device": "at_mine"},
}
TABLE = b"incident_id,date_start,date_end,district_id\nz1,2021-03-01,2021-03-01,XX-A\n"


@pytest.fixture
def client(held: Register, tmp_path: Path) -> Iterator[TestClient]:
    held.add_boundaries(make_country(), edition="XX-1", author="a")
    with TestClient(create_app(Settings(data=tmp_path / "data"), held)) as made:
        made.headers["Authorization"] = f"Bearer {made.app.state.keys.add('e', 'editor')}"  # type: ignore[attr-defined]
        yield made


def count(client: TestClient) -> int:
    return int(client.get(ITEMS).json()["numberMatched"])


def test_the_same_request_gets_the_same_answer_and_is_made_once(
    client: TestClient, opener: Callable[..., Register], tmp_path: Path
) -> None:
    own = {"Idempotency-Key": "one"}
    first = client.post(ITEMS, json=FEATURE, headers=own)
    again = client.post(ITEMS, json=FEATURE, headers=own)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert {n: again.headers[n] for n in ("location", "etag", "content-type")} == {
        n: first.headers[n] for n in ("location", "etag", "content-type")
    }
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = create_app(Settings(data=tmp_path / "data"), opener(empty=True))
    elsewhere = TestClient(other, headers=dict(client.headers))
    assert elsewhere.post(ITEMS, json=FEATURE, headers=own).content == first.content
    assert count(client) == 1


def test_another_body_another_holder_and_another_key(client: TestClient) -> None:
    own = {"Idempotency-Key": "one"}
    client.post(ITEMS, json=FEATURE, headers=own)
    differs = client.post(ITEMS, json=FEATURE | {"id": "other"}, headers=own)
    assert differs.status_code == 422
    assert differs.json()["code"] == "idempotency-key-reused"
    key = client.app.state.keys.add("f", "editor")  # type: ignore[attr-defined]
    theirs = own | {"Authorization": f"Bearer {key}"}
    assert client.post(ITEMS, json=FEATURE, headers=theirs).status_code == 201
    assert client.post(ITEMS, json=FEATURE, headers={"Idempotency-Key": "b"}).status_code == 201
    asked = client.post(ITEMS, params={"lang": "az"}, json=FEATURE, headers=own)
    assert (asked.status_code, "idempotent-replayed" in asked.headers) == (201, False)
    assert client.post(ITEMS, json=FEATURE, headers={"Idempotency-Key": "a b"}).status_code == 400
    assert count(client) == 4


def test_what_was_refused_may_be_corrected_under_the_same_key(client: TestClient) -> None:
    own = {"Idempotency-Key": "one"}
    wrong = FEATURE | {"properties": {"device": "bomb"}}
    assert client.post(ITEMS, json=wrong, headers=own).status_code == 422
    assert client.post(ITEMS, json=FEATURE, headers=own).status_code == 201


def test_an_answer_too_large_to_keep_is_a_conflict_and_nothing_is_made_twice(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"Idempotency-Key": "one"}
    monkeypatch.setattr(guard, "MOST_ANSWER", 100)
    first = client.post(ITEMS, json=FEATURE, headers=own)
    assert (first.status_code, len(first.content) > 100) == (201, True)
    again = client.post(ITEMS, json=FEATURE, headers=own)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency-key-in-use")
    assert count(client) == 1


def test_only_what_makes_a_record_is_kept_to_be_answered_again(client: TestClient) -> None:
    """What is asked, also by POST, is answered anew whatever stands in the header."""
    own = {"Idempotency-Key": "one"}
    number = next(one.number for one in LAYERS if ":incidents:" in one.collection.id)
    query = f"/arcgis/rest/services/hazardmap/FeatureServer/{number}/query"
    asked = {"where": "1=1", "returnCountOnly": "true", "f": "json"}
    counts = []
    for made in ("a", "b"):
        answer = client.post(query, data=asked, headers=own)
        assert "idempotent-replayed" not in answer.headers
        counts.append((client.get(ITEMS, headers=own).json()["numberMatched"], answer.json()))
        assert client.post(ITEMS, json=FEATURE, headers={"Idempotency-Key": made}).is_success
    assert [held for held, _ in counts] == [0, 1]
    assert counts[0][1] != counts[1][1]


def test_a_file_sent_again_is_the_same_whatever_boundary_its_parts_have(
    client: TestClient,
) -> None:
    own = {"Idempotency-Key": "file"}

    def send(table: bytes) -> Any:
        return client.post("/imports", files={"file": ("a.csv", table)}, headers=own)

    first, again = send(TABLE), send(TABLE)
    assert first.status_code == 201, first.text
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert again.json() == first.json()
    assert send(TABLE.replace(b"z1", b"z2")).status_code == 422
    assert count(client) == 1


def test_a_request_that_was_never_answered_is_a_conflict_and_age_frees_it(
    client: TestClient, held: Register
) -> None:
    tables = Tables(held.store)
    who = client.app.state.keys.check(client.headers["authorization"].split()[1])  # type: ignore[attr-defined]
    slot = _slot({"path": ITEMS, "query_string": b""}, who, "one")
    own = {"Idempotency-Key": "one"}
    first = client.post(ITEMS, json=FEATURE, headers=own)
    with tables.connect() as connection:
        assert connection.execute(sa.select(given_answers().c.slot)).scalar_one() == slot
        connection.execute(sa.update(given_answers()).values(status=None))
    assert first.status_code == 201
    for age in (guard.AGE - timedelta(minutes=5), guard.AGE + timedelta(minutes=1)):
        assert client.post(ITEMS, json=FEATURE, headers=own).status_code == 409
        with tables.connect() as connection:
            given_at = datetime.now(UTC) - age
            connection.execute(sa.update(given_answers()).values(given_at=given_at))
    assert _claim(tables, "another", "x") is None
    with tables.connect() as connection:
        assert connection.execute(sa.select(given_answers().c.slot)).scalars().all() == ["another"]


def test_one_key_may_be_used_at_two_addresses(client: TestClient) -> None:
    own = {"Idempotency-Key": "one"}
    assert client.post(ITEMS, json=FEATURE, headers=own).status_code == 201
    sent = client.post("/imports", files={"file": ("a.csv", TABLE)}, headers=own)
    assert (sent.status_code, "idempotent-replayed" in sent.headers) == (201, False)


def test_whoever_may_not_write_claims_no_answer(client: TestClient, held: Register) -> None:
    key = client.app.state.keys.add("reader", "analyst")  # type: ignore[attr-defined]
    for who, status in (({}, 401), ({"Authorization": f"Bearer {key}"}, 403)):
        for name in ("one", "not a key"):
            sent = TestClient(client.app).post(
                ITEMS, json=FEATURE, headers=who | {"Idempotency-Key": name}
            )
            assert sent.status_code == status


def test_a_boundary_that_comes_in_two_pieces_is_left_out_as_well() -> None:
    async def digest(boundary: bytes, size: int) -> str:
        body = b"--" + boundary + b"\r\n\r\na;b\r\n--" + boundary + b"--\r\n"
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        messages = iter(
            {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
            for number, piece in enumerate(pieces, 1)
        )

        async def receive() -> Any:
            return next(messages)

        with BytesIO() as taken:
            found = await _taken(receive, taken, boundary)
            assert taken.read() == body
        return found

    async def digests() -> set[str]:
        cases = itertools.product((b"one-boundary", b"other-boundary"), (1, 5, 1_000))
        return {await digest(*case) for case in cases}

    with ThreadPoolExecutor(1) as pool:
        assert len(pool.submit(asyncio.run, digests()).result()) == 1
