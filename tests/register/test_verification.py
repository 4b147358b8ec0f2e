"""What was altered in the database is found, also where nothing else would notice."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from geodata.errors import InvalidInput, StoreError
from geodata.register import Register, verify
from geodata.register.revision import digest_of
from geodata.register.verification import Mark
from geodata.register.watch import Integrity, Watch, kept_mark
from service.app import create_app
from service.settings import Settings
from tests.register.conftest import blast, change_row


def fill(register: Register) -> None:
    for number in range(4):
        register.create(blast(f"b{number}"), author="ann")


def alter(register: Register, seq: int = 2) -> None:
    """One digit, in the database alone."""
    with register.store.write() as connection:
        text = connection.value("SELECT payload FROM revisions WHERE seq = :seq", {"seq": seq})
        changed = text.replace('"best":1', '"best":9')
        assert changed != text
        change_row(connection, seq, payload=changed)


def test_what_is_new_is_checked_from_the_mark_and_all_by_a_whole_pass(
    opener: Callable[..., Register], tmp_path: Path
) -> None:
    register = opener()
    fill(register)
    watch = Watch(register.store, tmp_path)
    watch.look_at_news()
    assert watch.integrity.revision == kept_mark(tmp_path).revision == 4
    alter(register)
    register.create(blast("b5"), author="ann")
    # The start reads only what came since: the altered revision lies before.
    watch.look_at_news()
    assert watch.integrity.revision == 5
    with pytest.raises(StoreError, match="revision 2 is not what was written"):
        watch.look_at_all()


def test_a_log_that_was_cut_or_written_anew_differs_from_the_mark(
    opener: Callable[..., Register], tmp_path: Path
) -> None:
    register = opener()
    fill(register)
    watch = Watch(register.store, tmp_path)
    watch.look_at_news()
    with register.store.write() as connection:
        row = register.history("b3")[0].row._replace(author="eve")
        before = register.history("b2")[0].digest
        change_row(connection, 4, author="eve", digest=digest_of(before, row))
    with pytest.raises(StoreError, match="revision 4 is another one"):
        watch.look_at_news()
    watch.look_at_all()  # whole in itself, which is why a mark lies elsewhere
    with register.store.write() as connection:
        connection.execute("DELETE FROM revisions WHERE seq = 4")
    with pytest.raises(StoreError, match="revision 4 is missing"):
        watch.look_at_news()


def test_a_version_out_of_order_is_damage_though_the_chain_holds(held: Register) -> None:
    fill(held)
    row = held.history("b3")[0].row._replace(version=2)
    with held.store.write() as connection:
        digest = digest_of(held.history("b2")[0].digest, row)
        change_row(connection, 4, version=2, digest=digest)
    with pytest.raises(StoreError, match="revision 4 is not the next version of 'b3'"):
        verify(held.store)


def test_what_one_process_finds_damaged_the_others_know_until_all_is_whole_again(
    held: Register, tmp_path: Path
) -> None:
    fill(held)
    first, other = (Watch(held.store, tmp_path / "marks") for _ in range(2))
    first.look_at_news()
    whole = held.history("b1")[0].row.payload
    alter(held)
    with pytest.raises(StoreError) as found:
        first.look_at_all()
    first._tell(found.value)
    other.look_at_news()
    assert "revision 2" in other.integrity.damage
    with held.store.write() as connection:
        change_row(connection, 2, payload=whole)
    other.look_at_all()
    first.look_at_news()
    assert (first.integrity.damage, other.integrity.damage) == ("", "")


def test_a_whole_pass_at_a_pace_takes_chunks_and_ends_when_asked(
    held: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.register.watch._CHUNK", 2)
    fill(held)
    watch = Watch(held.store, None)
    watch.look_at_all(0.5)
    assert (watch.integrity.revision, watch.integrity.damage) == (4, "")
    assert watch.integrity.whole_at is not None


def test_a_service_says_that_its_register_is_damaged(held: Register, tmp_path: Path) -> None:
    fill(held)
    settings = Settings(data=tmp_path / "data")
    alter(held)
    with TestClient(create_app(settings, held)) as client:
        deadline = time.monotonic() + 20
        while client.get("/readyz").status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "corrupt")
        assert "revision 2" in answer.json()["detail"]
        page = client.get("/about", headers={"Accept": "text/html"}).text
        assert "The register is damaged" in page
        assert client.get("/healthz").status_code == 200
        assert str(tmp_path) not in answer.text


def test_a_damaged_register_gives_no_number_to_be_handed_on(
    held: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "start", lambda self: None)
    fill(held)
    with TestClient(create_app(Settings(data=tmp_path / "data"), held)) as client:
        page = client.get("/about", headers={"Accept": "text/html"})
        held.watch.integrity = Integrity(damage="revision 2 is not what was written")
        for path in (
            "/collections/risk/items",
            "/collections/incidents/items/I1",
            "/collections/districts/items?f=csv",
            "/maps/risk",
            "/maps/risk.pdf",
            "/maps/embed",
        ):
            browser = {"Accept": "text/html"} if path.startswith("/maps") or "csv" in path else {}
            answer = client.get(path, headers=browser)
            assert (path, answer.status_code, "damaged" in answer.text) == (path, 503, True)
        kept = {"Accept": "text/html", "If-None-Match": page.headers.get("etag", "*")}
        again = client.get("/about", headers=kept)
        assert (again.status_code, "register is damaged" in again.text) == (200, True)
        written = client.post("/collections/incidents/items", json={})
        assert (written.status_code, written.json()["code"]) == (503, "corrupt")
        sent = client.post("/incidents/new", headers={"Accept": "text/html"})
        assert (sent.status_code, "damaged" in sent.text) == (503, True)


def test_a_whole_register_is_ready_and_says_up_to_where_it_was_read(
    held: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.register.watch._BEFORE_SECONDS", 0.02)
    fill(held)
    with TestClient(create_app(Settings(data=tmp_path / "data"), held)) as client:
        deadline = time.monotonic() + 20
        while (found := client.get("/readyz").json()["verified"])["whole_at"] is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert found["revision"] == 4
        page = client.get("/about", headers={"Accept": "text/html"}).text
        assert "The register is damaged" not in page


def test_an_anchor_is_a_line_that_can_be_read_back() -> None:
    from datetime import UTC, datetime

    mark = Mark(345, "9f", datetime(2024, 1, 31, 12, tzinfo=UTC))
    assert Mark.read(mark.line()) == mark
    with pytest.raises(InvalidInput, match="no anchor"):
        Mark.read(b"345 9f")
